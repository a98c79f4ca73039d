"""How a leader's kind note reaches its people, and whom it spares: who has told something by then is not asked to.

It reads the same whether it went to everybody or to some, and nothing counts how many that were.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import isolated
from challenges.models import Challenge
from feed.models import Act, KindNote
from feed.models.act_query import ActQuerySet
from groups.models import Group, Membership
from notifications import outbox, samples
from notifications.kinds import Message, kind_about, register
from notifications.models import Notice, Topic

NAME = "note"
LIFETIME = timedelta(days=2)


def queue(note: KindNote) -> None:
    """Write it down for those whom it is for."""
    members = note.group.memberships.active().filter(user__is_active=True).exclude(user=note.by)
    if note.to == KindNote.To.QUIET:
        members = members.exclude(Exists(told_by(OuterRef("user"), note.group)))
    people = members.values_list("user_id", flat=True)
    outbox.queue_for_many(
        NAME, people, note.public_id, context={"note": note.pk, "group": note.group_id}, lane=note.group_id
    )


def told_by(user: object, group: Group) -> ActQuerySet:
    """What somebody has told, to whomever, since the challenge began that is on; without one, in the last week."""
    today = group.organization.today()
    running = Challenge.objects.of_day(group, today).first()
    since = running.starts_on if running else today - timedelta(days=7)
    return Act.objects.filter(author=user, group=group, done_on__gte=since).exclude(state=Act.State.REMOVED)


def _notes(notices: Sequence[Notice]) -> dict[int, KindNote]:
    """The notes that their reader, who is the same for all of these, may still read."""
    reader = notices[0].recipient if notices else None
    ids = {notice.pk: notice.context.get("note") for notice in notices}
    here = Membership.objects.active().filter(group=OuterRef("group"), user=reader)
    found = KindNote.objects.filter(Exists(here), pk__in=ids.values()).select_related("by", "group__organization")
    by_id = found.in_bulk()
    return {notice: by_id[pk] for notice, pk in ids.items() if pk in by_id}


def _why_not(notice: Notice) -> str:
    note = _notes([notice]).get(notice.pk)
    if note is None or not note.group.is_open:
        return "not wanted"
    reader: User | None = notice.recipient
    if note.to == KindNote.To.QUIET and reader and told_by(reader, note.group).exists():
        return "done already"
    return ""


def _say(note: KindNote) -> Message:
    who = isolated(note.by.name) if note.by else _("A leader")
    return Message(
        subject=_("A note from %(name)s") % {"name": isolated(note.by.name if note.by else note.group.name)},
        line=_("%(name)s to %(group)s: %(words)s")
        % {"name": who, "group": isolated(note.group.name), "words": isolated(note.text)},
        path=reverse("home", query={"group": note.group.slug}),
        template="mail/kind_note",
        context={
            "note": note,
            "name": note.by.name if note.by else "",
            "settings_url": settings.BASE_URL + reverse("reminders"),
        },
    )


register(
    kind_about(
        NAME,
        _notes,
        lambda _notice, note: _say(note),
        mail=True,
        push=True,
        nudge=True,
        lifetime=LIFETIME,
        topic=Topic.NOTE,
        why_not=_why_not,
    )
)


def _sample() -> Message:
    group = Group(name="Ferry Lane Surgery", slug="ferry-lane", mode=Group.Mode.WORKPLACE)
    words = _("How is your week? If something kind crossed your way, we would love to hear of it. If not, fine, too.")
    return _say(KindNote(group=group, by=User(name="Olive Okafor"), text=words))


samples.register("kind-note", NAME, _sample)
