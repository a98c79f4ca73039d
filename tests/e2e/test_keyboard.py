"""Start, join, post and answer with the keyboard alone: every stop shows its focus, nothing covers or traps it."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from challenges.models import Challenge
from feed.models import Act, Reaction
from groups.models import Group, JoinCode
from tests.e2e import look
from tests.e2e.conftest import MailedCode, Visit
from tests.factories import make_act

MOST_STOPS = 90
widths = pytest.mark.parametrize("width", [1280, pytest.param(390, marks=pytest.mark.audit)])


@dataclass
class Keys:
    """Hands on a keyboard: no pointer, every stop looked at."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        where, faults = look.focus_now(self.page)
        if where == "body":
            return  # past the last stop the focus is in the browser's own bar; the next Tab comes back
        self.faults += [f"{self.page.url} at {where}: {fault}" for fault in faults]

    def go_to(self, target: Locator) -> None:
        """Tab until the target has the focus."""
        for _ in range(MOST_STOPS):
            if target.evaluate("(wanted) => document.activeElement === wanted"):
                return
            self.press("Tab")
        raise AssertionError(f"{target} is not reached by Tab at {self.page.url}")

    def press_on(self, target: Locator, key: str = "Enter") -> None:
        self.go_to(target)
        self.page.keyboard.press(key)

    def write(self, target: Locator, words: str) -> None:
        self.go_to(target)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(words)

    def choose(self, target: Locator) -> None:
        """A radio button: Tab to its group, then the arrows."""
        name = target.get_attribute("name")
        self.go_to(self.page.locator(f"input[name={name}]:checked"))
        for _ in range(8):
            if target.is_checked():
                return
            self.press("ArrowDown")
        raise AssertionError(f"{target} is not reached by the arrows")

    def walk_round(self) -> int:
        """Tab from the top until the focus leaves the page; a trap would never let go."""
        self.page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
        seen: set[str] = set()
        for stop in range(400):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(
                """() => {
                  const el = document.activeElement;
                  if (!el || el === document.body) return '';
                  return String([...document.querySelectorAll('*')].indexOf(el));
                }"""
            )
            if not at or at in seen:
                return stop
            seen.add(at)
            where, faults = look.focus_now(self.page)
            self.faults += [f"{self.page.url} at {where}: {fault}" for fault in faults]
        raise AssertionError(f"more than 400 stops at {self.page.url}")

    def settle(self) -> None:
        assert not self.faults, "\n".join(dict.fromkeys(self.faults))


@widths
def test_a_leader_starts_a_challenge_by_keyboard(visit: Visit, mailed_code: MailedCode, width: int) -> None:
    page = visit(width=width)
    keys = Keys(page)
    page.goto("/start/")
    keys.write(page.get_by_label("Group name"), "Ferry Lane Surgery")
    keys.choose(page.get_by_role("radio", name="A community group"))
    keys.choose(page.get_by_role("radio", name="21 Days of Kindness"))
    keys.press_on(page.get_by_role("button", name="Make the challenge"))
    expect(page.get_by_label("E-mail address")).to_be_visible()
    keys.write(page.get_by_label("What should people call you?"), "Olive Okafor")
    keys.write(page.get_by_label("E-mail address"), "olive@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_label("six digits")).to_be_visible()
    keys.write(page.get_by_label("six digits"), mailed_code("olive@example.org"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Ferry Lane Surgery")
    make = page.get_by_role("button", name="Make the challenge")
    if make.count():
        keys.press_on(make)
    expect(page.get_by_role("textbox", name="Link to join")).to_be_visible()
    keys.settle()


@widths
def test_a_member_joins_by_keyboard(
    visit: Visit, mailed_code: MailedCode, group: Group, challenge: Challenge, width: int
) -> None:
    page = visit(width=width)
    keys = Keys(page)
    page.goto(f"/join/{JoinCode.current(group).code}/")
    keys.write(page.get_by_label("What should people call you?"), "Noor Hadad")
    keys.write(page.get_by_label("E-mail address"), "noor@example.org")
    keys.press_on(page.get_by_role("button", name="Join the challenge"))
    expect(page.get_by_label("six digits")).to_be_visible()
    keys.write(page.get_by_label("six digits"), mailed_code("noor@example.org"))
    page.keyboard.press("Enter")
    expect(page.locator(".prompt")).to_be_visible()
    keys.settle()


@widths
def test_a_member_posts_and_answers_by_keyboard(
    visit: Visit, group: Group, challenge: Challenge, mia: User, olive: User, width: int
) -> None:
    make_act(group, olive, text="Brought soup.")
    page = visit(user=mia, width=width)
    keys = Keys(page)
    page.goto("/")
    keys.choose(page.locator("#post").get_by_role("radio", name="I saw it"))
    keys.write(page.locator("#post textarea[name=text]"), "Waited with a lost child.")
    keys.press_on(page.get_by_role("button", name="Tell the group"))
    expect(page.locator("article.act", has_text="Waited with a lost child.")).to_be_visible()
    look_at_focus(page, keys)
    thanks = page.locator("article.act", has_text="Brought soup.").get_by_role("button", name="Thank you")
    with page.expect_response("**/thanks/"):
        keys.press_on(thanks)
    expect(thanks).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(100)
    assert thanks.evaluate("(button) => document.activeElement === button"), "the focus left the answer"
    with page.expect_response("**/choice/"):
        keys.press_on(page.locator(".prompt").get_by_role("button", name="Show me other ideas"))
    page.wait_for_timeout(200)
    look_at_focus(page, keys)
    keys.settle()
    assert Act.objects.filter(text="Waited with a lost child.").count() == 1
    assert Reaction.objects.count() == 1


def look_at_focus(page: Page, keys: Keys) -> None:
    """After a swap the focus is somewhere that makes sense, never lost on the body."""
    page.wait_for_timeout(100)
    where, faults = look.focus_now(page)
    keys.faults += [f"after a swap, at {where}: {fault}" for fault in faults if "ring" not in fault]


@widths
def test_every_stop_of_today_shows_its_focus(
    visit: Visit, group: Group, challenge: Challenge, mia: User, olive: User, width: int
) -> None:
    make_act(group, olive, text="Brought soup.")
    make_act(group, mia, text="Ate it.")
    page = visit(user=mia, width=width)
    page.goto("/")
    keys = Keys(page)
    assert keys.walk_round() > 15
    keys.settle()


def test_the_skip_link_leads_to_the_main_part(visit: Visit, group: Group, mia: User) -> None:
    page = visit(user=mia)
    page.goto("/programs/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the main part")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
