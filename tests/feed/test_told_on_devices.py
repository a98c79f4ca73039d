"""Who was thanked, passed on or answered is told so on their devices too, if they switched that on."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from feed.models import Comment
from groups.models import Group
from notifications.models import Channel, Delivery, Notice, SwitchedOff
from tests.factories import make_act
from tests.notifications.push_service import Browser
from tests.notifications.test_devices import FCM, KEY


@pytest.fixture(autouse=True)
def a_key(settings: Any) -> None:
    settings.PUSH_KEY = KEY


@pytest.fixture
def her_device(as_mia: Client) -> None:
    assert as_mia.post("/you/devices/add/", Browser().subscription(FCM + "one")).status_code == 302


def told(user: User) -> list[str]:
    pushed = Delivery.objects.filter(notice__recipient=user, channel=Channel.PUSH, state="waiting")
    return sorted(pushed.values_list("notice__kind", flat=True))


def all_that_happens(group: Group, mia: User, olive: User) -> None:
    hers = make_act(group, mia)
    make_act(group, olive, kind="saw", credited=[mia])
    make_act(group, olive, parent=hers, link_kind="passed_on")
    Comment.objects.post(hers, olive, "How kind.", form_key="one")


def test_she_is_told_on_her_device(her_device: None, group: Group, mia: User, olive: User) -> None:
    all_that_happens(group, mia, olive)
    assert told(mia) == ["comment", "credit", "passed_on"]


def test_who_has_no_device_is_told_in_the_app_alone(group: Group, mia: User, olive: User) -> None:
    all_that_happens(group, mia, olive)
    assert told(mia) == []
    assert Notice.objects.filter(recipient=mia, in_app=True).count() == 3


def test_switched_off_it_stays_in_the_app(her_device: None, group: Group, mia: User, olive: User) -> None:
    SwitchedOff.objects.create(user=mia, topic="answers", channel=Channel.PUSH)
    all_that_happens(group, mia, olive)
    assert told(mia) == []
    assert Notice.objects.filter(recipient=mia, in_app=True).count() == 3


def test_what_was_taken_back_is_told_nowhere(her_device: None, group: Group, mia: User, olive: User) -> None:
    act = make_act(group, olive, kind="saw", credited=[mia])
    act.change("hidden", by=olive)
    assert told(mia) == []
