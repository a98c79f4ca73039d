"""What anybody may read before they start: programs, and what studies say."""

import pytest
from django.test import Client
from django.urls import reverse

from challenges.catalog import claims, left_out, programs, sources
from challenges.programs import Glance, Study, programs_for

pytestmark = pytest.mark.django_db


def test_all_programs_stand_side_by_side(client: Client) -> None:
    html = client.get(reverse("programs")).content.decode()
    for plan in programs().values():
        assert plan.title in html
        assert reverse("program", args=[plan.slug]) in html


@pytest.mark.parametrize(
    ("query", "there", "missing"),
    [
        ("?for=primary", "Classroom Kindness Counts", "Five Acts a Week"),
        ("?for=secondary", "A Kinder Half Term", "Classroom Kindness Counts"),
        ("?minutes=10", "21 Days of Kindness", "Ten Small Acts"),
        ("?for=workplace", "Ten Small Acts", ""),
        ("?for=nonsense&minutes=-1", "Ten Small Acts", ""),
    ],
)
def test_programs_are_narrowed_down(client: Client, query: str, there: str, missing: str) -> None:
    html = client.get(reverse("programs") + query).content.decode()
    assert there in html
    assert not missing or missing not in html


def test_no_program_fits_and_there_is_a_way_on(client: Client) -> None:
    html = client.get(reverse("programs") + "?minutes=5").content.decode()
    assert "No program fits" in html
    assert "Show all programs" in html


@pytest.mark.parametrize("key", sorted(programs()))
def test_a_program_shows_every_prompt_its_evidence_and_its_sources(client: Client, key: str) -> None:
    plan = programs()[key]
    html = client.get(reverse("program", args=[plan.slug])).content.decode()
    for step in plan.steps:
        assert step.for_mode(plan.modes[0]).prompt.replace("'", "&#x27;") in html
    for source in plan.evidence:
        assert f"https://doi.org/{sources()[source].doi}" in html
    assert (reverse("start", query={"program": plan.slug}) in html) is ("A" in plan.ages)
    assert plan.evidence_note.split("\n\n")[0][:60] in html


def test_a_program_can_be_read_in_the_words_for_a_community_group(client: Client) -> None:
    page = reverse("program", args=["21-days-of-kindness"])
    assert "Thank someone here for one exact thing." in client.get(page + "?for=community").content.decode()
    assert "Thank a colleague for one exact thing." in client.get(page + "?for=primary").content.decode()


def test_a_program_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get(reverse("program", args=["thirty-days-of-cake"])).status_code == 404


def test_the_evidence_page_has_every_claim_and_what_is_left_out(client: Client) -> None:
    html = client.get(reverse("evidence")).content.decode()
    for claim in claims().values():
        assert claim.text.replace("'", "&#x27;")[:60] in html
    for entry in left_out().values():
        assert entry.title.replace("'", "&#x27;") in html
    for source in sources().values():
        assert f'id="source-{source.key}"' in html


def test_only_programs_for_the_age_and_the_kind_of_group_are_offered() -> None:
    assert set(programs_for("adult", "workplace")) == {"t01", "t02", "t08"}
    assert set(programs_for("7-11")) == {"t08", "t11"}
    assert set(programs_for("11-15", "secondary")) == {"t01", "t08", "t12"}
    assert programs_for("adult", "primary") == {}


def test_a_program_at_a_glance() -> None:
    glance = Glance(programs()["t01"])
    assert (glance.length, glance.rhythm, glance.minutes) == ("4 weeks", "5 acts a week", "2 to 10 minutes")
    assert glance.ages == "11 to 18, adults"
    assert Study(sources()["curry-2018"]).name == "Curry et al. (2018)"


def test_reading_needs_no_database(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        for page in (reverse("programs"), reverse("ideas"), reverse("evidence")):
            assert client.get(page).status_code == 200
