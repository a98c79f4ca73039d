from django.urls import path, register_converter
from django.urls.converters import StringConverter

from feed.models import Reaction
from feed.views import (
    act_page,
    acts,
    cases,
    comments,
    composing,
    credited,
    drafts,
    for_pupil,
    group,
    kind_note,
    links,
    mine,
    moments,
    paper,
    photos,
    pupil,
    reactions,
    reports,
    ripples,
    unnoticed,
    waiting,
    wall,
)


class AnswerConverter(StringConverter):
    """The four answers to an act."""

    regex = "|".join(Reaction.Kind.values)


register_converter(AnswerConverter, "answer")
urlpatterns = [
    path("groups/<slug:slug>/", group.group, name="group"),
    path("groups/<slug:slug>/new/", group.new, name="group-new"),
    path("groups/<slug:slug>/note/", kind_note.kind_note, name="kind-note"),
    path("groups/<slug:slug>/waiting/", waiting.waiting, name="waiting"),
    path("groups/<slug:slug>/waiting/<str:public_id>/undo/", waiting.undo, name="waiting-undo"),
    path("groups/<slug:slug>/wall/", wall.wall, name="wall"),
    path("groups/<slug:slug>/wall/link/", wall.link, name="wall-link"),
    path("wall/<str:code>/", wall.screen, name="wall-screen"),
    path("groups/<slug:slug>/not-yet-noticed/", unnoticed.unnoticed, name="class-unnoticed"),
    path("paper/", paper.find, name="paper"),
    path("challenges/<str:public_id>/paper/", paper.sheets, name="challenge-paper"),
    path("challenges/<str:public_id>/paper/<int:week>/", paper.enter, name="challenge-paper-week"),
    path("groups/<slug:slug>/pupils/<str:public_id>/tell/", for_pupil.tell_for, name="class-pupil-tell"),
    path("tell/", pupil.tell, name="pupil-tell"),
    path("tell/noted/", pupil.noted, name="pupil-noted"),
    path("tell/<str:public_id>/", pupil.change, name="pupil-change"),
    path("acts/", composing.post, name="post-act"),
    path("acts/mine/", mine.mine, name="my-acts"),
    path("acts/<str:public_id>/", act_page.act, name="act"),
    path("acts/<str:public_id>/edit/", acts.edit, name="act-edit"),
    path("acts/<str:public_id>/remove/", acts.remove, name="act-remove"),
    path("acts/<str:public_id>/restore/", acts.restore, name="act-restore"),
    path("acts/<str:public_id>/<answer:kind>/", reactions.reactions, name="reactions"),
    path("acts/<str:public_id>/comments/", comments.comments, name="comments"),
    path("comments/<str:public_id>/remove/", comments.remove, name="comment-remove"),
    path("acts/<str:public_id>/pass-on/", links.pass_on, name="pass-on"),
    path("acts/<str:public_id>/did-too/", links.did_too, name="did-too"),
    path("acts/<str:public_id>/report/", reports.act, name="act-report"),
    path("comments/<str:public_id>/report/", reports.comment, name="comment-report"),
    path("groups/<slug:slug>/reports/", cases.reports, name="reports"),
    path("reports/<str:public_id>/", cases.case, name="case"),
    path("reports/<str:public_id>/author/", cases.author, name="case-author"),
    path("acts/<str:public_id>/moment/", moments.moment, name="moment"),
    path("ripples/<str:public_id>/", ripples.ripple, name="ripple"),
    path("photos/<str:public_id>/<str:size>/", photos.photo, name="photo"),
    path("credits/", credited.about_me, name="credits"),
    path("credits/<str:public_id>/", credited.answer, name="credit"),
    path("drafts/<slug:slug>/", drafts.draft, name="draft"),
]
