"""The client of the tests: a browser that complains about bad HTML."""

from typing import Any

from django.test import Client

from tests.html import check_html


class CheckedClient(Client):
    """Looks over every HTML reply; a page can only be wrong where no test ever goes."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
            check_html(response)
        return response
