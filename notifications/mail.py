"""Letters: composed from `templates/mail/`, in text and HTML, without anything remote in them."""

import contextlib
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from css_inline import CSSInliner
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils.translation import get_language, get_language_bidi

from notifications import smtp
from notifications.kinds import Message
from notifications.models import KeptMail

SUBJECT_LENGTH = 150
_open = threading.local()


def compose(
    address: str,
    message: Message,
    *,
    message_id: str = "",
    date: str = "",
    topic: str = "",
    stop_url: str = "",
) -> EmailMultiAlternatives:
    """One letter to one address, in the active language and zone.

    Args:
        address: where it goes.
        message: what it says.
        message_id: belongs to the letter, not to the attempt.
        date: of the first attempt, so that a second one is the same letter.
        topic: what it belongs to of the things that can be switched off.
        stop_url: where a click, or a mail program by itself (RFC 8058), switches that off.
    """
    context = {
        **message.context,
        "message": message,
        "SITE_NAME": settings.SITE_NAME,
        "site_url": settings.BASE_URL + "/",
        "stop_url": stop_url,
        "url": absolute(message.path) if message.path else "",
        "language": get_language() or settings.LANGUAGE_CODE,
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    context["subject"] = clean_subject(_subject(message, context))
    # Mailboxes must not answer a machine, and must not file it as a conversation.
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    headers |= {name: value for name, value in (("Message-ID", message_id), ("Date", date)) if value}
    if topic:
        headers["List-Id"] = f"<{topic.replace('_', '-')}.{domain()}>"
    if stop_url:
        headers |= {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    text = re.sub(r"\n{3,}", "\n\n", plain(f"{message.template}.txt", context).strip()) + "\n"
    letter = EmailMultiAlternatives(context["subject"], text, to=[address], headers=headers)
    letter.attach_alternative(_inliner().inline(render_to_string(f"{message.template}.html", context)), "text/html")
    return letter


@contextlib.contextmanager
def line() -> Iterator[None]:
    """Letters sent inside share one connection to the mail server."""
    _open.backend = mailers["default"]
    try:
        yield
    finally:
        hang_up()
        _open.backend = None


def send(letter: EmailMessage) -> None:
    """Hand one letter over. `letter.about_to_go`, if there is one, is asked right before there is no way back."""
    backend = getattr(_open, "backend", None)
    if backend is None:
        with line():
            return send(letter)
    if not getattr(backend, "asks_before_data", False):
        if not getattr(letter, "about_to_go", smtp.not_asked)():
            raise smtp.Taken
        backend.send_messages([letter])
        return None
    fresh = backend.open()
    try:
        backend.send_messages([letter])
    except smtp.Away:
        hang_up()
        if fresh:
            raise
        backend.open()  # the server had hung up on a line that was idle: once more, on a new one
        backend.send_messages([letter])
    return None


def hang_up() -> None:
    """Close the line; the next letter opens a new one."""
    backend = getattr(_open, "backend", None)
    if backend is not None:
        with contextlib.suppress(Exception):
            backend.close()
        if hasattr(backend, "connection"):
            backend.connection = None


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
            as_kept(letter).save()
        return len(email_messages)


def as_kept(letter: EmailMessage) -> KeptMail:
    """A letter as it is kept and shown; nothing is stored yet."""
    return KeptMail(
        address=", ".join(letter.recipients()),
        subject=str(letter.subject),
        text=str(letter.body),
        html=_html_of(letter),
        headers={name: str(value) for name, value in letter.message().items()},
    )


def _html_of(letter: EmailMessage) -> str:
    parts = getattr(letter, "alternatives", None) or []
    return next((str(content) for content, kind in parts if kind == "text/html"), "")
