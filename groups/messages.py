"""What this room tells people."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import isolated
from groups.models import Group, JoinCode
from notifications import outbox
from notifications.kinds import Kind, Message, register
from notifications.models import Notice


def invite(address: str, group: Group, code: JoinCode, by: User) -> Notice:
    """Invite one address into a group; once a day at most, however often it is asked for."""
    return outbox.queue(
        address,
        "invitation",
        f"{group.pk}/{code.pk}/{by.today()}",
        expires_at=code.expires_at,
        context={"group": group.pk, "code": code.pk, "inviter": by.pk},
    )


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
    return Message(
        subject=_("%(inviter)s invites you to %(group)s") % {"inviter": inviter.name, "group": code.group.name},
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
