"""What people write, answer and send along. The numbers are rows of the catalogue (`tests/safety/bad_inputs.py`)."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.names import clean_name
from feed.models import Act, ActDraft, Comment, Credit, Photo, Reaction
from groups.models import Group
from notifications.models import Notice
from tests.factories import join, make_act, make_group, make_user


@pytest.fixture
def mine(group: Group, mia: User) -> Act:
    return make_act(group, mia, text="Held the door.")


@pytest.fixture
def hers(group: Group, olive: User) -> Act:
    return make_act(group, olive, text="Brought tea.")


WAYS = ("act", "edit", "comment", "draft")


def write(client: Client, way: str, text: object, act: Act, **fields: object) -> Any:
    """Write these words with one of the forms that people write with."""
    group, day = act.group, act.done_on.isoformat()
    url, form = {
        "act": (reverse("post-act"), {"group": group.slug, "kind": "did", "form_key": "form-key-1"}),
        "edit": (reverse("act-edit", args=[act.public_id]), {"day": day, "sign": "me"}),
        "comment": (reverse("comments", args=[act.public_id]), {"form_key": "form-key-1"}),
        "draft": (reverse("draft", args=[group.slug]), {"kind": "did", "form_key": "form-key-1"}),
    }[way]
    return client.post(url, {**form, "text": text, **fields})


def written(way: str, act: Act) -> str | None:
    """What was stored of it; None where nothing was."""
    if way == "act":
        return Act.objects.exclude(pk=act.pk).values_list("text", flat=True).first()
    if way == "edit":
        text = Act.objects.get(pk=act.pk).text
        return None if text == "Held the door." else text
    if way == "comment":
        return Comment.objects.values_list("text", flat=True).first()
    draft = ActDraft.objects.first()
    return draft.fields.get("text") if draft else None


WORDS = {
    "59 script": "<script>alert(1)</script>",
    "59 handler": '"><img src=x onerror=alert(1)>',
    "59 address": "[a](javascript:alert(1))",
    "59 svg": "<svg/onload=alert(1)><math><mtext></p>",
    "59 end of the field": "</textarea></blockquote><h1>Mine</h1>",
    "59 template": "{{ 7|add:7 }} {% debug %} ${7*7}",
    "60 hx-get": '<b hx-get="/groups/" hx-trigger="load">x</b>',
    "60 data-hx": '<b data-hx-post="/acts/" hx-on:click="x()">x</b>',
    "60 hx-ext": '<b hx-ext="x" hx-swap-oob="true" id="toasts">x</b>',
    "62 UTF-7": "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "55 wildcards": "100% of _everything_ \\ '; DROP TABLE feed_act; --",
    "63 Arabic": "مرحبا بالجميع",
    "63 Hebrew and numbers": "שלום 123 (abc)",
    "67 nothing": "null",
    "78 emoji": "Shared an umbrella ☂️ with 👩‍👩‍👧‍👦.",
    "65 formula": '=HYPERLINK("http://evil.example","x")',
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("row", WORDS)
def test_words_are_kept_and_shown_as_words(row: str, way: str, as_mia: Client, mine: Act) -> None:
    text = WORDS[row]
    assert write(as_mia, way, text, mine).status_code in {204, 302}
    assert written(way, mine) == text
    page = as_mia.get("/" if way in {"act", "draft"} else mine.get_absolute_url()).content.decode()
    assert html.escape(text) in page.replace("&#39;", "&#x27;")
    assert text in html.unescape(page)
    for markup in re.findall(r"<(?:script|img|svg|b|h1)[^>]*(?:alert|hx-|Mine)[^>]*>", text):
        assert markup not in page


CLEANED = {
    "61 piled marks": ("Z" + "\u0351" * 10_000, "Z" + "\u0351" * 3),
    "62 NUL": ("a\0b", "ab"),
    "62 mark of the order of bytes": ("\ufeffab", "ab"),
    "62 control letters": ("a\x07\x1b[31mb\x7f", "a[31mb"),
    "62 line ends": ("a\r\nb\rc", "a\nb\nc"),
    "61 empty lines": ("a" + "\n" * 90 + "b", "a\n\nb"),
    "62 composed": ("cafe\u0301", "café"),
}


@pytest.mark.parametrize("way", ["act", "edit", "comment"])
@pytest.mark.parametrize("row", CLEANED)
def test_what_no_database_should_keep_is_not_kept(row: str, way: str, as_mia: Client, mine: Act) -> None:
    typed, kept = CLEANED[row]
    assert write(as_mia, way, typed, mine).status_code == 302
    assert written(way, mine) == kept


TOO_MUCH = {
    "61 a megabyte": "kind " * 200_000,
    "61 one letter too many": "x" * 1001,
    "61 one long word": "x" * 50_000,
    "61 many lines": "x\n" * 100_000,
    "61 emoji": "👩‍👩‍👧‍👦" * 400,
}


@pytest.mark.parametrize("way", ["act", "edit", "comment"])
@pytest.mark.parametrize("row", TOO_MUCH)
def test_too_much_is_refused_and_kept(row: str, way: str, as_mia: Client, mine: Act) -> None:
    reply = write(as_mia, way, TOO_MUCH[row], mine)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert written(way, mine) is None
    assert TOO_MUCH[row][:5000].strip() in page.replace("\r\n", "\n")
    assert "characters long" in page
    assert 'aria-invalid="true"' in page


BYTES = {
    "62 NUL": b"%00",
    "62 bytes that are no UTF-8": b"%FF%FE%C0%80",
    "62 half a character": b"%ED%A0%80",
    "62 raw bytes": b"\xff\xfe\x00",
    "62 broken escape": b"%",
    "58 many fields": b"x&" + b"&".join(b"f%d=1" % n for n in range(1200)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("row", BYTES)
def test_no_bytes_break_a_form(row: str, way: str, as_mia: Client, mine: Act) -> None:
    url = write_url(way, mine)
    day = mine.done_on.isoformat().encode()
    body = b"group=%s&kind=did&day=%s&sign=me&text=" % (mine.group.slug.encode(), day) + BYTES[row]
    reply = as_mia.post(url, body, content_type="application/x-www-form-urlencoded")
    assert reply.status_code in {204, 302, 400, 413, 422}
    assert as_mia.get("/").status_code == 200


def write_url(way: str, act: Act) -> str:
    names = {"act": "post-act", "edit": "act-edit", "comment": "comments", "draft": "draft"}
    arguments = {"act": [], "draft": [act.group.slug]}.get(way, [act.public_id])
    return reverse(names[way], args=arguments)


FORM_DATA = "multipart/form-data; boundary=a"


def parts(head: bytes, count: int) -> bytes:
    one = b"--a\r\nContent-Disposition: form-data; %b\r\n\r\n1\r\n" % head
    return one * count + b"--a--\r\n"


BODIES = {
    "78 no boundary": (b"x" * 100, "multipart/form-data"),
    "78 another boundary": (b"--b\r\nx\r\n--b--", FORM_DATA),
    "78 a thousand parts": (parts(b'name="text"', 1100), FORM_DATA),
    "78 two hundred files": (parts(b'name="photo"; filename="x.jpg"', 200), FORM_DATA),
    "78 JSON": (b'{"text": "x"}', "application/json"),
    "78 nothing": (b"", "text/plain"),
}


@pytest.mark.parametrize("way", ["act", "comment"])
@pytest.mark.parametrize("row", BODIES)
def test_a_body_that_is_no_form_is_refused(row: str, way: str, as_mia: Client, mine: Act) -> None:
    body, content_type = BODIES[row]
    reply = as_mia.post(write_url(way, mine), body, content_type=content_type)
    assert reply.status_code in {400, 413, 422}
    assert written(way, mine) is None
    assert not Photo.objects.exists()


WRITING: dict[str, Callable[[Act], tuple[str, dict[str, str]]]] = {
    "edit": lambda act: (reverse("act-edit", args=[act.public_id]), {"text": "x", "sign": "me"}),
    "remove": lambda act: (reverse("act-remove", args=[act.public_id]), {}),
    "restore": lambda act: (reverse("act-restore", args=[act.public_id]), {}),
    "comment": lambda act: (reverse("comments", args=[act.public_id]), {"text": "x"}),
    "answer": lambda act: (reverse("reactions", args=[act.public_id, "thanks"]), {}),
    "did too": lambda act: (reverse("did-too", args=[act.public_id]), {}),
    "moment": lambda act: (reverse("moment", args=[act.public_id]), {}),
}
READING: dict[str, Callable[[Act], str]] = {
    "act": lambda act: act.get_absolute_url(),
    "pass on": lambda act: reverse("pass-on", args=[act.public_id]),
    "edit": lambda act: reverse("act-edit", args=[act.public_id]),
    "remove": lambda act: reverse("act-remove", args=[act.public_id]),
    "ripple": lambda act: reverse("ripple", args=[act.public_id]),
}
NOWHERE = "zzzzzzzzzzzzzzzz"
HEADERS: dict[str, dict[str, str]] = {
    "page": {},
    "htmx": {"HX-Request": "true"},
    "htmx target": {"HX-Request": "true", "HX-Target": "comments"},
    "htmx boosted": {"HX-Request": "true", "HX-Boosted": "true", "HX-History-Restore-Request": "true"},
}


def bare(page: bytes) -> str:
    """A page without what differs each time it is drawn."""
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", page.decode())


@pytest.mark.parametrize("how", HEADERS)
@pytest.mark.parametrize("what", [*(f"post {name}" for name in WRITING), *(f"get {name}" for name in READING)])
def test_what_is_foreign_is_as_nowhere_as_nonsense(what: str, how: str, as_stan: Client, hers: Act) -> None:
    """Rows 49 and 56."""
    method, name = what.split(" ", 1)
    replies = []
    for public_id in (hers.public_id, NOWHERE):
        act = Act(public_id=public_id)
        if method == "post":
            url, form = WRITING[name](act)
            replies.append(as_stan.post(url, form, headers=HEADERS[how]))
        else:
            replies.append(as_stan.get(READING[name](act), headers=HEADERS[how]))
    assert [reply.status_code for reply in replies] == [404, 404]
    assert bare(replies[0].content) == bare(replies[1].content).replace(NOWHERE, hers.public_id)


@pytest.mark.parametrize("how", HEADERS)
def test_a_header_opens_no_door(how: str, as_mia: Client, hers: Act, mine: Act) -> None:
    """Row 56: what a member may not do stays so, and a reply says by which headers it differs."""
    edit = reverse("act-edit", args=[hers.public_id])
    assert as_mia.get(edit, headers=HEADERS[how]).status_code == 403
    assert as_mia.post(edit, {"text": "Mine now"}, headers=HEADERS[how]).status_code == 403
    own = as_mia.post(reverse("reactions", args=[mine.public_id, "thanks"]), headers=HEADERS[how])
    assert own.status_code == 403
    page = as_mia.get(hers.get_absolute_url(), headers=HEADERS[how])
    assert {"HX-Request", "HX-Target"} <= {name.strip() for name in page.headers["Vary"].split(",")}


STATES = ["pending", "hidden", "returned", "removed"]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("what", [*(f"post {name}" for name in WRITING), "get act", "get pass on", "get ripple"])
def test_what_is_not_shown_is_nowhere(what: str, state: str, as_mia: Client, hers: Act, olive: User) -> None:
    """Row 51: for everybody but its author."""
    hers.change(state, by=olive)
    method, name = what.split(" ", 1)
    if method == "post":
        url, form = WRITING[name](hers)
        assert as_mia.post(url, form).status_code == 404
    else:
        assert as_mia.get(READING[name](hers)).status_code == 404
    assert not Comment.objects.exists()
    assert not Reaction.objects.exists()


MOVES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "50 group": lambda cast: {"group": cast["foreign"].slug},
    "50 group by id": lambda cast: {"group_id": cast["foreign"].pk, "group": cast["foreign"].pk},
    "50 author": lambda cast: {"author": cast["olive"].pk, "author_id": cast["olive"].public_id},
    "50 state": lambda cast: {"state": "shown", "shown_at": "2000-01-01", "source": "paper"},
    "50 ripple": lambda cast: {"ripple": cast["act"].pk, "degree": 9, "passed_on_count": 99},
    "50 id": lambda cast: {"id": cast["act"].pk, "pk": cast["act"].pk, "public_id": "abc"},
}


@pytest.mark.parametrize("way", ["edit", "comment"])
@pytest.mark.parametrize("row", MOVES)
def test_no_hidden_field_moves_or_signs_an_act(
    row: str, way: str, as_mia: Client, mia: User, olive: User, mine: Act, foreign_group: Group
) -> None:
    join(foreign_group, mia)
    fields = MOVES[row]({"foreign": foreign_group, "olive": olive, "act": make_act(mine.group, olive)})
    before = Act.objects.order_by("pk").values(
        "pk", "public_id", "group", "author", "state", "degree", "ripple", "shown_at", "source"
    )
    known = list(before)
    assert write(as_mia, way, "Other words.", mine, **fields).status_code == 302
    assert list(before.all()) == known
    if way == "comment":
        comment = Comment.objects.get()
        assert (comment.group, comment.author, comment.act, comment.state) == (mine.group, mia, mine, "shown")


MENTIONS = ["@Stan Stone", "@{id}", "<@{id}>", "/people/{id}", "mailto:{mail}", "Thanks, Stan Stone ({mail})!"]


@pytest.mark.parametrize("way", ["act", "edit", "comment"])
@pytest.mark.parametrize("mention", MENTIONS)
def test_a_name_in_the_words_is_only_words(
    mention: str, way: str, as_mia: Client, mine: Act, stan: User, foreign_group: Group
) -> None:
    """Row 52."""
    text = mention.format(id=stan.public_id, mail=stan.email)
    assert write(as_mia, way, text, mine).status_code == 302
    assert not Notice.objects.filter(recipient=stan).exists()
    assert not Credit.objects.exists()
    page = as_mia.get(mine.get_absolute_url() if way != "act" else "/").content.decode()
    assert html.escape(text) in page


@pytest.mark.parametrize("method", ["head", "options", "put", "patch", "delete"])
@pytest.mark.parametrize("what", READING)
def test_looking_changes_nothing_and_other_methods_are_refused(
    what: str, method: str, as_mia: Client, mine: Act, hers: Act
) -> None:
    """Row 57."""
    act = mine if what in {"edit", "remove"} else hers
    reply = getattr(as_mia, method)(READING[what](act))
    assert reply.status_code in ({200, 302} if method == "head" else {405})
    assert reply.content == b""
    assert Act.objects.filter(state="shown").count() == 2


@pytest.mark.parametrize("way", ["act", "edit", "comment"])
def test_a_field_sent_twice_is_its_last(way: str, as_mia: Client, mine: Act, foreign_group: Group, mia: User) -> None:
    """Row 58: of a body the last value counts, and nothing that an address says beside it."""
    join(foreign_group, mia)
    slug, day = mine.group.slug, mine.done_on.isoformat()
    body = (
        f"group={foreign_group.slug}&group={slug}&kind=did&day={day}&sign=me&text=First.&text=Last.&form_key=abcdefgh"
    )
    url = f"{write_url(way, mine)}?text=Address.&group={foreign_group.slug}&kind=saw"
    reply = as_mia.post(url, body, content_type="application/x-www-form-urlencoded")
    assert reply.status_code == 302
    assert written(way, mine) == "Last."
    assert not Act.objects.filter(group=foreign_group).exists()


TURNS = ["\u202eevil\u202c", "a\u202eb", "\u2067isolated", "\u200fmark", "مرحبا <b>"]


@pytest.mark.parametrize("turn", TURNS)
def test_words_and_names_turn_nothing_around_them(turn: str, group: Group, olive: User) -> None:
    """Row 63: every piece of what people wrote finds its own direction."""
    rana = make_user(clean_name(f"Rana {turn} رنا"))
    join(group, rana)
    act = make_act(group, rana, text=turn)
    Comment.objects.post(act, rana, turn, form_key="form-key-1")
    client = Client()
    client.force_login(olive)
    page = client.get(act.get_absolute_url()).content.decode()
    assert f'<blockquote dir="auto">{html.escape(turn)}' in page
    assert f'dir="auto">{html.escape(turn)}</p>' in page
    main = page.split("<main")[1].split("</main>")[0]
    signed = re.findall(rf"(.{{5}}){re.escape(html.escape(rana.name))}", main)
    assert signed
    assert {before[-1] for before in signed} <= {">", "\u2068"}
    assert "<bdi>" in signed


LINKS = [
    "https://evil.example/login",
    "http://user@evil.example",
    "www.xn--pple-43d.com",
    "//evil.example",
    "https://evil.example/ " * 40,
]


@pytest.mark.parametrize("link", LINKS)
def test_no_address_becomes_a_link(link: str, as_mia: Client, mine: Act) -> None:
    """Row 64."""
    write(as_mia, "act", link, mine)
    write(as_mia, "comment", link.strip()[:500], mine)
    for path in ("/", mine.get_absolute_url(), mine.group.get_absolute_url()):
        page = as_mia.get(path).content.decode()
        assert "evil.example" in page or "xn--pple" in page
        assert not re.search(r'(?:href|src|action)="[^"]*(?:evil\.example|xn--pple)', page)


NAMES = [
    "null",
    "undefined",
    "0",
    "__proto__",
    "CON",
    "Robert'); DROP TABLE",
    '../../x";\r\nSet-Cookie:a=b',
    "<b>x</b>",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_group_of_any_name_takes_acts(name: str, as_mia: Client, mia: User) -> None:
    """Row 67."""
    group = make_group(make_user("Lea Leader"), name=name)
    join(group, mia)
    form = {"group": group.slug, "kind": "did", "text": "Held the door.", "form_key": "form-key-1"}
    reply = as_mia.post(reverse("post-act"), form, follow=True)
    assert Act.objects.get().group == group
    assert f"Shared with {html.escape(name)}." in re.sub(r"\r\n", "\r\n", reply.content.decode())
    assert "Set-Cookie:a=b" not in str(reply.headers)


@pytest.mark.parametrize("way", ["act", "tick", "comment", "did too"])
def test_sent_twice_is_once(way: str, as_mia: Client, mia: User, mine: Act, hers: Act, challenge: Any) -> None:
    """Row 69: a double click, a retry, Back and once more."""
    step = challenge.steps.get(position=3)
    for _twice in range(3):
        if way in {"act", "comment"}:
            assert write(as_mia, way, "Once.", mine).status_code == 302
        elif way == "tick":
            form = {"group": mine.group.slug, "kind": "did", "step": step.public_id}
            assert as_mia.post(reverse("post-act"), form).status_code == 302
        else:
            assert as_mia.post(reverse("did-too", args=[hers.public_id])).status_code == 302
    told = Act.objects.filter(author=mia).exclude(pk=mine.pk).count()
    assert told + Comment.objects.count() == 1


BACK = [
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://testserver@evil.example/",
    "http://testserver.evil.example/",
    "http://testserver/%2F%2Fevil.example",
    "http://testserver//evil.example/",
    "javascript:alert(1)",
    "http://testserver/\tevil",
    "http://testserver/sign-out/",
    "",
]


@pytest.mark.parametrize("way", ["answer", "did too"])
@pytest.mark.parametrize("came_from", BACK)
def test_the_way_back_is_ones_own(came_from: str, way: str, as_mia: Client, hers: Act) -> None:
    """Row 70."""
    url, form = WRITING[way](hers)
    reply = as_mia.post(f"{url}?next={came_from}", {**form, "next": came_from}, headers={"Referer": came_from})
    assert reply.status_code == 302
    assert reply["Location"] == hers.get_absolute_url()


@pytest.mark.parametrize("name", ["photo", "text", "kind", "group"])
def test_a_file_where_words_belong_is_no_error(name: str, as_mia: Client, group: Group) -> None:
    form = {"group": group.slug, "kind": "did", "text": "x", "form_key": "form-key-1"}
    form.pop(name, None)
    file = SimpleUploadedFile("x.txt", b"did", content_type="text/plain")
    assert as_mia.post(reverse("post-act"), {**form, name: file}).status_code in {302, 422}


DAYS = ["yesterday", "2026-02-30", "1999-01-01", "9999-12-31", "0"]
SIGNS = ["king", "me,private", "ME"]
ODD = {
    "act": {
        "kind": ["", "flew", "did'; DROP TABLE", "DID"],
        "feeling": ["0", "6", "-1", "5; DROP TABLE", "9" * 30, "\u0663"],
        "day": DAYS,
        "sign": SIGNS,
    },
    "edit": {"day": [*DAYS, "", "\0"], "sign": [*SIGNS, "", "\0"]},
}
ODD_FIELDS = [(way, name, value) for way, odd in ODD.items() for name, values in odd.items() for value in values]


@pytest.mark.parametrize(("way", "name", "value"), ODD_FIELDS)
def test_what_stands_on_no_page_is_refused_in_plain_words(
    way: str, name: str, value: str, as_mia: Client, mine: Act
) -> None:
    reply = write(as_mia, way, "Other words.", mine, **{name: value})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "Other words." in page
    assert "valid choice" not in page
    assert "This field is required" not in page
    assert written(way, mine) is None


def test_a_draft_keeps_no_kind_that_there_is_not(as_mia: Client, group: Group, mine: Act) -> None:
    write(as_mia, "draft", "Half a sentence.", mine, kind="flew")
    composer = as_mia.get("/").content.decode().split('id="post"')[1].split("</form>")[0]
    assert re.search(r'value="did"[^>]* checked', composer)
