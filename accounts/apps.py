from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts import events, my_data  # noqa: F401 (my_data registers what it keeps about people)
        from accounts.sessions import note_beginning, note_last_sign_in

        # In place of Django's own, which would keep for each child when they used a tablet last.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(note_last_sign_in, dispatch_uid="update_last_login")
        user_logged_in.connect(note_beginning, dispatch_uid="note_beginning")
        events.watch()
