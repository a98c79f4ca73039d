from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import SettingsForm
from accounts.models import User
from accounts.people import person
from kindness_platform.htmx import render_page


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Name, clock and language of the signed-in person."""
    # A copy: a refused form must not change the person whom the page's frame shows.
    me = User.objects.get(pk=person(request).pk)
    form = SettingsForm(request.POST or None, instance=me)
    if request.method == "POST" and form.is_valid():
        me.save(update_fields=list(form.fields))
        with translation.override(me.language):
            messages.success(request, _("Saved."))
        return redirect("settings")
    status = 422 if form.is_bound else 200
    return render_page(request, "account/settings.html", {"form": form}, partial="settings", status=status)
