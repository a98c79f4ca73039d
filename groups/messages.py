"""What this room tells people."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import isolated
from groups.models import Group, JoinCode, Membership
from notifications import outbox, samples
from notifications.kinds import Kind, Message, kind_about, register
from notifications.models import Notice

Say = Callable[[Membership], str]


def invite(address: str, group: Group, code: JoinCode, by: User) -> Notice:
    """Invite one address into a group; once a day at most, however often it is asked for."""
    return outbox.queue(
        address,
        "invitation",
        f"{group.pk}/{code.pk}/{by.today()}",
        expires_at=code.expires_at,
        context={"group": group.pk, "code": code.pk, "inviter": by.pk},
    )


def was_removed(place: Membership) -> None:
    """Tell somebody that their place in a group is closed, and what becomes of their posts."""
    outbox.queue(place.user, "removed", str(place.pk), context={"group": place.group_id, "place": place.pk})


def was_muted(place: Membership) -> None:
    """Tell somebody that they are asked to pause, and until when."""
    key = f"{place.pk}/{place.muted_until:%Y-%m-%d}"
    outbox.queue(place.user, "muted", key, context={"group": place.group_id, "place": place.pk})


def may_speak_again(place: Membership) -> None:
    """Take back that somebody is asked to pause, if they have not read it yet."""
    outbox.withdraw_about("place", [place.pk], people=[place.user_id])


def lost_sight(user: User, groups: QuerySet[Group]) -> None:
    """Take back what somebody has not read yet of those of these groups they no longer see, or no longer run."""
    for thing, kept in (("group", Group.objects.visible_to(user)), ("run_group", Group.objects.run_by(user))):
        gone = groups.exclude(pk__in=kept.values("pk")).values_list("pk", flat=True)
        outbox.withdraw_about(thing, gone, people=[user.pk])


def is_going(group: Group) -> None:
    """Take back what nobody has read yet of a group that is out of everybody's sight."""
    seen_by = Q(memberships__group=group) | Q(administers__organization=group.organization_id)
    outbox.withdraw_about("group", [group.pk], people=User.objects.filter(seen_by).values_list("pk", flat=True))


def yes_was_taken_back(classes: Sequence[int]) -> None:
    """Take back what nobody has read yet, and what has not left yet, of classes that nobody allows any more."""
    told = Notice.objects.filter(read_at=None)
    told.filter(Q(context__group__in=classes) | Q(context__run_group__in=classes)).delete()


def _code(notice: Notice) -> JoinCode | None:
    return JoinCode.objects.live().filter(pk=notice.context.get("code")).select_related("group").first()


def _inviter(notice: Notice) -> User | None:
    return User.objects.filter(pk=notice.context.get("inviter"), is_active=True).first()


def _still_wanted(notice: Notice) -> bool:
    """Not if the code is dead, the inviter may no longer invite, or the person is already in."""
    code, inviter = _code(notice), _inviter(notice)
    if code is None or inviter is None or not code.group.can_be_run_by(inviter):
        return False
    return not code.group.memberships.open().filter(user__email__iexact=notice.address).exists()


def _render(notice: Notice) -> Message:
    code, inviter = _code(notice), _inviter(notice)
    if code is None or inviter is None or not code.code:
        raise LookupError("an invitation is rendered only while it is wanted")
    return _say_invitation(code, inviter)


def _say_invitation(code: JoinCode, inviter: User) -> Message:
    return Message(
        subject=_("%(inviter)s invites you to %(group)s")
        % {"inviter": isolated(inviter.name), "group": isolated(code.group.name)},
        line="",
        path=reverse("join", args=[code.code]),
        template="mail/invitation",
        context={
            "group": isolated(code.group.name),
            "inviter": isolated(inviter.name),
            "code": code.spaced,
            "enter_code_url": settings.BASE_URL + reverse("enter-code"),
        },
    )


def _language(notice: Notice) -> str:
    code = _code(notice)
    return code.group.organization.language if code else settings.LANGUAGE_CODE


register(
    Kind(
        name="invitation",
        mail=True,
        in_app=False,
        still_wanted=_still_wanted,
        render=_render,
        transactional=True,
        language=_language,
    )
)


def _sample_invitation() -> Message:
    group = Group(name="Ferry Lane Surgery", mode=Group.Mode.WORKPLACE)
    return _say_invitation(JoinCode(group=group, code="KIND2345"), User(name="Olive Okafor"))


samples.register("invitation", "invitation", _sample_invitation)


def _say_removed(place: Membership) -> str:
    words = _("Your place in %(group)s was closed by one of its leaders. What you told there stays with the group.")
    return words % {"group": isolated(place.group.name)}


def _say_muted(place: Membership) -> str:
    if place.paused_until is None:
        return ""
    words = _("A leader of %(group)s asks you to pause until %(day)s. You can read along, and keep acts just for you.")
    return words % {"group": isolated(place.group.name), "day": date_format(place.paused_until, "MONTH_DAY_FORMAT")}


def _about_a_place(name: str, say: Say, **still: object) -> Kind:
    """A kind about somebody's place in a group, told in the app for as long as the place is what it says."""

    def places(notices: Sequence[Notice]) -> dict[int, Membership]:
        ids = {notice.pk: notice.context.get("place") for notice in notices}
        rows = Membership.objects.filter(pk__in=ids.values(), group__delete_after=None, **still)
        found = rows.select_related("group__organization").in_bulk()
        return {notice: found[pk] for notice, pk in ids.items() if pk in found}

    def message(_notice: Notice, place: Membership) -> Message:
        line = say(place)
        return Message(subject=line, line=line, path="", template="")

    return kind_about(name, places, message)


KINDS = (
    _about_a_place("removed", _say_removed, state=Membership.State.REMOVED),
    _about_a_place("muted", _say_muted, state=Membership.State.ACTIVE, muted_until__isnull=False),
)
for _told in KINDS:
    register(_told)
