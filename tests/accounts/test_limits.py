import pytest
from django.test import RequestFactory

from accounts import limits
from accounts.models import User


def test_what_is_over_the_limit_is_refused_per_person(
    rf: RequestFactory, mia: User, stan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "post", "2/m/user")
    request = rf.post("/")
    request.user = mia
    assert [limits.allow(request, "post") for _ in range(3)] == [True, True, False]
    request.user = stan
    assert limits.allow(request, "post")


def test_looking_something_up_counts_too(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "join", "1/m/ip")
    assert [limits.allow(rf.get("/join/"), "join") for _ in range(2)] == [True, False]


def test_an_unknown_action_is_a_mistake_that_shows(rf: RequestFactory) -> None:
    with pytest.raises(KeyError):
        limits.allow(rf.get("/"), "nonsense")


@pytest.mark.parametrize("action", limits.LIMITS)
def test_every_limit_says_when_to_come_back(action: str) -> None:
    assert limits.retry_after(action) >= 60
