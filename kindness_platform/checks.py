"""System checks of files that come from outside the code: a broken one stops the start, with what is wrong in it."""

from typing import Any

from django.core.checks import Error, register

from accounts import own_texts
from challenges.catalog import check_catalog


@register()
def catalog_is_whole(**kwargs: Any) -> list[Error]:
    return [Error(message, id="goodturn.E001") for message in check_catalog()]


@register()
def own_texts_are_whole(**kwargs: Any) -> list[Error]:
    return [Error(message, id="goodturn.E002") for message in own_texts.problems()]
