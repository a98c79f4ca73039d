"""Bad inputs at the door: addresses, passwords and codes that are nearly right, and headers that lead astray."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from groups.models import Group, JoinCode
from groups.models.join_code import draw_code
from tests.accounts.conftest import Send, code_in_the_mail, signed_in_as
from tests.accounts.conftest import send as send
from tests.client import CheckedClient, confirmed_client
from tests.factories import make_group, make_user

SIGN_UP = "/accounts/signup/"
RESET = "/accounts/password/reset/"
CODE = RESET + "confirm/"
COMPLETE = RESET + "complete/"
GOOD = "four quiet words here"
OTHER = "another five quiet words"


def bare(page: bytes, *without: str) -> str:
    """A page without its token and without what was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode())
    for word in without:
        text = text.replace(word, "")
    return text


@pytest.fixture
def keyed(mia: User) -> User:
    """Mia has a password and a confirmed address."""
    mia.set_password(GOOD)
    mia.save()
    EmailAddress.objects.create(user=mia, email=mia.email, verified=True, primary=True)
    return mia


# --- 29, 30: codes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("letters", ["АВСЕНКМР", "ΑΒΕΖΗΚΜΝ", "OI01OI01", "𝐀𝐁𝐂𝐃"])
def test_letters_that_only_look_alike_open_nothing(letters: str, client: Client, group: Group, olive: User) -> None:
    """A Cyrillic А is no A; the letters and digits that people take for each other are in no code."""
    JoinCode.current(group, olive)
    typed = (letters * 3)[:12]
    reply = client.post(reverse("enter-code"), {"code": typed}, follow=True)
    assert reply.status_code in {404, 422}
    assert group.name not in reply.content.decode()


def test_who_was_removed_reads_the_same_as_who_guesses(as_mia: Client, mia: User, group: Group, olive: User) -> None:
    code = JoinCode.current(group, olive).code or ""
    group.memberships.get(user=mia).end("removed")
    wrong = draw_code()
    for method in ("get", "post"):
        pages = []
        for typed in (code, wrong):
            reply = getattr(as_mia, method)(reverse("join", args=[typed]))
            assert reply.status_code == 404
            pages.append(bare(reply.content, typed, f"{typed[:4]}-{typed[4:8]}-{typed[8:]}"))
        assert pages[0] == pages[1]


# --- 32: addresses that are taken, or nearly ----------------------------------------------------------

CLOTHES: dict[str, Callable[[str], str]] = {
    "in capitals": str.upper,
    "with a tag": lambda address: address.replace("@", "+b@"),
    "with a dot behind it": lambda address: f"{address}.",
    "with spaces around it": lambda address: f"  {address} ",
    "with a letter that looks alike": lambda address: address.replace("example", "ехample"),
    "in wide letters": lambda address: address.replace("example", "ｅxample"),
}


@pytest.mark.parametrize("clothes", CLOTHES)
def test_a_taken_address_in_other_clothes_tells_nothing(clothes: str, send: Send, keyed: User) -> None:
    """It gets the answer that an address nobody has gets in the same clothes, and there is no second account."""
    answers = []
    for address in (keyed.email or "", "nobody@example.org"):
        typed = CLOTHES[clothes](address)
        visitor = CheckedClient()
        reply = send(SIGN_UP, {"name": "Nia New", "email": typed}, client=visitor)
        page = visitor.get(reply["Location"]) if reply.status_code == 302 else reply
        shown = (typed, typed.strip(), typed.strip().lower())
        answers.append((reply.status_code, reply.get("Location"), bare(page.content, *shown)))
    assert answers[0] == answers[1]
    assert User.objects.filter(email__iexact=keyed.email).count() == 1
    assert User.objects.get(pk=keyed.pk).name == keyed.name
    assert len({(user.email or "").casefold() for user in User.objects.all()}) == User.objects.count()


# --- 35: passwords -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("7letter", False),
        ("password123", False),
        ("Goodturn2026", False),
        ("good-turn good-turn", False),
        ("ＧＯＯＤＴＵＲＮ!!", False),
        ("Kindness1234567", False),
        ("mia marsh!", False),
        ("1234567890", False),
        ("\0" * 12, False),
        ("quiet\0words\0here", False),
        ("x" * 4096, False),
        ("a good turn for everybody", True),
        ("  three  spaced  words  ", True),
        ("w" * 20 + "ords" * 11, True),
        ("päßwörter ändern sich", True),
        ("静かな四つの言葉です。", True),
        ("🐢🪺🫖🌧️☂️🚲🍞🕯️🧵🪡", True),
    ],
)
def test_which_passwords_are_taken(password: str, taken: bool, keyed: User, send: Send) -> None:
    client = CheckedClient()
    client.force_login(keyed)
    form = {"oldpassword": GOOD, "password1": password}
    assert send("/accounts/password/change/", form, client=client).status_code == (302 if taken else 422)
    keyed.refresh_from_db()
    assert keyed.check_password(password if taken else GOOD)
    assert not keyed.check_password(password.strip() + "x")


def test_spaces_belong_to_a_password(keyed: User) -> None:
    keyed.set_password("  three  spaced  words  ")
    assert not keyed.check_password("three  spaced  words")


@pytest.mark.parametrize("way", ["signing in", "confirming", "changing"])
def test_a_password_opens_however_its_letters_were_composed(way: str, keyed: User, send: Send) -> None:
    """One keyboard writes é as one sign, another as e and an accent."""
    one, other = "caf\u00e9 au lait \u00e0 midi", "cafe\u0301 au lait a\u0300 midi"
    keyed.set_password(one)
    keyed.save()
    client = CheckedClient()
    if way == "signing in":
        send("/accounts/login/?with=password", {"login": keyed.email or "", "password": other}, client=client)
        assert signed_in_as(client) == keyed.pk
        return
    client.force_login(keyed)
    if way == "confirming":
        assert send("/accounts/confirm/?next=/you/", {"password": other}, client=client)["Location"] == "/you/"
    else:
        form = {"oldpassword": other, "password1": OTHER}
        assert send("/accounts/password/change/", form, client=client).status_code == 302


# --- 36, 37: resetting it -------------------------------------------------------------------------------


def test_a_reset_answers_alike_whoever_asks(send: Send, keyed: User) -> None:
    """Somebody with a password, somebody who signs in at a server, a closed account, nobody."""
    sso = make_user("Sara Server")
    SocialAccount.objects.create(user=sso, provider="sso", uid="sara")
    closed = make_user("Cleo Closed", is_active=False)
    answers = set()
    for address in (keyed.email, sso.email, closed.email, "nobody@example.org"):
        visitor = CheckedClient()
        reply = send(RESET, {"email": address or ""}, client=visitor)
        page = visitor.get(reply["Location"])
        answers.add((reply.status_code, reply["Location"], bare(page.content, address or "")))
    assert len(answers) == 1
    assert len(mail.outbox) == 4


def begin(send: Send, user: User, client: Client) -> str:
    """Ask for a reset; the code that was mailed."""
    send(RESET, {"email": user.email or ""}, client=client)
    return code_in_the_mail()


def used(send: Send, user: User, client: Client) -> str:
    code = begin(send, user, client)
    send(CODE, {"code": code}, client=client)
    assert send(COMPLETE, {"password1": OTHER}, client=client).status_code == 302
    client.post("/accounts/logout/")
    return code


def changed_meanwhile(send: Send, user: User, client: Client) -> str:
    code = begin(send, user, client)
    there = CheckedClient()
    there.force_login(user)
    send("/accounts/password/change/", {"oldpassword": GOOD, "password1": OTHER}, client=there)
    return code


def asked_again(send: Send, user: User, client: Client) -> str:
    code = begin(send, user, client)
    with time_machine.travel(timezone.now() + timedelta(seconds=70)):
        assert begin(send, user, client) != code
    return code


def in_another_browser(send: Send, user: User, client: Client) -> str:
    return begin(send, user, CheckedClient())


@pytest.mark.parametrize(
    ("happened", "later"),
    [
        (used, timedelta()),
        (changed_meanwhile, timedelta()),
        (asked_again, timedelta()),
        (in_another_browser, timedelta()),
        (begin, timedelta(minutes=11)),
        (begin, timedelta(days=3)),
    ],
)
def test_a_reset_code_is_worth_nothing_after(
    happened: Callable[[Send, User, Client], str], later: timedelta, send: Send, keyed: User, visitor: Client
) -> None:
    code = happened(send, keyed, visitor)
    keyed.refresh_from_db()
    before = keyed.password
    with time_machine.travel(timezone.now() + later + timedelta(seconds=1)):
        send(CODE, {"code": code}, client=visitor)
        send(COMPLETE, {"password1": "a stranger was here today"}, client=visitor)
    keyed.refresh_from_db()
    assert keyed.password == before
    assert signed_in_as(visitor) is None


# --- 42: headers that lead astray ------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "testserver:x"])
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/healthz"])
def test_another_host_is_refused(host: str, path: str, client: Client) -> None:
    assert client.get(path, headers={"host": host}).status_code == 400


def test_no_letter_leads_where_a_header_points(
    as_olive: Client, olive: User, group: Group, keyed: User, send: Send
) -> None:
    JoinCode.current(group, olive)
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Server": "evil.example",
        "Forwarded": "host=evil.example",
        "Referer": "https://evil.example/",
        "Origin": "https://evil.example",
        "HX-Current-URL": "https://evil.example/",
    }
    asked = [
        (SIGN_UP, {"name": "Nia", "email": "nia@example.org"}, CheckedClient()),
        ("/accounts/login/", {"login": olive.email or ""}, CheckedClient()),
        ("/accounts/login/", {"login": "nobody@example.org"}, CheckedClient()),
        (RESET, {"email": keyed.email or ""}, CheckedClient()),
        (SIGN_UP, {"name": "Mia", "email": keyed.email or ""}, CheckedClient()),
        (reverse("send-invitations", args=[group.slug]), {"addresses": "noah@example.org"}, as_olive),
    ]
    for address, fields, client in asked:
        assert send(address, fields, client=client, headers=headers).status_code == 302
    assert len(mail.outbox) == 6
    links = []
    for letter in mail.outbox:
        whole = str(letter.message())
        assert "evil.example" not in whole
        links += re.findall(r"https?://[^\s\"<>]+", str(letter.body))
    assert links
    assert {link.split("/")[2] for link in links} == {"127.0.0.1:8000"}


# --- 66: names in headers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ['../../x";\r\nSet-Cookie:a=b', "отчёт 2026", "\";filename*=UTF-8''x.html", "\u202egpj.exe"]
)
def test_no_name_writes_into_a_header(name: str, olive: User, send: Send) -> None:
    group = make_group(olive, name=name)
    User.objects.filter(pk=olive.pk).update(name=name[:60])
    JoinCode.current(group, olive)
    client = confirmed_client(olive)
    replies: list[Any] = [
        client.get(reverse("group-qr", args=[group.slug])),
        client.post(reverse("my-data-copy")),
    ]
    for reply in replies:
        assert reply.status_code == 200
        assert re.fullmatch(r'attachment; filename="[\w.-]+"', reply["Content-Disposition"])
        assert "Set-Cookie" not in " ".join(value for key, value in reply.items() if key != "Content-Disposition")
