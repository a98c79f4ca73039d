from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "challenges"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from challenges import my_data, newcomers, reminders  # noqa: F401 (they register themselves)
