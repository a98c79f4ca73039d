"""The idea library: all of it, searched."""

import pytest
from django.test import Client
from django.urls import reverse

from challenges.catalog import ideas

pytestmark = pytest.mark.django_db


def read(client: Client, **asked: str) -> str:
    reply = client.get(reverse("ideas", query=asked))
    assert reply.status_code == 200
    return reply.content.decode()


def test_all_ideas_are_there(client: Client) -> None:
    html = read(client)
    assert f"{len(ideas())} ideas" in html
    assert len(ideas()) == 166


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"category": "listen"}, lambda idea: idea.category == "listen"),
        ({"effort": "3"}, lambda idea: idea.effort == 3),
        ({"setting": "online"}, lambda idea: "online" in idea.settings),
        ({"text": "thank"}, lambda idea: "thank" in idea.text.casefold()),
        ({"category": "help", "effort": "1", "setting": "work"},
         lambda idea: idea.category == "help" and idea.effort == 1 and "work" in idea.settings),
    ],
)  # fmt: skip
def test_ideas_are_narrowed_down(client: Client, asked: dict[str, str], fits: object) -> None:
    shown = [idea if idea.reaches("adult") else ideas(young=True)[idea.key] for idea in ideas().values()]
    wanted = [idea for idea in shown if fits(idea)]  # type: ignore[operator]
    html = read(client, **asked)
    assert wanted
    assert html.count('class="serif-p"') == len(wanted)
    for idea in wanted:
        assert idea.text.replace("'", "&#x27;") in html


@pytest.mark.parametrize(("band", "number"), [("7-11", 89), ("11-15", 127), ("adult", 155)])
def test_ideas_can_be_read_in_the_words_for_an_age(client: Client, band: str, number: int) -> None:
    html = read(client, ages=band)
    young = band != "adult"
    assert f"{number} ideas" in html
    assert (ideas(young=True)["I004"].text in html) is young
    assert (ideas()["I004"].text in html) is not young


def test_what_was_typed_stays_and_is_only_text(client: Client) -> None:
    html = read(client, text='"><script>', category="nonsense", effort="12")
    assert "&quot;&gt;&lt;script&gt;" in html
    assert "Nothing here fits all of that." in html
    assert "Show all ideas" in html


def test_ideas_say_for_which_ages_they_are(client: Client) -> None:
    html = read(client, setting="school")
    assert "7 to 11, 11 to 18" in html
    assert "any age" in html


def test_htmx_gets_the_list_alone(client: Client) -> None:
    reply = client.get(reverse("ideas"), headers={"HX-Request": "true", "HX-Target": "found"})
    assert reply.content.decode().lstrip().startswith('<section id="found"')
    assert "HX-Target" in reply["Vary"]
