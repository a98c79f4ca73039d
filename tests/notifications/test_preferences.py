"""What people want to hear, and when; and addresses from which letters come back."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from notifications.models import Channel, Clock, Preferences, Suppression, SwitchedOff, Topic
from notifications.models.suppression import HARD, SOFT
from tests.factories import make_user


def test_who_never_chose_has_what_holds_for_all_and_no_row(mia: User) -> None:
    wishes = Preferences.objects.of(mia)
    assert wishes.remind_at is None
    assert wishes.chosen_weekdays == frozenset(range(7))
    assert not Preferences.objects.exists()
    rule = wishes.rule(ZoneInfo("Asia/Kathmandu"))
    assert (rule.at, str(rule.zone), rule.quiet.start, rule.quiet.end) == (
        time(8, 30),
        "Asia/Kathmandu",
        time(21),
        time(7),
    )


def test_a_leader_s_hour_holds_until_somebody_chooses_their_own(mia: User) -> None:
    wishes = Preferences.objects.create(user=mia)
    assert wishes.rule(ZoneInfo("UTC"), time(9)).at == time(9)
    wishes.remind_at = time(17, 45)
    assert wishes.rule(ZoneInfo("UTC"), time(9)).at == time(17, 45)


def test_weekdays_are_kept_as_they_were_chosen(mia: User) -> None:
    wishes = Preferences(user=mia)
    wishes.chosen_weekdays = frozenset({0, 2, 6})
    wishes.save()
    wishes.refresh_from_db()
    assert wishes.weekdays == 0b1000101
    assert wishes.chosen_weekdays == frozenset({0, 2, 6})
    with pytest.raises(IntegrityError), transaction.atomic():
        Preferences.objects.create(user=make_user(), weekdays=128)


def test_a_pause_holds_on_its_last_day_too(mia: User) -> None:
    wishes = Preferences(user=mia, paused_until=date(2026, 3, 12))
    assert wishes.is_paused_on(date(2026, 3, 12))
    assert not wishes.is_paused_on(date(2026, 3, 13))


def test_a_topic_is_off_in_one_way_for_one_person(mia: User, stan: User) -> None:
    for new in (True, False):
        assert SwitchedOff.objects.switch_off(mia, Topic.DIGEST, Channel.MAIL, "one_click") is new
    assert SwitchedOff.objects.is_off(mia, Topic.DIGEST, Channel.MAIL)
    assert not SwitchedOff.objects.is_off(mia, Topic.DIGEST, Channel.PUSH)
    assert not SwitchedOff.objects.is_off(mia, Topic.REMINDER, Channel.MAIL)
    assert SwitchedOff.objects.off_for([mia.pk, stan.pk], Topic.DIGEST, Channel.MAIL) == {mia.pk}
    assert SwitchedOff.objects.switch_on(mia, Topic.DIGEST, Channel.MAIL)
    assert not SwitchedOff.objects.exists()


def test_a_clock_is_wound_once_and_pupils_have_none(mia: User) -> None:
    pupil = make_user("Pia Pupil", kind="pupil", email=None)
    Clock.objects.wind("reminder", [mia, pupil])
    later = timezone.now() + timedelta(hours=5)
    Clock.objects.update(next_at=later)
    Clock.objects.wind("reminder", [mia])
    assert Clock.objects.get().next_at == later
    assert not Clock.objects.due(timezone.now()).exists()
    assert Clock.objects.due(later).get().user == mia


def test_an_address_is_stopped_by_a_few_letters_that_come_back_within_a_month(db: None) -> None:
    with time_machine.travel("2026-03-12T12:00Z", tick=False):
        assert not Suppression.objects.score("Mia@example.org", HARD)
        assert not Suppression.objects.score("mia@example.org", SOFT)
    with time_machine.travel("2026-04-12T12:00Z", tick=False):
        assert not Suppression.objects.score("mia@example.org", HARD, "550 5.1.1")
        assert not Suppression.objects.is_stopped("mia@example.org")
        assert Suppression.objects.score("mia@example.org", HARD, "550 5.1.1")
    assert Suppression.objects.is_stopped("MIA@example.org")
    assert Suppression.objects.get().code == "550 5.1.1"


def test_a_stopped_address_starts_anew_when_its_owner_says_so(db: None) -> None:
    Suppression.objects.stop("mia@example.org", "complained")
    assert Suppression.objects.is_stopped("mia@example.org")
    assert Suppression.objects.lift("Mia@example.org")
    assert not Suppression.objects.is_stopped("mia@example.org")
    assert not Suppression.objects.lift("mia@example.org")
