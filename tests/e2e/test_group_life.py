"""The life of a group in a browser, without scripts and by keyboard: a rule, a helper, a goodbye, a second thought."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from groups.models import Group
from tests.e2e.conftest import Visit
from tests.factories import join, make_act, make_group, make_user


@pytest.fixture
def olive(transactional_db: None) -> User:
    return make_user("Olive Okafor")


@pytest.fixture
def mia(transactional_db: None) -> User:
    return make_user("Mia Marsh")


@pytest.fixture
def group(olive: User, mia: User) -> Group:
    group = make_group(olive, name="Ferry Lane Surgery")
    join(group, mia)
    make_act(group, olive, text="Held the door.")
    return group


def press(page: Page, name: str) -> None:
    """Reach a button as the keyboard does, and press it."""
    button = page.get_by_role("button", name=re.compile(f"^{name}$"))
    button.focus()
    page.keyboard.press("Enter")


def test_a_leader_looks_after_a_group_to_its_end(visit: Visit, group: Group, olive: User, mia: User) -> None:
    leader, member = visit(user=olive, javascript=False), visit(user=mia, javascript=False)
    member.goto(group.get_absolute_url())
    expect(member.get_by_role("link", name="Comment", exact=True)).to_be_visible()
    leader.goto(reverse("lead", args=[group.slug]))
    leader.get_by_role("link", name="Settings", exact=True).first.click()
    press(leader, "Close ?: Comments")
    expect(leader.get_by_text("Closed by Olive Okafor")).to_be_visible()
    member.reload()
    expect(member.get_by_role("link", name="Comment", exact=True)).to_have_count(0)

    leader.get_by_role("link", name="Organization", exact=True).click()
    leader.get_by_role("link", name="Name somebody").click()
    leader.get_by_label("Name", exact=True).fill("Dr. Ada Quist")
    leader.get_by_label("Phone").fill("ring her")
    press(leader, "Save")
    expect(leader.get_by_text("a phone number in digits").first).to_be_visible()
    expect(leader.get_by_label("Name", exact=True)).to_have_value("Dr. Ada Quist")
    leader.get_by_label("Phone").fill("+1 555 0100")
    press(leader, "Save")
    expect(leader.get_by_text("finds it now")).to_be_visible()
    member.get_by_role("link", name="Get support").click()
    expect(member.get_by_role("link", name="+1 555 0100")).to_be_visible()

    leader.goto(reverse("group-delete", args=[group.slug]))
    leader.get_by_label("Type the name of the group").fill("ferry lane surgery")
    press(leader, "Delete the group")
    expect(leader.get_by_role("heading", name="is on its way out")).to_be_visible()
    answer = member.goto(group.get_absolute_url())
    assert answer
    assert answer.status == 404
    press(leader, "Keep the group")
    expect(leader.get_by_text("Nothing was lost.")).to_be_visible()
    member.goto(group.get_absolute_url())
    expect(member.get_by_text("Held the door.")).to_be_visible()

    leader.goto(reverse("group-person", args=[group.slug, mia.public_id]))
    press(leader, "Remove from the group")
    expect(leader.get_by_text("is no longer in the group, and was told")).to_be_visible()
    answer = member.goto(group.get_absolute_url())
    assert answer
    assert answer.status == 404
    member.goto(reverse("notices"))
    expect(member.get_by_text("What you told there stays with the group.")).to_be_visible()


def test_the_poster_fills_one_sheet_and_its_square_is_large_enough(visit: Visit, group: Group, olive: User) -> None:
    page = visit(user=olive)
    page.goto(reverse("invite", args=[group.slug]))
    page.get_by_role("button", name="Make a code").click()
    Group.objects.filter(pk=group.pk).update(name="Saturday Morning Reading Circle " * 2)
    page.get_by_role("link", name="Poster for the wall").click()
    expect(page.get_by_role("button", name="Print it")).to_be_visible()
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        code, foot = (page.locator(part).bounding_box() for part in (".poster .code", ".poster__foot"))
        assert code
        assert foot
        assert code["y"] + code["height"] <= foot["y"], f"the code is behind the foot at {width}"
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    expect(page.get_by_role("banner")).to_be_hidden()
    expect(page.get_by_role("button", name="Print it")).to_be_hidden()
    box = page.locator(".poster__qr svg").bounding_box()
    assert box
    assert box["width"] * 25.4 / 96 >= 45, "millimeters"
    assert page.pdf(prefer_css_page_size=True, print_background=True).count(b"/Type /Page\n") == 1
