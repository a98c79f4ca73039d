"""Answers to somebody's acts, in one mail a day: who thanked them, passed it on, wrote to them or reacted.

All of it stands in the app at once. What was read there before the mail is sent is not repeated in it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from feed.cards import said_by
from feed.models import Act, Reaction
from feed.reach import Reach, reached
from notifications import channels, rhythms, samples
from notifications.kinds import Kind, Message, register
from notifications.models import Channel, Clock, Delivery, Notice, Preferences, SwitchedOff, Topic
from notifications.rhythms import Rhythm
from notifications.shown import lines_of

NAME = "answers"
AT = time(17)
FARTHEST_BACK = timedelta(days=7)
ONE_BY_ONE = ("credit", "comment")
KINDS = (*ONE_BY_ONE, "passed_on")
MOST = 12


def somebody_reacted(act: Act) -> None:
    """Its author is told of it with the other answers of the day; there is nothing about it in the list in the app."""
    if act.author_id is not None and not act.group.is_class:
        Clock.objects.start(NAME, [act.author_id])


def stirred(since: datetime) -> set[int]:
    """Who has news since a moment. Those who want each answer by itself are sent it; the others are told together."""
    fresh = Notice.objects.filter(in_app=True, created_at__gte=since, kind__in=KINDS, read_at=None)
    theirs: dict[int, list[Notice]] = defaultdict(list)
    for notice in fresh.filter(recipient__kind=User.Kind.PERSON):
        theirs[notice.recipient_id or 0].append(notice)
    by_themselves = set(
        Preferences.objects.filter(user__in=theirs, answers=Preferences.Answers.AT_ONCE).values_list("user", flat=True)
    )
    mail = channels.way(Channel.MAIL)
    reached = mail.reaches(by_themselves) if mail and by_themselves else set()
    reached -= SwitchedOff.objects.off_for(reached, Topic.ANSWERS, Channel.MAIL)
    Delivery.objects.bulk_create(
        [
            Delivery(notice=notice, channel=Channel.MAIL, lane=notice.context.get("group", 0), not_before=notice.due_at)
            for user in reached
            for notice in theirs[user]
        ],
        ignore_conflicts=True,
    )
    return set(theirs) - by_themselves


def wanted(day: date, users: Sequence[int]) -> dict[int, int]:
    """Who of them has news that nobody has told them by mail yet; what it is, the mail finds out."""
    since = timezone.now() - FARTHEST_BACK
    fresh = Notice.objects.filter(recipient__in=users, kind__in=KINDS, read_at=None, created_at__gte=since)
    lanes = {user: context.get("group", 0) for user, context in fresh.values_list("recipient_id", "context") if user}
    answered = Reaction.objects.filter(act__author__in=users, created_at__gte=since)
    return {user: group for user, group in answered.values_list("act__author_id", "group_id") if user} | lanes


# --- What it says -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    text: str
    path: str

    @property
    def url(self) -> str:
        return settings.BASE_URL + self.path


def answers_for(user: User, since: datetime) -> list[Answer]:
    """What came back to somebody since a moment and may be told now, the furthest reaching first."""
    fresh = list(
        Notice.objects.filter(recipient=user, kind__in=KINDS, read_at=None, created_at__gte=since)
        .exclude(deliveries__channel=Channel.MAIL)
        .select_related("recipient")
        .order_by("created_at")
    )
    found = []
    passed_on = [notice for notice in fresh if notice.kind == "passed_on"]
    if passed_on and (further := reached(user, since=since)):
        found.append(Answer(further.line, further.path))
    single = [notice for notice in fresh if notice.kind in ONE_BY_ONE]
    found += [Answer(line.text, line.path) for line in lines_of(single)]
    return [*found, *_reactions_to(user, since)][:MOST]


def _reactions_to(user: User, since: datetime) -> list[Answer]:
    """By act, who reacted: its author alone is told."""
    rows = Reaction.objects.filter(act__author=user, created_at__gte=since).exclude(user=user)
    said: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for act, kind, name in rows.order_by("pk").values_list("act_id", "kind", "user__name"):
        said[act].append((kind, name))
    acts = Act.objects.visible_to(user).in_feed().filter(pk__in=said)
    return [Answer(f"{_quoted(act)} {said_by(said[act.pk])}", act.get_absolute_url()) for act in acts]


def _quoted(act: Act) -> str:
    words = " ".join(act.text.split())
    return (
        _("“%(words)s”") % {"words": words if len(words) <= 60 else words[:60].rsplit(" ", 1)[0] + " …"}
        if words
        else ""
    )


def _answers(notice: Notice) -> list[Answer]:
    """Asked once for each sending."""
    known: list[Answer] | None = vars(notice).get("answers")
    if known is None:
        user = notice.recipient
        known = vars(notice)["answers"] = answers_for(user, _since(notice)) if user else []
    return known


def _since(notice: Notice) -> datetime:
    """When the mail before this one was written: what it could not yet know is told now."""
    before = Delivery.objects.filter(
        notice__recipient=notice.recipient, notice__kind=NAME, state__in=[Delivery.State.SENT, Delivery.State.UNKNOWN]
    ).exclude(notice=notice.pk)
    last = before.order_by("-sent_at").values_list("date_header", flat=True).first()
    oldest = timezone.now() - FARTHEST_BACK
    return max(parsedate_to_datetime(last), oldest) if last else oldest


def render(notice: Notice) -> Message:
    return _say(_answers(notice))


def _say(found: Sequence[Answer]) -> Message:
    return Message(
        subject=_("Answers to your acts"),
        line="",
        path=reverse("notices"),
        template="mail/answers",
        context={"answers": found, "settings_url": settings.BASE_URL + reverse("reminders")},
    )


register(
    Kind(
        name=NAME,
        mail=True,
        in_app=False,
        still_wanted=lambda notice: bool(_answers(notice)),
        render=render,
        topic=Topic.ANSWERS,
    )
)
rhythms.register(
    Rhythm(
        name=NAME,
        kind=NAME,
        people=list,
        rules=rhythms.same_for_all(AT),
        wanted=wanted,
        latest=timedelta(hours=20),
        lasting=False,
        stirred=stirred,
    )
)


def _sample() -> Message:
    thanked = _("%(name)s saw a kindness of yours and thanked you.") % {"name": "Nora"}
    return _say(
        [
            Answer(Reach(3, "").line, reverse("notices")),
            Answer(thanked, reverse("credits")),
            Answer(_("%(name)s wrote under your act.") % {"name": "Finn"}, reverse("notices")),
        ]
    )


samples.register("answers", NAME, _sample)
