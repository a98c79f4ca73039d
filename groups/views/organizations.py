"""An organization, for those who look after it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people import person
from accounts.typed import storable, typed
from groups.models import Group, Organization
from groups.models.organization import LastAdmin
from groups.rules import rules_for_all
from groups.settings_forms import AdminForm, OrganizationForm
from groups.views.settings import asked_rule, said

MOST_GROUPS = 200


def looked_after(request: HttpRequest, public_id: str) -> Organization:
    """An organization this person looks after: a member of one of its groups gets 403, a stranger 404."""
    user = person(request)
    organization = get_object_or_404(Organization.objects.of_person(user), public_id=public_id)
    if not organization.has_admin(user):
        raise PermissionDenied
    return organization


@require_http_methods(["GET", "HEAD", "POST"])
def organization(request: HttpRequest, public_id: str) -> HttpResponse:
    """Its name and clock; whom to turn to; its admins, its groups, and what holds for all of them."""
    organization = looked_after(request, public_id)
    if request.method != "POST":
        return show(request, organization, form=OrganizationForm(instance=organization))
    # A copy: a refused form must not change what the page around it shows.
    form = OrganizationForm(typed(request), instance=Organization.objects.get(pk=organization.pk))
    if not form.is_valid():
        return show(request, organization, form=form, status=422)
    organization.change(person(request), **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("organization", organization.public_id)


@require_POST
def admins(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let somebody look after it, or no longer."""
    user = person(request)
    organization = looked_after(request, public_id)
    if request.POST.get("do") != "remove":
        form = AdminForm(typed(request), organization=organization)
        if not form.is_valid():
            return show(request, organization, admin_form=form, status=422)
        chosen = form.cleaned_data["person"]
        if organization.add_admin(chosen, user):
            messages.success(request, _("%(name)s looks after it as well now.") % {"name": chosen.name})
        else:  # somebody was quicker, or they have just left
            messages.info(request, _("Nothing was changed."))
        return redirect("organization", organization.public_id)
    rows = organization.admins.filter(user__public_id=storable(request.POST).get("person", ""))
    admin = get_object_or_404(rows.select_related("user"))
    try:
        organization.remove_admin(admin.user, user)
    except LastAdmin:
        messages.info(request, _("Somebody has to look after it. Please add another admin first."))
        return redirect("organization", organization.public_id)
    messages.success(request, _("%(name)s no longer looks after it.") % {"name": admin.user.name})
    return redirect("groups") if admin.user_id == user.pk else redirect("organization", organization.public_id)


@require_POST
def rules(request: HttpRequest, public_id: str) -> HttpResponse:
    """Close one permission for all groups, or leave it to them again."""
    organization = looked_after(request, public_id)
    name, allowed = asked_rule(request)
    organization.change_rule(name, allowed=allowed, by=person(request))
    messages.success(request, _("Each group decides.") if allowed else said(name, allowed=False))
    return redirect("organization", organization.public_id)


def show(
    request: HttpRequest,
    organization: Organization,
    *,
    form: BaseForm | None = None,
    admin_form: BaseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    people = Count("memberships", filter=Q(memberships__state="active"))
    groups = organization.groups.filter(delete_after=None).annotate(people=people).order_by("name", "pk")
    context = {
        "organization": organization,
        "form": form or OrganizationForm(instance=organization),
        "admin_form": admin_form or AdminForm(organization=organization),
        "admins": organization.admins.select_related("user").order_by("user__name", "pk"),
        "contacts": organization.support_contacts.all(),
        "groups": groups[:MOST_GROUPS],
        "rules": rules_for_all(organization),
        "has_classes": groups.filter(mode__in=[Group.Mode.PRIMARY, Group.Mode.SECONDARY]).exists(),
    }
    return render(request, "groups/organization.html", context, status=status)
