"""A chain of acts: the story, the drawing that says the same, and what each reader may see of it (B-21, C-07)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge
from feed.models import Act
from feed.ripples import longest_of, ripple_of
from feed.totals import totals_of
from groups.models import Group
from groups.models.policy import default_policy
from tests.factories import join, make_act, make_group, make_user

ON = {"link_kind": "passed_on"}


def path_of(act: Act) -> str:
    return f"/ripples/{act.public_id}/"


@pytest.fixture
def cast(group: Group) -> dict[str, User]:
    """A team (Tess), a grieving regular (Reg), the owner (Ona), a friend (Fay)."""
    people = {name: make_user(f"{name} Example") for name in ("Tess", "Reg", "Ona", "Fay")}
    for person in people.values():
        join(group, person)
    return people


@pytest.fixture
def story(group: Group, cast: dict[str, User], challenge: Challenge) -> list[Act]:
    """The reference case: six links, one loop back, two people anonymous, one who removes their name later."""
    steps = [
        ("Tess", "Sat with a regular who had lost his wife.", "me"),
        ("Reg", "Told the owner how good the staff are.", "someone"),
        ("Ona", "Told the team what he said.", "me"),
        ("Tess", "Told him that it reached us.", "me"),
        ("Reg", "Told a friend about the team.", "someone"),
        ("Fay", "Retold it at my own work.", "me"),
    ]
    acts: list[Act] = []
    for name, text, signed in steps:
        link = {"parent": acts[-1], **ON} if acts else {}
        acts.append(make_act(group, cast[name], text=text, signed=signed, challenge=challenge, **link))
    return acts


def test_the_reference_story_reads_in_order_with_degrees_and_a_loop_back(
    story: list[Act], as_mia: Client, cast: dict[str, User]
) -> None:
    response = as_mia.get(path_of(story[0]))
    page = response.content.decode()
    ripple = response.context["ripple"]
    assert [place.degree for place in ripple.places] == [0, 1, 2, 3, 4, 5]
    assert [place.name for place in ripple.places] == [
        "Tess Example",
        "Someone",
        "Ona Example",
        "Tess Example",
        "Someone",
        "Fay Example",
    ]
    assert (ripple.acts, ripple.people, ripple.unsigned, ripple.degree) == (6, 3, 2, 5)
    positions = [page.index(act.text) for act in story]
    assert positions == sorted(positions)
    for degree in range(1, 6):
        assert f"degree {degree}" in page
    assert "Reg" not in page
    assert cast["Reg"].public_id not in page


def test_a_name_taken_back_later_leaves_map_and_text_in_place(
    story: list[Act], as_mia: Client, cast: dict[str, User]
) -> None:
    fay = story[5]
    fay.rewrite(text=fay.text, done_on=fay.done_on, audience="group", signed="someone", by=cast["Fay"])
    response = as_mia.get(path_of(story[0]))
    page = response.content.decode()
    assert "Fay" not in page
    assert "Retold it at my own work." in page
    assert response.context["nodes"][5].name == "Someone"
    assert "6, Someone, from 5." in response.context["label"]
    ripple = response.context["ripple"]
    assert (ripple.acts, ripple.people, ripple.unsigned, ripple.degree) == (6, 2, 3, 5)


def test_drawing_list_and_label_say_the_same(story: list[Act], as_mia: Client) -> None:
    context = as_mia.get(path_of(story[0])).context
    for node, told in zip(context["nodes"], context["story"], strict=True):
        assert node.number == told.place.number
        assert node.name == told.place.name
        assert f"{node.number}, {node.name}" in context["label"]
        parent = context["nodes"][node.parent].number if node.parent is not None else None
        assert parent == told.place.parent


@pytest.mark.parametrize("off", ["removed", "hidden"])
def test_an_act_taken_down_keeps_its_place_and_says_nothing(
    off: str, story: list[Act], as_mia: Client, cast: dict[str, User]
) -> None:
    story[2].change(off, by=cast["Ona"])
    response = as_mia.get(path_of(story[0]))
    page = response.content.decode()
    assert "An act that was taken down" in page
    assert "Ona" not in page
    assert story[2].text not in page
    assert story[2].public_id not in page
    places = response.context["ripple"].places
    assert [place.degree for place in places] == [0, 1, 2, 3, 4, 5]
    assert places[3].parent == 3


def test_a_removed_origin_is_a_tombstone_and_its_address_still_tells_the_rest(
    story: list[Act], as_mia: Client, as_stan: Client, cast: dict[str, User], foreign_group: Group
) -> None:
    story[0].change("removed", by=cast["Tess"])
    assert "Retold it at my own work." in as_mia.get(path_of(story[0])).content.decode()
    assert as_stan.get(path_of(story[0])).status_code == 404


@pytest.mark.parametrize("hide", ["private", "leaders", "pending", "returned"])
def test_what_a_reader_may_not_open_is_a_link_on_the_way_and_nothing_at_the_end(
    hide: str, story: list[Act], as_mia: Client, cast: dict[str, User]
) -> None:
    field = "audience" if hide in {"private", "leaders"} else "state"
    for act in (story[2], story[5]):
        Act.objects.filter(pk=act.pk).update(**{field: hide})
    response = as_mia.get(path_of(story[0]))
    page = response.content.decode()
    assert [place.kind for place in response.context["ripple"].places] == ["act", "act", "link", "act", "act"]
    for act in (story[2], story[5]):
        assert act.text not in page
        assert act.public_id not in page
    assert "Ona" not in page
    assert "Fay" not in page


def test_a_private_act_that_is_taken_down_leaves_no_trace(group: Group, olive: User, mia: User, as_mia: Client) -> None:
    first = make_act(group, mia)
    private = make_act(group, olive, parent=first, audience="private", **ON)
    private.change("removed", by=olive)
    assert "taken down" not in as_mia.get(path_of(first)).content.decode()


def test_a_link_from_another_group_shows_no_more_than_that_it_is_one(
    group: Group, foreign_group: Group, olive: User, stan: User, mia: User, as_mia: Client, as_stan: Client
) -> None:
    first = make_act(group, olive, text="CANARY of the surgery")
    join(foreign_group, mia)
    second = make_act(foreign_group, mia, text="Retold it at home", parent=first, **ON)
    both = as_mia.get(path_of(first)).content.decode()
    assert "CANARY of the surgery" in both
    assert "Retold it at home" in both
    for path in (path_of(first), second.get_absolute_url(), foreign_group.get_absolute_url()):
        page = as_stan.get(path).content.decode()
        assert "CANARY" not in page
        assert "Olive" not in page
    assert [place.kind for place in ripple_of(second, stan).places] == ["link", "act"]


def test_strangers_and_removed_members_find_no_ripple(
    story: list[Act], as_stan: Client, as_mia: Client, group: Group, mia: User, foreign_group: Group
) -> None:
    assert as_stan.get(path_of(story[0])).status_code == 404
    assert as_mia.get("/ripples/2222222222222222/").status_code == 404
    group.memberships.get(user=mia).end("removed")
    assert as_mia.get(path_of(story[0])).status_code == 404


def test_any_act_of_the_chain_leads_to_the_chain(story: list[Act], as_mia: Client) -> None:
    answer = as_mia.get(path_of(story[3]))
    assert answer.headers["Location"] == f"{path_of(story[0])}?from={story[3].public_id}#told-{story[3].public_id}"


def crumb(page: str) -> list[str]:
    """The addresses on the way back."""
    return re.findall(r'href="([^"]+)"', page.split('class="crumb"')[1].split("</p>")[0])


def test_the_way_back_leads_to_the_act_one_came_from_and_its_group(
    story: list[Act], as_mia: Client, group: Group
) -> None:
    home, first, third = group.get_absolute_url(), story[0].get_absolute_url(), story[3].get_absolute_url()
    assert crumb(as_mia.get(path_of(story[0])).content.decode()) == [home, first]
    assert crumb(as_mia.get(path_of(story[3]), follow=True).content.decode()) == [home, third]
    assert f'href="{path_of(story[0])}?from={story[3].public_id}"' in as_mia.get(third).content.decode()


@pytest.mark.parametrize("asked", ["", "2222222222222222", "a%00b", "%F0%9F%8C%8A", "x" * 500])
def test_a_way_back_that_leads_nowhere_is_not_shown(story: list[Act], as_mia: Client, asked: str) -> None:
    page = as_mia.get(f"{path_of(story[0])}?from={asked}").content.decode()
    assert crumb(page)[1] == story[0].get_absolute_url()


def test_nobody_is_led_back_to_what_they_may_not_open(
    story: list[Act], as_mia: Client, as_stan: Client, cast: dict[str, User], foreign_group: Group, mia: User
) -> None:
    story[0].change("removed", by=cast["Tess"])
    page = as_mia.get(f"{path_of(story[0])}?from={story[0].public_id}").content.decode()
    assert crumb(page)[1] == story[1].get_absolute_url()
    join(foreign_group, mia)
    elsewhere = make_act(foreign_group, mia, parent=story[5], **ON)
    page = as_stan.get(f"{path_of(story[0])}?from={story[3].public_id}").content.decode()
    assert crumb(page) == [foreign_group.get_absolute_url(), elsewhere.get_absolute_url()]


def test_an_act_alone_says_so_without_regret(group: Group, olive: User, as_mia: Client) -> None:
    page = as_mia.get(path_of(make_act(group, olive))).content.decode()
    assert "Nobody has passed it on yet. It can wait." in page


def big(group: Group, author: User, count: int) -> Act:
    """A chain of `count` acts behind an origin: one long way with side branches."""
    first = make_act(group, author, text="Began it.")
    now, parents = timezone.now(), [first]
    for n in range(count):
        parent = parents[-1] if n % 3 else parents[max(0, len(parents) - 2)]
        fields = {"kind": "did", "text": f"Step {n}.", "zone": "UTC", "done_on": now.date(), "shown_at": now}
        link = {"parent": parent, "ripple": first, "degree": parent.degree + 1, "link_kind": "passed_on"}
        parents.append(Act.objects.create(group=group, author=author, **fields, **link))
    return first


def test_of_a_large_ripple_the_furthest_way_is_drawn_and_all_of_it_is_listed(
    group: Group, olive: User, as_mia: Client
) -> None:
    first = big(group, olive, 150)
    response = as_mia.get(path_of(first))
    ripple = response.context["ripple"]
    numbers = {node.number for node in response.context["nodes"]}
    assert len(numbers) == 60
    assert max(ripple.places, key=lambda place: place.degree).number in numbers
    assert response.context["more"] == 91
    listed = [
        told.place.number for page in (1, 2, 3) for told in as_mia.get(f"{path_of(first)}?page={page}").context["story"]
    ]
    assert listed == list(range(1, 152))


def test_the_act_page_draws_the_branch_of_its_act(group: Group, olive: User, as_mia: Client) -> None:
    big(group, olive, 40)
    act = Act.objects.get(text="Step 20.")
    response = as_mia.get(act.get_absolute_url())
    numbers = {node.number for node in response.context["nodes"]}
    assert len(numbers) == 12
    assert response.context["ripple"].number_of(act) in numbers
    assert response.context["more"] == 29


@pytest.mark.parametrize("count", [2, 200])
def test_a_ripple_costs_the_same_whatever_its_size(count: int, group: Group, olive: User, as_mia: Client) -> None:
    first = big(group, olive, count)
    as_mia.get(path_of(first))
    with CaptureQueriesContext(connection) as queries:
        as_mia.get(path_of(first))
    assert len(queries) == 7, "\n".join(query["sql"][:160] for query in queries)


def test_the_longest_ripple_of_a_challenge_is_what_its_group_sees(
    story: list[Act], challenge: Challenge, group: Group, mia: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    make_act(group, mia, parent=story[5], audience="private", challenge=challenge, **ON)
    with django_assert_num_queries(3):
        ripple = longest_of(challenge)
    assert ripple is not None
    assert (ripple.public_id, ripple.acts, ripple.degree) == (story[0].public_id, 6, 5)
    assert ripple.path == path_of(story[0])
    assert len(ripple.nodes) == 6


def test_a_challenge_without_links_has_no_longest_ripple(group: Group, olive: User, challenge: Challenge) -> None:
    make_act(group, olive, challenge=challenge)
    assert longest_of(challenge) is None


def test_totals_are_kept_apart_by_kind_and_by_the_way_they_came(
    group: Group, olive: User, challenge: Challenge, django_assert_num_queries: Callable[..., Any]
) -> None:
    other = Challenge.objects.start(group=make_group(olive), program_key="t02", starts_on=challenge.starts_on, by=olive)
    for kind, source in (
        ("did", "posted"),
        ("did", "tick"),
        ("saw", "paper"),
        ("received", "posted"),
        ("did", "guest"),
    ):
        make_act(group, olive, kind=kind, source=source, challenge=challenge)
    with django_assert_num_queries(1):
        totals = totals_of([challenge, other])
    mine = totals[challenge.pk]
    assert (mine.did, mine.saw, mine.received, mine.total) == (3, 1, 1, 5)
    assert (mine.posted, mine.ticked, mine.paper) == (3, 1, 1)
    assert totals[other.pk].total == 0


@pytest.mark.parametrize("mode", ["workplace", "community", "secondary", "primary"])
def test_no_chain_leaves_its_group_by_default(mode: str, group: Group, olive: User, mia: User, as_mia: Client) -> None:
    """No page tells a chain outside its group; so nobody in it has to be asked, and no name has to be replaced."""
    assert not default_policy(mode, "adult").organization_audience
    neighbor = make_user("Nell Neighbor")
    beside = Group.objects.found(
        name="The floor above", mode="workplace", founder=neighbor, organization=group.organization
    )
    as_neighbor = Client()
    as_neighbor.force_login(neighbor)
    first = make_act(group, olive, text="CANARY")
    sent = {"group": group.slug, "kind": "did", "text": "CANARY too", "audience": "organization", "form_key": "chain-1"}
    as_mia.post("/acts/", {**sent, "parent": first.public_id, "link_kind": "passed_on"})
    second = Act.objects.get(author=mia)
    assert second.audience == "group"
    for act in (first, second):
        Act.objects.filter(pk=act.pk).update(audience="organization")
        for path in (path_of(act), act.get_absolute_url()):
            assert as_neighbor.get(path).status_code == 404
    assert "CANARY" not in as_neighbor.get(beside.get_absolute_url()).content.decode()
