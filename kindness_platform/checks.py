"""System checks of files that come from outside the code: a broken one stops the start, with what is wrong in it."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from accounts import own_texts
from challenges.catalog import check_catalog
from notifications.bounces import SERVICES


@register()
def catalog_is_whole(**kwargs: Any) -> list[Error]:
    return [Error(message, id="goodturn.E001") for message in check_catalog()]


@register()
def mail_hooks_are_known(**kwargs: Any) -> list[Error]:
    unknown = sorted(set(settings.MAIL_HOOKS) - set(SERVICES))
    known = ", ".join(sorted(SERVICES))
    return [Error(f"MAIL_HOOKS names {name!r}; it may name {known}.", id="goodturn.E003") for name in unknown]


@register()
def own_texts_are_whole(**kwargs: Any) -> list[Error]:
    return [Error(message, id="goodturn.E002") for message in own_texts.problems()]
