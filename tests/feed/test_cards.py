"""The act card: what each reader sees of an act, and what nobody is shown."""

from datetime import UTC, datetime, timedelta
from types import ModuleType

import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge
from feed.cards import Card, cards_for
from feed.models import Act, Credit, Reaction
from groups.models import Group, OrganizationAdmin
from tests.client import CheckedClient
from tests.factories import join, make_act, make_challenge, make_group, make_user

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


def card_of(act: Act, reader: User) -> Card:
    [card] = cards_for(Act.objects.with_card().filter(pk=act.pk), reader, [act.group])
    return card


def html_of(act: Act, reader: User) -> str:
    return render_to_string("feed/cards.html", {"cards": [card_of(act, reader)], "csrf_token": "token"})


def test_addresses_are_those_of_the_routes(group: Group, olive: User, mia: User) -> None:
    act = make_act(group, olive)
    card = card_of(act, mia)
    assert card.url == reverse("act", args=[act.public_id])
    assert card.group_url == reverse("group", args=[group.slug])
    html = html_of(act, mia)
    for route in ("pass-on", "did-too"):
        assert reverse(route, args=[act.public_id]) in html
    for kind in Reaction.Kind.values:
        assert reverse("reactions", args=[act.public_id, kind]) in html
    own = html_of(act, olive)
    for route in ("act-edit", "act-remove"):
        assert reverse(route, args=[act.public_id]) in own


def test_someone_says_nothing_of_its_author(group: Group, olive: User, mia: User) -> None:
    reader = make_user("Rita Reader")
    join(group, reader)
    act = make_act(group, olive, signed="someone")
    by_olive = html_of(act, reader)
    Act.objects.filter(pk=act.pk).update(author=mia)
    assert html_of(act, reader) == by_olive
    for secret in (olive.name, olive.public_id, mia.name, mia.public_id):
        assert secret not in by_olive
    assert "Someone" in by_olive


def test_a_guest_keeps_the_name_they_gave(group: Group, olive: User, mia: User) -> None:
    act = make_act(group, olive)
    Act.objects.filter(pk=act.pk).update(author=None, guest_name="Gus Guest")
    assert card_of(act, mia).who == "Gus Guest"
    Act.objects.filter(pk=act.pk).update(guest_name="", anonymized=True)
    assert card_of(act, mia).who == "Someone"


def test_readers_see_their_own_answers_and_no_number(group: Group, olive: User, mia: User) -> None:
    act = make_act(group, olive)
    others = [make_user(f"Reader {n}") for n in range(5)]
    for person in others:
        Reaction.objects.toggle(act, person, "thanks")
    Reaction.objects.toggle(act, mia, "moved")
    card = card_of(act, mia)
    assert (card.thanks, card.moved, card.answered) == ("false", "true", "")
    html = html_of(act, mia)
    assert all(person.name not in html for person in others)


def test_the_author_alone_reads_who_answered_names_first(group: Group, olive: User, mia: User) -> None:
    act = make_act(group, olive)
    for name in ("Rosa", "Mei", "Ann", "Bo"):
        Reaction.objects.toggle(act, make_user(name), "thanks")
    Reaction.objects.toggle(act, mia, "moved")
    assert card_of(act, olive).answered == "Rosa, Mei and others said thank you. It moved Mia Marsh."


def test_a_name_shows_until_its_owner_hides_it(group: Group, olive: User, mia: User) -> None:
    act = make_act(group, olive, kind="saw", credited=[mia])
    assert card_of(act, mia).tag == "Saw Mia Marsh"
    Credit.objects.get().become("hidden")
    assert card_of(act, olive).tag == "Saw"


def test_a_parent_that_is_private_or_gone_is_a_link_and_no_more(group: Group, olive: User, mia: User) -> None:
    parent = make_act(group, olive, text="The umbrella.")
    act = make_act(group, mia, parent=parent, link_kind="passed_on")
    assert card_of(act, mia).came_from_name == "Olive Okafor’s act"
    parent.change("removed", by=olive)
    gone = html_of(act, mia)
    assert "Olive" not in gone
    assert parent.public_id not in gone
    assert "a link" in gone
    Act.objects.filter(pk=parent.pk).update(state="shown", audience="private")
    assert card_of(act, mia).came_from_url == ""


def test_a_removed_act_is_a_tombstone(group: Group, olive: User, mia: User) -> None:
    act = make_act(group, olive, text="Secret words.")
    act.change("removed", by=olive)
    card = card_of(act, mia)
    assert card.gone
    assert "Secret words" not in html_of(act, mia)


def test_words_are_shown_as_typed_and_never_as_markup(group: Group, olive: User, mia: User) -> None:
    html = html_of(make_act(group, olive, text="<b hx-get='/x'>one</b>\n{{ 7*7 }}"), mia)
    assert "&lt;b hx-get=" in html
    assert "\n{{ 7*7 }}" in html


def test_a_tick_shows_the_prompt_it_was_for(challenge: Challenge, group: Group, olive: User, mia: User) -> None:
    step = challenge.steps.get(position=0)
    act = make_act(group, olive, text="", source="tick", challenge=challenge, step=step)
    assert card_of(act, mia).idea == step.words.prompt
    act = make_act(group, olive, text="", source="tick", idea_key="i001")
    assert isinstance(card_of(act, mia).idea, str)


def test_who_may_change_and_take_down(group: Group, olive: User, mia: User) -> None:
    act = make_act(group, mia)
    assert (card_of(act, mia).may_edit, card_of(act, mia).may_remove) == (True, True)
    assert (card_of(act, olive).may_edit, card_of(act, olive).may_remove) == (False, True)
    other = make_user("Otto")
    join(group, other)
    assert (card_of(act, other).may_edit, card_of(act, other).may_remove) == (False, False)


def test_the_day_is_the_readers_own(group: Group, olive: User) -> None:
    reader = make_user("Kiri", time_zone="Pacific/Auckland")
    join(group, reader)
    with time_machine.travel(datetime(2026, 3, 12, 10, 0, tzinfo=UTC), tick=False):
        act = make_act(group, olive)
        Act.objects.filter(pk=act.pk).update(shown_at=timezone.now() - timedelta(hours=2), done_on="2026-03-12")
        assert card_of(act, reader).when == "This evening"


def test_a_late_act_says_for_which_day(group: Group, olive: User, mia: User) -> None:
    act = make_act(group, olive, done_on=olive.today() - timedelta(days=3))
    assert ", for " in card_of(act, mia).when


def test_one_seen_act_in_a_dozen_is_set_wide(group: Group, olive: User, mia: User) -> None:
    for n in range(24):
        make_act(group, olive, kind="saw", text=f"Saw {n}")
    cards = cards_for(Act.objects.with_card().order_by("-pk"), mia, [group])
    assert [card.wide for card in cards].count(True) == 2


def test_a_page_of_cards_costs_one_query_whatever_stands_on_it(
    group: Group, olive: User, mia: User, django_assert_num_queries: ModuleType
) -> None:
    make_challenge(group)
    group.is_run, group.my_place = False, group.memberships.get(user=mia)
    _ = group.policy
    for size in (1, 20):
        for n in range(size):
            act = make_act(group, [olive, mia][n % 2], kind="saw", credited=[mia] if n % 2 == 0 else [])
            Reaction.objects.toggle(act, mia, "thanks")
            Reaction.objects.toggle(act, olive, "moved")
        acts = list(Act.objects.with_card())
        with django_assert_num_queries(1):  # type: ignore[operator]
            cards_for(acts, mia, [group])


def test_twenty_cards_stay_small(group: Group, olive: User, mia: User) -> None:
    for n in range(20):
        make_act(group, olive, text=f"Carried {n} bags up the stairs, and heard about each of the grandchildren.")
    cards = cards_for(Act.objects.with_card(), mia, [group])
    html = render_to_string("feed/cards.html", {"cards": cards, "csrf_token": "x" * 64})
    assert len(html) < 36_000


def test_nothing_of_a_foreign_group_is_counted(
    group: Group, foreign_group: Group, olive: User, stan: User, as_mia: Client
) -> None:
    make_act(group, olive, text="Ours.")
    make_act(foreign_group, stan, text="Foreign canary.")
    body = as_mia.get("/").content.decode()
    assert "Ours." in body
    assert "canary" not in body


def test_the_group_is_named_when_there_are_several(group: Group, olive: User, mia: User) -> None:
    other = make_group(mia, name="Choir")
    act = make_act(group, olive)
    [card] = cards_for(Act.objects.with_card().filter(pk=act.pk), mia, [group, other])
    assert card.group == "Ferry Lane Surgery"


def test_an_act_that_says_nothing_says_so(group: Group, olive: User, mia: User) -> None:
    silent = card_of(make_act(group, olive, text=""), mia)
    assert silent.idea == "Something kind, told without words."
    origin = make_act(group, olive)
    too = make_act(group, mia, text="", parent=origin, link_kind=Act.Link.INSPIRED)
    assert not card_of(too, olive).idea, "what it came from is told already"


def test_who_only_looks_after_the_group_is_offered_what_they_can_do(group: Group, olive: User, mia: User) -> None:
    act, admin = make_act(group, olive), make_user("Ada Admin")
    OrganizationAdmin.objects.create(organization=group.organization, user=admin)
    client = CheckedClient()
    client.force_login(admin)
    pages = {path: client.get(path).content.decode() for path in (act.get_absolute_url(), group.get_absolute_url())}
    for offered, status in (("pass-on", 403), ("act-report", 200), ("act-remove", 200)):
        address = reverse(offered, args=[act.public_id])
        assert client.get(address).status_code == status
        for path, page in pages.items():
            assert (f'"{address}"' in page) is (status == 200), path
    assert "did-too/" not in "".join(pages.values())
    assert card_of(act, mia).may_follow
