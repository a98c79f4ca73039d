import pytest
from django.conf import LazySettings
from django.test import Client

from notifications import mail
from notifications.kinds import Message
from notifications.models import KeptMail


@pytest.fixture
def kept(db: None) -> KeptMail:
    message = Message("", "", "/", "mail/login_code", {"code": "123456", "address": "mia@example.org"})
    mail.KeptMailBackend(alias="default").send_messages([mail.compose("mia@example.org", message)])
    return KeptMail.objects.get()


def paths(kept: KeptMail) -> list[str]:
    return ["/dev/mail/", f"/dev/mail/{kept.public_id}/", f"/dev/mail/{kept.public_id}/html/"]


def test_in_the_demo_a_visitor_sees_the_code(client: Client, kept: KeptMail) -> None:
    for path in paths(kept):
        reply = client.get(path)
        assert reply.status_code == 200
        assert b"123456" in reply.content


def test_elsewhere_these_pages_do_not_exist(client: Client, kept: KeptMail, settings: LazySettings) -> None:
    settings.DEMO = False
    assert [client.get(path).status_code for path in paths(kept)] == [404, 404, 404]


def test_a_letter_alone_is_locked_in_and_our_own_pages_stay_strict(client: Client, kept: KeptMail) -> None:
    page, letter = client.get(paths(kept)[1]), client.get(paths(kept)[2])
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert letter["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; sandbox"
    )
    assert "style=" not in page.content.decode().split("<pre")[0]


def test_a_script_in_a_letter_is_text_on_our_page(client: Client, db: None) -> None:
    kept = KeptMail.objects.create(
        address="<b>", subject="<script>x</script>", text="<script>y</script>", html="<script>z"
    )
    for path in paths(kept)[:2]:
        content = client.get(path).content
        assert b"<script>x" not in content
        assert b"<script>y" not in content
        assert b"<script>z" not in content


def test_a_letter_says_when_as_cards_do(client: Client, kept: KeptMail) -> None:
    for path in paths(kept)[:2]:
        assert f"To {kept.address} · Just now" in " ".join(client.get(path).content.decode().split())


def test_there_may_be_no_mail_yet(client: Client, db: None) -> None:
    assert b"No mail yet" in client.get("/dev/mail/").content


def test_a_letter_that_is_not_there_is_404(client: Client, db: None) -> None:
    assert client.get("/dev/mail/nonsense/").status_code == 404
