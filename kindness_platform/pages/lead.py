"""The leader's home: how the group is doing, never who is not. Each line has one gentle thing to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.people import person
from challenges.days import day_name
from challenges.models import Challenge
from challenges.schedule import Phase
from feed.models import Act, Case
from feed.reading import acts_waiting, comments_waiting
from feed.ripples import longest_of
from feed.totals import Totals, told, totals_of
from groups.models import Group
from groups.models.membership import CROWD
from kindness_platform.charts import Day, chart_of
from kindness_platform.coarse import people_taking_part
from notifications.health import of_group

CHALLENGES = 20


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing worth doing now, and the one link that does it."""

    why: str
    do: str
    url: str


def group_led(request: HttpRequest, slug: str) -> Group:
    """The group that this person runs."""
    user = person(request)
    group = get_object_or_404(Group.objects.visible_to(user).select_related("organization"), slug=slug)
    if not group.can_be_run_by(user):
        raise PermissionDenied
    return group


@require_safe
def lead(request: HttpRequest, slug: str) -> HttpResponse:
    user, group = person(request), group_led(request, slug)
    challenges = list(group.challenges.order_by("-starts_on", "-pk")[:CHALLENGES])
    for challenge in challenges:
        challenge.group = group
    now = current(challenges)
    people = group.memberships.active().count()
    totals = totals_of([now])[now.pk] if now else Totals()
    context = {
        "group": group,
        "challenge": now,
        "phase": now.phase if now else "",
        "where": where_of(now) if now else "",
        "others": [(one, day_name(one.starts_on)) for one in challenges if one != now],
        "people": people,
        "totals": totals,
        "steps": [*to_read(group), *reports_to_look_at(user, group), *next_steps(group, now, people, totals)],
        "reminders": reminders_of(group, people),
        **(week_of(now, people) if now else {}),
    }
    return render(request, "pages/lead.html", context)


def reminders_of(group: Group, people: int) -> dict[str, object]:
    """How the reminders of the last week did; in a small group even how many were sent would tell who had posted."""
    if people < CROWD:
        return {}
    members = list(group.memberships.active().values_list("user_id", "user__email"))
    told = of_group(group.pk, members, timezone.now() - timedelta(days=7))
    if not (told.sent or told.bounced or told.switched_off):
        return {}
    coarse = {name: people_taking_part(getattr(told, name), people) for name in ("bounced", "switched_off")}
    return {"sent": told.sent, **coarse}


def current(challenges: Sequence[Challenge]) -> Challenge | None:
    """The challenge a leader thinks of: the one that is on, else the next to come, else the last."""
    order = [Phase.OPEN, Phase.LATE, Phase.UPCOMING, Phase.CLOSED]
    live = [challenge for challenge in challenges if challenge.phase in order]
    return min(live, key=lambda challenge: order.index(challenge.phase), default=None)


def where_of(challenge: Challenge) -> str:
    """Where a challenge stands, in a few words."""
    today = challenge.group.organization.today()
    match challenge.phase:
        case Phase.UPCOMING:
            return _("starts on %(day)s") % {"day": day_name(challenge.starts_on)}
        case Phase.OPEN:
            return _("day %(n)d of %(all)d") % challenge.day_number(today)
        case Phase.LATE:
            return _("ended; late acts until %(day)s") % {"day": day_name(challenge.closes_on)}
    return _("ended on %(day)s") % {"day": day_name(challenge.ends_on)}


def week_of(challenge: Challenge, people: int) -> dict[str, object]:
    """The figures of this week and the chart of the last seven days, by the organization's calendar."""
    group = challenge.group
    today = group.organization.today()
    monday = today - timedelta(days=(today.weekday() - group.organization.first_weekday) % 7)
    # Private acts count where the group is large enough to hide whose they are. Nobody is named by them.
    acts = told(Act.objects.filter(challenge=challenge))
    days = days_until(today, acts.filter(done_on__gt=today - timedelta(days=7), done_on__lte=today))
    took_part = acts.filter(done_on__gte=monday, author__isnull=False).values("author").distinct().count()
    names = group.policy.leaders_see_names
    return {
        "took_part": str(took_part) if names else people_taking_part(took_part, people),
        "acts_this_week": sum(day.total for when, day in days if when >= monday),
        **links_of(acts),
        "ripple": longest_of(challenge),
        "table": [day for _when, day in days],
        "chart": chart_of([day for _when, day in days]),
        "fullest": max((day for _when, day in days), key=lambda day: day.total),
    }


def links_of(acts: QuerySet[Act]) -> dict[str, int]:
    """How many acts were passed on from another, and how many did the same after seeing one."""
    return acts.aggregate(
        passed_on=Count("pk", filter=Q(link_kind=Act.Link.PASSED_ON)),
        inspired=Count("pk", filter=Q(link_kind=Act.Link.INSPIRED)),
    )


def days_until(today: date, acts: QuerySet[Act]) -> list[tuple[date, Day]]:
    """The acts of the seven days up to today, by kind; days without any are there too."""
    found: dict[date, dict[str, int]] = {}
    for when, kind, number in acts.values_list("done_on", "kind").annotate(n=Count("pk")):
        found.setdefault(when, {})[kind] = number
    week = [today - timedelta(days=back) for back in range(6, -1, -1)]
    return [(day, Day(day_name(day), str(WEEKDAYS_ABBR[day.weekday()]), **found.get(day, {}))) for day in week]


def to_read(group: Group) -> list[NextStep]:
    """One line, as long as anything waits to be read before the group sees it."""
    acts, comments = (some.order_by().values("pk") for some in (acts_waiting(group), comments_waiting(group)))
    number = acts.union(comments, all=True).count()
    if not number or not group.is_open:
        return []
    why = ngettext("%(n)d waits to be read.", "%(n)d wait to be read.", number)
    return [NextStep(why % {"n": number}, _("Read"), reverse("waiting", args=[group.slug]))]


def reports_to_look_at(user: User, group: Group) -> list[NextStep]:
    """One line, as long as anything waits that this person may decide."""
    number = Case.objects.waiting().decidable_by(user).filter(group=group).count()
    if not number:
        return []
    why = ngettext("%(n)d report waits to be looked at.", "%(n)d reports wait to be looked at.", number)
    return [NextStep(why % {"n": number}, _("Look at it"), reverse("reports", args=[group.slug]))]


def next_steps(group: Group, challenge: Challenge | None, people: int, totals: Totals) -> list[NextStep]:
    """What is worth doing now. Nothing here is overdue."""
    if not group.is_open:
        back = reverse("group-settings", args=[group.slug])
        return [NextStep(_("This group is put away. It can go on on any day."), _("Bring it back"), back)]
    steps = []
    if people < 2 and group.is_class:
        steps.append(
            NextStep(_("Nobody is in your class yet."), _("Add pupils"), reverse("class-add", args=[group.slug]))
        )
    elif people < 2:
        steps.append(
            NextStep(_("You are the first one here."), _("Invite people"), reverse("invite", args=[group.slug]))
        )
    if challenge is None:
        start = reverse("class-begin", args=[group.slug]) if group.is_class else _start(group)
        return [*steps, NextStep(_("No challenge is set up yet."), _("Start one"), start)]
    key = challenge.public_id
    match challenge.phase:
        case Phase.UPCOMING:
            steps.append(
                NextStep(
                    _("There is time to read the prompts once and make them yours."),
                    _("Change the prompts"),
                    reverse("challenge-steps", args=[key]),
                )
            )
        case Phase.OPEN:
            steps += in_class(challenge) + _under_way(challenge, totals)
            if people > 1 and not group.is_class:
                steps.append(
                    NextStep(
                        _("A kind word from you, once a week at most, to everybody or to those who have told nothing."),
                        _("Send a note"),
                        reverse("kind-note", args=[group.slug]),
                    )
                )
        case Phase.LATE | Phase.CLOSED:
            if group.is_class:
                end = reverse("class-end", args=[group.slug])
                steps.append(NextStep(_("Take along what the class would like to keep."), _("End of term"), end))
            steps += [
                NextStep(
                    _("It has come to its end. There is a page to look at together."),
                    _("See what came together"),
                    reverse("closing", args=[key]),
                ),
                NextStep(
                    _("The same steps can begin again on a day you choose."),
                    _("Run it again"),
                    reverse("challenge-again", args=[key]),
                ),
            ]
    return steps


def _start(group: Group) -> str:
    return reverse("start", query={"group": group.slug})


def in_class(challenge: Challenge) -> list[NextStep]:
    """What a teacher can do in between: look at the quiet ones, and count what was done on paper."""
    group = challenge.group
    if not group.is_class:
        return []
    return [
        NextStep(
            _("Some kindness is quiet, and easily overlooked."),
            _("Not yet noticed"),
            reverse("class-unnoticed", args=[group.slug]),
        ),
        NextStep(
            _("Paper is a full way of taking part, too."),
            _("Print and enter sheets"),
            reverse("challenge-paper", args=[challenge.public_id]),
        ),
    ]


def _under_way(challenge: Challenge, totals: Totals) -> list[NextStep]:
    key = challenge.public_id
    if not totals.total:
        return [
            NextStep(
                _("Nobody has told anything yet. The first one makes it easier for all."),
                _("Tell one"),
                f"{reverse('home')}#post",
            )
        ]
    return [
        NextStep(
            _("A prompt that does not fit your group can be reworded or left out."),
            _("Change the prompts"),
            reverse("challenge-steps", args=[key]),
        ),
        NextStep(
            _("The closing page fills up as you go. Choose a moment when one touches you."),
            _("Preview it"),
            reverse("closing", args=[key]),
        ),
    ]
