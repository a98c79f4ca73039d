from django.urls import path

from groups.views import codes, groups, invite, lost_address, organizations, people, places, settings, support

urlpatterns = [
    path("groups/", groups.groups, name="groups"),
    path("groups/<slug:slug>/people/", people.people, name="people"),
    path("groups/<slug:slug>/people/<str:public_id>/address/", lost_address.lost_address, name="lost-address"),
    path("groups/<slug:slug>/leave/", people.leave, name="leave"),
    path("groups/<slug:slug>/invite/rotate/", invite.rotate, name="rotate-code"),
    path("groups/<slug:slug>/invite/send/", invite.send, name="send-invitations"),
    path("groups/<slug:slug>/qr.svg", invite.qr, name="group-qr"),
    path("groups/<slug:slug>/settings/", settings.settings, name="group-settings"),
    path("groups/<slug:slug>/settings/rules/", settings.rules, name="group-rules"),
    path("groups/<slug:slug>/settings/archive/", settings.archive, name="group-archive"),
    path("groups/<slug:slug>/settings/people/", places.places, name="group-people"),
    path("groups/<slug:slug>/settings/people/<str:public_id>/", places.place, name="group-person"),
    path("groups/<slug:slug>/settings/codes/", codes.codes, name="group-codes"),
    path("organizations/<str:public_id>/", organizations.organization, name="organization"),
    path("organizations/<str:public_id>/admins/", organizations.admins, name="organization-admins"),
    path("organizations/<str:public_id>/rules/", organizations.rules, name="organization-rules"),
    path("organizations/<str:public_id>/contacts/", support.contacts, name="organization-contacts"),
    path("contacts/<str:public_id>/", support.contact, name="support-contact"),
    path("support/", support.support, name="support"),
]
