import time

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts import terms
from accounts.models import User
from tests.accounts.conftest import Send, code_in_the_mail, confirm

GOOD = "four quiet words here"
MAIL = "/accounts/confirm/mail/"
SENSITIVE = [
    "/accounts/passkeys/add/",
    "/accounts/app/on/",
    "/accounts/recovery-codes/new/",
    "/accounts/email/",
]


@pytest.mark.parametrize("path", SENSITIVE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_sensitive_asks_whether_it_is_still_you(as_mia: Client, path: str, method: str) -> None:
    """Also of people who have no password (ASVS 7.5.1)."""
    assert getattr(as_mia, method)(path)["Location"] == f"{MAIL}?next={path.replace('/', '%2F')}"


@pytest.mark.parametrize("path", SENSITIVE)
def test_a_confirmation_opens_it_for_ten_minutes(as_mia: Client, send: Send, path: str) -> None:
    confirm(as_mia, send)
    assert as_mia.get(path).status_code in {200, 404}
    with time_machine.travel(time.time() + 601):
        assert as_mia.get(path).status_code == 302


def test_the_code_goes_to_the_persons_own_address_and_works_once(as_mia: Client, send: Send, mia: User) -> None:
    before = as_mia.session.session_key
    confirm(as_mia, send)
    assert mail.outbox[-1].to == [mia.email]
    assert as_mia.session.session_key != before
    code = code_in_the_mail()
    with time_machine.travel(time.time() + 601):
        assert send(MAIL, {"code": code}, client=as_mia).status_code == 302
        assert as_mia.get("/accounts/app/on/").status_code == 302


def test_opening_the_page_sends_nothing(as_mia: Client, send: Send) -> None:
    assert b"Mail me a code" in as_mia.get(MAIL).content
    assert mail.outbox == []


def test_three_wrong_codes_end_it(as_mia: Client, send: Send) -> None:
    send(MAIL, {"action": "send"}, client=as_mia)
    code = code_in_the_mail()
    wrong = "111111" if code != "111111" else "222222"
    assert [send(MAIL, {"code": wrong}, client=as_mia).status_code for _ in range(3)] == [422] * 3
    assert code_in_the_mail() == code
    send(MAIL, {"code": code}, client=as_mia)
    assert as_mia.get("/accounts/app/on/").status_code == 302


def test_a_code_of_another_session_confirms_nothing(as_mia: Client, send: Send, mia: User) -> None:
    other = Client()
    other.force_login(mia)
    send(MAIL, {"action": "send"}, client=other)
    send(MAIL, {"action": "send"}, client=as_mia)
    send(MAIL, {"code": code_in_the_mail(-2)}, client=as_mia)
    assert as_mia.get("/accounts/app/on/").status_code == 302


def test_asking_for_many_codes_is_soon_too_often(as_mia: Client, send: Send) -> None:
    statuses = [send(MAIL, {"action": "send"}, client=as_mia).status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]


def test_the_password_confirms_where_there_is_one(as_mia: Client, send: Send, mia: User) -> None:
    mia.set_password(GOOD)
    mia.save()
    as_mia.force_login(mia)
    path = as_mia.get("/accounts/app/on/")["Location"]
    assert path.startswith("/accounts/confirm/?next=")
    before = as_mia.session.session_key
    assert send(path, {"password": "wrong"}, client=as_mia).status_code == 422
    assert send(path, {"password": GOOD}, client=as_mia)["Location"] == "/accounts/app/on/"
    assert as_mia.session.session_key != before
    assert as_mia.get("/accounts/app/on/").status_code == 200


def test_guessing_the_password_here_is_soon_too_often(as_mia: Client, send: Send, mia: User) -> None:
    mia.set_password(GOOD)
    mia.save()
    as_mia.force_login(mia)
    statuses = [send("/accounts/confirm/", {"password": f"no {n}"}, client=as_mia).status_code for n in range(7)]
    assert 429 in statuses


def test_the_way_on_stays_here(as_mia: Client, send: Send) -> None:
    path = f"{MAIL}?next=https://evil.example/"
    send(path, {"action": "send"}, client=as_mia)
    assert "evil" not in send(path, {"code": code_in_the_mail()}, client=as_mia)["Location"]


def test_a_confirmation_is_of_one_person(as_mia: Client, send: Send, stan: User) -> None:
    confirm(as_mia, send)
    as_mia.force_login(stan)
    assert as_mia.get("/accounts/app/on/").status_code == 302


def test_who_cannot_confirm_anything_is_not_led_round_in_circles(db: None) -> None:
    pupil = User.objects.create_user(email=None, name="Pia", kind="pupil", terms_fingerprint=terms.fingerprint())
    client = Client()
    client.force_login(pupil)
    assert client.get("/accounts/app/on/").status_code == 404
