"""The same form twice, the same words twice: nothing is doubled, and nothing is lost in silence."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge, Choice
from feed.models import Act, ActDraft, ActFeeling, Counter, Credit
from groups.models import Group
from tests.factories import join, make_act

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
    assert 'type="hidden" name="again" value="1"' in page
    assert as_mia.post(URL, sent(group, **change, form_key=key_in(page), again="1")).status_code == 302
    assert Act.objects.count() == 2


def test_the_same_words_a_moment_later_are_asked_about(as_mia: Client, mia: User, group: Group) -> None:
    as_mia.post(URL, sent(group), follow=True)
    reply = as_mia.post(URL, sent(group, form_key="form-key-2"))
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "You told this a moment ago. Tell it again?" in page
    assert "Held the door." in page
    assert Act.objects.get().get_absolute_url() in page
    assert 'name="again"' in page
    assert ActDraft.objects.get(user=mia).fields["text"] == "Held the door."


def test_people_do_hold_the_door_twice(as_mia: Client, group: Group) -> None:
    as_mia.post(URL, sent(group))
    page = as_mia.post(URL, sent(group, form_key="form-key-2")).content.decode()
    for _twice in range(2):
        assert as_mia.post(URL, sent(group, form_key=key_in(page), again="1")).status_code == 302
    assert Act.objects.filter(text="Held the door.", state="shown").count() == 2
    assert Counter.objects.get().total == 2
    assert not ActDraft.objects.exists()


def test_or_once_is_enough_and_the_words_wait_no_longer(as_mia: Client, group: Group) -> None:
    as_mia.post(URL, sent(group))
    as_mia.post(URL, sent(group, form_key="form-key-2"))
    reply = as_mia.post(URL, sent(group, form_key="form-key-2", leave="1"))
    assert (reply.status_code, reply["Location"]) == (302, "/")
    assert Act.objects.count() == 1
    assert not ActDraft.objects.exists()


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Held two doors."},
        {"kind": "received"},
        {"day": "yesterday"},
        {"step": "of the challenge"},
        {"parent": "of Olive"},
        {"kind": "saw", "credited": "olive"},
    ],
)
def test_what_differs_is_not_asked_about(
    as_mia: Client, mia: User, olive: User, group: Group, challenge: Challenge, other: dict[str, str]
) -> None:
    real = {
        "yesterday": (mia.today() - timedelta(days=1)).isoformat(),
        "of the challenge": challenge.steps.all()[0].public_id,
        "of Olive": make_act(group, olive, text="Began it.").public_id,
        "olive": olive.public_id,
    }
    as_mia.post(URL, sent(group, kind=other.get("kind", "did") if "credited" in other else "did"))
    change = {name: real.get(value, value) for name, value in other.items()}
    assert as_mia.post(URL, sent(group, form_key="form-key-2", **change)).status_code == 302
    assert Act.objects.filter(author=mia).count() == 2


def test_somebody_elses_words_and_words_of_before_are_not_asked_about(
    as_mia: Client, as_olive: Client, group: Group, foreign_group: Group, mia: User
) -> None:
    join(foreign_group, mia)
    assert as_olive.post(URL, sent(group)).status_code == 302
    assert as_mia.post(URL, sent(group)).status_code == 302
    assert as_mia.post(URL, sent(foreign_group, form_key="form-key-2")).status_code == 302
    Act.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert as_mia.post(URL, sent(group, form_key="form-key-3")).status_code == 302


def test_words_that_were_taken_down_may_be_told_anew(as_mia: Client, mia: User, group: Group) -> None:
    as_mia.post(URL, sent(group))
    Act.objects.get().change("removed", by=mia)
    assert as_mia.post(URL, sent(group, form_key="form-key-2")).status_code == 302


def ticked(challenge: Challenge, **fields: object) -> dict[str, object]:
    """What the button of a prompt sends; each time the page is drawn it has another key."""
    step = challenge.steps.get(position=3)
    return {"group": challenge.group.slug, "kind": "did", "step": step.public_id, **fields}


def test_a_prompt_ticked_in_two_tabs_is_one_act(as_mia: Client, challenge: Challenge) -> None:
    for key in ("key-of-tab-one", "key-of-tab-two"):
        assert as_mia.post(URL, ticked(challenge, form_key=key)).status_code == 302
    assert as_mia.post(URL, ticked(challenge, form_key="key-of-the-composer", feeling="4")).status_code == 302
    assert Act.objects.get().source == "tick"
    assert ActFeeling.objects.get().value == 4
    assert Counter.objects.get(challenge=challenge).total == 1


def test_another_day_another_kind_and_words_are_acts_of_their_own(
    as_mia: Client, mia: User, olive: User, challenge: Challenge
) -> None:
    yesterday = (mia.today() - timedelta(days=1)).isoformat()
    ticks: list[dict[str, object]] = [
        {},
        {"day": yesterday},
        {"kind": "saw"},
        {"text": "In words."},
        {"kind": "saw", "credited": [olive.public_id]},
    ]
    for n, fields in enumerate(ticks):
        assert as_mia.post(URL, ticked(challenge, form_key=f"key-number-{n}", **fields)).status_code == 302
    assert Act.objects.count() == 5
    assert Credit.objects.get().person == olive


def test_a_tick_that_was_taken_down_comes_back_by_one_tap(as_mia: Client, challenge: Challenge) -> None:
    as_mia.post(URL, ticked(challenge, form_key="key-of-tab-one"))
    as_mia.post(reverse("act-remove", args=[Act.objects.get().public_id]))
    assert Choice.objects.get().state == "open"
    assert as_mia.post(URL, ticked(challenge, form_key="key-of-tab-two", idea="own")).status_code == 302
    act = Act.objects.get()
    assert (act.state, act.idea_key, Choice.objects.get().state) == ("shown", "own", "done")
    assert Counter.objects.get(challenge=challenge).total == 1


def test_a_tick_that_a_leader_took_down_does_not(as_mia: Client, as_olive: Client, challenge: Challenge) -> None:
    as_mia.post(URL, ticked(challenge, form_key="key-of-tab-one"))
    as_olive.post(reverse("act-remove", args=[Act.objects.get().public_id]))
    reply = as_mia.post(URL, ticked(challenge, form_key="key-of-tab-two"))
    assert reply.status_code == 422
    assert "This act was taken down." in reply.content.decode()
    assert Act.objects.get().state == "removed"
