"""Olive starts a challenge: four inputs, signed in or out, once however often she clicks."""

import re
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import limits
from accounts.models import AccountMail, User
from challenges import beginnings
from challenges.models import Challenge, Participation
from groups.models import Group, JoinCode, OrganizationAdmin
from tests.factories import join, make_group, make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("UTC"))


@pytest.fixture(autouse=True)
def _wednesday_noon() -> Any:
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


def answers(**changes: str) -> dict[str, str]:
    return {
        "name": "Ferry Lane Surgery",
        "mode": "workplace",
        "program": "t02",
        "starts_on": "2026-03-09",
        "form_key": "key-of-one-form",
        **changes,
    }


def test_the_page_asks_four_things_and_shows_the_first_week(client: Client) -> None:
    page = client.get(reverse("start"))
    html = page.content.decode()
    asked = set(re.findall(r'<(?:input|select|textarea)[^>]*\bname="(\w+)"', html))
    assert asked - {"csrfmiddlewaretoken", "form_key", "time_zone", "group"} == {"name", "mode", "program", "starts_on"}
    assert 'value="2026-03-09"' in html, "next Monday is offered"
    assert "What your people will see" in html


@pytest.mark.parametrize(
    ("link", "chosen"), [("community", "community"), ("workplace", "workplace"), ("primary", "workplace")]
)
def test_a_link_may_say_who_it_is_for(client: Client, link: str, chosen: str) -> None:
    page = client.get(reverse("start"), {"mode": link}).content.decode()
    assert re.findall(r'name="mode" value="(\w+)"[^>]* checked', page) == [chosen]


def test_a_leader_answers_and_is_asked_to_invite(as_olive: Client, olive: User) -> None:
    reply = as_olive.post(reverse("start"), answers())
    challenge = Challenge.objects.get()
    assert reply["Location"] == reverse("invite", args=[challenge.group.slug])
    assert (challenge.group.name, challenge.group.mode, challenge.program_key) == (
        "Ferry Lane Surgery",
        "workplace",
        "t02",
    )
    assert challenge.starts_on == date(2026, 3, 9)
    assert challenge.steps.count() == 21
    assert challenge.group.is_led_by(olive)
    assert OrganizationAdmin.objects.filter(organization=challenge.group.organization, user=olive).exists()
    assert JoinCode.live_of(challenge.group)
    assert Participation.objects.filter(challenge=challenge, user=olive).exists()


def test_the_organization_takes_the_founders_zone(client: Client) -> None:
    founder = make_user("Founder", time_zone="Pacific/Auckland")
    client.force_login(founder)
    client.post(reverse("start"), answers())
    assert Group.objects.get().organization.time_zone == "Pacific/Auckland"


def test_a_double_click_makes_one_challenge_and_one_group(as_olive: Client) -> None:
    as_olive.post(reverse("start"), answers())
    again = as_olive.post(reverse("start"), answers())
    assert Challenge.objects.count() == Group.objects.count() == 1
    assert again["Location"] == reverse("invite", args=[Group.objects.get().slug])


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_challenge() -> None:
    olive = make_user("Olive")
    made: list[int] = []

    def click() -> None:
        try:
            made.append(
                beginnings.begin(
                    olive,
                    key="one",
                    group=None,
                    name="Ferry Lane",
                    mode="workplace",
                    program="t02",
                    starts_on=date(2026, 3, 9),
                ).pk
            )
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(6)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1
    assert Challenge.objects.count() == Group.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Please give the group a name"),
        ("name", "\u200b\u200b", "at least one letter"),
        ("name", "x" * 81, "too long"),
        ("mode", "", "Please say who it is for"),
        ("mode", "primary", "primary"),
        ("program", "", "Please choose a program"),
        ("program", "t99", "Please choose one of these programs"),
        ("starts_on", "", "Please choose the first day"),
        ("starts_on", "soon", "a day of the calendar"),
        ("starts_on", "2026-03-03", "That day has passed"),
        ("starts_on", "2027-03-09", "more than a year away"),
        ("starts_on", "9999-12-31", "more than a year away"),
    ],
)
def test_a_wrong_answer_is_told_kindly_and_nothing_typed_is_lost(
    as_olive: Client, field: str, value: str, words: str
) -> None:
    reply = as_olive.post(reverse("start"), answers(**{field: value}))
    html = reply.content.decode()
    assert reply.status_code == 422
    assert words in html
    for name, kept in answers().items():
        if name not in {field, "mode", "form_key"}:
            assert kept in html
    assert not Challenge.objects.exists()


def test_today_is_a_first_day_where_the_person_is(client: Client) -> None:
    """At noon in UTC it is already Thursday in Kiritimati and still Wednesday in Honolulu."""
    client.force_login(make_user("Early", time_zone="Pacific/Kiritimati"))
    assert client.post(reverse("start"), answers(starts_on="2026-03-04")).status_code == 422
    assert client.post(reverse("start"), answers(starts_on="2026-03-05")).status_code == 302
    client.force_login(make_user("Late", time_zone="Pacific/Honolulu"))
    assert client.post(reverse("start"), answers(starts_on="2026-03-04", form_key="other")).status_code == 302


def test_a_visitor_is_offered_no_day_that_has_passed_where_they_are(client: Client) -> None:
    """On a Monday evening in London it is Tuesday in Copenhagen, and the page does not know yet where it is read."""
    with time_machine.travel(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), tick=False):
        offered = client.get(reverse("start")).context["form"]["starts_on"].value()
        there = answers(starts_on=str(offered), time_zone="Europe/Copenhagen")
        assert client.post(reverse("start"), there).status_code == 302
        assert client.post(reverse("start"), there | {"starts_on": "2026-03-02"}).status_code == 422


def test_the_browsers_zone_counts_for_a_visitor(client: Client) -> None:
    there = answers(starts_on="2026-03-04", time_zone="Pacific/Kiritimati")
    assert client.post(reverse("start"), there).status_code == 422
    assert client.post(reverse("start"), {**there, "time_zone": "Europe/Berlin"}).status_code == 302
    assert client.post(reverse("start"), {**there, "time_zone": "../../etc/passwd"}).status_code == 302


def test_a_program_can_be_chosen_before(client: Client) -> None:
    html = client.get(reverse("start", query={"program": "ten-small-acts"})).content.decode()
    assert re.search(r'value="t08" checked', html)


def test_a_preview_follows_the_answers_and_keeps_nothing(client: Client) -> None:
    typed = answers(name="Canal <b>Street</b>", program="t02", starts_on="2026-03-10")
    part = client.post(reverse("start-preview"), typed, headers={"HX-Request": "true", "HX-Target": "preview"})
    html = part.content.decode()
    assert "Canal &lt;b&gt;Street&lt;/b&gt;" in html
    assert "<html" not in html
    assert "Starts Tuesday, March 10. Ends Monday, March 30." in html
    assert html.count("<li>") == 6
    page = client.post(reverse("start-preview"), {**typed, "starts_on": "nonsense", "program": "t99"})
    assert page.status_code == 200
    assert "error" not in page.content.decode().split("<main")[1].split("preview")[0]
    assert "start" not in client.session


def test_a_leader_of_groups_chooses_one_of_them(as_olive: Client, group: Group, foreign_group: Group) -> None:
    html = as_olive.get(reverse("start")).content.decode()
    assert group.name in html
    assert foreign_group.name not in html
    as_olive.post(reverse("start"), answers(group=group.slug, name="", mode=""))
    challenge = Challenge.objects.get()
    assert challenge.group == group
    assert challenge.participations.count() == 2, "everybody of the group takes part"


def test_nobody_starts_in_a_group_they_do_not_run(as_mia: Client, as_stan: Client, group: Group) -> None:
    for client in (as_mia, as_stan):
        client.post(reverse("start"), answers(group=group.slug))
    assert not Challenge.objects.filter(group=group).exists()


def test_a_visitor_signs_up_and_finds_the_challenge_waiting(client: Client) -> None:
    reply = client.post(reverse("start"), answers())
    assert reply["Location"].startswith(reverse("account_signup"))
    assert not Challenge.objects.exists()
    client.post(reverse("account_signup"), {"name": "Nora", "email": "nora@example.org", "time_zone": "Europe/Oslo"})
    code = AccountMail.objects.latest("pk").code
    arrived = client.post(reverse("account_email_verification_sent"), {"code": code})
    assert arrived["Location"] == reverse("start-finish")
    summary = client.get(reverse("start-finish"))
    assert "Ferry Lane Surgery" in summary.content.decode()
    assert not Challenge.objects.exists(), "looking changes nothing"
    key = re.search(r'name="form_key" value="([^"]+)"', summary.content.decode())
    assert key
    first = client.post(reverse("start-finish"), {"form_key": key[1]})
    second = client.post(reverse("start-finish"), {"form_key": key[1]})
    assert first["Location"] == second["Location"]
    challenge = Challenge.objects.get()
    assert challenge.group.organization.time_zone == "Europe/Oslo"
    assert client.get(reverse("start-finish"))["Location"] == reverse("start")


def test_somebody_with_an_account_signs_in_instead_and_loses_nothing(client: Client, olive: User) -> None:
    olive.set_password("three quiet herons")
    olive.save()
    EmailAddress.objects.create(user=olive, email=olive.email, verified=True, primary=True)
    client.post(reverse("start"), answers())
    typed = {"login": olive.email, "password": "three quiet herons"}
    reply = client.post(reverse("account_login", query={"with": "password"}), typed)
    assert reply["Location"] == reverse("start-finish")
    client.post(reverse("start-finish"))
    assert Challenge.objects.get().group.is_led_by(olive)


def test_answers_that_waited_too_long_are_looked_at_again(client: Client, olive: User) -> None:
    client.post(reverse("start"), answers(starts_on="2026-03-04"))
    client.force_login(olive)
    with time_machine.travel(NOON + timedelta(hours=5), tick=False):
        olive.time_zone = "Pacific/Kiritimati"
        olive.save()
        reply = client.post(reverse("start-finish"))
    assert reply.status_code == 422
    assert "That day has passed" in reply.content.decode()
    assert not Challenge.objects.exists()
    with time_machine.travel(NOON + timedelta(hours=7), tick=False):
        assert client.get(reverse("start-finish"))["Location"] == reverse("start")


def test_the_page_costs_the_same_with_many_groups(
    as_olive: Client, olive: User, foreign_group: Group, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        join(make_group(make_user(f"Other {n}")), olive, role="leader")
    with django_assert_max_num_queries(6):
        as_olive.get(reverse("start"))


def test_starting_too_often_has_to_wait_and_keeps_the_answers(as_olive: Client, as_stan: Client) -> None:
    replies = [as_olive.post(reverse("start"), answers(form_key=f"form-number-{n}")) for n in range(21)]
    assert [reply.status_code for reply in replies] == [302] * 20 + [429]
    assert int(replies[-1]["Retry-After"]) > 0
    html = replies[-1].content.decode()
    assert "Please try again a little later." in html
    assert 'value="Ferry Lane Surgery"' in html
    assert 'value="form-number-20"' in html
    assert Challenge.objects.count() == 20
    assert as_stan.post(reverse("start"), answers(form_key="form-of-stan")).status_code == 302


def test_what_waited_for_an_account_is_limited_as_well(
    client: Client, olive: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "start", "0/h/user")
    client.post(reverse("start"), answers())
    client.force_login(olive)
    assert "Ferry Lane Surgery" in client.get(reverse("start-finish")).content.decode()
    reply = client.post(reverse("start-finish"), {"form_key": "key-of-one-form"})
    assert reply.status_code == 429
    assert 'value="Ferry Lane Surgery"' in reply.content.decode()
    assert not Challenge.objects.exists()


def test_what_was_typed_for_a_new_group_does_not_matter_for_one_that_was_chosen(as_olive: Client, group: Group) -> None:
    reply = as_olive.post(reverse("start"), answers(group=group.slug, name="x" * 81))
    assert reply.status_code == 302
    assert group.challenges.count() == 1


def test_a_link_may_say_for_which_of_my_groups_it_is(as_olive: Client, group: Group, olive: User) -> None:
    other = make_group(olive, name="A Group Before It")
    for named, chosen in ((group.slug, group), ("somebody-elses", other)):
        assert as_olive.get(reverse("start"), {"group": named}).context["form"].chosen == chosen
