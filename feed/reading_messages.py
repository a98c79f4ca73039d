"""What reading first sets in motion: who reads hears that something waits, its author what became of it.

None of these words holds what was told.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import isolated
from feed.models import Act, ActChange, Comment
from feed.worrying import worries_in
from groups.models import Group
from notifications import outbox, samples
from notifications.kinds import Message, kind_about, register
from notifications.models import Notice, Topic

ANSWERS: dict[str, str] = {
    Act.State.SHOWN: "act_read",
    Act.State.RETURNED: "act_sent_back",
    Act.State.REMOVED: "act_kept_back",
}
STILL = timedelta(days=2)


def act_waits(act: Act) -> None:
    """Tell who reads, once a day and not before the school opens; of worrying words at once."""
    _wait(act.group)
    if worries_in(act.text):
        about = {"act": act.pk, "group": act.group_id, "run_group": act.group_id}
        outbox.queue_all("worry_waits", [(one.pk, act.public_id, about) for one in readers_of(act.group)])


def comment_waits(comment: Comment) -> None:
    _wait(comment.group)


def _wait(group: Group) -> None:
    due = group.next_open(timezone.now())
    key = f"{group.pk}/{due.astimezone(group.organization.zone).date()}"
    for reader in readers_of(group):
        outbox.queue(
            reader,
            "acts_wait",
            key,
            due_at=due,
            expires_at=due + STILL,
            context={"group": group.pk, "run_group": group.pk},
        )


def readers_of(group: Group) -> list[User]:
    """Who reads first: in a class the teacher who was named for it, elsewhere those who run the group."""
    reader = group.classroom.reader if group.is_class else None
    return [reader] if reader else list(group.runners())


def was_answered(act: Act, by: User, *, tell: bool = True) -> None:
    """Tell its author, and nobody any more that it waits when it was the last one."""
    if tell and act.author_id is not None and act.author_id != by.pk:
        about = {"act": act.pk, "group": act.group_id}
        change = act.changes.order_by("-pk").first()
        key = f"{act.public_id}/{change.pk if change else 0}"
        outbox.queue_all(ANSWERS[act.state], [(act.author_id, key, about)])
    outbox.withdraw("worry_waits", [act.public_id])
    nothing_waits(act.group)


def nothing_waits(group: Group) -> None:
    """Take back that something waits from who has not read it yet, when nothing does."""
    acts = Act.objects.filter(group=group, state=Act.State.PENDING).exclude(audience=Act.Audience.PRIVATE)
    if not acts.exists() and not Comment.objects.filter(group=group, state=Act.State.PENDING).exists():
        Notice.objects.filter(kind="acts_wait", key__startswith=f"{group.pk}/", read_at=None).delete()


def answer_was_taken_back(act: Act) -> None:
    """What its author was told is not so; who has read it has read it."""
    told = Notice.objects.filter(kind__in=ANSWERS.values(), recipient=act.author_id, read_at=None)
    told.filter(context__act=act.pk).delete()


def _answered(notices: Sequence[Notice]) -> dict[int, ActChange]:
    """By notice, the answer that still stands."""
    ids = {notice.pk: notice.context.get("act") for notice in notices}
    last: dict[int, ActChange] = {}
    answers = ActChange.objects.filter(act__in=ids.values()).select_related("act__group", "by").order_by("pk")
    for change in answers:
        last[change.act_id] = change
    kinds = {notice.pk: notice.kind for notice in notices}
    return {
        notice: last[pk] for notice, pk in ids.items() if pk in last and ANSWERS.get(last[pk].after) == kinds[notice]
    }


def _reader(change: ActChange) -> str:
    return isolated(change.by.name) if change.by else _("Somebody")


def _say_read(notice: Notice, change: ActChange) -> Message:
    line = _("%(name)s read what you told.") % {"name": _reader(change)}
    if change.act.is_in_feed and change.act.group.is_class:
        line = _("%(name)s read what you told. Your class can see it now.") % {"name": _reader(change)}
    elif change.act.is_in_feed:
        line = _("%(name)s read what you told. Your group can see it now.") % {"name": _reader(change)}
    return Message(subject=line, line=line, path=change.act.get_absolute_url(), template="")


def _say_sent_back(notice: Notice, change: ActChange) -> Message:
    line = _("%(name)s read what you told, and asks you something.") % {"name": _reader(change)}
    return Message(subject=line, line=line, path=reverse("act-edit", args=[change.act.public_id]), template="")


def _say_kept_back(notice: Notice, change: ActChange) -> Message:
    line = _("%(name)s read what you told. It stays between the two of you.") % {"name": _reader(change)}
    return Message(subject=line, line=line, path="", template="")


def _waits_in(notices: Sequence[Notice]) -> dict[int, Group]:
    """By notice, the group in which something waits for the reader. The notices are all of one person."""
    person = notices[0].recipient if notices else None
    if person is None:
        return {}
    ids = {notice.pk: notice.context.get("group") for notice in notices}
    run = Group.objects.run_by(person).filter(pk__in=ids.values())
    acts = set(Act.objects.filter(group__in=run, state=Act.State.PENDING).values_list("group", flat=True))
    acts |= set(Comment.objects.filter(group__in=run, state=Act.State.PENDING).values_list("group", flat=True))
    groups = Group.objects.in_bulk(list(acts))
    return {notice: groups[pk] for notice, pk in ids.items() if pk in groups}


def _worries_in(notices: Sequence[Notice]) -> dict[int, Group]:
    ids = {notice.pk: notice.context.get("act") for notice in notices}
    pending = set(Act.objects.filter(pk__in=ids.values(), state=Act.State.PENDING).values_list("pk", flat=True))
    return {notice: group for notice, group in _waits_in(notices).items() if ids[notice] in pending}


def _say_waits(_notice: Notice, group: Group) -> Message:
    words = {"group": isolated(group.name)}
    settings_url = settings.BASE_URL + reverse("reminders")
    return Message(
        subject=_("Something waits for you to read in %(group)s") % words,
        line=_("Something waits for you to read in %(group)s.") % words,
        path=reverse("waiting", args=[group.slug]),
        template="mail/acts_wait",
        context={**words, "settings_url": settings_url},
    )


def _say_worry(_notice: Notice, group: Group) -> Message:
    words = {"group": isolated(group.name)}
    return Message(
        subject=_("Please read something in %(group)s soon") % words,
        line=_("Please read soon what waits in %(group)s: some words there may need you.") % words,
        path=reverse("waiting", args=[group.slug]),
        template="mail/worry_waits",
        context=words,
    )


KINDS = (
    kind_about("act_read", _answered, _say_read),
    kind_about("act_sent_back", _answered, _say_sent_back),
    kind_about("act_kept_back", _answered, _say_kept_back),
    kind_about("acts_wait", _waits_in, _say_waits, mail=True, topic=Topic.LEADING),
    # Nobody can switch this one off, and it waits for no quiet hours: a child may need somebody.
    kind_about("worry_waits", _worries_in, _say_worry, mail=True),
)
for _told in KINDS:
    register(_told)


def _sample(say: Callable[[Notice, Group], Message]) -> Message:
    return say(Notice(), Group(name="Class 4 Kestrels", slug="class-4-kestrels", mode=Group.Mode.PRIMARY))


samples.register("acts-wait", "acts_wait", partial(_sample, _say_waits))
samples.register("worry-waits", "worry_waits", partial(_sample, _say_worry))
