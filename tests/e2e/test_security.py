"""What a browser enforces and what it keeps: headers, storage, signing out, and words that try to be markup.

Requests to other hosts and breaches of the content security policy fail every test of this folder (`Watch`).
"""

from typing import Any

import pytest
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from playwright.sync_api import Page, expect

from accounts.models import User
from feed.cursor import cursor_of
from feed.models import Act, Comment, Photo
from groups.models import Group
from tests.e2e import look
from tests.e2e.conftest import Site, Visit
from tests.factories import join, make_act, make_challenge, make_group, make_user

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
ON_PAGES = EVERYWHERE | {
    "content-security-policy": CSP,
    "referrer-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "x-frame-options": "DENY",
}
MEDIA_CSP = {"sandbox", "default-src 'none'"}


def addresses(site: Site) -> list[tuple[str, str, str, int, dict[str, str]]]:
    """The kinds of reply: what it is, who asks, where, what it answers, the headers it must have."""
    place = site.place
    photo = Photo.objects.get(act=place.others)
    return [
        ("login", "visitor", reverse("account_login"), 200, ON_PAGES),
        ("feed", "member", reverse("group", args=[place.group.slug]), 200, ON_PAGES),
        ("settings", "member", reverse("settings"), 200, ON_PAGES),
        ("404", "member", "/nothing-here/", 404, ON_PAGES),
        ("500", "member", reverse("about"), 500, ON_PAGES),
        ("fragment", "member", reverse("home"), 200, ON_PAGES),
        ("media", "member", reverse("photo", args=[photo.public_id, "small"]), 200, EVERYWHERE),
    ]


@pytest.mark.parametrize("kind", ["login", "feed", "settings", "404", "500", "fragment", "media"])
def test_a_reply_has_all_its_headers(site: Site, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _kind, role, address, status, wanted = next(row for row in addresses(site) if row[0] == kind)
    if kind == "500":
        monkeypatch.setattr("kindness_platform.pages.about.render", _break)
    headers = {"HX-Request": "true", "HX-Target": "earlier"} if kind == "fragment" else {}
    context = site.page(role).context
    answer = context.request.get(site.open.url + address, headers=headers)
    assert answer.status == status
    got = {name: value for name, value in answer.headers.items() if name in wanted}
    assert got == wanted
    assert {"private", "no-store"} <= set(answer.headers["cache-control"].split(", "))
    if kind == "media":
        assert set(answer.headers["content-security-policy"].split("; ")) >= MEDIA_CSP
    if kind == "fragment":
        assert {"HX-Request"} <= {name.strip() for name in answer.headers["vary"].split(",")}
        assert "<html" not in answer.text()


def _break(*_args: object, **_kwargs: object) -> str:
    raise RuntimeError("broken on purpose")


def test_static_files_come_from_here_and_as_what_they_are(visit: Visit) -> None:
    page = visit()
    with page.expect_response("**/goodturn.css") as styles, page.expect_response("**/app.js") as script:
        page.goto(reverse("about"))
    assert styles.value.headers["content-type"].startswith("text/css")
    assert "javascript" in script.value.headers["content-type"]


def test_the_session_cookie_is_out_of_reach_of_scripts(visit: Visit, mia: object) -> None:
    page = visit(user=None)
    page.goto(reverse("account_login"))
    assert page.evaluate("document.cookie") == ""
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["csrf"]["httpOnly"]
    assert cookies["csrf"]["sameSite"] == "Lax"


def test_a_browser_asks_for_news_only_if_there_are_more(
    visit: Visit, group: Group, mia: User, olive: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = make_act(group, olive)
    make_act(group, olive)
    answered: list[int] = []

    def conditionally(*args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = get_conditional_response(*args, **kwargs)
        assert answer
        answered.append(answer.status_code)
        return answer

    monkeypatch.setattr("feed.news_pill.get_conditional_response", conditionally)
    page = visit(user=mia)
    page.goto(group.get_absolute_url())
    ask = f"fetch('{reverse('group-new', args=[group.slug])}?since={cursor_of(seen)}').then(a => a.text())"
    first, second = page.evaluate(ask), page.evaluate(ask)
    assert "1 new act" in first
    assert second == first
    assert answered == [200, 304]


def test_after_signing_out_back_shows_nothing_private(visit: Visit, group: Group, mia: User) -> None:
    make_act(group, mia, text="Only my group may read this.")
    page = visit(user=mia)
    page.goto(reverse("group", args=[group.slug]))
    expect(page.locator("main")).to_contain_text("Only my group may read this.")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.go_back()
    page.wait_for_load_state()
    expect(page.locator("body")).not_to_contain_text("Only my group may read this.")


PAYLOADS = [
    "<script>window.__xss=1</script>",
    "<img src=x onerror=window.__xss=1>",
    "<svg onload=window.__xss=1>",
    '"><script>window.__xss=1</script>',
    "'><img src=x onerror='window.__xss=1'>",
    "</textarea><script>window.__xss=1</script>",
    "</title><script>window.__xss=1</script>",
    "<iframe src=javascript:window.__xss=1></iframe>",
    "<a href=javascript:window.__xss=1>press</a>",
    "<body onload=window.__xss=1>",
    "<input autofocus onfocus=window.__xss=1>",
    "<details open ontoggle=window.__xss=1>",
    "<video><source onerror=window.__xss=1></video>",
    "<form action=//evil.example><button>go</button></form>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>",
    "<object data=//evil.example></object>",
    "<embed src=//evil.example>",
    "<b hx-get=/evil/ hx-trigger=load>x</b>",
    "<b data-hx-get=/evil/ data-hx-trigger=load>x</b>",
    "<b hx-post=/evil/ hx-trigger='load, every 1s'>x</b>",
    "<b hx-get=//evil.example/ hx-trigger=load>x</b>",
    "<b hx-on:load=window.__xss=1 hx-get=/evil/>x</b>",
    "<b hx-on::before-request=window.__xss=1 hx-get=/evil/ hx-trigger=load>x</b>",
    "<b hx-vals='js:{x:window.__xss=1}' hx-get=/evil/ hx-trigger=load>x</b>",
    "<b hx-headers='js:{x:window.__xss=1}' hx-get=/evil/ hx-trigger=load>x</b>",
    "<b hx-ext=evil hx-get=/evil/ hx-trigger=load>x</b>",
    "<b hx-trigger='load[window.__xss=1]' hx-get=/evil/>x</b>",
    "<b hx-swap-oob=true id=toasts>x</b>",
    "<b hx-boost=true><a href=/evil/>x</a></b>",
    "<b hx-disinherit=* hx-include=body hx-post=/evil/ hx-trigger=load>x</b>",
    "{{ 7|add:7 }} {% debug %}",
    "javascript:window.__xss=1",
    "&lt;script&gt;window.__xss=1&lt;/script&gt;",
    "\u202e<script>window.__xss=1</script>\u202c",
    "<scr\u200bipt>window.__xss=1</scr\u200bipt>",
    "<math><mtext></p><style><img src=x onerror=window.__xss=1></style></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=window.__xss=1>'>",
]


def test_words_that_try_to_be_markup_stay_words(visit: Visit) -> None:
    """B5, B17: forty payloads in the words, names, comments and group names that people write."""
    assert len(PAYLOADS) >= 40
    leader = make_user(PAYLOADS[0][:60])
    group = make_group(leader, name=PAYLOADS[1][:80])
    reader = make_user(PAYLOADS[20][:60])
    join(group, reader)
    challenge = make_challenge(group)
    challenge.own_title = PAYLOADS[3][:80]
    challenge.save(update_fields=["own_title"])
    writers = [leader, *(make_user(payload[:60]) for payload in PAYLOADS[4:12])]
    for writer in writers[1:]:
        join(group, writer)
    acts = [
        make_act(group, writers[n % len(writers)], text=payload, challenge=challenge, kind="saw", credited=[reader])
        for n, payload in enumerate(PAYLOADS)
    ]
    passed = make_act(group, reader, text=PAYLOADS[21], parent=acts[0], link_kind="passed_on")
    for n, payload in enumerate(PAYLOADS):
        Comment.objects.post(acts[0], writers[n % len(writers)], payload, form_key=f"payload-{n}")
    page = visit(user=reader)
    asked: list[str] = []
    dialogs: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    shown = ""
    for address in (
        reverse("home"),
        reverse("group", args=[group.slug]),
        reverse("group", args=[group.slug]) + "?q=<script>window.__xss%3D1</script>",
        _older(page, group),
        acts[0].get_absolute_url() + "?comments=all",
        reverse("ripple", args=[acts[0].public_id]),
        reverse("pass-on", args=[acts[0].public_id]),
        reverse("act-edit", args=[passed.public_id]),
        reverse("credits"),
        reverse("notices"),
        reverse("people", args=[group.slug]),
        reverse("groups"),
        reverse("challenge", args=[challenge.public_id]),
        reverse("you"),
        reverse("settings"),
    ):
        page.goto(address)
        page.wait_for_timeout(150)
        shown += page.locator("body").inner_text()
        assert look.inline_faults(page) == [], address
        assert page.evaluate("document.querySelectorAll('main script, main iframe, main object, main b').length") == 0
        assert page.evaluate("window.__xss") is None, address
    assert dialogs == []
    assert [url for url in asked if "evil" in url] == []
    for payload in PAYLOADS:
        assert " ".join(payload.split()) in " ".join(shown.split()), f"not shown as it was written: {payload}"


def _older(page: Page, group: Group) -> str:
    """The address of the second page of a feed of forty."""
    page.goto(reverse("group", args=[group.slug]))
    return page.locator("#earlier a").get_attribute("href") or ""


def test_the_acts_of_a_group_stay_in_it(visit: Visit, group: Group, mia: User, stan: User) -> None:
    """A session that is planted in a second profile sees what its person may see and nothing else."""
    act = make_act(group, mia, text="For Ferry Lane alone.")
    page = visit(user=stan)
    answer = page.goto(act.get_absolute_url())
    assert answer
    assert answer.status == 404
    expect(page.locator("body")).not_to_contain_text("For Ferry Lane alone.")
    assert Act.objects.count() == 1
