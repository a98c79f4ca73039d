"""From the card to the note: an act is reported by keyboard, and decided without JavaScript."""

from playwright.sync_api import expect

from accounts.models import User
from feed.models import Act
from groups.models import Group
from tests.e2e.conftest import Visit
from tests.e2e.test_keyboard import Keys
from tests.factories import join, make_act, make_user


def test_an_act_is_reported_by_keyboard_and_decided_without_javascript(
    visit: Visit, group: Group, mia: User, olive: User
) -> None:
    ned = make_user("Ned Neighbor")
    join(group, ned)
    make_act(group, mia, text="Told a story about the boss.")
    page = visit(user=ned, width=390)
    keys = Keys(page)
    page.goto(group.get_absolute_url())
    card = page.locator("article.act", has_text="Told a story about the boss.")
    keys.press_on(card.locator("summary"))
    keys.press_on(card.get_by_role("link", name="Report"))
    expect(page.get_by_role("heading", name="Report this act?")).to_be_visible()
    keys.press_on(page.get_by_role("radio", name="This embarrasses someone"), "Space")
    keys.choose(page.get_by_role("radio", name="It is unkind"))
    keys.press_on(page.get_by_role("button", name="Send it"))
    # The first mail of a process takes its time: everything that sends mail is loaded for it.
    expect(page.get_by_text("Somebody who runs the group will look at it.")).to_be_visible()
    keys.settle()

    page = visit(user=olive, javascript=False)
    page.goto(f"/groups/{group.slug}/lead/")
    page.get_by_role("link", name="Look at it").click()
    page.get_by_role("link", name="Look at it").click()
    page.get_by_label("A note to whoever wrote it").fill("Let us talk about it over tea.")
    page.get_by_role("button", name="Hide it").click()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    assert Act.objects.get().state == "hidden"

    page = visit(user=mia, javascript=False)
    page.goto("/notices/")
    page.get_by_role("button", name="is hidden for now").click()
    expect(page.get_by_text("Let us talk about it over tea.")).to_be_visible()
    page.get_by_role("link", name="Change it").click()
    expect(page.get_by_role("heading", name="Change your act")).to_be_visible()
