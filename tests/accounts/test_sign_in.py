from datetime import timedelta
from urllib.parse import parse_qs

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import AccountMail, User
from notifications.models import Delivery
from tests.accounts.conftest import Send, code_in_the_mail, signed_in_as
from tests.client import CheckedClient

LOGIN = "/accounts/login/"
WITH_PASSWORD = f"{LOGIN}?with=password"
CONFIRM = "/accounts/login/code/confirm/"
GOOD = "four quiet words here"


@pytest.fixture
def keyed(mia: User) -> User:
    """Mia has a password and a confirmed address."""
    mia.set_password(GOOD)
    mia.save()
    EmailAddress.objects.create(user=mia, email=mia.email, verified=True, primary=True)
    return mia


def test_a_mailed_code_signs_mia_in_and_confirms_her_address(visitor: Client, send: Send, mia: User) -> None:
    assert send(LOGIN, {"login": mia.email or ""})["Location"] == CONFIRM
    before = visitor.session.session_key
    assert send(CONFIRM, {"code": code_in_the_mail()})["Location"] == "/"
    assert signed_in_as(visitor) == mia.pk
    assert visitor.session.session_key != before
    assert EmailAddress.objects.get(user=mia).verified
    assert len(mail.outbox) == 1


def test_an_unknown_address_sees_the_same_page_and_gets_a_letter(send: Send, mia: User) -> None:
    known, unknown = CheckedClient(), CheckedClient()
    first = send(LOGIN, {"login": mia.email or ""}, client=known)
    second = send(LOGIN, {"login": "nobody@example.org"}, client=unknown)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    pages = [client.get(CONFIRM) for client in (known, unknown)]
    assert pages[0].status_code == pages[1].status_code == 200
    assert len(pages[0].content) - len(mia.email or "") == len(pages[1].content) - len("nobody@example.org")
    assert [letter.to[0] for letter in mail.outbox] == [mia.email, "nobody@example.org"]
    assert send(CONFIRM, {"code": "123456"}, client=unknown).status_code == 422


def test_three_wrong_codes_end_it(visitor: Client, send: Send, mia: User) -> None:
    send(LOGIN, {"login": mia.email or ""})
    right = code_in_the_mail()
    wrong = "111111" if right != "111111" else "222222"
    assert [send(CONFIRM, {"code": wrong}).status_code for _ in range(3)] == [422, 422, 302]
    assert "ask for a new code" in visitor.get(LOGIN).content.decode()
    send(CONFIRM, {"code": right})
    assert signed_in_as(visitor) is None


def test_a_code_of_another_browser_does_not_work(visitor: Client, send: Send, mia: User) -> None:
    send(LOGIN, {"login": mia.email or ""}, client=CheckedClient())
    send(CONFIRM, {"code": code_in_the_mail()})
    assert signed_in_as(visitor) is None


def test_a_code_that_has_expired_is_not_even_mailed(visitor: Client, mia: User) -> None:
    from notifications import tasks

    visitor.post(LOGIN, {"login": mia.email or ""})
    assert mail.outbox == []
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        tasks.tick()
    assert mail.outbox == []
    assert Delivery.objects.get().state == Delivery.State.SKIPPED


def test_no_code_stands_in_a_notice(visitor: Client, mia: User) -> None:
    visitor.post(LOGIN, {"login": mia.email or ""})
    code = AccountMail.objects.get().code
    delivery = Delivery.objects.select_related("notice").get()
    assert code not in str(delivery.notice.context) + delivery.notice.key


def test_the_password_signs_mia_in(visitor: Client, send: Send, keyed: User) -> None:
    assert b'autocomplete="current-password"' in visitor.get(WITH_PASSWORD).content
    assert send(WITH_PASSWORD, {"login": keyed.email or "", "password": GOOD})["Location"] == "/"
    assert signed_in_as(visitor) == keyed.pk


@pytest.mark.parametrize("password", ["wrong", "x" * 100_000, " " + GOOD])
def test_a_wrong_password_and_an_unknown_address_look_the_same(send: Send, keyed: User, password: str) -> None:
    replies = [
        send(WITH_PASSWORD, {"login": address, "password": password})
        for address in (keyed.email or "", "no@example.org")
    ]
    assert [reply.status_code for reply in replies] == [422, 422]
    assert all(b"That password does not match this address" in reply.content for reply in replies)
    assert all(password.encode() not in reply.content for reply in replies if len(password) > 10)


def test_guessing_passwords_is_soon_too_often(send: Send, keyed: User) -> None:
    replies = [send(WITH_PASSWORD, {"login": keyed.email or "", "password": f"guess {n}"}) for n in range(6)]
    assert [reply.status_code for reply in replies] == [422] * 5 + [429]
    assert replies[-1]["Retry-After"] == "60"
    assert send(WITH_PASSWORD, {"login": keyed.email or "", "password": GOOD}).status_code == 429


def test_asking_for_many_codes_is_soon_too_often(send: Send, mia: User) -> None:
    replies = [send(LOGIN, {"login": mia.email or ""}, client=CheckedClient()) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [302] * 3 + [429]
    assert len(mail.outbox) == 3


def test_another_forwarded_address_does_not_help(send: Send, mia: User) -> None:
    replies = [
        send(
            LOGIN, {"login": f"n{n}@example.org"}, headers={"X-Forwarded-For": f"203.0.113.{n}"}, client=CheckedClient()
        )
        for n in range(21)
    ]
    assert replies[-1].status_code == 429


def test_a_whole_page_says_so_when_a_form_was_sent_too_often(send: Send) -> None:
    replies = [send("/accounts/signup/", {}) for _ in range(21)]
    assert replies[-1].status_code == 429
    assert int(replies[-1]["Retry-After"]) > 0
    assert b"A little slower, please" in replies[-1].content


def test_signing_out_needs_a_post(as_mia: Client) -> None:
    assert as_mia.get("/accounts/logout/").status_code == 405
    assert signed_in_as(as_mia)
    assert as_mia.post("/accounts/logout/").status_code == 302
    assert signed_in_as(as_mia) is None


def test_the_way_after_signing_out_stays_here(as_mia: Client) -> None:
    reply = as_mia.post("/accounts/logout/", {"next": "https://evil.example/"})
    assert "evil" not in reply["Location"]


def test_a_closed_account_cannot_sign_in(visitor: Client, send: Send, keyed: User) -> None:
    keyed.is_active = False
    keyed.save()
    send(WITH_PASSWORD, {"login": keyed.email or "", "password": GOOD})
    send(LOGIN, {"login": keyed.email or ""})
    assert signed_in_as(visitor) is None


def test_a_forgotten_password_is_replaced_by_a_code(visitor: Client, send: Send, keyed: User) -> None:
    assert send("/accounts/password/reset/", {"email": keyed.email or ""}).status_code == 302
    assert send("/accounts/password/reset/confirm/", {"code": code_in_the_mail()}).status_code == 302
    reply = send("/accounts/password/reset/complete/", {"password1": "another five quiet words"})
    assert reply.status_code == 302
    keyed.refresh_from_db()
    assert keyed.check_password("another five quiet words")
    assert signed_in_as(visitor) == keyed.pk
    assert "password" in mail.outbox[-1].subject


def test_resetting_an_unknown_address_looks_the_same(send: Send, keyed: User) -> None:
    replies = [
        send("/accounts/password/reset/", {"email": address}, client=CheckedClient())
        for address in (keyed.email or "", "nobody@example.org")
    ]
    assert replies[0].status_code == replies[1].status_code == 302
    assert replies[0]["Location"] == replies[1]["Location"]
    assert len(mail.outbox) == 2


def test_changing_the_password_asks_for_the_old_one_and_signs_out_the_others(keyed: User, send: Send) -> None:
    here, elsewhere = CheckedClient(), CheckedClient()
    for client in (here, elsewhere):
        client.force_login(keyed)
    change = "/accounts/password/change/"
    assert send(change, {"oldpassword": "no", "password1": "brand new words"}, client=here).status_code == 422
    reply = send(change, {"oldpassword": GOOD, "password1": "brand new words"}, client=here)
    assert reply["Location"] == "/you/settings/"
    assert here.get("/you/settings/").status_code == 200
    assert elsewhere.get("/you/settings/").status_code == 302
    assert "changed" in mail.outbox[-1].subject


@pytest.mark.parametrize(
    ("password", "accepted"),
    [("short", False), ("password123", False), ("x" * 1025, False), ("w" * 63 + "é", True), ("long words " * 90, True)],
)
def test_which_passwords_are_good(keyed: User, send: Send, password: str, accepted: bool) -> None:
    client = CheckedClient()
    client.force_login(keyed)
    reply = send("/accounts/password/change/", {"oldpassword": GOOD, "password1": password}, client=client)
    assert reply.status_code == (302 if accepted else 422)


def test_who_has_no_password_sets_one_with_a_mailed_code(as_mia: Client, mia: User) -> None:
    assert as_mia.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    assert as_mia.get("/accounts/password/set/")["Location"] == "/accounts/password/reset/"
    assert f'value="{mia.email}"'.encode() in as_mia.get("/accounts/password/reset/").content


@pytest.mark.parametrize(
    "path", ["/accounts/phone/verify/", "/accounts/2fa/", "/accounts/3rdparty/", "/accounts/google/login/"]
)
def test_what_is_not_offered_does_not_exist(as_mia: Client, path: str) -> None:
    assert as_mia.get(path).status_code == 404


@pytest.mark.parametrize(
    ("came_from", "page"),
    [
        ("http://testserver/groups/choir/?kind=did", "/groups/choir/?kind=did"),
        ("https://evil.example/groups/choir/", "/"),
        ("http://testserver//evil.example/", "/"),
        ("", "/"),
    ],
)
def test_a_button_pressed_signed_out_leads_to_sign_in_and_back_to_its_page(
    visitor: Client, came_from: str, page: str
) -> None:
    # An address that only takes posts would answer 405 to whoever comes back from signing in.
    reply = visitor.post("/groups/choir/settings/rules/", headers={"Referer": came_from})
    address, _, query = reply["Location"].partition("?")
    assert (address, parse_qs(query)) == (LOGIN, {"next": [page]})


def test_words_that_were_sent_signed_out_are_given_back(visitor: Client) -> None:
    sent = {"text": "Walked <b>Rex</b>.", "alt": " ", "kind": "did", "password": "four quiet words here"}
    reply = visitor.post("/acts/", sent, headers={"Referer": "http://testserver/acts/?kind=did"})
    page = reply.content.decode()
    assert reply.status_code == 401
    assert "Walked &lt;b&gt;Rex&lt;/b&gt;." in page
    assert page.count("<blockquote") == 1
    assert "four quiet words" not in page
    assert f'href="{LOGIN}?next=/acts/%3Fkind%3Ddid"' in page


@pytest.mark.parametrize("headers", [{}, {"HX-Boosted": "true"}])
def test_the_sign_in_page_never_becomes_a_part_of_another_page(visitor: Client, headers: dict[str, str]) -> None:
    for ask in (visitor.get, visitor.post):
        reply = ask("/acts/", headers={"HX-Request": "true", **headers})
        assert (reply.status_code, reply.content) == (401, b"")
    assert visitor.get("/acts/")["Location"] == f"{LOGIN}?next=/acts/"
