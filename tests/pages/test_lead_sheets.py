"""The leader's page as tables: they add up to what the page says, and tell nothing that it does not."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from accounts.limits import LIMITS
from accounts.models import User
from challenges.models import Challenge
from feed.models import Act
from feed.totals import totals_of
from groups.models import Group
from kindness_platform.sheets import MARK, safe, sheet
from tests.factories import join, make_act, make_challenge, make_group, make_user

MONDAY = date(2026, 3, 2)
WEDNESDAY = MONDAY + timedelta(days=9)
STARTS = [*"=+-@\t\r\n\0", *"＝＋－＠", ";=", ",=", '"=', "'=", " =", "\u00a0="]
DANGEROUS = tuple("=+-@\t\r\n\0＝＋－＠")


@pytest.fixture(autouse=True)
def wednesday() -> Any:
    with time_machine.travel(f"{WEDNESDAY.isoformat()}T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def daily(db: None, group: Group) -> Challenge:
    return make_challenge(group, starts_on=MONDAY)


def table(client: Client, group: Group, name: str, **extra: Any) -> list[dict[str, str]]:
    """A sheet as a program reads it."""
    reply = client.get(reverse(f"lead-{name}", args=[group.slug]), **extra)
    assert reply.status_code == 200
    return read(reply)


def read(reply: Any) -> list[dict[str, str]]:
    words = b"".join(reply.streaming_content).decode()
    assert words.startswith(MARK)
    rows = list(csv.DictReader(io.StringIO(words.removeprefix(MARK), newline=""), strict=True))
    return [row for row in rows if None not in row]


def class_of(teacher: User) -> Group:
    """Pupils of 11 to 15, whose acts are shown at once."""
    group = make_group(teacher)
    Group.objects.filter(pk=group.pk).update(mode="secondary", age_band="11-15")
    group.refresh_from_db()
    group.override("posts_unapproved", allowed=True, by=teacher)
    return group


def crowd(group: Group, people: int = 4) -> list[User]:
    members = [make_user() for _n in range(people)]
    for member in members:
        join(group, member)
    group.memberships.update(joined_at=datetime(2026, 1, 1, tzinfo=UTC))
    return members


def test_the_numbers_add_up_to_what_the_page_says(as_olive: Client, mia: User, group: Group, daily: Challenge) -> None:
    crowd(group)
    first = make_act(group, mia, challenge=daily, done_on=WEDNESDAY)
    make_act(group, mia, challenge=daily, done_on=WEDNESDAY, parent=first, link_kind="passed_on", source="tick")
    make_act(group, mia, challenge=daily, done_on=MONDAY, kind="received", audience="private")
    make_act(group, mia, challenge=daily, done_on=MONDAY, parent=first, link_kind="inspired", source="paper")
    make_act(group, mia, kind="saw")
    rows = table(as_olive, group, "numbers")
    assert [list(row.values()) for row in rows] == [
        ["2026-03-02", daily.title, "1", "0", "1", "2", "1", "0", "1", "0", "1"],
        ["2026-03-11", "", "0", "1", "0", "1", "1", "0", "0", "0", "0"],
        ["2026-03-11", daily.title, "2", "0", "0", "2", "1", "1", "0", "1", "0"],
    ]
    told = totals_of([daily])[daily.pk]
    mine = [row for row in rows if row["Challenge"] == daily.title]
    for column, number in {
        "Did": told.did,
        "Saw": told.saw,
        "Received": told.received,
        "All": told.total,
        "Told in words": told.posted,
        "Ticked": told.ticked,
        "From paper": told.paper,
    }.items():
        assert sum(int(row[column]) for row in mine) == number, column


def test_a_small_group_s_numbers_hold_nothing_that_was_kept_private(
    as_olive: Client, mia: User, group: Group, daily: Challenge
) -> None:
    make_act(group, mia, challenge=daily, audience="private")
    assert table(as_olive, group, "numbers") == []


def test_a_private_act_has_no_day_on_which_the_group_was_small(
    as_olive: Client, mia: User, group: Group, daily: Challenge
) -> None:
    make_act(group, mia, challenge=daily, done_on=WEDNESDAY, audience="private")
    crowd(group)
    group.memberships.exclude(user__in=[mia]).update(joined_at=datetime(2026, 3, 12, tzinfo=UTC))
    [row] = table(as_olive, group, "numbers")
    assert (row["Day"], row["Did"], row["All"]) == ("on other days", "1", "1")


@pytest.mark.parametrize("state", [Act.State.HIDDEN, Act.State.REMOVED, Act.State.PENDING])
def test_what_is_not_shown_is_in_neither(
    state: str, as_olive: Client, olive: User, mia: User, group: Group, daily: Challenge
) -> None:
    make_act(group, mia, challenge=daily, text="Not to be seen.").change(state, by=olive)
    assert table(as_olive, group, "numbers") == table(as_olive, group, "acts") == []


def test_the_acts_are_those_of_the_feed_without_names_at_work(
    as_olive: Client, mia: User, group: Group, daily: Challenge, foreign_group: Group, stan: User
) -> None:
    crowd(group)
    make_act(group, mia, challenge=daily, text="Made the tea.", feeling=5, credited=[])
    make_act(group, mia, text="Kept for me.", audience="private")
    make_act(group, mia, text="For the leaders.", audience="leaders")
    make_act(group, mia, text="", source="tick", idea_key="I001", kind="received", signed="someone")
    make_act(foreign_group, stan, text="Somewhere else.")
    rows = table(as_olive, group, "acts")
    assert list(rows[0]) == ["Day", "Kind", "Words", "Challenge", "Passed on by"]
    assert list(rows[0].values()) == ["2026-03-11", "Did", "Made the tea.", daily.title, "0"]
    assert [row["Kind"] for row in rows] == ["Did", "Received"]
    assert rows[1]["Words"]
    words = str(rows)
    for hidden in ("Mia", mia.public_id, "Kept for me", "For the leaders", "Somewhere else", "feeling"):
        assert hidden not in words


def test_a_class_has_names_and_someone_stays_someone(olive: User, as_olive: Client, mia: User) -> None:
    group = class_of(olive)
    join(group, mia)
    make_act(group, mia, text="Signed.")
    make_act(group, mia, text="Unsigned.", signed="someone")
    assert [(row["Who"], row["Words"]) for row in table(as_olive, group, "acts")] == [
        ("Mia Marsh", "Signed."),
        ("Someone", "Unsigned."),
    ]


@pytest.mark.parametrize("name", ["numbers", "acts"])
def test_those_who_run_the_group_get_it_and_nobody_else(
    name: str, as_olive: Client, as_mia: Client, as_stan: Client, visitor: Client, group: Group
) -> None:
    url = reverse(f"lead-{name}", args=[group.slug])
    assert [client.get(url).status_code for client in (as_olive, as_mia, as_stan, visitor)] == [200, 403, 404, 302]
    assert as_olive.post(url).status_code == 405


def test_the_page_offers_both(as_olive: Client, group: Group) -> None:
    page = as_olive.get(reverse("lead", args=[group.slug])).content.decode()
    for name in ("numbers", "acts"):
        assert f'href="{reverse(f"lead-{name}", args=[group.slug])}"' in page
    assert "without names" in page


def test_a_group_that_was_put_away_can_still_be_taken_along(
    as_olive: Client, olive: User, mia: User, group: Group
) -> None:
    make_act(group, mia, text="Before the end.")
    group.put_away(olive)
    assert [row["Words"] for row in table(as_olive, group, "acts")] == ["Before the end."]


def test_the_headings_are_in_the_reader_s_language(as_olive: Client, olive: User, mia: User, group: Group) -> None:
    User.objects.filter(pk=olive.pk).update(language="es")
    make_act(group, mia)
    [row] = table(as_olive, group, "numbers")
    assert list(row)[:3] == ["Día", "Reto", "Lo hizo"]


@pytest.mark.parametrize("start", STARTS, ids=repr)
def test_no_cell_is_a_formula(start: str, as_olive: Client, olive: User, mia: User) -> None:
    group = class_of(olive)
    join(group, mia)
    challenge = make_challenge(group, starts_on=MONDAY)
    words = f"{start}HYPERLINK(1)"
    act = make_act(group, mia, challenge=challenge)
    if "\0" not in words:  # which no database of ours takes
        Act.objects.filter(pk=act.pk).update(text=words)
        User.objects.filter(pk=mia.pk).update(name=words)
        Challenge.objects.filter(pk=challenge.pk).update(own_title=words)
    for name in ("numbers", "acts"):
        for cell in [cell for row in table(as_olive, group, name) for cell in row.values()]:
            assert not cell.lstrip(' \u00a0;,"').startswith(DANGEROUS)
    assert safe(words) == f"'{words}"


def test_numbers_and_plain_words_stay_as_they_are() -> None:
    assert [safe(cell) for cell in (-3, 0, "2 - 1", "tea = love", "+49 30 1234", "Ünïcödé")] == [
        *("-3", "0", "2 - 1", "tea = love", "'+49 30 1234", "Ünïcödé")
    ]


def test_a_file_is_named_so_that_no_header_breaks() -> None:
    reply: StreamingHttpResponse = sheet('../x";\r\nSet-Cookie: a=b', [["Day"]])
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "\n" not in reply.headers["Content-Disposition"]
    assert reply.headers["Content-Disposition"].startswith("attachment; filename")


def test_asking_on_and_on_comes_to_a_rest(as_olive: Client, group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "sheet", "2/h/user")
    url = reverse("lead-acts", args=[group.slug])
    assert [as_olive.get(url).status_code for _n in range(3)] == [200, 200, 429]


def test_it_costs_the_same_for_many_acts(
    as_olive: Client, mia: User, group: Group, daily: Challenge, django_assert_max_num_queries: Any
) -> None:
    for _n in range(12):
        make_act(group, mia, challenge=daily, source="tick", text="", step=daily.steps.first())
    with django_assert_max_num_queries(10):
        assert len(table(as_olive, group, "acts")) == 12
    with django_assert_max_num_queries(10):
        assert len(table(as_olive, group, "numbers")) == 1
