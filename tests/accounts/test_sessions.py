"""Sessions: whose they are, how they end, and that an old cookie opens nothing (SAFETY B11)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.models import Session, User
from tests.accounts.conftest import Send, confirm, signed_in_as
from tests.factories import join, make_group

GOOD = "four quiet words here"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LIST = "/you/sessions/"


def replay(cookie: str) -> Client:
    """A browser that holds a copied cookie."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    return client


def cookie_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def signs_out(client: Client, send: Send, mia: User) -> None:
    client.post("/accounts/logout/")


def is_disabled(client: Client, send: Send, mia: User) -> None:
    mia.is_active = False
    mia.save()


def changes_the_password_elsewhere(client: Client, send: Send, mia: User) -> None:
    other = Client()
    other.force_login(mia)
    assert (
        other.post("/accounts/password/change/", {"oldpassword": GOOD, "password1": "brand new words"}).status_code
        == 302
    )


def changes_the_password_here(client: Client, send: Send, mia: User) -> None:
    assert (
        client.post("/accounts/password/change/", {"oldpassword": GOOD, "password1": "brand new words"}).status_code
        == 302
    )
    assert client.get(LIST).status_code == 200


def is_signed_out_elsewhere(client: Client, send: Send, mia: User) -> None:
    other = Client()
    other.force_login(mia)
    other.post(LIST + "end-others/")


def confirms_anew(client: Client, send: Send, mia: User) -> None:
    client.post("/accounts/confirm/", {"password": GOOD})
    assert client.get(LIST).status_code == 200


@pytest.mark.parametrize(
    "happens",
    [
        signs_out,
        is_disabled,
        changes_the_password_elsewhere,
        changes_the_password_here,
        is_signed_out_elsewhere,
        confirms_anew,
    ],
)
def test_an_old_cookie_is_worth_nothing_after(
    send: Send, mia: User, happens: Callable[[Client, Send, User], None]
) -> None:
    mia.set_password(GOOD)
    mia.save()
    client = Client()
    client.force_login(mia)
    cookie = cookie_of(client)
    assert replay(cookie).get(LIST).status_code == 200
    happens(client, send, mia)
    assert replay(cookie).get(LIST).status_code == 302


def test_who_was_removed_sees_the_group_no_more_with_the_same_cookie(as_mia: Client, olive: User, mia: User) -> None:
    group = make_group(olive)
    join(group, mia)
    assert as_mia.get(f"/groups/{group.slug}/people/").status_code == 200
    group.memberships.get(user=mia).end("removed")
    assert as_mia.get(f"/groups/{group.slug}/people/").status_code == 404


def test_a_planted_cookie_does_not_become_somebodys(send: Send, mia: User) -> None:
    mia.set_password(GOOD)
    mia.save()
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=mia, email=mia.email, verified=True, primary=True)
    attacker = Client()
    attacker.get("/accounts/login/?next=/you/")
    session = attacker.session
    session["planted"] = True
    session.save()
    planted = session.session_key or ""
    victim = replay(planted)
    send("/accounts/login/?with=password", {"login": mia.email or "", "password": GOOD}, client=victim)
    assert signed_in_as(victim) == mia.pk
    assert cookie_of(victim) != planted
    assert signed_in_as(replay(planted)) is None
    assert replay("made-up-by-the-attacker-0123456789ab").get(LIST).status_code == 302


def test_a_session_knows_its_person_and_its_browser_and_no_address(mia: User, send: Send) -> None:
    client = Client(headers={"user-agent": FIREFOX})
    client.force_login(mia)
    client.get("/")
    send("/accounts/login/", {"login": mia.email or ""}, client=client)
    page = client.get(LIST).content.decode()
    assert "This one" in page
    columns = {field.name for field in Session._meta.fields}
    assert columns == {"session_key", "session_data", "expire_date", "user", "public_id", "browser", "began_at"}


def test_mia_sees_her_browsers_and_signs_one_out(mia: User, stan: User, send: Send) -> None:
    here, phone, stans = Client(), Client(), Client()
    for client, user in ((here, mia), (phone, mia), (stans, stan)):
        client.force_login(user)
    session = Session.objects.get(session_key=cookie_of(phone))
    page = here.get(LIST).content.decode()
    assert page.count("<li>\n          <svg") >= 1
    assert session.public_id in page
    assert session.session_key not in page
    assert Session.objects.get(session_key=cookie_of(stans)).public_id not in page
    assert here.post(f"{LIST}{session.public_id}/end/").status_code == 302
    assert phone.get(LIST).status_code == 302
    assert here.get(LIST).status_code == 200


def test_nobody_elses_session_can_be_ended(as_stan: Client, as_mia: Client) -> None:
    session = Session.objects.get(session_key=cookie_of(as_mia))
    assert as_stan.post(f"{LIST}{session.public_id}/end/").status_code == 404
    assert as_mia.get(LIST).status_code == 200


def test_everywhere_else_is_everywhere_but_here(as_stan: Client, mia: User) -> None:
    here, *others = (Client() for _ in range(4))
    for client in (here, *others):
        client.force_login(mia)
    here.post(LIST + "end-others/")
    assert [client.get(LIST).status_code for client in (here, *others, as_stan)] == [200, 302, 302, 302, 200]


def test_the_beginning_outlives_a_new_key(as_mia: Client, send: Send, mia: User) -> None:
    before = Session.objects.get(session_key=cookie_of(as_mia))
    confirm(as_mia, send)
    after = Session.objects.get(session_key=cookie_of(as_mia))
    assert after.session_key != before.session_key
    assert (after.user, after.public_id, after.began_at) == (mia, before.public_id, before.began_at)
    assert not Session.objects.filter(session_key=before.session_key).exists()


def test_sessions_go_with_their_person(as_mia: Client, mia: User) -> None:
    mia.delete()
    assert not Session.objects.exists()
    assert as_mia.get(LIST).status_code == 302


@pytest.mark.parametrize(("late", "status"), [(-60, 200), (60, 302)])
@pytest.mark.parametrize("used", [False, True])
def test_a_session_ends_sixty_days_after_the_sign_in(as_mia: Client, used: bool, late: int, status: int) -> None:
    """To the minute, whether it lay unused or something was noted in it every day."""
    began = Session.objects.get(session_key=cookie_of(as_mia)).began_at
    for day in range(1, 60) if used else []:
        with time_machine.travel(began + timedelta(days=day), tick=False):
            session = as_mia.session
            session["noted"] = day
            session.save()
    with time_machine.travel(began + timedelta(days=60, seconds=late), tick=False):
        assert as_mia.get(LIST).status_code == status


def test_signing_out_clears_what_the_browser_has_kept(as_mia: Client) -> None:
    """On a shared machine, Back shows nothing of who was there before (SAFETY B25)."""
    assert as_mia.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'
