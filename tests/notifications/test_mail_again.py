"""Who gets no letters any more sees why, and says when the mailbox works again."""

import pytest
from django.test import Client

from accounts.models import User
from notifications.models import Suppression

AGAIN = "/you/mail/again/"


@pytest.mark.parametrize(("why", "said"), [("bounced", "came back"), ("complained", "called spam")])
def test_she_sees_why_and_is_written_to_again(as_mia: Client, mia: User, why: str, said: str) -> None:
    Suppression.objects.stop(mia.email or "", why, "550 5.1.1")
    page = as_mia.get("/you/").content.decode()
    assert said in page
    assert str(mia.email) in page
    assert as_mia.post(AGAIN, follow=True).status_code == 200
    assert not Suppression.objects.is_stopped(mia.email or "")
    assert AGAIN not in as_mia.get("/you/").content.decode()


def test_a_few_letters_that_came_back_are_no_reason_to_say_anything(as_mia: Client, mia: User) -> None:
    Suppression.objects.score(mia.email or "", 1, "452")
    assert AGAIN not in as_mia.get("/you/").content.decode()


def test_it_is_about_ones_own_address_alone(as_mia: Client, mia: User, olive: User) -> None:
    Suppression.objects.stop(olive.email or "", "bounced")
    assert AGAIN not in as_mia.get("/you/").content.decode()
    as_mia.post(AGAIN, {"address": olive.email})
    assert Suppression.objects.is_stopped(olive.email or "")


def test_it_can_be_said_a_few_times_a_day(as_mia: Client) -> None:
    assert [as_mia.post(AGAIN).status_code for _ in range(6)] == [302] * 5 + [429]
