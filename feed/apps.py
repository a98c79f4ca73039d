from django.apps import AppConfig


class FeedConfig(AppConfig):
    name = "feed"

    def ready(self) -> None:
        from challenges import reminders
        from feed import (  # noqa: F401 (they register themselves)
            answers,
            case_messages,
            digest,
            kind_notes,
            messages,
            my_data,
            reading_messages,
        )
        from feed.models import Act

        reminders.no_need.append(Act.objects.who_did_one)
