from django.urls import path

from accounts.views import settings

urlpatterns = [
    path("you/settings/", settings.settings, name="settings"),
]
