"""Today: what is asked, the composer, the feed of all my groups, and what is mine alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge
from feed.cursor import cursor_of
from feed.models import Act, ActDraft, Reaction
from groups.models import Group
from notifications.models import Notice
from tests.factories import join, make_act, make_challenge, make_group, make_user


def cost(client: Client, url: str = "/", **headers: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url, headers=headers).status_code == 200
    return len(queries)


def fill(group: Group, author: User, reader: User, number: int) -> None:
    for n in range(number):
        act = make_act(group, author, kind="saw", text=f"{group.name} act {n}", credited=[reader])
        Reaction.objects.toggle(act, reader, "thanks")


def test_a_visitor_sees_the_front_page(client: Client, db: None) -> None:
    reply = client.get("/")
    assert reply.status_code == 200
    assert 'id="post"' not in reply.content.decode()


def test_somebody_without_a_group_finds_two_doors(client: Client, group: Group) -> None:
    client.force_login(make_user("New"))
    page = client.get("/").content.decode()
    assert reverse("start") in page
    assert reverse("enter-code") in page


def test_today_shows_prompt_composer_and_feed(
    as_mia: Client, mia: User, olive: User, group: Group, challenge: Challenge
) -> None:
    make_act(group, olive, text="The tea cupboard.", challenge=challenge)
    page = as_mia.get("/").content.decode()
    for piece in ('class="composer"', "The tea cupboard.", "Together", "Your week", 'class="dots"'):
        assert piece in page
    main = page[page.index("<main") :]
    assert f'href="{group.get_absolute_url()}"><bdi>{group.name}</bdi>' in main, "whose feed it is, and the way there"
    step = challenge.step_on(mia.today())
    assert step
    assert step.words.prompt in page


def test_a_leaders_first_day_has_three_small_things(
    as_olive: Client, as_mia: Client, group: Group, olive: User
) -> None:
    assert reverse("invite", args=[group.slug]) in as_olive.get("/").content.decode()
    assert "Three small things" not in as_mia.get("/").content.decode()
    assert "first drop" in as_mia.get("/").content.decode()
    make_act(group, olive)
    assert "Three small things" not in as_olive.get("/").content.decode()


def test_only_my_groups_are_on_my_page(
    as_mia: Client, mia: User, olive: User, stan: User, group: Group, foreign_group: Group
) -> None:
    other = make_group(mia, name="Choir")
    make_act(group, olive, text="From the surgery.")
    make_act(other, mia, text="From the choir.")
    make_act(foreign_group, stan, text="Foreign canary.")
    page = as_mia.get("/").content.decode()
    assert "From the surgery." in page
    assert "From the choir." in page
    assert "canary" not in page
    picked = as_mia.get(f"/?group={other.slug}").content.decode()
    assert "From the choir." in picked
    assert "From the surgery." not in picked
    foreign = as_mia.get(f"/?group={foreign_group.slug}").content.decode()
    assert "canary" not in foreign


def test_private_and_waiting_acts_are_not_in_the_feed(as_olive: Client, mia: User, group: Group) -> None:
    make_act(group, mia, text="Private canary.", audience="private")
    make_act(group, mia, text="Waiting canary.").change("pending", by=None)
    assert "canary" not in as_olive.get("/").content.decode()


def test_the_feed_is_ordered_by_when_it_was_shown(as_mia: Client, olive: User, mia: User, group: Group) -> None:
    late = make_act(group, olive, text="Approved last.")
    make_act(group, olive, text="Posted last.", done_on=mia.today() - timedelta(days=5))
    late.change("pending", by=None)
    Act.objects.filter(pk=late.pk).update(shown_at=None)
    late.refresh_from_db()
    late.change("shown", by=olive)
    page = as_mia.get("/").content.decode()
    assert page.index("Approved last.") < page.index("Posted last.")


@pytest.mark.parametrize("groups", [1, 3])
def test_every_act_is_met_once_page_by_page(as_mia: Client, mia: User, olive: User, group: Group, groups: int) -> None:
    places = [group, *(make_group(mia) for _ in range(groups - 1))]
    moment = timezone.now()
    for n in range(45):
        act = make_act(places[n % groups], mia, text=f"[{n}]")
        # Several acts share a moment: the cursor must neither repeat nor lose one.
        Act.objects.filter(pk=act.pk).update(shown_at=moment - timedelta(minutes=n // 4))
    url, met = "/", []
    for _ in range(5):
        reply = as_mia.get(url)
        met += [card.text for card in reply.context["cards"]]
        url = reply.context["earlier"]
        if not url:
            break
    assert sorted(met) == sorted(f"[{n}]" for n in range(45))
    shown = list(Act.objects.order_by("-shown_at", "-pk").values_list("text", flat=True))
    assert met == shown


def test_htmx_gets_the_next_cards_and_nothing_around_them(as_mia: Client, olive: User, group: Group) -> None:
    for n in range(21):
        make_act(group, olive, text=f"[{n}]")
    url = as_mia.get("/").context["earlier"]
    part = as_mia.get(url, headers={"HX-Request": "true", "HX-Target": "earlier"}).content.decode()
    assert "[0]" in part
    assert "<html" not in part
    assert 'id="post"' not in part
    page = as_mia.get(url).content.decode()
    assert "<html" in page
    assert "[0]" in page


@pytest.mark.parametrize("before", ["0", "-1", "NaN", "9" * 60, "'; DROP TABLE", "1-", "-", "1" + "0" * 18 + "-1", "é"])
def test_a_cursor_that_is_none_shows_my_own_acts_or_nothing(
    as_mia: Client, olive: User, stan: User, group: Group, foreign_group: Group, before: str
) -> None:
    make_act(group, olive)
    make_act(foreign_group, stan, text="Foreign canary.")
    reply = as_mia.get("/", {"before": before})
    assert reply.status_code in {200, 400}
    assert "canary" not in reply.content.decode()


def test_a_cursor_of_a_foreign_group_shows_my_own(
    as_mia: Client, olive: User, stan: User, group: Group, foreign_group: Group
) -> None:
    make_act(group, olive, text="Mine to see.")
    foreign = make_act(foreign_group, stan, text="Foreign canary.")
    page = as_mia.get("/", {"before": cursor_of(foreign)}).content.decode()
    assert "Mine to see." in page
    assert "canary" not in page


def test_today_costs_twelve_queries_whatever_is_on_it(
    as_mia: Client, mia: User, olive: User, group: Group, challenge: Challenge
) -> None:
    as_mia.get("/")
    fill(group, olive, mia, 2)
    few = cost(as_mia)
    fill(group, olive, mia, 60)
    for n in range(30):
        join(group, make_user(f"Member {n}"))
    assert cost(as_mia) == few
    for _ in range(9):
        other = make_group(olive)
        join(other, mia)
        fill(other, olive, mia, 3)
        make_challenge(other, program="t01")
        other.override("comments_open", allowed=False, by=None)
    assert cost(as_mia) == few
    ActDraft.objects.keep(mia, group, {"text": "Half"})
    assert cost(as_mia) == few <= 11


def test_the_next_page_costs_less(as_mia: Client, mia: User, olive: User, group: Group) -> None:
    fill(group, olive, mia, 45)
    url = as_mia.get("/").context["earlier"]
    assert cost(as_mia, url, **{"HX-Request": "true", "HX-Target": "earlier"}) <= 6


def test_the_page_stays_small(as_mia: Client, mia: User, olive: User, group: Group, challenge: Challenge) -> None:
    fill(group, olive, mia, 25)
    assert len(as_mia.get("/").content) < 64_000


def test_my_week_counts_what_happened_and_only_for_me(
    as_mia: Client, as_olive: Client, mia: User, group: Group
) -> None:
    make_act(group, mia)
    make_act(group, mia, audience="private")
    make_act(group, mia).change("removed", by=mia)
    assert as_mia.get("/").context["mine"].acts == 2
    assert as_olive.get("/").context["mine"].acts == 0


def test_what_waits_for_me_is_named_until_i_have_read_it(as_mia: Client, mia: User, olive: User, group: Group) -> None:
    as_olive_act = make_act(group, olive, kind="saw", credited=[mia])
    Notice.objects.get_or_create(
        recipient=mia, kind="credit", key=as_olive_act.public_id, defaults={"in_app": True, "context": {}}
    )
    assert "thanked you" in as_mia.get("/").content.decode()
    Notice.objects.update(read_at=timezone.now())
    assert "thanked you" not in as_mia.get("/").content.decode()


def test_new_acts_of_others_are_announced_and_mine_are_not(
    as_mia: Client, mia: User, olive: User, stan: User, group: Group, foreign_group: Group
) -> None:
    first = make_act(group, olive)
    url = f"{reverse('today-new')}?since={cursor_of(first)}"
    assert as_mia.get(url).status_code == 204
    make_act(group, mia)
    make_act(foreign_group, stan)
    make_act(group, olive, audience="private")
    assert as_mia.get(url).status_code == 204
    make_act(group, olive)
    assert "1 new act" in as_mia.get(url).content.decode()
    assert cost(as_mia, url) == 3
    for _ in range(25):
        make_act(group, olive)
    assert "20+ new acts" in as_mia.get(url).content.decode()
    assert as_mia.get(reverse("today-new")).status_code == 204
    assert as_mia.get(f"{reverse('today-new')}?since=nonsense").status_code == 400


def test_the_pill_answers_304_while_nothing_changed(as_mia: Client, olive: User, group: Group) -> None:
    url = f"{reverse('today-new')}?since={cursor_of(make_act(group, olive))}"
    make_act(group, olive)
    etag = as_mia.get(url)["ETag"]
    assert as_mia.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_today_changes_nothing_when_it_is_looked_at(as_mia: Client, group: Group, challenge: Challenge) -> None:
    with CaptureQueriesContext(connection) as queries:
        as_mia.get("/")
    assert all(query["sql"].lstrip("(").startswith("SELECT") for query in queries)
    assert as_mia.post("/").status_code == 405


def test_an_empty_place_in_the_feed_is_its_beginning(as_mia: Client, group: Group) -> None:
    assert 'id="post"' in as_mia.get("/?before=").content.decode()


def test_more_challenges_than_a_page_holds_are_named_and_lead_to_their_prompt(
    as_mia: Client, mia: User, olive: User, group: Group
) -> None:
    groups = [group, *(make_group(olive, name=f"Choir {n}") for n in range(4))]
    for place in groups:
        join(place, mia)
        make_challenge(place)
    page = as_mia.get("/").content.decode()
    assert page.count('class="plane prompt') == 3
    assert "2 more challenges are on" in page
    last = as_mia.get("/").context["prompts"].others[-1]
    assert f"/?group={last.group.slug}#prompt-{last.public_id}" in page
    assert f'id="prompt-{last.public_id}"' in as_mia.get("/", {"group": last.group.slug}).content.decode()


def test_two_challenges_in_one_group_are_told_apart(as_mia: Client, group: Group, challenge: Challenge) -> None:
    assert f"{challenge.title} in " not in unisolated(as_mia.get("/"))
    twin = make_challenge(group, started=1, program="t01")
    page = unisolated(as_mia.get("/"))
    for one in (challenge, twin):
        assert f"{one.title} in {group.name}" in page


def unisolated(reply: Any) -> str:
    return str(reply.content.decode()).replace("\u2068", "").replace("\u2069", "")
