"""The school programs from first day to closing page: pupils who tick, and who work on paper (B-27, Z-06)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from challenges.models import Challenge, Choice
from challenges.prompts import Prompt, prompts_for
from feed import paper
from feed.models import Act
from feed.recount import recount
from feed.totals import totals_of
from groups.models import Group, Pupil, School
from tests.client import pupil_client
from tests.factories import make_challenge, make_class

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
HALF_TERM: dict[str, Any] = {
    "kind": "holiday",
    "title": "Half term",
    "starts_on": date(2026, 10, 19),
    "ends_on": date(2026, 10, 23),
}
NAMES = ["Ana", "Ben", "Cleo", "Dan", "Eve", "Finn"]


def on(day: date) -> time_machine.travel:
    return time_machine.travel(f"{day.isoformat()}T12:00:00Z", tick=False)


def school_class(olive: User, mode: str) -> Group:
    """A class of six that has lessons from Monday to Friday and a half term in the third week."""
    group = make_class(olive, name="Kestrels", mode=mode, pupils=NAMES)
    school = School.of(group.organization)
    school.change(olive, weekdays="01234")
    school.add_span(olive, **HALF_TERM)
    return Group.objects.select_related("organization").get(pk=group.pk)


def prompt_of(name: str, group: Group) -> Prompt:
    pupil = Pupil.objects.in_class(group).get(user__name=name).user
    (prompt,) = prompts_for(pupil, [Group.objects.select_related("organization").get(pk=group.pk)])
    return prompt


def hand_in(client: Client, challenge: Challenge, week: int, names: list[str], steps: int) -> int:
    """The teacher enters what these children ticked: the first so many prompts of the week."""
    sheet = next(one for one in paper.sheets_of(challenge) if one.week == week)
    people = Pupil.objects.in_class(challenge.group).filter(user__name__in=names)
    marks = [f"{one.user.public_id}-{step.public_id}" for one in people for step in sheet.steps[:steps]]
    page = reverse("challenge-paper-week", args=[challenge.public_id, week])
    assert client.post(page, {"do": "pupils", "tick": marks}).status_code == 302
    return len(marks)


def closes(client: Client, challenge: Challenge, acts: int) -> None:
    challenge = Challenge.objects.select_related("group__organization").get(pk=challenge.pk)
    with on(challenge.closes_on + timedelta(days=1)):
        html = client.get(reverse("closing", args=[challenge.public_id])).content.decode()
        assert f"{acts} acts of kindness, together" in html
        assert f"From paper: {acts}." in html
    totals = totals_of([challenge])[challenge.pk]
    assert (totals.paper, totals.total) == (acts, acts)
    assert recount() == []


@pytest.mark.parametrize(
    ("program", "mode", "weeks", "per_week"), [("t11", "primary", 4, 3), ("t12", "secondary", 6, 2)]
)
def test_a_weekly_school_program_around_a_half_term(
    as_olive: Client, olive: User, program: str, mode: str, weeks: int, per_week: int
) -> None:
    with on(MONDAY):
        group = school_class(olive, mode)
        challenge = make_challenge(group, program=program, starts_on=MONDAY)
    acts = 0
    stretches = [0, 1, *range(3, weeks + 1)]
    assert challenge.ends_on == MONDAY + timedelta(weeks=stretches[-1], days=6)
    for week, stretch in enumerate(stretches, start=1):
        with on(MONDAY + timedelta(weeks=stretch)):
            prompt = prompt_of("Ana", group)
            assert prompt.state == "open"
            assert prompt.label.startswith(f"Week {week} of {weeks}")
            assert prompt.step
            assert prompt.step.step_key == f"w{week}-1"
            assert prompt.words
            assert len(prompt.words.starters) >= 2
        with on(MONDAY + timedelta(weeks=stretch, days=4)):
            acts += hand_in(as_olive, challenge, week, NAMES[:4], per_week)
            assert prompt_of("Ana", group).state == "all_done"
            assert prompt_of("Eve", group).done_this_week == 0
    with on(date(2026, 10, 21)):
        assert prompt_of("Eve", group).state == "day_off"
    assert acts == weeks * 4 * per_week
    assert Choice.objects.filter(state="done").count() == acts
    closes(as_olive, challenge, acts)


@pytest.mark.parametrize("mode", ["primary", "secondary"])
def test_ten_cards_in_a_class(as_olive: Client, olive: User, mode: str) -> None:
    with on(MONDAY):
        group = school_class(olive, mode)
        challenge = make_challenge(group, program="t08", starts_on=MONDAY)
        assert prompt_of("Ben", group).headline == challenge.program.for_mode(mode).steps[0].prompt
    assert challenge.ends_on == date(2026, 11, 1), "three school weeks take four with a half term in them"
    with on(MONDAY + timedelta(days=10)):
        acts = hand_in(as_olive, challenge, 0, ["Ana", "Ben"], 10)
        assert prompt_of("Ana", group).state == "all_done"
        assert prompt_of("Ana", group).done_this_week == 10
        assert prompt_of("Cleo", group).state == "open"
    closes(as_olive, challenge, acts)


def test_a_class_that_counts_only_together_has_the_same_closing_page(as_olive: Client, olive: User) -> None:
    with on(MONDAY):
        group = school_class(olive, "primary")
        challenge = make_challenge(group, program="t11", starts_on=MONDAY)
    total = 0
    for week, stretch in enumerate([0, 1, 3, 4], start=1):
        with on(MONDAY + timedelta(weeks=stretch, days=3)):
            sheet = next(one for one in paper.sheets_of(challenge) if one.week == week)
            sent = {step.public_id: week + n for n, step in enumerate(sheet.steps)}
            page = reverse("challenge-paper-week", args=[challenge.public_id, week])
            assert as_olive.post(page, {"do": "class", **sent}).status_code == 302
            total += sum(sent.values())
    assert not Choice.objects.filter(state="done").exists(), "nobody is counted alone"
    closes(as_olive, challenge, total)


def tick(group: Group, name: str) -> bool:
    """A pupil comes in, and ticks what Today asks; False where it asks nothing."""
    client = pupil_client(Pupil.objects.in_class(group).get(user__name=name))
    html = client.get("/").content.decode()
    form = re.search(r'<form method="post" action="/tell/">(.*?)</form>', html, re.DOTALL)
    if form is None:
        return False
    assert client.post("/tell/", dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))).status_code == 302
    return True


def read_all(teacher: Client, group: Group) -> None:
    """The teacher lets through what waits, at once."""
    waiting = list(Act.objects.filter(group=group, state="pending").values_list("public_id", flat=True))
    if waiting:
        page = reverse("waiting", args=[group.slug])
        assert teacher.post(page, {"do": "share", "act": waiting}).status_code == 302


@pytest.mark.parametrize(
    ("program", "mode", "stretches", "per_week"),
    [
        ("t11", "primary", (0, 1, 3, 4), 3),
        ("t12", "secondary", (0, 1, 3, 4, 5, 6), 2),
        ("t08", "primary", (0, 1, 3), 0),
    ],
)
def test_pupils_tick_their_way_through_a_program_and_the_teacher_reads_it(
    as_olive: Client, olive: User, program: str, mode: str, stretches: tuple[int, ...], per_week: int
) -> None:
    with on(MONDAY):
        group = school_class(olive, mode)
        challenge = make_challenge(group, program=program, starts_on=MONDAY)
    steps, ticked = challenge.steps.count(), 0
    for stretch in stretches:
        for day in range(3):
            with on(MONDAY + timedelta(weeks=stretch, days=day)):
                done = [tick(group, name) for name in NAMES[:2]]
                assert len(set(done)) == 1
                ticked += sum(done)
                if per_week:
                    assert any(done) == (day < per_week)
                read_all(as_olive, group)
    with on(MONDAY + timedelta(weeks=2, days=1)):
        assert prompt_of(NAMES[-1], group).state == "day_off"
    acts = Act.objects.filter(challenge=challenge)
    # What is about oneself is counted, too, and shown to nobody, so it need not be read.
    assert not acts.filter(state="pending").exists()
    assert acts.count() == ticked == 2 * min(steps, len(stretches) * (per_week or 3))
    assert Choice.objects.filter(state="done").count() == ticked
    totals = totals_of([challenge])[challenge.pk]
    assert (totals.ticked, totals.posted, totals.paper) == (acts.count(), 0, 0)
    assert recount() == []
    with on(challenge.closes_on + timedelta(days=1)):
        html = as_olive.get(reverse("closing", args=[challenge.public_id])).content.decode()
        assert f"{totals.total} acts of kindness, together" in html
