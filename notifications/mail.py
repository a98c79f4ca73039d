"""Letters: composed from `templates/mail/`, in text and HTML, without anything remote in them."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from css_inline import CSSInliner
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils.translation import get_language, get_language_bidi

from notifications.kinds import Message
from notifications.models import KeptMail

SUBJECT_LENGTH = 150


def compose(address: str, message: Message, *, message_id: str = "", date: str = "") -> EmailMultiAlternatives:
    """One letter to one address, in the active language and zone."""
    context = {
        **message.context,
        "message": message,
        "SITE_NAME": settings.SITE_NAME,
        "site_url": settings.BASE_URL + "/",
        "url": absolute(message.path) if message.path else "",
        "language": get_language() or settings.LANGUAGE_CODE,
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    context["subject"] = clean_subject(_subject(message, context))
    # Mailboxes must not answer a machine, and must not file it as a conversation.
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    headers |= {name: value for name, value in (("Message-ID", message_id), ("Date", date)) if value}
    letter = EmailMultiAlternatives(
        context["subject"], plain(f"{message.template}.txt", context).strip() + "\n", to=[address], headers=headers
    )
    letter.attach_alternative(_inliner().inline(render_to_string(f"{message.template}.html", context)), "text/html")
    return letter


def send(letter: EmailMessage) -> None:
    letter.send(using="default")


def plain(template: str, context: dict[str, Any]) -> str:
    """Render a text template: nothing is escaped, for nothing reads it as markup."""
    rendered: str = get_template(template).template.render(Context(context, autoescape=False))  # type: ignore[attr-defined]
    return rendered


def clean_subject(text: str) -> str:
    """One line without control or direction characters, so that no name can add a header or turn the line around."""
    visible = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    visible = "".join(c for c in visible if unicodedata.category(c) not in {"Cf", "Cs"} or c == "\u200d")
    line = re.sub(r"\s+", " ", visible).strip()
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"


def absolute(path: str) -> str:
    return settings.BASE_URL + path


def domain() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def _subject(message: Message, context: dict[str, Any]) -> str:
    try:
        return plain(f"{message.template}.subject.txt", context)
    except TemplateDoesNotExist:
        return message.subject


@cache
def _inliner() -> CSSInliner:
    """Writes the rules of the letter's own style sheet onto its elements; loads nothing from anywhere."""
    return CSSInliner(load_remote_stylesheets=False)


class KeptMailBackend(BaseEmailBackend):
    """Keeps letters in the database where no mail server is configured; the demo shows them at `/dev/mail/`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for letter in email_messages:
            KeptMail.objects.create(
                address=", ".join(letter.recipients()),
                subject=str(letter.subject),
                text=str(letter.body),
                html=_html_of(letter),
                headers={name: str(value) for name, value in letter.message().items()},
            )
        return len(email_messages)


def _html_of(letter: EmailMessage) -> str:
    parts = getattr(letter, "alternatives", None) or []
    return next((str(content) for content, kind in parts if kind == "text/html"), "")
