"""Every letter: text and HTML, a language, nothing remote, nothing that a name could break."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template
from django.utils import translation

from notifications import mail
from notifications.kinds import Message
from notifications.models import KeptMail

FOLDER = Path(settings.BASE_DIR) / "templates" / "mail"
REMOTE = re.compile(r"<(?:img|link|script|iframe|object|video|audio|source|base)\b|\bsrc=|url\(|@import", re.IGNORECASE)
LETTERS = sorted(path.stem for path in FOLDER.glob("*.html") if path.stem != "base")


def compose(name: str, **context: object) -> EmailMultiAlternatives:
    message = Message(
        "Subject", "Line", "/today/", f"mail/{name}", {"code": "123456", "address": "mia@example.org", **context}
    )
    return mail.compose("mia@example.org", message, message_id="<a@b>", date="Mon, 02 Mar 2026 08:00:00 +0000")


def html_of(letter: EmailMultiAlternatives) -> str:
    return str(letter.alternatives[0][0])


@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_has_text_and_html_and_one_line_of_subject(name: str) -> None:
    letter = compose(name)
    assert letter.body.strip()
    assert [kind for _content, kind in letter.alternatives] == ["text/html"]
    assert letter.subject.strip()
    assert "\n" not in letter.subject
    assert "{" not in letter.body


@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_names_its_language_and_direction(name: str) -> None:
    assert '<html lang="en" dir="ltr">' in html_of(compose(name))
    with translation.override("ar"):
        assert '<html lang="ar" dir="rtl">' in html_of(compose(name))


@pytest.mark.parametrize("name", LETTERS)
def test_no_letter_loads_anything(name: str) -> None:
    html = html_of(compose(name))
    assert not re.findall(
        r"<(?:img|link|script|iframe|object|video|audio|source|base)\b|\bsrc=|url\(|@import", html, re.IGNORECASE
    )
    assert set(re.findall(r'href="([^"]*)"', html)) <= {"", settings.BASE_URL + "/", settings.BASE_URL + "/today/"}


@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_works_without_its_style_sheet_and_in_the_dark(name: str) -> None:
    html = html_of(compose(name))
    assert 'style="' in html
    assert html.count("<style") == 1
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize("name", LETTERS)
def test_the_text_is_not_escaped_and_the_html_is(name: str) -> None:
    letter = compose(name, address="o'mia <b>&\"@example.org")
    assert "&#x27;" not in letter.body
    assert "<b>" not in html_of(letter)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Hello\r\nBcc: victim@example.org", "Hello Bcc: victim@example.org"),
        ("a\u202eb\u2066c\u200bd\x00e\x7f", "abcd e"),
        ("  two\t lines\u2028here ", "two lines here"),
        ("Family 👩‍👧", "Family 👩‍👧"),
        ("x" * 500, "x" * 149 + "…"),
        ("", ""),
    ],
)
def test_a_subject_is_one_clean_line(typed: str, sent: str) -> None:
    assert mail.clean_subject(typed) == sent


def test_no_machine_should_answer() -> None:
    headers = compose("login_code").message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"] == "<a@b>"


@pytest.mark.parametrize("address", ["mia@example.org\nBcc: v@example.org", "a@example.org\r\nX: y"])
def test_an_address_cannot_add_a_header(address: str) -> None:
    """BAD_INPUTS 22."""
    letter = compose("login_code")
    letter.to = [address]
    with pytest.raises(ValueError, match=r"(?i)header|address|newline|linefeed|invalid"):
        letter.message()


def test_without_a_mail_server_letters_are_kept(db: None) -> None:
    letter = compose("login_code")
    assert mail.KeptMailBackend(alias="default").send_messages([letter]) == 1
    kept = KeptMail.objects.get()
    assert (kept.address, kept.subject) == ("mia@example.org", letter.subject)
    assert kept.text == letter.body
    assert "<html" in kept.html
    assert kept.headers["Message-ID"] == "<a@b>"


def test_text_and_html_say_the_same_code() -> None:
    letter = compose("sign_up_code")
    assert "123456" in letter.body
    assert "123456" in html_of(letter)
    assert get_template("mail/base.txt")
