from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "kindness_platform"

    def ready(self) -> None:
        from kindness_platform import checks  # noqa: F401 (registers them)
