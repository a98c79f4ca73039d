from django.urls import path

from accounts.views import security, sessions, settings, terms

urlpatterns = [
    path("you/settings/", settings.settings, name="settings"),
    path("you/signing-in/", security.security, name="mfa_index"),
    path("you/sessions/", sessions.sessions, name="sessions"),
    path("you/sessions/<str:public_id>/end/", sessions.end_session, name="end-session"),
    path("you/sessions/end-others/", sessions.end_other_sessions, name="end-other-sessions"),
    path("terms/accept/", terms.accept_terms, name="accept-terms"),
]
