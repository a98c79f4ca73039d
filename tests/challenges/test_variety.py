"""The promises of the variety engine, over two thousand random histories."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenges.catalog import Category, Idea, find_ideas
from challenges.variety import CATEGORIES, OFFERED, REPEAT_DAYS, SETTINGS, WEEK_DAYS, Pool, Shown, offer, shown

START = date(2026, 3, 2)
LIBRARY = find_ideas(mode="workplace", age_band="adult")
KEYS = [idea.key for idea in LIBRARY]
CATEGORY_NAMES = [category.value for category in Category]

days = st.integers(min_value=-40, max_value=60).map(lambda n: START + timedelta(days=n))


def history_of(seed: int) -> list[Shown]:
    """A random history of up to forty ideas, around the start."""
    chance = random.Random(seed)
    return [
        Shown(START + timedelta(days=chance.randint(-40, 60)), idea.key, idea.category.value, frozenset(idea.settings))
        for idea in chance.choices(LIBRARY, k=chance.randint(0, 40))
    ]


# A history drawn from one number: two thousand of them take seconds instead of minutes.
histories = st.integers(min_value=0, max_value=2**32).map(history_of)
POOLS = {seed: Pool(LIBRARY, seed) for seed in ("mia", "olive", "stan")}


def beside(pool: Pool, history: list[Shown], day: date, **more: object) -> list[Idea]:
    fields = {"category": "connect", "preferred": (), **more}
    return offer(pool, history=history, day=day, **fields)  # type: ignore[arg-type]


@settings(max_examples=2000, deadline=None)
@given(
    history=histories,
    day=days,
    seed=st.sampled_from(["mia", "olive", "stan"]),
    category=st.sampled_from(CATEGORY_NAMES),
    preferred=st.lists(st.sampled_from(KEYS), max_size=2),
)
def test_whatever_was_met_before_an_offer_is_fresh_and_completes_its_week(
    history: list[Shown], day: date, seed: str, category: str, preferred: list[str]
) -> None:
    ideas = beside(POOLS[seed], history, day, category=category, preferred=preferred)
    lately = {met.key for met in history if abs((day - met.on).days) < REPEAT_DAYS}
    assert len(ideas) == OFFERED
    assert not lately & {idea.key for idea in ideas}
    # What lies ahead counts as well when an earlier prompt is opened; here only the past is looked at.
    if all(met.on <= day for met in history):
        week = [met for met in history if (day - met.on).days < WEEK_DAYS] + shown(day, category, ideas)
        assert len({met.category for met in week}) >= CATEGORIES
        assert len({name for met in week for name in met.settings}) >= SETTINGS


@settings(max_examples=30, deadline=None)
@given(seed=st.text(max_size=8), categories=st.lists(st.sampled_from(CATEGORY_NAMES), min_size=40, max_size=40))
def test_forty_days_in_a_row_keep_all_promises(seed: str, categories: list[str]) -> None:
    pool, met = Pool(LIBRARY, seed), list[Shown]()
    for turn, category in enumerate(categories):
        day = START + timedelta(days=turn)
        met += shown(day, category, beside(pool, met, day, category=category, turn=turn))
    for turn in range(40):
        day = START + timedelta(days=turn)
        week = [one for one in met if 0 <= (day - one.on).days < WEEK_DAYS]
        assert len({one.category for one in week}) >= CATEGORIES
        assert len({name for one in week for name in one.settings}) >= SETTINGS
        lately = [one.key for one in met if one.key and 0 <= (day - one.on).days < REPEAT_DAYS]
        assert len(lately) == len(set(lately))


@settings(max_examples=100, deadline=None)
@given(
    few=st.lists(st.sampled_from(LIBRARY), max_size=5, unique_by=lambda idea: idea.key),
    history=histories,
    swaps=st.integers(min_value=0, max_value=30),
)
def test_a_small_library_repeats_rather_than_leaving_anybody_without(
    few: list[Idea], history: list[Shown], swaps: int
) -> None:
    ideas = beside(Pool(few, "mia"), history, START, swaps=swaps, seen=[idea.key for idea in few])
    assert len(ideas) == min(OFFERED, len(few))
    assert len({idea.key for idea in ideas}) == len(ideas)


def test_the_same_member_meets_the_same_offer_and_another_member_another() -> None:
    mia, again, olive = (beside(Pool(LIBRARY, seed), [], START) for seed in ("mia", "mia", "olive"))
    assert mia == again
    assert mia != olive


def test_neighboring_prompts_rotate() -> None:
    pool = Pool(LIBRARY, "mia")
    assert beside(pool, [], START, turn=0) != beside(pool, [], START, turn=1)


def test_the_ideas_a_program_names_come_first() -> None:
    ideas = beside(Pool(LIBRARY, "mia"), [], START, preferred=("I031", "I040"))
    assert [idea.key for idea in ideas] == ["I031", "I040"]


def test_a_swap_goes_through_the_library_before_anything_comes_back() -> None:
    pool, seen = Pool(LIBRARY, "mia"), list[str]()
    for swaps in range(len(LIBRARY) // OFFERED):
        new = [idea.key for idea in beside(pool, [], START, swaps=swaps, seen=seen)]
        assert not set(new) & set(seen)
        seen += new
    assert len(beside(pool, [], START, swaps=80, seen=seen)) == OFFERED


def test_when_everything_has_been_seen_the_oldest_comes_back_first() -> None:
    few = LIBRARY[:4]
    seen = [idea.key for idea in few]
    assert [idea.key for idea in beside(Pool(few, "mia"), [], START, swaps=3, seen=seen)] == seen[:2]


@pytest.mark.parametrize("keys", [(), ("I999",)])
def test_unknown_ideas_and_an_empty_library_do_no_harm(keys: tuple[str, ...]) -> None:
    assert beside(Pool([], "mia"), [], START, preferred=keys) == []
