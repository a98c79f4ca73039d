"""My devices: where I am told things while no page is open, and where no longer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.limits import allow, too_many
from accounts.models import User
from accounts.people import person
from accounts.sessions import BEGINNING, browser_of
from notifications import push, web_push
from notifications.device_form import DeviceForm
from notifications.models import PushDevice


def owner(request: HttpRequest) -> User:
    """Pupils are told things in the app alone."""
    me = person(request)
    if me.is_pupil:
        raise PermissionDenied
    return me


def _session(request: HttpRequest) -> str:
    return str(request.session.get(BEGINNING, {}).get("id", ""))


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    return _page(request, owner(request))


def _page(request: HttpRequest, me: User, status: int = 200) -> HttpResponse:
    ours, here = push.key(), _session(request)
    rows = [(device, device.session_id == here) for device in PushDevice.objects.visible_to(me).signed_in()]
    context = {
        "devices": rows,
        "is_here": any(is_here for _device, is_here in rows),
        "push_key": web_push.encoded(web_push.point(ours)) if ours else "",
        "refused": status == 422,
    }
    return render(request, "notifications/devices.html", context, status=status)


@require_POST
def device_add(request: HttpRequest) -> HttpResponse:
    """A browser that its person lets show messages."""
    me, ours = owner(request), push.key()
    if ours is None:
        raise Http404
    if not allow(request, "device"):
        return too_many(request, "device")
    form, session = DeviceForm(request.POST), _session(request)
    if not form.is_valid() or not session:
        return _page(request, me, status=422)
    PushDevice.objects.keep(
        me, **form.cleaned_data, key_id=web_push.key_id(ours), session=session, browser=browser_of(request)
    )
    messages.success(request, _("Switched on for this device."))
    return redirect("devices")


@require_POST
def device_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(PushDevice.objects.visible_to(owner(request)), public_id=public_id).delete()
    messages.success(request, _("That device is told nothing more."))
    return redirect("devices")
