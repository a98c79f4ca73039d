from typing import NoReturn

from django.http import HttpRequest
from django.urls import path

from kindness_platform import urls
from kindness_platform.urls import handler400, handler403, handler404, handler429, handler500  # noqa: F401


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("broken on purpose")


urlpatterns: list[object] = [path("broken/", broken), *urls.urlpatterns]
