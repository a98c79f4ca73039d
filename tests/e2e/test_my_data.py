"""Somebody takes their data along and goes, in a browser, and their group keeps its story."""

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path

from django.core import mail
from PIL import Image
from playwright.sync_api import expect

from feed.models import Act
from tests.e2e.conftest import MailedCode, Visit
from tests.e2e.place import add_photo
from tests.factories import join, make_act, make_group, make_user


def test_a_member_takes_a_copy_and_leaves_without_their_name(visit: Visit, mailed_code: MailedCode) -> None:
    olive, mia = make_user("Olive Okafor"), make_user("Mia Marsh")
    group = make_group(olive, name="Ferry Lane Surgery")
    join(group, mia)
    act = make_act(group, mia, kind="saw", text="Lent a stranger a bike.", credited=[olive], feeling=5)
    add_photo(act, "A bench by the river")
    make_act(group, mia, text="Only for me.", audience="private")
    make_act(group, olive, text="Mended the chain.", parent=act, link_kind="passed_on")
    address = mia.email or ""

    page, other_device, leader = visit(user=mia, width=390), visit(user=mia), visit(user=olive)
    page.goto("/you/")
    page.get_by_role("link", name="My data").click()
    page.get_by_role("link", name="Take a copy").click()
    page.get_by_role("button", name="Mail me a code").click()
    page.get_by_label("six digits").fill(mailed_code(address))
    page.get_by_role("button", name="Confirm").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Take my copy").click()
    assert waiting.value.suggested_filename.endswith(".zip")
    with zipfile.ZipFile(Path(waiting.value.path())) as archive:
        assert "Mia Marsh" in archive.read("README.txt").decode()
        told = json.loads(archive.read("feed.json"))
        [photo] = [name for name in archive.namelist() if name.startswith("photos/")]
        with Image.open(BytesIO(archive.read(photo))) as picture:
            assert picture.size == (900, 600)
    assert [one["text"] for one in told["acts"]] == ["Lent a stranger a bike.", "Only for me."]
    assert told["acts"][0]["feeling_1_to_5"] == 5
    assert told["acts"][0]["people_you_credited"] == ["Olive Okafor"]

    page.goto("/you/data/")
    page.get_by_role("link", name="Delete my account").click()
    page.get_by_role("radio", name="Keep my acts and comments").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("To be sure").fill("not yet")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_label("To be sure")).to_have_value("not yet")
    page.get_by_label("To be sure").fill(address)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.locator("body")).to_contain_text("Your account is deleted")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()

    other_device.goto("/you/")
    expect(other_device).to_have_url(re.compile("/accounts/login/"))
    leader.goto(f"/ripples/{act.public_id}/")
    expect(leader.get_by_role("main")).to_contain_text("Lent a stranger a bike.")
    expect(leader.get_by_role("main")).to_contain_text("Someone")
    expect(leader.get_by_role("main")).not_to_contain_text("Mia")
    assert not Act.objects.filter(text="Only for me.").exists()
    assert mail.outbox[-1].to == [address]
    assert "deleted" in mail.outbox[-1].subject
