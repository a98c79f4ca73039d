"""What an operator sees of people: who has an account and how it opens; nothing they wrote, no secret, no password."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest

from accounts.look_only import LookOnly
from accounts.models import AuditEntry, User


@admin.register(User)
class UserAdmin(LookOnly):
    list_display = ("name", "email", "kind", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "kind")
    search_fields = ("name", "email")
    changeable = ("is_active", "is_staff")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Who is staff, and whether a superuser is in, is up to superusers; nobody locks themselves out."""
        fixed = super().get_readonly_fields(request, obj)
        is_super = getattr(request.user, "is_superuser", False)
        if obj == request.user or (obj is not None and obj.is_superuser and not is_super):
            return [*fixed, "is_active", "is_staff"]
        return fixed if is_super else [*fixed, "is_staff"]


@admin.register(Authenticator)
class KeyAdmin(LookOnly):
    """Passkeys and apps, to be removed for somebody who has lost theirs; what they hold is not shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__name", "user__email")
    list_select_related = ("user",)
    can_be_removed = True


@admin.register(AuditEntry)
class AuditAdmin(LookOnly):
    list_display = ("at", "verb", "thing", "thing_id", "actor_id", "group_id")
    list_filter = ("verb", "thing")
    search_fields = ("=actor_id", "=thing_id", "=group_id")
    show_full_result_count = False
