"""What a report sets in motion: those who run the group hear that something waits, its author what became of it.

Who reported it is in none of these words, and neither is what was reported.
"""

from collections.abc import Sequence
from functools import partial

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.names import isolated
from feed.models import Act, Case, Decision
from feed.models.decision import STATES
from groups.models import Group
from notifications import outbox, samples
from notifications.kinds import Message, kind_about, register
from notifications.models import Notice, Topic
from notifications.reminders_form import concerns


def case_waits(case: Case) -> None:
    """Tell those who may decide it. Once a day at most while anything waits for them, however much it is."""
    for person in case.deciders():
        oldest = Case.objects.waiting().decidable_by(person).filter(group=case.group_id).oldest()
        if oldest is not None:
            round_ = int(oldest.decided_at.timestamp()) if oldest.decided_at else 0
            key = f"{oldest.public_id}/{round_}/{person.today()}"
            outbox.queue(person, "case_waits", key, context={"group": case.group_id, "run_group": case.group_id})


def something_was_settled(group: Group) -> None:
    """When nothing waits in a group any more, take back that something does from who has not read it yet."""
    if not Case.objects.waiting().filter(group=group).exists():
        outbox.withdraw_about("run_group", [group.pk], people=group.runners().values_list("pk", flat=True))


def hidden_act_was_changed(act: Act) -> None:
    """Tell those who hid it that its author has changed it and would like to share it again."""
    for case in Case.objects.waiting().filter(act=act, comment=None):
        case_waits(case)


def case_was_decided(decision: Decision) -> None:
    """Tell its author what happened to their words; that they were left as they are is told to nobody."""
    something_was_settled(decision.case.group)
    author = decision.case.thing.author
    if author is not None and author.pk != decision.by_id and decision.what != Decision.What.KEPT:
        context = {"decision": decision.pk, "group": decision.case.group_id}
        outbox.queue(author, "case_decided", str(decision.pk), context=context)


def _waits_in(notices: Sequence[Notice]) -> dict[int, Group]:
    """By notice, the group in which something still waits for the reader. The notices are all of one person."""
    person = notices[0].recipient if notices else None
    if person is None:
        return {}
    ids = {notice.pk: notice.context.get("group") for notice in notices}
    waiting = Case.objects.waiting().decidable_by(person).filter(group__in=ids.values())
    groups = Group.objects.in_bulk(list(waiting.values_list("group", flat=True).distinct()))
    return {notice: groups[pk] for notice, pk in ids.items() if pk in groups}


def _say_waits(group: Group) -> Message:
    return Message(
        subject=_("Something in %(group)s waits for you to look at it") % {"group": isolated(group.name)},
        line=_("Somebody asks you to look at something in %(group)s.") % {"group": isolated(group.name)},
        path=reverse("reports", args=[group.slug]),
        template="mail/case_waits",
        context={"group": isolated(group.name), "settings_url": settings.BASE_URL + reverse("reminders")},
    )


def _decisions(notices: Sequence[Notice]) -> dict[int, Decision]:
    """The decisions that still stand, about what the reader wrote in groups they still belong to."""
    person = notices[0].recipient if notices else None
    if person is None:
        return {}
    ids = {notice.pk: notice.context.get("decision") for notice in notices}
    latest = Decision.objects.filter(pk__in=ids.values(), case__decided_at=F("at"))
    mine = latest.filter(case__group__in=Group.objects.of_member(person))
    related = mine.select_related("case__group", "case__act", "case__comment")
    found = {row.pk: row for row in related if row.case.thing.state == STATES[row.what]}
    return {notice: found[pk] for notice, pk in ids.items() if pk in found}


def _say_decided(decision: Decision) -> Message:
    case = decision.case
    names = {"group": isolated(case.group.name)}
    lines = {
        Decision.What.HIDDEN: _("Something you wrote in %(group)s is hidden for now. Here is why."),
        Decision.What.REMOVED: _("Something you wrote in %(group)s was taken down. Here is why."),
        Decision.What.RESTORED: _("Something you wrote in %(group)s is shown again."),
    }
    line = lines[Decision.What(decision.what)] % names
    return Message(
        subject=line,
        line=line,
        path=case.act.get_absolute_url(),
        template="mail/case_decided",
        context={
            "what": decision.what,
            "note": decision.note,
            "group": isolated(case.group.name),
            "is_act": case.comment is None,
        },
    )


register(kind_about("case_waits", _waits_in, lambda _notice, group: _say_waits(group), mail=True, topic=Topic.LEADING))
# This one nobody can switch off: it says once, to one person, what became of their own words and why.
register(kind_about("case_decided", _decisions, lambda _notice, decision: _say_decided(decision), mail=True))
concerns[Topic.LEADING] = lambda user: Group.objects.run_by(user).exists()


def _sample_waits() -> Message:
    return _say_waits(Group(name="Ferry Lane Surgery", slug="ferry-lane", mode=Group.Mode.WORKPLACE))


def _sample_decided(what: Decision.What) -> Message:
    group = Group(name="Ferry Lane Surgery", slug="ferry-lane", mode=Group.Mode.WORKPLACE)
    case = Case(group=group, act=Act(group=group))
    return _say_decided(Decision(case=case, what=what, note=_("Please leave out who was helped.")))


samples.register("report-waits", "case_waits", _sample_waits)
for _what in (Decision.What.HIDDEN, Decision.What.REMOVED, Decision.What.RESTORED):
    samples.register(f"report-{_what.value}", "case_decided", partial(_sample_decided, _what))
