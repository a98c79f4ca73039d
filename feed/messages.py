"""What this room tells people, in the app: they were thanked, their kindness was passed on, somebody wrote to them.

A notice holds ids. Whether it is still wanted and what it says is decided when it is shown, so an act that
was taken down, a name that was hidden or a group that was left is told to nobody.
"""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from feed.models import Act, Comment, Credit
from notifications import outbox
from notifications.kinds import Kind, Message, register
from notifications.models import Notice


def act_was_shown(act: Act) -> None:
    """Tell those whom an act concerns, when their group can read it; telling twice is telling once."""
    if not act.is_in_feed:
        return
    for credit in act.credits.filter(state=Credit.State.SHOWN).exclude(person=act.author).select_related("person"):
        outbox.queue(credit.person, "credit", credit.public_id, context={"credit": credit.pk})
    if act.link_kind == Act.Link.PASSED_ON:
        _tell_earlier(act)


def _tell_earlier(act: Act) -> None:
    """Tell each person on the way from the origin to this act, once, whichever of their acts it was."""
    rows = Act.objects.filter(ripple_id=act.ripple_id).values_list("pk", "parent_id", "author_id")
    rows = rows.union(Act.objects.filter(pk=act.ripple_id).values_list("pk", "parent_id", "author_id"))
    chain = {pk: (parent_id, author_id) for pk, parent_id, author_id in rows}
    theirs: dict[int, int] = {}
    at = act.parent_id
    while at in chain:
        parent_id, author_id = chain[at]
        if author_id is not None and author_id != act.author_id:
            theirs.setdefault(author_id, at)
        at = parent_id
    for person in User.objects.filter(pk__in=theirs, is_active=True):
        outbox.queue(person, "passed_on", act.public_id, context={"act": act.pk, "yours": theirs[person.pk]})


def comment_was_shown(comment: Comment) -> None:
    """Tell the author of an act that somebody wrote under it."""
    author = comment.act.author
    if author is not None and author.pk != comment.author_id:
        outbox.queue(author, "comment", comment.public_id, context={"comment": comment.pk})


def _name(act: Act) -> str:
    """Who an act is signed by, as its group reads it."""
    if act.signed == Act.Signed.SOMEONE or (act.author is None and not act.guest_name):
        return _("Someone")
    return act.author.name if act.author else act.guest_name


def _readable(notice: Notice, act_id: int) -> bool:
    person = notice.recipient
    return person is not None and Act.objects.visible_to(person).in_feed().filter(pk=act_id).exists()


def _credit_of(notice: Notice) -> Credit | None:
    credits_ = Credit.objects.filter(pk=notice.context.get("credit"), state=Credit.State.SHOWN)
    return credits_.select_related("act__author").first()


def _credit_is_wanted(notice: Notice) -> bool:
    credit = _credit_of(notice)
    return credit is not None and _readable(notice, credit.act_id)


def _render_credit(notice: Notice) -> Message:
    credit = _credit_of(notice)
    name = _name(credit.act) if credit else _("Someone")
    line = _("%(name)s saw a kindness of yours and thanked you.") % {"name": name}
    return Message(subject=line, line=line, path=reverse("credits"), template="")


def _passed_on_of(notice: Notice) -> Act | None:
    return Act.objects.filter(pk=notice.context.get("act")).select_related("author", "ripple").first()


def _passed_on_is_wanted(notice: Notice) -> bool:
    yours = Act.objects.filter(pk=notice.context.get("yours")).exclude(state=Act.State.REMOVED)
    return _readable(notice, notice.context["act"]) and yours.exists()


def _render_passed_on(notice: Notice) -> Message:
    act = _passed_on_of(notice)
    name = _name(act) if act else _("Someone")
    if act and act.parent_id == notice.context.get("yours"):
        line = _("%(name)s passed your kindness on.") % {"name": name}
    else:
        line = _("Your kindness went further: %(name)s passed it on.") % {"name": name}
    path = reverse("ripple", args=[act.ripple.public_id]) if act and act.ripple else ""
    return Message(subject=line, line=line, path=path, template="")


def _comment_of(notice: Notice) -> Comment | None:
    comments = Comment.objects.filter(pk=notice.context.get("comment"), state=Act.State.SHOWN)
    return comments.select_related("author", "act").first()


def _comment_is_wanted(notice: Notice) -> bool:
    comment = _comment_of(notice)
    return comment is not None and _readable(notice, comment.act_id)


def _render_comment(notice: Notice) -> Message:
    comment = _comment_of(notice)
    name = comment.author.name if comment and comment.author else _("Someone")
    line = _("%(name)s wrote under your act.") % {"name": name}
    path = f"{comment.act.get_absolute_url()}#comments" if comment else ""
    return Message(subject=line, line=line, path=path, template="")


KINDS = (
    Kind("credit", mail=False, in_app=True, still_wanted=_credit_is_wanted, render=_render_credit),
    Kind("passed_on", mail=False, in_app=True, still_wanted=_passed_on_is_wanted, render=_render_passed_on),
    Kind("comment", mail=False, in_app=True, still_wanted=_comment_is_wanted, render=_render_comment),
)
for _kind in KINDS:
    register(_kind)
