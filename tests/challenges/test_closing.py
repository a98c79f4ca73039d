"""What came together, and for whom it can be seen when."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from challenges.models import Challenge
from feed.models import Moment
from groups.models import Group
from tests.factories import make_act, make_challenge

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
LAST = MONDAY + timedelta(days=20)


def on(day: date) -> time_machine.travel:
    return time_machine.travel(f"{day.isoformat()}T12:00:00Z", tick=False)


@pytest.fixture
def daily(group: Group, mia: User) -> Challenge:
    with on(MONDAY + timedelta(days=2)):
        challenge = make_challenge(group, starts_on=MONDAY)
        make_act(group, mia, challenge=challenge, text="Held the umbrella.")
        make_act(group, mia, challenge=challenge, source="tick", text="")
        return challenge


def page(client: Client, challenge: Challenge) -> Any:
    return client.get(reverse("closing", args=[challenge.public_id]))


def test_before_the_end_members_are_told_kindly_and_leaders_see_a_preview(
    as_mia: Client, as_olive: Client, as_stan: Client, daily: Challenge
) -> None:
    with on(LAST):
        assert "Not yet" in page(as_mia, daily).content.decode()
        assert "A preview for you" in page(as_olive, daily).content.decode()
        assert page(as_stan, daily).status_code == 404


def test_late_acts_are_still_counted_so_far(as_mia: Client, daily: Challenge) -> None:
    with on(LAST + timedelta(days=7)):
        html = page(as_mia, daily).content.decode()
    assert "2 acts of kindness so far" in html
    assert "Told in words: 1. Ticked: 1. From paper: 0." in html


def test_once_closed_the_totals_are_final(as_mia: Client, daily: Challenge) -> None:
    with on(LAST + timedelta(days=8)):
        html = page(as_mia, daily).content.decode()
    assert "2 acts of kindness, together" in html
    assert "so far" not in html


def test_the_chosen_moments_stand_there_unless_they_were_taken_down(
    as_mia: Client, mia: User, group: Group, daily: Challenge
) -> None:
    with on(MONDAY + timedelta(days=3)):
        chosen, removed = (
            make_act(group, mia, challenge=daily, text=text) for text in ("A warm moment.", "A withdrawn one.")
        )
        for act in (chosen, removed):
            Moment.objects.create(challenge=daily, act=act)
        removed.change("removed", by=mia)
    with on(LAST + timedelta(days=1)):
        html = page(as_mia, daily).content.decode()
    assert "A warm moment." in html
    assert "A withdrawn one." not in html
    assert "Held the umbrella." not in html


def test_the_last_step_is_what_to_keep(as_mia: Client, as_olive: Client, daily: Challenge) -> None:
    last = daily.steps.order_by("position").last()
    assert last
    with on(LAST + timedelta(days=1)):
        assert last.words.prompt in page(as_mia, daily).content.decode()
        assert "Run it again" in page(as_olive, daily).content.decode()
        assert "Run it again" not in page(as_mia, daily).content.decode()


def test_what_was_called_off_has_no_closing_page(as_olive: Client, olive: User, daily: Challenge) -> None:
    daily.cancel(olive)
    assert "was called off" in page(as_olive, daily).content.decode()


def ripple_in(html: str) -> str:
    """The part of a page that draws the longest ripple."""
    return html.partition('<h2 id="lr">')[2].partition("</section>")[0]


def test_the_longest_ripple_is_drawn_alike_on_both_pages_and_is_not_missed_before_the_end(
    as_olive: Client, mia: User, olive: User, group: Group, daily: Challenge
) -> None:
    still_to_come = "its way will be drawn here"
    with on(MONDAY + timedelta(days=3)):
        own = reverse("challenge", args=[daily.public_id])
        assert still_to_come in ripple_in(as_olive.get(own).content.decode())
        assert still_to_come in ripple_in(page(as_olive, daily).content.decode())
        first = make_act(group, mia, challenge=daily)
        with on(LAST + timedelta(days=1)):
            assert "Some travel unseen." in ripple_in(page(as_olive, daily).content.decode())
        make_act(group, olive, challenge=daily, parent=first, link_kind="passed_on")
        drawn = [ripple_in(as_olive.get(own).content.decode()), ripple_in(page(as_olive, daily).content.decode())]
    assert drawn[0] == drawn[1]
    assert "2 acts, one leading to the next." in drawn[0]
