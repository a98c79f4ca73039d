"""The same form twice, the same words twice: nothing is doubled, and nothing is lost in silence."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from feed.models import Act, ActDraft, Counter
from groups.models import Group
from tests.factories import make_act

URL = "/acts/"


def sent(group: Group, **fields: object) -> dict[str, object]:
    return {"group": group.slug, "kind": "did", "text": "Held the door.", "form_key": "form-key-1", **fields}


def key_in(page: str) -> str:
    """The key that the composer of a page will send next."""
    found = re.search(r'name="form_key" value="([^"]+)"', page.split('id="post"')[1])
    assert found
    return found[1]


def test_a_form_whose_act_was_taken_down_asks_what_to_do(as_mia: Client, mia: User, group: Group) -> None:
    as_mia.post(URL, sent(group), follow=True)
    act = Act.objects.get()
    act.change("removed", by=mia)
    reply = as_mia.post(URL, sent(group))
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "This act was taken down." in page
    assert "Shared with" not in page
    assert "Held the door." in page
    assert f'formaction="{reverse("act-restore", args=[act.public_id])}"' in page
    assert (Act.objects.get().state, Counter.objects.get().total) == ("removed", 0)
    assert ActDraft.objects.get(user=mia).fields["text"] == "Held the door."


def test_what_was_taken_down_is_told_anew_by_one_more_press(as_mia: Client, mia: User, group: Group) -> None:
    as_mia.post(URL, sent(group))
    Act.objects.get().change("removed", by=mia)
    page = as_mia.post(URL, sent(group)).content.decode()
    assert key_in(page) != "form-key-1"
    assert as_mia.post(URL, sent(group, form_key=key_in(page))).status_code == 302
    assert list(Act.objects.order_by("pk").values_list("state", flat=True)) == ["removed", "shown"]
    assert not ActDraft.objects.exists()


def test_or_it_is_brought_back_and_its_words_do_not_wait_any_longer(as_mia: Client, mia: User, group: Group) -> None:
    as_mia.post(URL, sent(group))
    act = Act.objects.get()
    act.change("removed", by=mia)
    as_mia.post(URL, sent(group))
    assert as_mia.post(reverse("act-restore", args=[act.public_id]), sent(group)).status_code == 302
    assert (Act.objects.get().state, Counter.objects.get().total) == ("shown", 1)
    assert not ActDraft.objects.exists()


def test_other_words_still_wait_when_an_act_is_brought_back(as_mia: Client, mia: User, group: Group) -> None:
    act = make_act(group, mia)
    act.change("removed", by=mia)
    ActDraft.objects.keep(mia, group, {"text": "Something else."})
    as_mia.post(reverse("act-restore", args=[act.public_id]))
    assert ActDraft.objects.get().fields["text"] == "Something else."


def test_what_a_leader_took_down_is_not_offered_back(as_mia: Client, olive: User, group: Group) -> None:
    as_mia.post(URL, sent(group))
    act = Act.objects.get()
    act.change("removed", by=olive)
    page = as_mia.post(URL, sent(group)).content.decode()
    assert "This act was taken down." in page
    assert "can tell you why" in page
    assert reverse("act-restore", args=[act.public_id]) not in page
    assert "Held the door." in page


def test_no_form_is_posted_in_the_shadow_of_an_act_that_is_gone(
    as_mia: Client, mia: User, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the act was taken down after this request had looked for it."""
    make_act(group, mia, form_key="form-key-1").change("removed", by=mia)
    with pytest.raises(Act.TakenDown):
        make_act(group, mia, form_key="form-key-1")
    monkeypatch.setattr("feed.sharing.told_before", lambda form: None)
    page = as_mia.post(URL, sent(group)).content.decode()
    assert "This act was taken down." in page
    assert key_in(page) != "form-key-1"


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Held two doors."},
        {"kind": "saw"},
        {"sign": "private"},
        {"sign": "someone"},
        {"feeling": "4"},
        {"credited": "olive", "kind": "saw"},
    ],
)
def test_going_back_and_changing_the_form_does_not_lose_the_change(
    as_mia: Client, olive: User, group: Group, change: dict[str, str]
) -> None:
    change = {name: olive.public_id if value == "olive" else value for name, value in change.items()}
    as_mia.post(URL, sent(group))
    reply = as_mia.post(URL, sent(group, **change))
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "You have told an act with this form already." in page
    assert Act.objects.get().get_absolute_url() in page
    assert as_mia.post(URL, sent(group, **change, form_key=key_in(page))).status_code == 302
    assert Act.objects.count() == 2
