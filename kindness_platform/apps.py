from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class PlatformConfig(AppConfig):
    name = "kindness_platform"

    def ready(self) -> None:
        if not settings.DEMO and any("DummyCache" in cache["BACKEND"] for cache in settings.CACHES.values()):
            raise ImproperlyConfigured("CACHES names a DummyCache, which forgets how often somebody has tried.")
        from accounts import arrivals, journal
        from challenges import beginnings
        from kindness_platform import checks  # noqa: F401 (registers them)
        from kindness_platform.pages import joining
        from kindness_platform.purge import forget_group

        arrivals.register(joining.arrived)
        arrivals.register(beginnings.arrived)
        journal.register("group", forget_group)
