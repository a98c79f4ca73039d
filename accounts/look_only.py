"""How operators see rows: listed and looked at, hardly ever changed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models.audit import record


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at. What may be changed is named; everything else has its own verbs and pages.

    Whoever has got into the site may do all that it offers, which is little: no permissions to hand out row by row.
    """

    changeable: tuple[str, ...] = ()
    can_be_removed = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.changeable)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_be_removed

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = self.get_fields(request, obj)
        return [name for name in shown if isinstance(name, str) and name not in self.changeable]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or self.list_display

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        record(request.user, "changed as operator", obj)  # type: ignore[arg-type]
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for row in queryset:
            record(request.user, "removed as operator", row)  # type: ignore[arg-type]
        return super().log_deletions(request, queryset)
