from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from accounts import zones
        from notifications import account_mail, farewell, my_data, push, rhythms  # noqa: F401 (they register themselves)

        zones.when_moved.append(rhythms.rewind)
