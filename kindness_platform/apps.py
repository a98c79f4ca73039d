from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "kindness_platform"
