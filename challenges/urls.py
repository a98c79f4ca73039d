from django.urls import path

from challenges.views import calendar, choices, classes, edit, habits, ideas, participation, programs, start

urlpatterns = [
    path("you/calendar/", calendar.calendar, name="calendar"),
    path("you/habit/", habits.habit, name="habit"),
    path("you/calendar/off/", calendar.calendar_off, name="calendar-off"),
    path("calendar/<str:token>.ics", calendar.calendar_file, name="calendar-file"),
    path("start/", start.start, name="start"),
    path("start/class/", classes.start_class, name="start-class"),
    path("groups/<slug:slug>/begin/", classes.begin, name="class-begin"),
    path("start/preview/", start.preview, name="start-preview"),
    path("start/finish/", start.finish, name="start-finish"),
    path("programs/", programs.programs_page, name="programs"),
    path("programs/<slug:slug>/", programs.program_page, name="program"),
    path("programs/<slug:slug>/guide/", programs.guide, name="program-guide"),
    path("ideas/", ideas.ideas_page, name="ideas"),
    path("evidence/", programs.evidence, name="evidence"),
    path("challenges/<str:public_id>/edit/", edit.edit, name="challenge-edit"),
    path("challenges/<str:public_id>/steps/", edit.steps, name="challenge-steps"),
    path("steps/<str:public_id>/edit/", edit.step, name="step-edit"),
    path("challenges/<str:public_id>/end/", edit.end, name="challenge-end"),
    path("challenges/<str:public_id>/cancel/", edit.cancel, name="challenge-cancel"),
    path("challenges/<str:public_id>/again/", edit.again, name="challenge-again"),
    path("challenges/<str:public_id>/my-way/", participation.my_way, name="my-way"),
    path("challenges/<str:public_id>/plan/", participation.plan, name="plan"),
    path("steps/<str:public_id>/choice/", choices.choice, name="choice"),
]
