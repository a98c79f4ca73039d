"""The way in for pupils: the code of the class, one's name, four pictures or two words; or one's own card."""

import hmac
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts import limits
from accounts.pupils import open_to_pupils
from accounts.typed import typed
from groups.class_door import Answer, attempt, code_of, is_known, let_in, open_classes, remember, told_apart
from groups.code_field import CodeField
from groups.models import Classroom, Group, JoinCode, Pupil
from groups.models.join_code import LENGTH, in_fours, normalize_code
from groups.picture_names import HUES, NAMES
from kindness_platform.htmx import render_page

# As on the pages of joining: a code never stands in a Referer.
REFERRER_POLICY = "strict-origin"
PICKS = 4
CARD = "card"
STATUS = {Answer.WRONG: 422, Answer.LOCKED: 403, Answer.TOO_MANY: 429}


class ClassCodeForm(forms.Form):
    code = CodeField(
        label=_("Class code"),
        missing=_("Type the code of your class."),
        too_long=_("That is too long. Look at the code again."),
    )


class WordsForm(forms.Form):
    """The two words of a pupil."""

    first = forms.CharField(label=_("First word"), max_length=20, required=False)
    second = forms.CharField(label=_("Second word"), max_length=20, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


@login_not_required
@open_to_pupils
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """Type the code of the class."""
    form = ClassCodeForm(typed(request))
    if form.is_valid():
        return _quietly(redirect("class-names", code=form.cleaned_data["code"]))
    return _quietly(render(request, "groups/class_door.html", {"form": form}, status=422 if form.is_bound else 200))


@login_not_required
@open_to_pupils
@require_http_methods(["GET", "HEAD"])
def names(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody's name, to tap one's own."""
    found = _open_door(request, code)
    if isinstance(found, HttpResponse):
        return found
    pupils = told_apart(Pupil.objects.in_class(found.group))
    return _quietly(render(request, "groups/class_names.html", {"code": found, "group": found.group, "pupils": pupils}))


@login_not_required
@open_to_pupils
@require_http_methods(["GET", "HEAD", "POST"])
def pupil(request: HttpRequest, code: str, public_id: str) -> HttpResponse:
    """Four pictures, one tap each, or two words. What was tapped so far comes along in the form."""
    found = _open_door(request, code)
    if isinstance(found, HttpResponse):
        return found
    group = found.group
    everybody = told_apart(Pupil.objects.in_class(group))
    named = next((one for one in everybody if one.pupil.user.public_id == public_id), None)
    if named is None:
        return _no_such_code(request, code)
    by_words = group.classroom.sign_in == Classroom.SignIn.WORDS
    said = _words(request) if by_words else _taps(request)
    answer = None
    if len(said) == (2 if by_words else PICKS):
        answer = attempt(named.pupil, group, said, known=is_known(request, found))
        if answer is Answer.IN:
            return _go_in(request, named.pupil, group, found)
        said = []
    context = {
        "code": found,
        "group": group,
        "named": named,
        "by_words": by_words,
        "form": WordsForm(),
        "pictures": [(name, NAMES[name], HUES[name]) for name in NAMES],
        "picked": [(place, *_picture(said[place - 1] if len(said) >= place else "")) for place in range(1, PICKS + 1)],
        "taps": said,
        "answer": answer.value if answer else ("locked" if named.pupil.is_locked else ""),
    }
    status = STATUS[answer] if answer else 200
    # htmx shows only 422 of the pages that say no.
    status = 422 if answer and request.headers.get("HX-Request") else status
    return _quietly(render_page(request, "groups/class_pupil.html", context, partial="secret", status=status))


@login_not_required
@open_to_pupils
@require_http_methods(["GET", "HEAD"])
def card(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """A pupil's own card was scanned: its key goes into the session and out of the address at once.

    Looking signs nobody in; the button on the next page does. A card cannot be guessed: it holds 120 bits.
    """
    pupil = _of_card(request, public_id, code)
    if isinstance(pupil, HttpResponse):
        return pupil
    request.session[CARD] = [public_id, code]
    request.session.set_expiry(120)
    return _quietly(redirect("class-card-in"))


@login_not_required
@open_to_pupils
@require_http_methods(["GET", "HEAD", "POST"])
def card_in(request: HttpRequest) -> HttpResponse:
    """Hello, one button, and in."""
    kept = request.session.get(CARD)
    if not kept:
        return redirect("class-door")
    pupil = _of_card(request, *kept)
    if isinstance(pupil, HttpResponse):
        return pupil
    group = _class_of(pupil)
    if group is None or not group.classroom.is_open_now:
        return _quietly(_closed(request, group))
    if pupil.is_locked:
        return _quietly(render(request, "groups/class_card.html", {"pupil": pupil, "group": group}, status=403))
    if request.method == "POST":
        pupil.note_right()
        return _go_in(request, pupil, group, JoinCode.live_of(group, JoinCode.Purpose.CLASS))
    return _quietly(render(request, "groups/class_card.html", {"pupil": pupil, "group": group}))


@login_not_required
@open_to_pupils
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """ "That is not me", or enough for now: nothing of them stays on the device."""
    code = code_of(request)
    request.session.flush()
    response = redirect("class-names", code=code.code) if code else redirect("class-door")
    # Pages are never stored (`no-store`); this also drops what a browser has kept aside for going back.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _open_door(request: HttpRequest, code: str) -> JoinCode | HttpResponse:
    """The class that a code opens now, or what to answer instead. Whatever is wrong with a code, it is the same."""
    tried = limits.attempt(request, "class_code")
    if tried is None:
        return _quietly(limits.too_many(request, "class_code"))
    found = JoinCode.objects.find(code, JoinCode.Purpose.CLASS)
    if found is None:
        return _no_such_code(request, code)
    tried.rollback()
    group = open_classes().filter(pk=found.group_id).first()
    if group is None or not group.classroom.is_open_now:
        return _quietly(_closed(request, group))
    found.group = group
    return found


def _closed(request: HttpRequest, group: Group | None) -> HttpResponse:
    """School is over for today, or nobody has said yet that this class may be here."""
    return render(request, "groups/class_closed.html", {"group": group}, status=403)


def _no_such_code(request: HttpRequest, code: str) -> HttpResponse:
    form = ClassCodeForm(initial={"code": in_fours(normalize_code(code)[:LENGTH])})
    return _quietly(render(request, "groups/class_door.html", {"form": form, "wrong": True}, status=404))


def _taps(request: HttpRequest) -> list[str]:
    """The pictures tapped so far, with the last one; "back" takes one away."""
    said = [name for name in request.POST.getlist("picked") if name in NAMES][: PICKS - 1]
    if request.POST.get("do") == "back":
        return said[:-1]
    tap = request.POST.get("tap", "")
    return [*said, tap] if tap in NAMES else said


def _picture(name: str) -> tuple[str, object]:
    return name, NAMES.get(name, "")


def _words(request: HttpRequest) -> list[str]:
    form = WordsForm(typed(request))
    if not form.is_valid():
        return []
    return [word for word in (form.cleaned_data["first"], form.cleaned_data["second"]) if word]


def _of_card(request: HttpRequest, public_id: str, key: str) -> Pupil | HttpResponse:
    tried = limits.attempt(request, "class_code")
    if tried is None:
        return _quietly(limits.too_many(request, "class_code"))
    pupil = Pupil.objects.filter(user__public_id=public_id).select_related("user").first()
    if pupil is None or not hmac.compare_digest(pupil.secret.card.encode(), key.encode()):
        request.session.pop(CARD, None)
        return _no_such_code(request, "")
    tried.rollback()
    return pupil


def _class_of(pupil: Pupil) -> Group | None:
    """The class a pupil's card opens: the one they came to last."""
    place = pupil.user.memberships.active().order_by("-joined_at", "-pk").first()
    return open_classes().filter(pk=place.group_id).first() if place else None


def _go_in(request: HttpRequest, pupil: Pupil, group: Group, code: JoinCode | None) -> HttpResponse:
    let_in(request, pupil, group, code)
    by_htmx = bool(request.headers.get("HX-Request"))
    response: HttpResponse = HttpResponseClientRedirect(reverse("home")) if by_htmx else redirect("home")
    if code:
        remember(request, response, code)
    return response


def _quietly[Response: HttpResponse](response: Response) -> Response:
    response.headers["Referrer-Policy"] = REFERRER_POLICY
    return response
