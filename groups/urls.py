from django.urls import path

from groups.views import groups, invite, lost_address, people

urlpatterns = [
    path("groups/", groups.groups, name="groups"),
    path("groups/<slug:slug>/people/", people.people, name="people"),
    path("groups/<slug:slug>/people/<str:public_id>/address/", lost_address.lost_address, name="lost-address"),
    path("groups/<slug:slug>/leave/", people.leave, name="leave"),
    path("groups/<slug:slug>/invite/rotate/", invite.rotate, name="rotate-code"),
    path("groups/<slug:slug>/invite/send/", invite.send, name="send-invitations"),
    path("groups/<slug:slug>/qr.svg", invite.qr, name="group-qr"),
]
