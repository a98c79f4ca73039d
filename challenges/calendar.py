"""A member's prompts as a calendar reads them (RFC 5545).

Every entry is a whole day of the member's own calendar and has no hour. So it needs no time zone, and no change of
the clocks can move it: the prompt of March 29 stands on March 29, wherever the calendar is looked at.

It says what the prompts say, and nothing of what anybody has made of them: no acts, no choices, no people.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from accounts.models import User
from challenges import schedule
from challenges.days import day_name
from challenges.models import Challenge, Participation, Step
from groups.models import Group

PAST_DAYS = 30
"""What ended longer ago is no longer in the calendar."""
MOST_CHALLENGES = 20
MOST_ENTRIES = 1000
LINE = 75


@dataclass(frozen=True)
class Entry:
    """One day in the calendar.

    Attributes:
        key: stays the same when the entry changes, so that calendars replace it rather than add another.
    """

    key: str
    on: date
    title: str
    text: str
    path: str


def entries_of(user: User) -> list[Entry]:
    """The days of a member's challenges, in the active language. Three queries, however many there are."""
    shown = Step.objects.order_by("position")
    near = Challenge.objects.near_for(user, days=PAST_DAYS).filter(group__in=Group.objects.of_member(user))
    challenges = list(
        near.select_related("group__organization").prefetch_related(Prefetch("steps", shown))[:MOST_CHALLENGES]
    )
    mine = {part.challenge_id: part for part in Participation.objects.filter(user=user, challenge__in=challenges)}
    today = user.today()
    found = [
        entry
        for challenge in challenges
        if challenge.pk in mine
        for entry in _days_of(challenge, mine[challenge.pk])
        if _is_shown(entry, mine[challenge.pk], today)
    ]
    return sorted(found, key=lambda entry: (entry.on, entry.key))[:MOST_ENTRIES]


def _is_shown(entry: Entry, mine: Participation, today: date) -> bool:
    """Nothing from before they joined, and nothing in a pause; what is past is not rewritten by one."""
    return entry.on >= mine.joined_on and not (entry.on >= today and mine.is_paused_on(entry.on))


def _days_of(challenge: Challenge, mine: Participation) -> Iterator[Entry]:
    kinds = {
        Challenge.Cadence.DAILY: _daily,
        Challenge.Cadence.WEEKLY: _weekly,
        Challenge.Cadence.CARDS: _cards,
    }
    yield from kinds[Challenge.Cadence(challenge.cadence)](challenge, list(challenge.steps.all()), mine)
    title = _("Last day: %(title)s") % {"title": challenge.title}
    late = _("What you do until today can still be told until %(day)s.") % {"day": day_name(challenge.closes_on)}
    yield Entry(f"{challenge.public_id}-last", challenge.ends_on, title, late, challenge.get_absolute_url())


def _daily(challenge: Challenge, steps: Sequence[Step], mine: Participation) -> Iterator[Entry]:
    """Each prompt on its day. A hidden one leaves its day free and moves no other."""
    for place, step in enumerate(steps):
        on = schedule.day_of_step(challenge.starts_on, place, off=challenge.off)
        if step.hidden_at is None and on <= challenge.ends_on:
            text = "\n\n".join(filter(None, (step.words.prompt, step.words.detail, challenge.title)))
            path = f"{reverse('home')}?step={step.public_id}"
            yield Entry(step.public_id, on, step.words.theme or step.words.prompt, text, path)


def _weekly(challenge: Challenge, steps: Sequence[Step], mine: Participation) -> Iterator[Entry]:
    """The prompts of each week on its first day, or on the day on which this member does them all."""
    weeks = schedule.week_of(challenge.starts_on, challenge.ends_on, off=challenge.off) + 1
    for week in range(weeks):
        asked = [step for step in steps if step.week == week + 1 and step.hidden_at is None]
        on, last = schedule.week_span(challenge.starts_on, week, off=challenge.off)
        if mine.rhythm == Participation.Rhythm.ONE_DAY and mine.kindness_weekday is not None:
            on += timedelta(days=(mine.kindness_weekday - on.weekday()) % 7)
        elif on < mine.joined_on <= last:
            on = mine.joined_on
        if asked and on <= challenge.ends_on:
            title = _("%(title)s: week %(n)d of %(all)d") % {"title": challenge.title, "n": week + 1, "all": weeks}
            yield Entry(f"{challenge.public_id}-week-{week + 1}", on, title, _listed(asked), reverse("home"))


def _cards(challenge: Challenge, steps: Sequence[Step], mine: Participation) -> Iterator[Entry]:
    """All cards on the first day: any of them on any day."""
    on = max(challenge.starts_on, mine.joined_on)
    shown = [step for step in steps if step.hidden_at is None]
    if shown and on <= challenge.ends_on:
        until = _("Any card, on any day, until %(day)s") % {"day": day_name(challenge.ends_on)}
        yield Entry(
            f"{challenge.public_id}-cards", on, challenge.title, f"{until}\n\n{_listed(shown)}", reverse("home")
        )


def _listed(steps: Sequence[Step]) -> str:
    return "\n".join(f"· {step.words.prompt}" for step in steps)


def file_of(user: User) -> bytes:
    """The whole calendar of a member, as a file in their language. While nothing changes it stays the same, byte for
    byte, so that a calendar that asks every hour is told "nothing new"."""
    with in_language(user.language):
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"PRODID:-//{_escaped(settings.SITE_NAME)}//Goodturn//{user.language.upper()}",
            "CALSCALE:GREGORIAN",
            f"X-WR-CALNAME:{_escaped(settings.SITE_NAME)}",
            "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
            "X-PUBLISHED-TTL:PT12H",
            *(line for entry in entries_of(user) for line in _event(entry, user)),
            "END:VCALENDAR",
        ]
    return b"".join(_folded(line) for line in lines)


def _event(entry: Entry, user: User) -> Iterator[str]:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    address = settings.BASE_URL + entry.path
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.key}@{host}"
    yield f"DTSTAMP:{user.date_joined.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(entry.title)}"
    yield f"DESCRIPTION:{_escaped(f'{entry.text}\n\n{address}')}"
    yield f"URL:{address}"
    # A prompt is no appointment: the day stays free for whoever looks when there is time.
    yield "TRANSP:TRANSPARENT"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    """Words as a value: what would end it or begin another one loses that meaning."""
    text = "\n".join(text.splitlines())
    text = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) != "Cc")
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line in pieces of at most 75 bytes; none cuts a letter in two."""
    pieces, room = [b""], LINE
    for sign in line:
        octets = sign.encode()
        if len(octets) > room:
            pieces.append(b"")
            room = LINE - 1
        pieces[-1] += octets
        room -= len(octets)
    return b"\r\n ".join(pieces) + b"\r\n"
