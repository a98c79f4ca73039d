"""The whole main job by two people in two browsers, with scripts and without."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from playwright.sync_api import Locator, Page, expect

from feed.models import Act, Comment, Credit
from tests.e2e.conftest import MailedCode, Visit
from tests.e2e.place import picture

BROWSER_ZONE = ZoneInfo("Europe/Copenhagen")
both_ways = pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without-scripts"])


@pytest.fixture
def photo_file(tmp_path: Path) -> Path:
    path = tmp_path / "bench.jpg"
    path.write_bytes(picture())
    return path


def give_code(page: Page, code: str) -> None:
    page.get_by_label("six digits").fill(code)
    page.get_by_role("button", name="Continue").click()


def card(page: Page, words: str) -> Locator:
    return page.locator("article.act", has_text=words)


def more(page: Page, words: str) -> Locator:
    """The second row of answers under a card, unfolded."""
    folded = card(page, words).locator("details.react__more")
    if folded.get_attribute("open") is None:
        folded.locator("summary").click()
    return folded


def start_challenge(page: Page, mailed_code: MailedCode, *, javascript: bool) -> str:
    """From the landing page to the invitation, with the account made on the way; returns the link to join."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Start a challenge").first.click()
    page.get_by_label("Group name").fill("Ferry Lane Surgery")
    page.get_by_role("radio", name="A community group").check()
    page.get_by_role("radio", name="21 Days of Kindness").check()
    today = datetime.now(BROWSER_ZONE if javascript else ZoneInfo("UTC")).date()
    page.get_by_label("First day").fill(today.isoformat())
    if javascript:
        expect(page.locator("#preview")).to_contain_text("Ferry Lane Surgery")
        expect(page.locator("#preview")).to_contain_text("21 Days of Kindness")
    page.get_by_role("button", name="Make the challenge").click()
    page.get_by_label("What should people call you?").fill("Olive Okafor")
    page.get_by_label("E-mail address").fill("olive@example.org")
    page.get_by_role("button", name="Mail me a code", exact=True).click()
    give_code(page, mailed_code("olive@example.org"))
    expect(page.get_by_role("main")).to_contain_text("Ferry Lane Surgery")
    expect(page.get_by_role("main")).to_contain_text("21 Days of Kindness")
    if page.get_by_role("button", name="Make the challenge").count():
        page.get_by_role("button", name="Make the challenge").click()
    link = page.get_by_role("textbox", name="Link to join").input_value()
    words = page.get_by_label("Invitation, ready to copy").input_value()
    assert link in words
    assert "Ferry Lane Surgery" in words
    assert re.search(r"/join/[2-9A-Z-]{12,14}/$", link)
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    if javascript:
        page.get_by_role("button", name="Copy the link").last.click()
        expect(page.get_by_role("button", name="Copied").first).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == link
    return link


def join_by(page: Page, link: str, mailed_code: MailedCode) -> None:
    page.goto(link[link.index("/join/") :])
    expect(page.get_by_role("main")).to_contain_text("Ferry Lane Surgery")
    expect(page.get_by_role("main")).to_contain_text("21 Days of Kindness")
    page.get_by_label("What should people call you?").fill("Mia Marsh")
    page.get_by_label("E-mail address").fill("mia@example.org")
    page.get_by_role("button", name="Join the challenge").click()
    give_code(page, mailed_code("mia@example.org"))
    expect(page).to_have_url(re.compile(r"^http://[^/]+/$"))
    expect(page.locator(".prompt")).to_contain_text("Day 1 of 21")


def tell(page: Page, text: str, *, kind: str = "I did it") -> None:
    page.bring_to_front()  # of two profiles one may be drawn no more, and then nothing in it comes to rest
    page.locator("#post").get_by_role("radio", name=kind).check()
    page.locator("#post").get_by_label("Tell it in a sentence or two").fill(text)


def send(page: Page) -> None:
    page.locator("#post .btn").last.click()


def open_more(page: Page) -> None:
    folded = page.locator("#post details.composer__more")
    if folded.get_attribute("open") is None:
        folded.locator("summary").click()


@both_ways
def test_a_group_runs_a_challenge_from_start_to_ripple(
    visit: Visit, mailed_code: MailedCode, photo_file: Path, javascript: bool
) -> None:
    leader, member = visit(javascript=javascript), visit(javascript=javascript)
    link = start_challenge(leader, mailed_code, javascript=javascript)
    join_by(member, link, mailed_code)

    # One tap from the prompt is a whole act.
    member.locator(".prompt").get_by_role("button", name="I did this").first.click()
    expect(member.locator(".prompt")).to_contain_text("Done")
    assert Act.objects.get().source == "tick"

    # A did, with words and a photo that is described.
    tell(member, "Mended the bench by the river.")
    open_more(member)
    member.locator("#post input[type=file]").set_input_files(photo_file)
    member.get_by_label("What does the photo show?").fill("A green bench under a low sun")
    send(member)
    bench = card(member, "Mended the bench")
    expect(bench.get_by_role("img", name="A green bench under a low sun")).to_be_visible()
    assert bench.locator("img").evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 100

    # A saw that names whom it was.
    tell(member, "Stayed until the taxi came.", kind="I saw it")
    if not javascript:
        member.get_by_role("button", name="Name the people you saw").click()
    member.locator("#people").get_by_role("checkbox", name="Olive Okafor").check()
    send(member)
    expect(card(member, "Stayed until the taxi came.")).to_contain_text("Olive Okafor")

    # A received one begins as private; here it is shared.
    tell(member, "Somebody held the door.", kind="I received it")
    member.locator("#post").get_by_role("radio", name="As me").check()
    send(member)
    expect(card(member, "Somebody held the door.")).to_contain_text("Received")

    # The leader sees all of it on Today, and answers.
    leader.goto("/")
    for words in ("Mended the bench", "Stayed until the taxi came.", "Somebody held the door."):
        expect(card(leader, words)).to_be_visible()
    expect(leader.locator("article.act")).to_have_count(4)
    thanks = card(leader, "Mended the bench").get_by_role("button", name="Thank you")
    thanks.click()
    expect(card(leader, "Mended the bench").get_by_role("button", name="Thank you")).to_have_attribute(
        "aria-pressed", "true"
    )
    leader.goto(Act.objects.get(text__startswith="Mended").get_absolute_url())
    leader.locator("#comments textarea").fill("It had wobbled for years.")
    leader.locator("#comments").get_by_role("button", name="Comment").click()
    expect(leader.locator("#comments article")).to_contain_text("It had wobbled for years.")
    assert Comment.objects.count() == 1

    # The leader finds the thanks among the news, opens it and hides the name.
    leader.goto("/notices/")
    leader.get_by_role("button", name=re.compile("saw")).first.click()
    leader.goto("/credits/")
    leader.get_by_role("button", name="Hide my name").click()
    expect(leader.get_by_role("main")).to_contain_text("Your name is hidden")
    assert Credit.objects.get().state == "hidden"
    member.goto("/")
    expect(card(member, "Stayed until the taxi came.")).not_to_contain_text("Olive Okafor")

    # Kindness is passed on; somebody else did it too.
    leader.goto("/")
    more(leader, "Mended the bench").get_by_role("link", name="I passed it on").click()
    leader.locator("#post").get_by_label("Tell it in a sentence or two").fill("Oiled the gate beside it.")
    send(leader)
    expect(card(leader, "Oiled the gate")).to_contain_text("Mia Marsh")
    more(leader, "Somebody held the door.").get_by_role("button", name="I did this too").click()
    expect(leader.locator("#toasts")).not_to_be_empty()
    assert Act.objects.filter(link_kind="inspired").count() == 1
    leader.goto(f"/ripples/{Act.objects.get(text__startswith='Mended').public_id}/")
    expect(leader.get_by_role("main")).to_contain_text("2 acts")
    expect(leader.locator(".chain li", has_text="Oiled the gate")).to_contain_text("degree 1")
    drawing = leader.get_by_role("img", name=re.compile("Mia Marsh.*Olive Okafor, from 1"))
    expect(drawing).to_be_visible()
    member.goto("/")
    expect(card(member, "Mended the bench").last).to_contain_text(re.compile("passed on by 1", re.IGNORECASE))

    # An own act is changed, taken down and brought back.
    more(member, "Somebody held the door.").get_by_role("link", name="Edit").click()
    member.locator("main textarea").first.fill("Somebody held the door twice.")
    member.get_by_role("button", name="Keep the changes").click()
    expect(member.locator("main")).to_contain_text("Somebody held the door twice.")
    member.goto("/")
    more(member, "Somebody held the door twice.").get_by_role("link", name="Take down").click()
    member.get_by_role("button", name="Take it down").click()
    expect(card(member, "Somebody held the door twice.")).to_have_count(0)
    member.get_by_role("button", name="Undo").click()
    expect(card(member, "Somebody held the door twice.").last).to_be_visible()
    assert {letter.to[0] for letter in mail.outbox} == {"olive@example.org", "mia@example.org"}


@both_ways
def test_pressing_twice_tells_once(
    visit: Visit, group: object, challenge: object, mia: object, javascript: bool
) -> None:
    page = visit(user=mia, javascript=javascript)
    page.goto("/")
    tell(page, "Watered the plants.")
    page.locator("#post .btn").last.dblclick()
    expect(card(page, "Watered the plants.")).to_have_count(1)
    page.goto("/")
    expect(card(page, "Watered the plants.")).to_have_count(1)
    assert Act.objects.filter(text="Watered the plants.").count() == 1


@both_ways
def test_a_post_that_fails_keeps_what_was_typed(
    visit: Visit, group: object, challenge: object, mia: object, javascript: bool
) -> None:
    page = visit(user=mia, javascript=javascript)
    page.goto("/")
    long = "kind " * 200 + "x"
    tell(page, "", kind="I saw it")
    area = page.locator("#post textarea[name=text]")
    area.evaluate("field => field.removeAttribute('maxlength')")
    area.fill(long)
    send(page)
    expect(page.locator("#post [role=alert], #post .errors, #post .error").first).to_be_visible()
    expect(page.locator("#post textarea[name=text]")).to_have_value(long)
    expect(page.locator("#post input[value=saw]")).to_be_checked()
    assert not Act.objects.exists()


def test_who_was_signed_out_while_writing_is_told_and_keeps_the_words(
    visit: Visit, group: object, challenge: object, mia: object
) -> None:
    page = visit(user=mia)
    page.goto("/")
    tell(page, "Watered the plants.")
    page.context.clear_cookies(name="session")
    send(page)
    said = page.locator("#toasts", has_text="You are signed out.")
    expect(said.get_by_role("link", name="Sign in")).to_have_attribute("href", "/accounts/login/")
    expect(page.locator("#post textarea[name=text]")).to_have_value("Watered the plants.")
