"""The data inventory says something about every field there is, and about none that is not."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils.module_loading import import_string

import kindness_platform

INVENTORY: dict[str, Any] = tomllib.loads(
    (Path(kindness_platform.__file__).parent / "data_inventory.toml").read_text(encoding="utf-8")
)
# Django's own tables of permissions and content types hold names of models, not data about people.
ROOMS = [config.label for config in apps.get_app_configs() if not config.name.startswith("django.contrib.")]


def fields_of_the_models() -> set[tuple[str, str]]:
    models = [model for label in ROOMS for model in apps.get_app_config(label).get_models()]
    return {
        (model._meta.label, field.name)
        for model in models
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]
    }


def listed() -> list[tuple[str, str]]:
    return [(row["model"], name) for row in INVENTORY["data"] for name in row["fields"]]


def test_every_field_is_in_the_inventory() -> None:
    assert fields_of_the_models() - set(listed()) == set()


def test_the_inventory_lists_no_field_that_is_gone() -> None:
    assert set(listed()) - fields_of_the_models() == set()


def test_no_field_is_listed_twice() -> None:
    assert len(listed()) == len(set(listed()))


@pytest.mark.parametrize("row", INVENTORY["data"], ids=lambda row: f"{row['model']}.{row['fields'][0]}")
def test_every_row_says_why_who_on_which_ground_and_how_long(row: dict[str, Any]) -> None:
    assert all(row[name].strip() for name in ("title", "purpose", "seen_by", "ground"))
    assert row["retention"] in INVENTORY["retention"]


@pytest.mark.parametrize("name", INVENTORY["retention"])
def test_every_class_has_a_limit_that_something_keeps(name: str) -> None:
    limit = INVENTORY["retention"][name]
    assert limit["limit"].strip()
    if "days" in limit:
        assert callable(import_string(limit["kept_by"]))
    else:
        assert limit["kept_by"].strip()
    assert any(row["retention"] == name for row in INVENTORY["data"]), "a class that nothing uses"
