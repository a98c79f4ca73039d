"""A NUL in an address or a form: nothing is there, on SQLite and on PostgreSQL, which refuses to look for one."""

import pytest
from django.test import Client

from accounts.models import User
from challenges.models import Challenge


@pytest.mark.parametrize("address", ["/acts/%00/", "/ripples/a%00/", "/challenges/%00/", "/photos/%00/small/"])
def test_a_nul_in_an_address_finds_nothing(as_mia: Client, challenge: Challenge, address: str) -> None:
    assert as_mia.get(address).status_code == 404


def test_a_nul_in_a_form_finds_nothing(as_olive: Client, olive: User, challenge: Challenge) -> None:
    assert as_olive.get("/notices/?before=%00").status_code == 200
    assert as_olive.post("/notices/read/", {"id": "\0"}).status_code == 404
    assert as_olive.post("/start/finish/", {"form_key": "\0"}).status_code == 302
    steps = f"/challenges/{challenge.public_id}/steps/"
    assert as_olive.post(steps, {"do": "up", "step": "\0"}).status_code == 404
