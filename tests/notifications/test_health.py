"""Numbers about reminders: everything that was due is counted once, and a leader learns nothing about anybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from groups.models import Group
from kindness_platform import status
from kindness_platform.pages import lead
from notifications import outbox
from notifications.health import of_group, tally
from notifications.models import Delivery, Suppression, SwitchedOff
from tests.factories import make_user

OUTCOMES = [
    ("sent", ""),
    ("sent", ""),
    ("skipped", "done already"),
    ("skipped", "late"),
    ("skipped", "expired"),
    ("skipped", "suppressed"),
    ("skipped", "something new"),
    ("failed", "554"),
    ("unknown", "sender died"),
    ("waiting", "quiet hours"),
    ("in_flight", ""),
]


@pytest.fixture
def reminders(db: None) -> None:
    for state, reason in OUTCOMES:
        delivery = outbox.queue(make_user(), "nudge", "2026-03-12", lane=7).deliveries.get()
        sent_at = timezone.now() if state == "sent" else None
        Delivery.objects.filter(pk=delivery.pk).update(state=state, reason=reason, sent_at=sent_at)
    outbox.queue(make_user(), "letter", "is no reminder")
    outbox.queue(make_user(), "nudge", "tomorrow", due_at=timezone.now() + timedelta(days=1))


def test_everything_that_was_due_is_counted_once(reminders: None) -> None:
    now = timezone.now()
    told = tally(now - timedelta(days=1), now)
    assert told.due == len(OUTCOMES)
    assert (told.sent, told.failed, told.unknown, told.suppressed, told.waiting) == (2, 1, 1, 1, 2)
    assert dict(told.skipped) == {"done already": 1, "too late": 2, "for another reason": 1}
    assert told.words() == (
        "11 due: 2 sent, 1 skipped (done already), 1 skipped (for another reason), 2 skipped (too late), "
        "1 to addresses that are stopped, 1 failed, 1 perhaps sent, 2 on their way"
    )


def test_an_operator_sees_it_on_the_status_page(reminders: None) -> None:
    line = status.reminders()
    assert line.value.startswith("11 due: 2 sent")
    assert line.state == status.LOOK


def test_in_a_small_group_not_even_the_number_is_shown(group: Group) -> None:
    outbox.queue(make_user(), "nudge", "one", lane=group.pk)
    Delivery.objects.update(state="sent", sent_at=timezone.now())
    assert lead.reminders_of(group, 4) == {}
    assert lead.reminders_of(group, 9) == {"sent": 1, "bounced": "A few at most", "switched_off": "A few at most"}


def test_where_nothing_was_due_nothing_is_said(db: None) -> None:
    assert (status.reminders().value, status.reminders().state) == ("0 due", status.GOOD)


def test_a_leader_learns_how_many_and_nothing_that_tells_who_posted(reminders: None, mia: User, stan: User) -> None:
    Suppression.objects.stop(str(mia.email), "bounced")
    SwitchedOff.objects.switch_off(stan, "reminder", "mail", "one_click")
    told = of_group(7, [(mia.pk, mia.email), (stan.pk, stan.email)], timezone.now() - timedelta(days=7))
    assert (told.sent, told.bounced, told.switched_off) == (2, 1, 1)
    assert set(vars(told)) == {"sent", "bounced", "switched_off"}
