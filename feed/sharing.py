"""Posting an act: photo, draft and what follows from it, so that a failed or repeated try loses and doubles nothing."""

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import limits
from challenges.choices import settle
from feed.act_form import ActForm
from feed.drafting import drafted
from feed.models import Act, ActDraft, ActFeeling, Photo
from feed.models.photo import ALT_LIMIT
from feed.pictures import NoRoom, Refused, discard, keep, redraw
from feed.taking_down import bring_back
from feed.told_before import ToldBefore, Why, taken_down, told_before


def share(request: HttpRequest, form: ActForm) -> Act | None:
    """Post what the form says.

    Returns:
        None when it cannot be posted as it is. Then the form says why, and the draft holds the words and the photo.
    """
    told = told_before(form) if form.is_valid() else None
    if told and (stands := _still_stands(told, form)):
        return stands
    if told:
        form.ask_about(told)
    shown = _shown_photo(form)
    sent = _sent_photo(request, form)
    act = _posted(form, sent or _kept_photo(form, shown), shown)
    if act is None:
        _keep(form, sent)
        return None
    for photo in filter(None, {sent, shown}):
        discard(photo)
    return act


def put_aside(request: HttpRequest, form: ActForm) -> None:
    """Keep what the form holds, words and photo, without posting it."""
    _keep(form, None if form.held_back else _sent_photo(request, form))


def _keep(form: ActForm, sent: Photo | None) -> None:
    """Keep the words and, where one came along, the photo; it takes the place of the one that waited there.

    What was typed to pass on an act that is gone stays on its page alone where others wait in the group's composer.
    """
    place = ActDraft.objects.at(form.user, form.group, form.followed)
    if form.is_strayed:
        form.loose_photo = sent
        if place.exists():
            return
    replaced = Photo.objects.filter(draft__in=place).first() if sent else None
    ActDraft.objects.keep(form.user, form.group, drafted(form.sent), sent, parent=form.followed)
    if replaced:
        discard(replaced)


def _shown_photo(form: ActForm) -> Photo | None:
    """The photo of an earlier try that stood in the composer, as long as it waits for an act."""
    key = form.data.get("shown_photo", "")
    waiting = Photo.objects.filter(uploader=form.user, group=form.group, act=None)
    return waiting.filter(public_id=key).first() if key else None


def _still_stands(told: ToldBefore, form: ActForm) -> Act | None:
    """The act that was told, where sending the form again asks for nothing else."""
    act = told.act
    if form.is_tick_of_prompt:
        return _ticked_again(act, form) if told.why == Why.SAME or told.may_restore else None
    return act if told.why == Why.SAME else None


@transaction.atomic
def _ticked_again(act: Act, form: ActForm) -> Act:
    """One more tap on a prompt: it brings back what its author took down, and keeps how it felt."""
    if act.is_tombstone:
        act.idea_key = form.cleaned_data["idea"]
        act.save(update_fields=["idea_key"])
        bring_back(act, form.user)
    if feeling := form.cleaned_data.get("feeling"):
        ActFeeling.objects.update_or_create(act=act, defaults={"value": feeling})
    return act


def _kept_photo(form: ActForm, shown: Photo | None) -> Photo | None:
    """The photo that stood in the composer, if it is to be used."""
    if "photo" not in form.fields or not form.data.get("keep_photo"):
        return None
    if shown is None:
        form.add_error("photo", _photo_is_gone())
    return shown


def _posted(form: ActForm, photo: Photo | None, shown: Photo | None) -> Act | None:
    if form.errors or form.told:
        return None
    try:
        return _record(form, photo, shown)
    except Photo.Gone:
        form.add_error("photo", _photo_is_gone())
    except Act.TakenDown as gone:
        form.ask_about(taken_down(gone.act, form.user))
    return None


def _photo_is_gone() -> str:
    return _("This photo is no longer here: it went with another act, or was put away.")


@transaction.atomic
def _record(form: ActForm, photo: Photo | None, shown: Photo | None) -> Act:
    act = Act.objects.post(form.user, form.group, photo=photo, **form.act_fields())
    if act.step is not None:
        settle(form.user, act.step, act.idea_key, on=act.done_on)
    words = drafted(form.sent).get("text", "")
    done = ActDraft.objects.told(form.user, form.group, form.followed, words, shown)
    (done.filter(fields__text=words) if form.is_strayed else done).delete()
    return act


def _sent_photo(request: HttpRequest, form: ActForm) -> Photo | None:
    """The photo that came with the form, kept at once so that a second try need not send it again."""
    if "photo" not in form.fields:
        return None
    if getattr(request, "too_large", False):
        form.add_error("photo", _("This photo is too large. Please choose a smaller one."))
    if form.upload is None:
        return None
    if not limits.allow(request, "upload"):
        words = _("Those were many photos in a short time. Please wait a little before the next.")
        form.hold_back("upload", words, "photo")
        return None
    try:
        return keep(redraw(form.upload), form.group, form.user, form.data.get("alt", "")[:ALT_LIMIT])
    except Refused as why:
        form.add_error("photo", str(why))
    except NoRoom:
        form.no_room = True
        form.add_error("photo", _("There is no room for photos at the moment. Your words are still here."))
    return None
