"""The composer on a page of its own: which group, which kind and which prompt, as its address says."""

import re

import pytest
from django.test import Client

from accounts.models import User
from challenges.models import Challenge, Step
from feed.models import Act, ActDraft
from groups.models import Group
from tests.factories import join, make_challenge

URL = "/acts/"


def composer_at(client: Client, query: str = "") -> str:
    reply = client.get(f"{URL}{query}")
    assert reply.status_code == 200
    return str(reply.content.decode()).split('id="post"')[1].split("</form>")[0]


def chosen(composer: str, name: str) -> list[str]:
    """Which radio buttons or check boxes of a name are set."""
    inputs = [tag for tag in re.findall(r"<input[^>]*>", composer) if f'name="{name}"' in tag and " checked" in tag]
    return [found[1] for tag in inputs if (found := re.search(r'value="([^"]*)"', tag))]


@pytest.fixture
def step(challenge: Challenge) -> Step:
    return challenge.steps.get(position=3)


def test_somebody_in_one_group_need_not_name_it(as_mia: Client, group: Group) -> None:
    composer = composer_at(as_mia)
    assert f'type="hidden" name="group" value="{group.slug}"' in composer
    assert chosen(composer, "kind") == ["did"]


def test_of_several_groups_one_can_be_chosen(
    as_mia: Client, mia: User, olive: User, stan: User, group: Group, foreign_group: Group
) -> None:
    join(foreign_group, mia)
    for query in ("", f"?group={foreign_group.slug}", f"?group={group.slug}"):
        composer = composer_at(as_mia, query)
        named = query.removeprefix("?group=") or group.slug
        assert f'value="{named}" selected' in " ".join(composer.split())
        assert (stan.name in composer) is (named == foreign_group.slug)
        assert (olive.name in composer) is (named == group.slug)


@pytest.mark.parametrize("query", ["?group={foreign}", "?group=nonsense", "?group=nons%00ense"])
def test_a_group_i_am_not_in_does_not_exist(as_mia: Client, group: Group, foreign_group: Group, query: str) -> None:
    assert as_mia.get(URL + query.format(foreign=foreign_group.slug)).status_code == 404


@pytest.mark.parametrize(("asked", "kind"), [("saw", "saw"), ("received", "received"), ("flew", "did"), ("", "did")])
def test_the_kind_that_is_asked_for_is_chosen(as_mia: Client, group: Group, asked: str, kind: str) -> None:
    assert chosen(composer_at(as_mia, f"?kind={asked}"), "kind") == [kind]


def test_the_kind_that_is_asked_for_goes_before_the_one_that_was_left(as_mia: Client, mia: User, group: Group) -> None:
    ActDraft.objects.keep(mia, group, {"text": "Half a sentence.", "kind": "received"})
    assert chosen(composer_at(as_mia), "kind") == ["received"]
    composer = composer_at(as_mia, "?kind=saw")
    assert chosen(composer, "kind") == ["saw"]
    assert "Half a sentence." in composer


def test_the_prompt_that_is_named_is_what_it_is_for(as_mia: Client, mia: User, group: Group, step: Step) -> None:
    composer = composer_at(as_mia, f"?step={step.public_id}&idea=own")
    assert step.words.prompt in composer.replace("&#x27;", "'")
    assert f'name="step" value="{step.public_id}"' in composer
    assert 'name="idea" value="own"' in composer
    assert chosen(composer, "kind") == [step.words.record]
    assert chosen(composer_at(as_mia, f"?step={step.public_id}&kind=saw"), "kind") == ["saw"]


@pytest.mark.parametrize("which", ["foreign", "hidden", "nonsense", "%00"])
def test_a_prompt_that_is_not_there_leaves_a_plain_composer(
    as_mia: Client, group: Group, foreign_group: Group, step: Step, which: str
) -> None:
    Step.objects.filter(pk=step.pk).update(hidden_at=step.challenge.created_at)
    theirs = make_challenge(foreign_group).steps.get(position=3)
    asked = {"foreign": theirs.public_id, "hidden": step.public_id}.get(which, which)
    composer = composer_at(as_mia, f"?step={asked}")
    assert 'name="step"' not in composer
    assert "For the prompt" not in composer


def test_a_refused_try_still_says_what_it_is_for(
    as_mia: Client, mia: User, group: Group, foreign_group: Group, step: Step
) -> None:
    join(foreign_group, mia)
    form = {"group": group.slug, "kind": "did", "text": "x" * 1001, "step": step.public_id, "form_key": "form-key-1"}
    page = as_mia.post(URL, form).content.decode()
    assert "For the prompt" in page
    assert f'name="step" value="{step.public_id}"' in page
    assert '<select name="group"' in page


def test_what_is_sent_from_there_is_told(as_mia: Client, group: Group, step: Step) -> None:
    composer = composer_at(as_mia, f"?step={step.public_id}&kind=saw")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', composer))
    form = {**hidden, "kind": chosen(composer, "kind")[0], "text": "Saw it."}
    assert as_mia.post(URL, form).status_code == 302
    act = Act.objects.get()
    assert (act.group, act.step, act.kind) == (group, step, "saw")


def test_an_unfolded_half_says_that_something_is_in_it(as_mia: Client, mia: User, group: Group) -> None:
    sent = {"group": group.slug, "kind": "flew", "text": "Held the door."}
    today = {**sent, "day": mia.today().isoformat()}
    assert '<details class="composer__more" open' not in as_mia.post(URL, today).content.decode()
    assert '<details class="composer__more" open' in as_mia.post(URL, {**today, "feeling": "4"}).content.decode()


def test_people_of_another_group_are_missed_kindly(
    as_mia: Client, mia: User, stan: User, group: Group, foreign_group: Group
) -> None:
    join(foreign_group, mia)
    assert 'hx-trigger="change from:#id_kind once, change from:#id_group"' in as_mia.get("/").content.decode()
    ActDraft.objects.keep(mia, group, {"text": "Half a sentence.", "kind": "saw"})
    assert 'hx-trigger="load, change from:#id_group"' in as_mia.get("/").content.decode()
    form = {"group": group.slug, "kind": "saw", "text": "Held the door.", "credited": stan.public_id}
    page = as_mia.post(URL, form).content.decode()
    assert "Somebody you named is not in this group." in page
    assert stan.public_id not in page.split('id="post"')[1]
    assert "Held the door." in page
