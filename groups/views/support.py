"""Whom to turn to when things are hard: the panel for everybody, and its editing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models.audit import record
from accounts.people import person
from accounts.pupils import open_to_pupils
from accounts.typed import typed
from groups.models import Organization, SupportContact
from groups.models.support_contact import MOST
from groups.settings_forms import SupportContactForm
from groups.views.organizations import looked_after


@open_to_pupils
@require_safe
def support(request: HttpRequest) -> HttpResponse:
    """The contacts of every organization I belong to, one click from every page."""
    user = person(request)
    organizations = Organization.objects.of_person(user).prefetch_related("support_contacts").order_by("name", "pk")
    looks_after = set(Organization.objects.administered_by(user).values_list("pk", flat=True))
    panels = [(one, one.pk in looks_after) for one in organizations]
    return render(request, "groups/support.html", {"panels": panels})


@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: HttpRequest, public_id: str) -> HttpResponse:
    """One more contact."""
    organization = looked_after(request, public_id)
    form = SupportContactForm(typed(request))
    if form.is_bound and organization.support_contacts.count() >= MOST:
        form.add_error(None, _("There are %(most)d already. Please take one away first.") % {"most": MOST})
    if form.is_bound and form.is_valid():
        form.instance.organization = organization
        _save(request, form)
        messages.success(request, _("Everybody of %(name)s finds it now.") % {"name": organization.name})
        return redirect("organization", organization.public_id)
    context = {"organization": organization, "form": form}
    return render(request, "groups/support_contact.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a contact, or take it away."""
    user = person(request)
    contact = get_object_or_404(
        SupportContact.objects.for_person(user).select_related("organization"), public_id=public_id
    )
    organization = contact.organization
    if not organization.has_admin(user):
        raise PermissionDenied
    if request.POST.get("do") == "remove":
        with transaction.atomic():
            record(user, "took away", contact)
            contact.delete()
        messages.success(request, _("Taken away."))
        return redirect("organization", organization.public_id)
    form = SupportContactForm(typed(request), instance=contact)
    if form.is_bound and form.is_valid():
        _save(request, form)
        messages.success(request, _("Saved."))
        return redirect("organization", organization.public_id)
    context = {"organization": organization, "form": form, "public_id": public_id}
    return render(request, "groups/support_contact.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _save(request: HttpRequest, form: SupportContactForm) -> None:
    record(person(request), "named", form.save())
