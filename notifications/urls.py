from django.urls import path

from notifications.views import devices, kept_mail, mail_again, mail_hook, notices, reminders, sample_mail, stop

urlpatterns = [
    path("you/mail/again/", mail_again.mail_again, name="mail-again"),
    path("you/reminders/", reminders.reminders, name="reminders"),
    path("you/devices/", devices.devices, name="devices"),
    path("you/devices/add/", devices.device_add, name="device-add"),
    path("you/devices/<str:public_id>/remove/", devices.device_remove, name="device-remove"),
    path("hooks/mail/<str:service>/", mail_hook.mail_hook, name="mail-hook"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read, name="notices-read"),
    path("stop/<str:token>/", stop.stop, name="stop"),
    path("dev/mail/", kept_mail.kept_mails, name="kept-mails"),
    path("dev/mail/kinds/", sample_mail.sample_mails, name="sample-mails"),
    path("dev/mail/kinds/<slug:name>/", sample_mail.sample_mail, name="sample-mail"),
    path("dev/mail/kinds/<slug:name>/html/", sample_mail.sample_mail_html, name="sample-mail-html"),
    path("dev/mail/<str:public_id>/", kept_mail.kept_mail, name="kept-mail"),
    path("dev/mail/<str:public_id>/html/", kept_mail.kept_mail_html, name="kept-mail-html"),
]
