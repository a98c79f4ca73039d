"""The client of the tests: a browser that complains about bad HTML."""

from typing import Any

from django.test import Client

from tests.html import check_html


class CheckedClient(Client):
    """Looks over every HTML reply; a page can only be wrong where no test ever goes.

    A letter that is shown as it was sent, in a sandbox, is no page of ours: its styles have to stand inside it.
    """

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        is_html = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_html and "sandbox" not in response.headers.get("Content-Security-Policy", ""):
            check_html(response)
        return response
