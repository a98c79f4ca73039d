"""One helper decides between a whole page and one of its parts."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, partial: str = "", status: int = 200
) -> HttpResponse:
    """Render a page, or only its partial when htmx asks for the element of that id.

    Args:
        template: the page; its partial is defined in it with `{% partialdef %}`.
        partial: name of the partial, which is also the id of its element. The target decides, not
            "is it htmx": Back and boosted links are htmx too and want the page.
        status: of either reply.
    """
    target = request.headers.get("HX-Target", "")
    name = f"{template}#{partial}" if partial and target == partial else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
