"""Today as a pupil sees it: one thing to do, three ways to tell, and what the class has done."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people import person
from accounts.typed import asked
from challenges.offers import MY_OWN
from challenges.prompts import Prompt, prompts_for
from feed.cards import cards_for, words_of
from feed.models import Act
from feed.telling import teacher_of
from feed.totals import totals_of
from feed.views.pupil import WAITS
from groups.middleware import class_on
from groups.models import Group
from notifications.models import Notice
from notifications.shown import Line, lines_of

FEED, MORE, WAITING, NEWS = 6, 30, 12, 3


def pupil_today(request: HttpRequest) -> HttpResponse:
    user, group = person(request), class_on(request)
    group.is_run = False  # pupils run nothing, so the cards need not ask
    sits_out = user.pupil.sits_out
    step, most = asked(request).get("step", ""), MORE if asked(request).get("class") == "more" else FEED
    acts = Act.objects.filter(group=group).in_feed().for_cards(most + 1)
    prompt = None if sits_out else _chosen(prompts_for(user, [group], asked=step), step)
    context = {
        "group": group,
        "today": group.organization.today(),
        "sits_out": sits_out,
        "teacher": teacher_of(group),
        "news": _news(user),
        "waiting": _waiting(user, group),
        "cards": cards_for(acts[:most], user, [group]),
        "more": len(acts) > most and most == FEED,
        **(_asks(prompt) if prompt else {}),
    }
    return render(request, "pages/pupil_today.html", context)


def _chosen(prompts: Iterable[Prompt], step: str) -> Prompt | None:
    """The prompt that was asked for, else the first one."""
    found = list(prompts)
    asked_for = (one for one in found if step and one.step and one.step.public_id == step)
    return next(asked_for, found[0] if found else None)


def _asks(prompt: Prompt) -> dict[str, Any]:
    ticks = {"saw": _("I saw it"), "received": _("It happened to me")}
    return {
        "prompt": prompt,
        "did": ticks.get(prompt.record, _("I did it")),
        "beside": [option for option in prompt.alternatives if option.key != MY_OWN],
        "others": [slot for slot in prompt.slots if not slot.is_current],
        "swap": _("Show me others"),
        "skip": _("Not this one"),
        "back": _("Bring it back"),
        "totals": totals_of([prompt.challenge])[prompt.challenge.pk],
    }


def _news(user: User) -> list[Line]:
    """What this pupil has not read yet: the newest few."""
    unread = Notice.objects.visible_to(user).unread().select_related("recipient").order_by("-due_at", "-pk")
    return lines_of(list(unread[:NEWS]))


def _waiting(user: User, group: Group) -> list[tuple[Act, str]]:
    """What this pupil has told and the teacher has not read, or has sent back."""
    mine = Act.objects.filter(author=user, group=group, state__in=WAITS).select_related("step__challenge")
    found = list(mine.order_by("-pk")[:WAITING])
    for act in found:
        act.group = group
        if act.step:
            act.step.challenge.group = group
    return [(act, words_of(act, group)) for act in found]
