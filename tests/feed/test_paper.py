"""The paper round trip of a class: what comes back is counted, apart from the rest, and can be put right."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from challenges.choices import settle
from challenges.models import Challenge, Choice
from feed import paper
from feed.models import Act
from feed.recount import recount
from feed.totals import together, totals_of
from groups.models import Group, Pupil
from tests.factories import make_act, make_challenge, make_class

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with on(MONDAY + timedelta(days=4)):
        yield


def on(day: date) -> time_machine.travel:
    return time_machine.travel(f"{day.isoformat()}T10:00:00Z", tick=False)


@pytest.fixture
def kestrels(olive: User) -> Group:
    return make_class(olive, name="Kestrels", pupils=["Ana", "Ben", "Cleo", "Dan", "Eve"])


@pytest.fixture
def challenge(kestrels: Group) -> Challenge:
    return make_challenge(kestrels, program="t11", starts_on=MONDAY)


def pupil(group: Group, name: str) -> User:
    return Pupil.objects.in_class(group).get(user__name=name).user


def page(challenge: Challenge, week: int = 1) -> str:
    return reverse("challenge-paper-week", args=[challenge.public_id, week])


def steps(challenge: Challenge, week: int = 1) -> list[Any]:
    return list(challenge.steps.filter(week=week).order_by("position"))


def enter(client: Client, challenge: Challenge, *numbers: int | str, week: int = 1) -> Any:
    sent = {step.public_id: number for step, number in zip(steps(challenge, week), numbers, strict=True)}
    return client.post(page(challenge, week), {"do": "class", **sent})


def test_who_teaches_nowhere_has_no_sheets(
    as_olive: Client, as_mia: Client, challenge: Challenge, visitor: Client
) -> None:
    assert as_olive.get("/paper/").status_code == 200
    assert [as_mia.get("/paper/").status_code, as_mia.post("/paper/", {"code": "ABC234-1"}).status_code] == [404, 404]
    assert visitor.get("/paper/").status_code == 302


def test_a_sheet_for_each_week_has_its_prompts_and_a_code(as_olive: Client, challenge: Challenge) -> None:
    html = as_olive.get(reverse("challenge-paper", args=[challenge.public_id])).content.decode()
    codes = re.findall(r'tally__code" dir="ltr">([^<]+)<', html)
    assert len(codes) == 4
    for sheet in paper.sheets_of(challenge):
        assert sheet.code in codes
        for step in sheet.steps:
            assert step.words.prompt in html


def test_a_sheet_for_each_child_who_takes_part(as_olive: Client, olive: User, challenge: Challenge) -> None:
    Pupil.objects.get(user__name="Ben").sit_out(out=True, by=olive)
    html = as_olive.get(reverse("challenge-paper", args=[challenge.public_id]) + "?for=pupils").content.decode()
    assert html.count('<article class="sheet tally">') == 4
    assert "Ana" in html
    assert "Ben" not in html


@pytest.mark.parametrize("typed", ["{code}", "{lower}", " {lower} ", "{spaced}"])
def test_the_code_on_the_sheet_leads_to_the_page_where_it_is_entered(
    as_olive: Client, challenge: Challenge, typed: str
) -> None:
    code = paper.sheets_of(challenge)[1].code
    sent = typed.format(code=code, lower=code.lower(), spaced=code.replace("-", " - "))
    reply = as_olive.post(reverse("paper"), {"code": sent})
    assert reply.status_code == 302
    assert reply["Location"] == page(challenge, 2)


@pytest.mark.parametrize("typed", ["", "ABC234-1", "-", "1"])
def test_a_code_that_leads_nowhere_says_so(as_olive: Client, challenge: Challenge, typed: str) -> None:
    assert as_olive.post(reverse("paper"), {"code": typed}).status_code == 422


def test_the_code_of_an_old_sheet_still_leads_there(as_olive: Client, kestrels: Group, challenge: Challenge) -> None:
    code = paper.sheets_of(challenge)[0].code
    day = challenge.starts_on + timedelta(days=1)
    rows = [
        Challenge(group=kestrels, program_key="t11", starts_on=day, ends_on=day, cadence="weekly") for _n in range(40)
    ]
    Challenge.objects.bulk_create(rows)
    assert as_olive.post(reverse("paper"), {"code": code}).status_code == 302


def test_a_code_of_another_teachers_class_leads_nowhere(as_mia: Client, mia: User, challenge: Challenge) -> None:
    make_class(mia, name="Owls")
    code = paper.sheets_of(challenge)[0].code
    assert as_mia.post(reverse("paper"), {"code": code}).status_code == 422


def test_the_classes_tallies_are_counted_apart_from_the_rest(
    as_olive: Client, olive: User, kestrels: Group, challenge: Challenge
) -> None:
    ana = pupil(kestrels, "Ana")
    tick = make_act(kestrels, ana, text="", source="tick", challenge=challenge, step=steps(challenge)[0])
    tick.change("shown", by=olive)
    assert enter(as_olive, challenge, 12, 7, 0).status_code == 302
    totals = totals_of([challenge])[challenge.pk]
    assert (totals.paper, totals.ticked, totals.posted, totals.total) == (19, 1, 0, 20)
    assert together(kestrels).acts == 20
    assert recount() == []
    html = as_olive.get(reverse("lead", args=[kestrels.slug])).content.decode()
    assert "From paper: 19." in html


def test_what_was_entered_can_be_put_right(as_olive: Client, challenge: Challenge) -> None:
    for numbers, total in (((12, 7, 0), 19), ((10, 7, 3), 20), ((0, 0, 0), 0), (("", 4, ""), 4)):
        enter(as_olive, challenge, *numbers)
        assert totals_of([challenge])[challenge.pk].paper == total
        assert Act.objects.filter(source="paper").count() == total
        assert recount() == []
    html = as_olive.get(page(challenge)).content.decode()
    assert 'value="4"' in html


@pytest.mark.parametrize("number", ["-1", "1000", "many", "1.5"])
def test_a_number_that_is_none_changes_nothing(as_olive: Client, challenge: Challenge, number: str) -> None:
    assert enter(as_olive, challenge, number, 2, 2).status_code == 422
    assert not Act.objects.exists()


def test_a_button_that_is_none_changes_nothing(as_olive: Client, challenge: Challenge) -> None:
    assert as_olive.post(page(challenge), {"do": "dance"}).status_code == 422
    assert not Act.objects.exists()


def test_sent_twice_it_is_entered_once(as_olive: Client, challenge: Challenge) -> None:
    enter(as_olive, challenge, 5, 5, 5)
    enter(as_olive, challenge, 5, 5, 5)
    assert totals_of([challenge])[challenge.pk].paper == 15


def test_a_childs_ticks_settle_their_prompts(as_olive: Client, kestrels: Group, challenge: Challenge) -> None:
    ana, ben = pupil(kestrels, "Ana"), pupil(kestrels, "Ben")
    first, second, _third = steps(challenge)
    marks = [f"{ana.public_id}-{first.public_id}", f"{ben.public_id}-{second.public_id}"]
    as_olive.post(page(challenge), {"do": "pupils", "tick": marks})
    assert set(Act.objects.values_list("author", "step", "source", "audience")) == {
        (ana.pk, first.pk, "paper", "leaders"),
        (ben.pk, second.pk, "paper", "leaders"),
    }
    assert Choice.objects.get(participation__user=ana, step=first).state == "done"
    as_olive.post(page(challenge), {"do": "pupils", "tick": marks[1:]})
    assert list(Act.objects.values_list("author", flat=True)) == [ben.pk]
    assert Choice.objects.get(participation__user=ana, step=first).state == "open"
    assert recount() == []


def test_what_a_child_has_ticked_themselves_is_not_counted_once_more(
    as_olive: Client, kestrels: Group, challenge: Challenge
) -> None:
    ana, first = pupil(kestrels, "Ana"), steps(challenge)[0]
    make_act(kestrels, ana, text="", source="tick", challenge=challenge, step=first)
    settle(ana, first, "", on=ana.today())
    assert "told already" in as_olive.get(page(challenge)).content.decode()
    as_olive.post(page(challenge), {"do": "pupils", "tick": [f"{ana.public_id}-{first.public_id}"]})
    assert Act.objects.get().source == "tick"
    as_olive.post(page(challenge), {"do": "pupils"})
    assert Act.objects.get().source == "tick"
    assert Choice.objects.get(participation__user=ana, step=first).state == "done"


def test_a_box_that_stood_on_no_page_is_none(
    as_olive: Client, kestrels: Group, challenge: Challenge, stan: User
) -> None:
    first = steps(challenge)[0]
    foreign = steps(make_challenge(make_class(stan), program="t11", starts_on=MONDAY))[0]
    ana = pupil(kestrels, "Ana")
    marks = [f"{stan.public_id}-{first.public_id}", f"{ana.public_id}-{foreign.public_id}", "nonsense"]
    as_olive.post(page(challenge), {"do": "pupils", "tick": marks})
    assert not Act.objects.exists()


def test_nothing_from_paper_stands_in_the_feed(as_olive: Client, kestrels: Group, challenge: Challenge) -> None:
    enter(as_olive, challenge, 3, 3, 3)
    assert not Act.objects.in_feed().exists()


def test_a_week_counts_for_its_own_last_school_day(as_olive: Client, challenge: Challenge) -> None:
    with on(MONDAY + timedelta(days=16)):
        enter(as_olive, challenge, 1, 0, 0)
        enter(as_olive, challenge, 1, 0, 0, week=3)
    assert sorted(Act.objects.values_list("done_on", flat=True)) == [
        MONDAY + timedelta(days=6),
        MONDAY + timedelta(days=16),
    ]


def test_a_week_to_come_and_a_challenge_that_is_over_take_nothing(as_olive: Client, challenge: Challenge) -> None:
    enter(as_olive, challenge, 1, 1, 1, week=2)
    with on(challenge.closes_on):
        enter(as_olive, challenge, 2, 0, 0)
    with on(challenge.closes_on + timedelta(days=1)):
        enter(as_olive, challenge, 9, 9, 9)
    assert Act.objects.count() == 2


def test_ten_cards_have_one_sheet(as_olive: Client, kestrels: Group) -> None:
    cards = make_challenge(kestrels, program="t08", starts_on=MONDAY)
    (sheet,) = paper.sheets_of(cards)
    assert (sheet.week, len(sheet.steps)) == (0, 10)
    sent = {step.public_id: 1 for step in sheet.steps}
    as_olive.post(page(cards, 0), {"do": "class", **sent})
    assert totals_of([cards])[cards.pk].paper == 10


def test_a_group_of_adults_has_no_sheets(as_olive: Client, group: Group) -> None:
    adults = make_challenge(group, program="t01")
    assert as_olive.get(reverse("challenge-paper", args=[adults.public_id])).status_code == 404
    assert as_olive.get(page(adults)).status_code == 404
