"""Today: what is asked, what happened, and what the groups have been up to, on one page."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import CharField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.people import person
from accounts.pupils import open_to_pupils
from accounts.typed import asked
from challenges.models import Step
from challenges.prompts import Prompt, prompts_for
from feed.cards import cards_for
from feed.composer import composer_for
from feed.cursor import cursor_of, cursor_of_now, read_cursor
from feed.models import Act
from feed.news_pill import news_pill
from feed.places import places_to_post
from feed.stream import page_of
from feed.totals import Totals, totals_of
from groups.models import Group
from kindness_platform.htmx import render_page
from kindness_platform.pages.landing import landing
from kindness_platform.pages.pupil_today import pupil_today
from notifications.models import Notice

MOST_WAITING = 20
MOST_PIPS = 14
TEMPLATE = "pages/today.html"


@login_not_required
@open_to_pupils
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return landing(request)
    if person(request).is_pupil:
        return pupil_today(request)
    places = places_to_post(request)
    if not places:
        return render(request, "pages/today_empty.html")
    if asked(request).get("before"):
        return render_page(request, TEMPLATE, _feed(request, places), partial="earlier")
    return render_page(request, TEMPLATE, _feed(request, places) | _today(request, places), partial="earlier")


def _feed(request: HttpRequest, places: list[Group]) -> dict[str, Any]:
    """A page of the feed: of all groups, or of the one that was picked."""
    query = asked(request)
    picked = [group for group in places if group.slug == query.get("group")]
    chosen = {"group": picked[0].slug} if picked else {}
    before = query.get("before")
    page = page_of(picked or places, read_cursor(before))
    newest = cursor_of(page.acts[0]) if page.acts else cursor_of_now()
    return {
        "places": places,
        "picked": picked[0] if picked else None,
        "cards": cards_for(page.acts, person(request), places),
        "earlier": f"{reverse('home')}?{urlencode({**chosen, 'before': page.next})}" if page.next else "",
        "is_later_page": bool(before),
        "since": newest,
    }


def _today(request: HttpRequest, places: list[Group]) -> dict[str, Any]:
    user = person(request)
    query = asked(request)
    picked = next((place for place in places if place.slug == query.get("group")), None)
    prompts = prompts_for(user, places, asked=query.get("step", ""), picked=picked)
    totals = totals_of([prompt.challenge for prompt in prompts])
    group, step = _where(request, places, prompts)
    kind = step.words_for(group.mode).record if step else "did"
    idea = query.get("idea", "")[:12]
    mine = _mine(user, places)
    return {
        "prompts": prompts,
        "is_named": len(places) > 1 or len(prompts) > 1,
        "composer": composer_for(request, group, groups=places, step=step, idea=idea, kind=kind, smooth=True),
        "together": [Together(prompt, totals[prompt.challenge.pk]) for prompt in prompts],
        "mine": mine,
        "led": next((place for place in places if place.is_run), None),
    }


def _where(request: HttpRequest, places: list[Group], prompts: list[Prompt]) -> tuple[Group, Step | None]:
    """The group the composer posts to, and the prompt it is for, if the address names one."""
    query = asked(request)
    step, named = query.get("step"), query.get("group")
    for prompt in prompts:
        if step and prompt.step and prompt.step.public_id == step:
            return prompt.challenge.group, prompt.step
    drafted = [place for place in places if vars(place).get("draft")]
    with_prompt = [prompt.challenge.group for prompt in prompts]
    picked = [place for place in places if place.slug == named]
    return (picked or drafted or with_prompt or places)[0], None


@dataclass
class Together:
    """A running challenge and its honest totals."""

    prompt: Prompt
    totals: Totals


@dataclass
class Mine:
    """What happened in my week, and what waits for me. Nobody else is shown this."""

    acts: int = 0
    waiting: dict[str, int] = field(default_factory=dict)

    @property
    def pips(self) -> int:
        return min(self.acts, MOST_PIPS)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What waits, each with its page; who it was stands there."""
        said = []
        if self.waiting.get("credit"):
            said.append((_("Somebody saw a kindness of yours and thanked you."), reverse("credits")))
        if self.waiting.get("passed_on"):
            said.append((_("Your kindness was passed on."), reverse("notices")))
        if self.waiting.get("comment"):
            said.append((_("Somebody wrote to you."), reverse("notices")))
        return said


def _mine(user: User, places: list[Group]) -> Mine:
    """My week and my unread notices, in one query."""
    today = user.today()
    first = places[0].organization.first_weekday
    monday = today - timedelta(days=(today.weekday() - first) % 7)
    acts = Act.objects.filter(author=user, done_on__gte=monday, done_on__lte=today).exclude(state=Act.State.REMOVED)
    notices = Notice.objects.filter(pk__in=Notice.objects.visible_to(user).unread().values("pk")[:MOST_WAITING])
    rows = (
        acts.order_by()
        .values_list(Value("act"), "pk")
        .union(notices.order_by().values_list(Cast("kind", CharField()), "pk"), all=True)
    )
    mine = Mine()
    for kind, _pk in rows:
        if kind == "act":
            mine.acts += 1
        else:
            mine.waiting[kind] = mine.waiting.get(kind, 0) + 1
    return mine


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """How many acts others have shared since the page was drawn: nothing at all, or a link that shows them."""
    groups = Group.objects.of_member(person(request))
    return news_pill(request, Act.objects.filter(group__in=groups), reverse("home"))
