from typing import Any


class QueueRouter:
    """Keeps the cache table in the second SQLite file, where there is one; everything else is in `default`."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return self._where(model._meta.app_label)

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return self._where(model._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        if app_label == "django_cache":
            return db == "queue"
        return False if db == "queue" else None

    def _where(self, app_label: str) -> str | None:
        return "queue" if app_label == "django_cache" else None
