from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "challenges"

    def ready(self) -> None:
        from challenges import habits, my_data, new_calendars, newcomers, reminders  # noqa: F401 (they register themselves)
