"""System checks of the product's own data: a broken catalog file stops the start, with its line."""

from typing import Any

from django.core.checks import Error, register

from challenges.catalog import check_catalog


@register()
def catalog_is_whole(**kwargs: Any) -> list[Error]:
    return [Error(message, id="goodturn.E001") for message in check_catalog()]
