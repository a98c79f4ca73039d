"""The class list as its teacher sees it: each pupil, what signs them in, and the cards to print."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.people import person
from accounts.typed import typed
from groups.class_door import Named, told_apart
from groups.class_forms import PupilForm
from groups.models import Classroom, Group, JoinCode, Pupil
from groups.picture_names import HUES, NAMES
from groups.views.invite import group_run_by


def class_run_by(user: User, slug: str, *, also_ended: bool = False, for_good: bool = False) -> Group:
    """A class this person teaches; a group of adults is none."""
    group = group_run_by(user, slug, also_ended=also_ended, for_good=for_good)
    if not group.is_class:
        raise Http404
    return group


def pupil_of(group: Group, public_id: str) -> Named:
    """One pupil of a class, told apart from those of the same name."""
    found = (one for one in told_apart(Pupil.objects.in_class(group)) if one.pupil.user.public_id == public_id)
    named = next(found, None)
    if named is None:
        raise Http404
    return named


@require_safe
def pupils(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody in the class. Who sits out is not listed anywhere."""
    group = class_run_by(person(request), slug)
    everybody = told_apart(Pupil.objects.in_class(group))
    context = {"group": group, "pupils": everybody, "locked": [one for one in everybody if one.pupil.is_locked]}
    return render(request, "groups/pupils.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pupil(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """One pupil: the name, the card, and what holds for this child alone."""
    user = person(request)
    group = class_run_by(user, slug)
    named = pupil_of(group, public_id)
    pupil = named.pupil
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = PupilForm(typed(request) if do == "save" else None, pupil=pupil)
    if do == "card":
        pupil.issue(user)
        messages.success(request, _("Here is the new card. The old one no longer works."))
        return redirect(f"{reverse('class-cards', args=[slug])}?pupil={public_id}")
    if do and (not form.is_bound or form.is_valid()):
        messages.success(request, _change(pupil, do, form, user))
        return redirect("class-pupils" if do == "open" else "class-pupil-page", *_where(slug, public_id, do))
    context = {"group": group, "named": named, "pupil": pupil, "form": form}
    return render(request, "groups/pupil.html", context, status=422 if form.is_bound else 200)


def _where(slug: str, public_id: str, do: str) -> list[str]:
    return [slug] if do == "open" else [slug, public_id]


def _change(pupil: Pupil, do: str, form: PupilForm, by: User) -> str:
    """Do what a button of the page asks; returns what happened, in words."""
    if do == "save":
        if form.cleaned_data["name"] != pupil.name:
            pupil.rename(form.cleaned_data["name"], by)
        pupil.change(by, hint=form.cleaned_data["hint"])
        return _("Saved.")
    if do == "open":
        pupil.open_again(by)
        return _("%(name)s can try again, with the same card.") % {"name": pupil.name}
    if do in {"photos-off", "photos-on"}:
        pupil.change(by, photos_off=do == "photos-off")
        return _("Saved.")
    if do in {"out", "in"}:
        pupil.sit_out(out=do == "out", by=by)
        return _("Saved. Nobody else is shown this.")
    return _("Nothing was changed.")


@require_safe
def cards(request: HttpRequest, slug: str) -> HttpResponse:
    """Cards to print and cut out: of the whole class, or of one pupil."""
    group = class_run_by(person(request), slug)
    asked = request.GET.get("pupil", "")
    everybody = told_apart(Pupil.objects.in_class(group))
    chosen = [one for one in everybody if not asked or one.pupil.user.public_id == asked]
    context = {
        "group": group,
        "cards": [_card(one) for one in chosen],
        "by_words": group.classroom.sign_in == Classroom.SignIn.WORDS,
        "code": JoinCode.live_of(group, JoinCode.Purpose.CLASS),
        "address": settings.BASE_URL + reverse("class-door"),
        "one": chosen[0] if asked and chosen else None,
    }
    return render(request, "groups/cards.html", context)


def _card(one: Named) -> dict[str, object]:
    secret = one.pupil.secret
    path = reverse("class-card", args=[one.pupil.user.public_id, secret.card])
    return {
        "named": one,
        "pictures": [(name, NAMES[name], HUES[name]) for name in secret.pictures],
        "words": secret.words,
        "link": settings.BASE_URL + path,
    }
