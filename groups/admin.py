"""Organizations and groups as an operator sees them: how many there are, and whose. Their rules are their leaders'."""

from django.contrib import admin

from accounts.look_only import LookOnly
from groups.models import Group, Membership, Organization


@admin.register(Organization)
class OrganizationAdmin(LookOnly):
    list_display = ("name", "time_zone", "language", "created_at")
    search_fields = ("name",)


@admin.register(Group)
class GroupAdmin(LookOnly):
    list_display = ("name", "organization", "mode", "archived_at")
    search_fields = ("name", "organization__name")
    list_select_related = ("organization",)


@admin.register(Membership)
class MembershipAdmin(LookOnly):
    list_display = ("user", "group", "role", "state", "joined_at", "ended_at")
    list_filter = ("role", "state")
    search_fields = ("user__name", "group__name")
    list_select_related = ("user", "group")
