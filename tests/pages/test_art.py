"""The drawing: the same seed gives the same picture, small enough for every card of a feed."""

import itertools
import re
from xml.etree import ElementTree

import pytest
from django.template import engines

from feed.totals import Totals
from kindness_platform import art
from kindness_platform.art import Place
from kindness_platform.qr import qr

CHAIN = [Place(None, "ink", 1), Place(0, "sun", 2), Place(0, "sky", 3), Place(1, "petal", 4), Place(3, "leaf", 5)]


def circles(drawing: str) -> list[str]:
    return re.findall(r"M-?\d+ -?\d+h0", drawing)


def test_a_patch_belongs_to_a_person_for_good() -> None:
    assert art.patch("abc") == art.patch.__wrapped__("abc")
    assert art.patch("abc") == (
        '<svg class="patch" viewBox="0 0 8 8" aria-hidden="true">' + art.patch("abc").split('hidden="true">', 1)[1]
    )
    assert len({art.patch(str(number)) for number in range(500)}) > 450


def test_patches_are_small() -> None:
    assert max(len(art.patch(f"person-{number}")) for number in range(500)) <= 450


def test_someone_has_one_patch_of_their_own() -> None:
    assert art.patch("") == art.patch("")
    assert "f-wash" in art.patch("")
    assert all("f-wash" not in art.patch(str(number)) for number in range(200))


@pytest.mark.parametrize(
    "drawing",
    [
        art.patch("abc", "patch--s"),
        art.quilt(10, 3, "seed"),
        art.quilt(4, 4, "seed", (("sun", "spruce"),), calm=0, big=1),
        art.ripple(),
        art.waves(),
        art.logo(),
        art.pips(5),
        art.turn(3, 2, 1, 30, "six"),
        art.line(CHAIN, "a chain"),
        art.tree(CHAIN, "a tree"),
        qr("https://kind.example.org/join/ABCD2345/", "QR code"),
    ],
)
def test_every_drawing_is_plain_svg(drawing: str) -> None:
    tree = ElementTree.fromstring(drawing)
    for element in tree.iter():
        assert not {"style", "onload"} & set(element.attrib)
        assert element.tag.split("}")[-1] in {"svg", "g", "path", "circle", "text", "ul", "li"}


def test_a_quilt_is_the_same_on_every_machine() -> None:
    assert art.quilt(6, 6, "lost") == art.quilt.__wrapped__(6, 6, "lost")
    assert art.quilt(6, 6, "lost") != art.quilt(6, 6, "found")
    assert len(art.quilt(10, 12, "a good turn")) < 6000


def test_the_meter_has_a_dot_for_each_act_and_for_each_still_hoped_for() -> None:
    drawing = art.turn(3, 2, 1, 30, "label")
    kinds = dict(re.findall(r'<path class="([dnro])" d="([^"]+)"', drawing))
    assert {kind: len(circles(path)) for kind, path in kinds.items()} == {"d": 3, "n": 2, "r": 1, "o": 24}


def test_over_the_goal_the_line_goes_on_growing() -> None:
    assert len(circles(art.turn(40, 0, 0, 30, "label"))) == 40


@pytest.mark.parametrize("goal", [1, 299, 300, 301, 1200, 100_000])
def test_the_meter_never_draws_much_more_than_three_hundred_dots(goal: int) -> None:
    for did, saw, received in ((0, 0, 0), (1, 1, 1), (goal, goal, goal)):
        meter = art.turn_of(did, saw, received, goal)
        dots = sum(count for _, count in meter.filled) + meter.waiting
        assert dots <= art.MOST_DOTS + 3
        assert all(count for (_, count), acts in zip(meter.filled, (did, saw, received), strict=True) if acts)
        assert meter.worth * dots >= goal


def test_a_meter_without_acts_or_goal_still_draws() -> None:
    ElementTree.fromstring(art.turn(0, 0, 0, 0, "nothing yet"))


def test_the_meter_says_its_numbers_in_words() -> None:
    totals = Totals(did=700, saw=200, received=100, posted=1000, ticked=0, paper=0)
    shown = engines["django"].from_string("{% turn_meter totals 1200 %}").render({"totals": totals})
    for words in ("1000", "Did 700", "Saw 200", "Received 100", "One dot is 4 acts.", "of the 1200"):
        assert words in " ".join(shown.split()), words


def test_a_label_cannot_break_out() -> None:
    drawing = art.line(CHAIN, '"><script>alert(1)</script>')
    assert "<script" not in drawing


def test_a_long_chain_runs_straight_down_a_tree() -> None:
    chain = [Place(number - 1 if number else None, "sun", number + 1) for number in range(40)]
    width = int(re.search(r'viewBox="0 0 (\d+)', art.tree(chain, "long")).group(1))  # type: ignore[union-attr]
    assert width <= 320


def test_every_place_of_a_tree_has_a_row_of_its_own() -> None:
    wide = [Place(None, "ink", 1)] + [
        Place(parent, "sun", number + 2) for number, parent in enumerate([0, 0, 1, 1, 2, 3, 3])
    ]
    rows = re.findall(r'<circle class="f-ink" cx="(\d+)" cy="(\d+)"', art.tree(wide, "wide"))
    assert len(rows) == len(wide)
    assert all(first[1] != second[1] for first, second in itertools.combinations(rows, 2))


def test_a_code_keeps_its_quiet_zone_and_its_colors() -> None:
    drawing = qr("https://kind.example.org/join/ABCD2345/", "Join <us>")
    assert "Join &lt;us&gt;" in drawing
    assert 'fill="#fff"' in drawing
    assert 'fill="#14302b"' in drawing
    assert min(int(x) for x, _ in re.findall(r"M(\d+) (\d+)h\d+v1h", drawing)) == 4
