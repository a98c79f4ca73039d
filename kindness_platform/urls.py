from django.contrib import admin
from django.urls import include, path

from kindness_platform.pages import (
    about,
    challenge,
    closing,
    delete_group,
    end_of_term,
    health,
    installed,
    invite,
    join,
    lead,
    lead_sheets,
    my_data,
    poster,
    school_classes,
    status,
    today,
    you,
)

urlpatterns = [
    path("", today.home, name="home"),
    path("new/", today.new, name="today-new"),
    path("join/", join.enter_code, name="enter-code"),
    path("join/<str:code>/", join.join, name="join"),
    path("groups/<slug:slug>/invite/", invite.invite, name="invite"),
    path("groups/<slug:slug>/lead/", lead.lead, name="lead"),
    path("groups/<slug:slug>/lead/numbers.csv", lead_sheets.numbers, name="lead-numbers"),
    path("groups/<slug:slug>/lead/acts.csv", lead_sheets.acts, name="lead-acts"),
    path("groups/<slug:slug>/poster/", poster.poster, name="poster"),
    path("groups/<slug:slug>/end-of-term/", end_of_term.end_of_term, name="class-end"),
    path("groups/<slug:slug>/booklet/", end_of_term.booklet, name="class-booklet"),
    path("groups/<slug:slug>/booklet.pdf", end_of_term.booklet_file, name="class-booklet-file"),
    path("groups/<slug:slug>/next-year/", end_of_term.next_year, name="class-next-year"),
    path("groups/<slug:slug>/delete/", delete_group.delete_group, name="group-delete"),
    path("organizations/<str:public_id>/classes/", school_classes.school_classes, name="school-classes"),
    path("challenges/<str:public_id>/", challenge.challenge, name="challenge"),
    path("challenges/<str:public_id>/closing/", closing.closing, name="closing"),
    path("you/", you.you, name="you"),
    path("you/data/", my_data.my_data, name="my-data"),
    path("you/data/copy/", my_data.copy, name="my-data-copy"),
    path("you/data/erase/", my_data.erase, name="erase"),
    path("you/data/erase/confirm/", my_data.erase_confirm, name="erase-confirm"),
    path("about/", about.about, name="about"),
    path("terms/", about.terms, name="terms"),
    path("privacy/", about.privacy, name="privacy"),
    path("status/", status.status, name="status"),
    path("healthz", health.healthz, name="healthz"),
    path("sw.js", installed.worker, name="worker"),
    path("offline/<str:language>/", installed.offline, name="offline"),
    path("app/<str:language>.webmanifest", installed.manifest, name="manifest"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("groups.urls")),
    path("", include("challenges.urls")),
    path("", include("feed.urls")),
    path("accounts/", include("accounts.allauth_urls")),
]
handler400 = "kindness_platform.errors.bad_request"
handler403 = "kindness_platform.errors.forbidden"
handler404 = "kindness_platform.errors.not_found"
handler429 = "accounts.limits.too_many"
handler500 = "kindness_platform.errors.server_error"
