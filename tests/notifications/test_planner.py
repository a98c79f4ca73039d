"""Planning at any time by anybody: once for each person and day, at their hour, everywhere (SAFETY A6)."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from accounts.models import User
from notifications import planner, rhythms, sender, tasks
from notifications.models import Clock, Delivery, Notice
from notifications.rhythms import Rhythm
from notifications.schedule import Rule
from tests.factories import make_user
from tests.notifications.test_outbox import at_once

NAMES = "Pacific/Pago_Pago Pacific/Honolulu Pacific/Marquesas America/Anchorage America/Los_Angeles America/Denver"
NAMES += " America/Chicago America/New_York America/Caracas America/St_Johns America/Nuuk Atlantic/Azores Europe/London"
NAMES += " Europe/Berlin Africa/Cairo Africa/Nairobi Asia/Tehran Asia/Dubai Asia/Kolkata Asia/Yangon Asia/Shanghai"
NAMES += " Australia/Adelaide Pacific/Auckland Pacific/Kiritimati"
ZONES = NAMES.split()
AT = time(8)


@pytest.fixture(autouse=True)
def rhythm(monkeypatch: pytest.MonkeyPatch) -> Rhythm:
    """A reminder at eight for everybody, every day."""
    rhythm = Rhythm(
        name="test",
        kind="nudge",
        people=lambda: list(User.objects.values_list("pk", flat=True)),
        rules=lambda users: {user.pk: Rule(user.zone, AT) for user in User.objects.filter(pk__in=users)},
        wanted=lambda day, users: dict.fromkeys(users, 1),
    )
    monkeypatch.setattr(rhythms, "_rhythms", {"test": rhythm})
    return rhythm


def live(days: int, step: timedelta) -> None:
    """Two beats and three dispatchers for so many days: everybody plans and sends at every step."""
    begun = datetime(2026, 3, 27, 12, tzinfo=UTC)
    for n in range(int(timedelta(days=days) / step)):
        with time_machine.travel(begun + n * step, tick=False):
            tasks.tick()
            tasks.tick()
            for _dispatcher in range(3):
                sender.run()


def check_everybody(days: int) -> None:
    """Each person once for each of their days, at eight by their clock, also where the clocks are changed."""
    sent = Delivery.objects.filter(state="sent").select_related("notice__recipient")
    keys = Counter((one.notice.recipient_id, one.notice.key) for one in sent)
    assert set(keys.values()) == {1}
    each = Counter(one.notice.recipient_id for one in sent)
    assert set(each.values()) <= {days, days - 1, days + 1}
    assert len(each) == User.objects.count()
    for one in sent:
        assert one.notice.recipient
        assert one.sent_at
        local = one.sent_at.astimezone(one.notice.recipient.zone)
        assert (local.date().isoformat(), local.time()) == (one.notice.key, AT)
    assert not Delivery.objects.exclude(state="sent").exists()


def test_two_beats_and_three_dispatchers_remind_everybody_once_a_day(db: None) -> None:
    for zone in ZONES:
        make_user(time_zone=zone)
    live(3, timedelta(minutes=30))
    check_everybody(3)


@pytest.mark.audit
def test_five_hundred_people_in_ten_days(db: None) -> None:
    for n in range(500):
        make_user(time_zone=ZONES[n % len(ZONES)])
    live(10, timedelta(minutes=30))
    check_everybody(10)


@pytest.mark.django_db(transaction=True)
def test_four_planners_at_the_same_time_plan_everything_once() -> None:
    now = datetime(2026, 3, 27, 12, tzinfo=UTC)
    people = [make_user() for _n in range(30)]
    Clock.objects.bulk_create(
        Clock(user=one, rhythm="test", next_at=now - timedelta(hours=4), last_on=date(2026, 3, 26)) for one in people
    )
    with time_machine.travel(datetime(2026, 3, 27, 8, 1, tzinfo=UTC), tick=True):
        planner.set_all_clocks(datetime(2026, 3, 27, 8, 1, tzinfo=UTC))
        planned = at_once(4, lambda: planner.plan(datetime(2026, 3, 27, 8, 1, tzinfo=UTC)))
    assert sum(planned) == 30
    assert Notice.objects.count() == Delivery.objects.count() == 30
    assert not Clock.objects.filter(next_at__lte=now - timedelta(hours=3)).exists()


def test_a_clock_of_a_rhythm_that_is_gone_stands_still(mia: User) -> None:
    Clock.objects.create(user=mia, rhythm="gone", next_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert planner.plan() == 0
    assert Clock.objects.get(user=mia, rhythm="gone").next_at is None


@pytest.fixture
def noon() -> Iterator[datetime]:
    moment = datetime(2026, 3, 12, 12, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        yield moment


def test_a_planner_that_dies_in_the_middle_has_planned_nothing(
    mia: User, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAFETY A4: what is planned and the clocks are one transaction."""
    tasks.tick()
    Clock.objects.update(next_at=noon - timedelta(hours=1), last_on=date(2026, 3, 10))

    def die(_turns: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(planner, "_move", die)
        with pytest.raises(SystemExit):
            planner.plan()
    assert not Notice.objects.exists()
    planner.plan()
    assert {notice.key for notice in Notice.objects.all()} == {"2026-03-11", "2026-03-12"}
