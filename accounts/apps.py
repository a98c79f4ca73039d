from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts import events, my_data  # noqa: F401 (my_data registers what it keeps about people)
        from accounts.sessions import note_beginning

        user_logged_in.connect(note_beginning, dispatch_uid="note_beginning")
        events.watch()
