"""Once a month, for those who want it: the kindness that they keep, in their own words.

It comes on the first of the weekdays they chose for reminders, at their hour; not on a day on which a challenge of
theirs asks something, since one reminder a day is enough.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from challenges import reminders
from challenges.models import Habit
from challenges.models.habit import RHYTHM
from challenges.models.plan import sentence
from notifications import rhythms, samples
from notifications.kinds import Kind, Message, register
from notifications.models import Notice, Topic
from notifications.models.preferences import HOUR
from notifications.rhythms import Rhythm
from notifications.schedule import Rule

NO_GROUP = 0
LAST_OF_FIRST_WEEK = 7


def people() -> Iterable[int]:
    return Habit.objects.filter(monthly=True).values_list("user_id", flat=True)


def rules(users: Sequence[int]) -> dict[int, Rule]:
    kept = set(Habit.objects.filter(monthly=True, user__in=users).values_list("user_id", flat=True))
    found = {}
    for user, wishes in rhythms.with_wishes(sorted(kept)):
        found[user.pk] = Rule(
            zone=user.zone,
            at=wishes.remind_at or HOUR,
            weekdays=frozenset({min(wishes.chosen_weekdays, default=0)}),
            quiet=wishes.quiet,
            paused_until=wishes.paused_until,
        )
    return found


def wanted(day: date, users: Sequence[int]) -> dict[int, int]:
    if day.day > LAST_OF_FIRST_WEEK:
        return {}
    return dict.fromkeys(set(users) - reminders.wanted(day, users).keys(), NO_GROUP)


def _kept(notice: Notice) -> Habit | None:
    """Asked anew for each sending: it may have been let go meanwhile."""
    return Habit.objects.filter(user=notice.recipient, monthly=True).first()


def render(notice: Notice) -> Message:
    habit = _kept(notice)
    return _say(habit.sentence if habit else "")


def _say(words: str) -> Message:
    return Message(
        subject=words,
        line="",
        path=reverse("habit"),
        template="mail/habit",
        context={"words": words},
    )


register(
    Kind(
        name=RHYTHM,
        mail=True,
        push=True,
        in_app=False,
        still_wanted=lambda notice: _kept(notice) is not None,
        render=render,
        nudge=True,
        topic=Topic.REMINDER,
    )
)
rhythms.register(Rhythm(name=RHYTHM, kind=RHYTHM, people=people, rules=rules, wanted=wanted, of_all=False))
samples.register(
    "habit",
    RHYTHM,
    lambda: _say(sentence(_("I wait for the kettle"), _("ask who is next to me how they are"))),
)
