from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.typed import asked
from challenges.catalog import Program, guides, left_out, programs
from challenges.catalog import sources as all_sources
from challenges.programs import WORDED, Glance, graded_claims, parts_of
from kindness_platform.htmx import render_page

MODES = ("workplace", "community", "secondary", "primary")
TIMES = (5, 10, 15)


def _offered() -> dict[str, Program]:
    return dict(programs(get_language() or "en"))


@login_not_required
@require_safe
def programs_page(request: HttpRequest) -> HttpResponse:
    """All programs, narrowed down by who they are for and how long a prompt may take."""
    mode, minutes = (asked(request).get(name, "") for name in ("for", "minutes"))
    most = int(minutes) if minutes in {str(time) for time in TIMES} else 0
    found = [
        Glance(plan.for_mode(mode))
        for plan in _offered().values()
        if (mode not in MODES or mode in plan.modes) and (not most or plan.minutes_high <= most)
    ]
    context = {"programs": found, "mode": mode, "minutes": most, "times": TIMES}
    return render_page(request, "challenges/programs.html", context, partial="found")


@login_not_required
@require_safe
def program_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One program: every prompt, what is known about it, and a way to start it."""
    plan = next((plan for plan in _offered().values() if plan.slug == slug), None)
    if plan is None:
        raise Http404
    mode = asked(request).get("for", "")
    mode = mode if mode in plan.modes else plan.modes[0]
    parts = parts_of(plan, mode)
    modes = {known: WORDED[known] for known in plan.modes}
    context = {"program": Glance(plan.for_mode(mode)), "first": parts[0], "parts": parts[1:]}
    has_guide = (plan.key, mode) in guides()
    context |= {"mode": mode, "modes": modes, "has_guide": has_guide}
    return render_page(request, "challenges/program.html", context)


@login_not_required
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """What a teacher needs to lead a program: each session on its own, the letter home, and the prompts to cut out."""
    plan = next((plan for plan in _offered().values() if plan.slug == slug), None)
    known = guides(get_language() or "en")
    modes = {mode: WORDED[mode] for mode in plan.modes if (plan.key, mode) in known} if plan else {}
    if plan is None or not modes:
        raise Http404
    mode = asked(request).get("for", "")
    mode = mode if mode in modes else next(iter(modes))
    context = {"program": Glance(plan.for_mode(mode)), "guide": known[plan.key, mode], "parts": parts_of(plan, mode)}
    context |= {"mode": mode, "modes": modes}
    return render_page(request, "challenges/guide.html", context)


@login_not_required
@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """What studies say, how firmly, what we leave out, and why."""
    context = {
        "grades": graded_claims(),
        "left_out": left_out().values(),
        "sources": sorted(all_sources().values(), key=lambda source: source.citation.casefold()),
    }
    return render_page(request, "challenges/evidence.html", context)
