"""What the composer takes, keeps and refuses."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from challenges.models import Challenge
from feed.models import Act, ActDraft
from feed.totals import totals_of
from feed.words import clean_words
from groups.models import Group
from tests.factories import join, make_act, make_user

URL = "/acts/"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  one \r\n two  ", "one \n two"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("cafe\u0301", "café"),
        ("\ufeffone\u0007", "one"),
        ("Z" + "\u0351" * 100, "Z" + "\u0351" * 3),
        ("مرحبا", "مرحبا"),
        ("a\0b \ud800c", "ab c"),
    ],
)
def test_words_are_kept_in_one_form(typed: str, kept: str) -> None:
    assert clean_words(typed) == kept


@pytest.mark.parametrize("raw", [b"%00", b"%FF%FE", b"%ED%A0%80", b"+ADw-script+AD4-", b"%EF%BB%BF", b"a" * 1_000_000])
def test_no_bytes_break_the_post(as_mia: Client, group: Group, raw: bytes) -> None:
    body = b"group=" + group.slug.encode() + b"&kind=did&form_key=abcdefgh&text=" + raw
    reply = as_mia.post(URL, body, content_type="application/x-www-form-urlencoded")
    assert reply.status_code in {302, 400, 413, 422}


def test_too_many_letters_are_refused_and_none_is_lost(as_mia: Client, mia: User, group: Group) -> None:
    text = "kind " * 201
    reply = as_mia.post(URL, {"group": group.slug, "kind": "saw", "text": text, "sign": "someone", "feeling": "2"})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert text.strip() in page
    assert 'value="saw" class' in page or 'value="saw"' in page
    assert ActDraft.objects.get(user=mia).fields["text"] == text
    assert not Act.objects.exists()


def test_a_failed_composer_takes_its_own_place_on_today(as_mia: Client, group: Group) -> None:
    reply = as_mia.post(URL, {"group": group.slug, "kind": "flew"}, headers={"HX-Request": "true"})
    assert reply.status_code == 422
    assert reply["HX-Retarget"] == reply["HX-Reselect"] == "#post"
    assert reply["HX-Push-Url"] == "false"


@pytest.mark.parametrize("kind", ["", "flew", "did it", "saw' OR 1=1"])
def test_only_three_kinds(as_mia: Client, group: Group, kind: str) -> None:
    reply = as_mia.post(URL, {"group": group.slug, "kind": kind, "text": "Words stay."})
    assert reply.status_code == 422
    assert "Words stay." in reply.content.decode()


@pytest.mark.parametrize("feeling", ["0", "6", "-1", "5; DROP TABLE", "9" * 30])
def test_a_feeling_is_one_to_five(as_mia: Client, group: Group, feeling: str) -> None:
    reply = as_mia.post(URL, {"group": group.slug, "kind": "did", "text": "x", "feeling": feeling})
    assert reply.status_code == 422


def test_fields_that_are_not_the_composers_change_nothing(as_mia: Client, mia: User, group: Group, olive: User) -> None:
    extra = {
        "author": olive.pk,
        "state": "removed",
        "shown_at": "2000-01-01",
        "ripple": "1",
        "audience": "",
        "degree": "9",
    }
    as_mia.post(URL, {"group": group.slug, "kind": "did", "text": "Mine.", **extra})
    act = Act.objects.get()
    assert (act.author, act.state, act.degree, act.audience) == (mia, "shown", 0, "group")


def test_the_organization_is_no_audience_one_can_send(as_mia: Client, group: Group) -> None:
    as_mia.post(URL, {"group": group.slug, "kind": "did", "text": "x", "audience": "organization"})
    assert Act.objects.get().audience == "group"


def test_a_composer_of_its_own_page_lists_the_people(as_mia: Client, group: Group, stan: User) -> None:
    page = as_mia.get(f"{URL}?group={group.slug}&kind=saw").content.decode()
    assert "Olive Okafor" in page
    assert "Stan Stone" not in page
    assert 'value="saw"' in page


def test_people_can_be_named_without_javascript_and_the_words_stay(as_mia: Client, group: Group) -> None:
    sent = {"group": group.slug, "kind": "saw", "text": "She stayed late.", "more": "people"}
    page = as_mia.post(URL, sent).content.decode()
    assert "She stayed late." in page
    assert "Olive Okafor" in page
    assert not Act.objects.exists()


def test_a_closed_field_is_not_drawn(as_mia: Client, group: Group) -> None:
    for name in ("photos_open", "anonymous_open", "credits_open", "text_open"):
        group.override(name, allowed=False, by=None)
    page = as_mia.get(f"{URL}?group={group.slug}").content.decode()
    for name in ('name="photo"', 'value="someone"', 'name="credited"', 'name="text"'):
        assert name not in page


def test_the_composer_of_a_prompt_carries_its_step(as_mia: Client, challenge: Challenge) -> None:
    step = challenge.step_on(challenge.starts_on)
    assert step
    today = as_mia.get("/").content.decode()
    assert 'id="post"' in today
    page = as_mia.get(f"/?step={step.public_id}").content.decode()
    assert f'name="step" value="{step.public_id}"' in page


def test_passing_on_links_the_new_act(as_mia: Client, mia: User, olive: User, group: Group) -> None:
    parent = make_act(group, olive)
    as_mia.post(
        URL,
        {"group": group.slug, "kind": "did", "text": "Passed.", "parent": parent.public_id, "link_kind": "passed_on"},
    )
    act = Act.objects.get(author=mia)
    parent.refresh_from_db()
    assert (act.parent, act.ripple_id, act.degree) == (parent, parent.pk, 1)
    assert (parent.ripple_id, parent.passed_on_count) == (parent.pk, 1)


def test_a_parent_nobody_sees_cannot_be_followed(as_mia: Client, olive: User, group: Group) -> None:
    for parent in (make_act(group, olive, audience="private"), make_act(group, olive)):
        if parent.audience != "private":
            parent.change("removed", by=olive)
        reply = as_mia.post(URL, {"group": group.slug, "kind": "did", "text": "x", "parent": parent.public_id})
        assert reply.status_code == 422


def test_several_groups_are_asked_for(as_mia: Client, mia: User, group: Group, foreign_group: Group) -> None:
    join(foreign_group, mia)
    page = as_mia.get("/").content.decode()
    assert '<select name="group"' in page
    assert as_mia.post(URL, {"kind": "did", "text": "x"}).status_code == 404
    as_mia.post(URL, {"group": foreign_group.slug, "kind": "did", "text": "x"})
    assert Act.objects.get().group == foreign_group


def test_a_person_in_no_group_has_no_composer(client: Client, group: Group) -> None:
    client.force_login(make_user("Nobody"))
    assert client.get(URL).status_code == 404
    assert client.post(URL, {"kind": "did", "text": "x"}).status_code == 404


def test_what_is_told_freely_counts_for_the_challenge_of_that_day(
    as_mia: Client, group: Group, challenge: Challenge, mia: User
) -> None:
    as_mia.post("/acts/", {"group": group.slug, "kind": "did", "text": "Held the door.", "form_key": "freely-told-one"})
    before = (challenge.starts_on - timedelta(days=1)).isoformat()
    as_mia.post(
        "/acts/", {"group": group.slug, "kind": "did", "text": "Earlier.", "day": before, "form_key": "freely-told-two"}
    )
    assert Act.objects.get(form_key="freely-told-one").challenge == challenge
    assert Act.objects.get(form_key="freely-told-two").challenge is None
    assert totals_of([challenge])[challenge.pk].total == 1


def test_asking_for_the_people_keeps_what_the_act_is_for(
    as_mia: Client, group: Group, olive: User, challenge: Challenge
) -> None:
    act, step = make_act(group, olive), challenge.steps.all()[3]
    form = {"group": group.slug, "kind": "saw", "text": "A cake.", "more": "people", "form_key": "the-same-key"}
    html = as_mia.post(URL, {**form, "parent": act.public_id, "link_kind": "passed_on"}).content.decode()
    for name, value in (("parent", act.public_id), ("link_kind", "passed_on"), ("form_key", "the-same-key")):
        assert f'name="{name}" value="{value}"' in html
    assert "A cake." in html
    assert step.public_id in as_mia.post(URL, {**form, "step": step.public_id}).content.decode()
