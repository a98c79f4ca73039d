"""The checker of pages is itself checked: it has to notice what it promises to notice."""

import pytest

from tests.html import problems_of

FINE = "<!doctype html><html lang=en><head><title>T</title></head><body><main><h1>H</h1>{}</main></body></html>"


def test_a_fine_page_has_no_problems() -> None:
    assert list(problems_of(FINE.format("<p>Hello</p>"))) == []


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ('<p id="a"></p><p id="a"></p>', "stands 2 times"),
        ('<label for="b">B</label>', "points at nothing"),
        ('<input name="x">', "has no label"),
        ('<p style="color:red">x</p>', "is inline"),
        ('<p onclick="x()">x</p>', "is inline"),
        ("<script>x()</script>", "is inline"),
        ("<style>p{}</style>", "is inline"),
        ('<a href="javascript:x()">x</a>', "runs script"),
        ('<p hx-on:click="x">x</p>', "is inline"),
        ('<p hx-trigger="load[x]">x</p>', "fails open"),
        ('<a href="/"><button>x</button></a>', "stands inside"),
        ("<button></button>", "has no name"),
        ('<img src="/x">', "has no alt"),
        ("<h1>Second</h1>", "2 h1"),
        ("<p><div>x</div></p>", "not well-formed"),
        ("</section>", "not well-formed"),
        ('<svg><use href="#i-none"/></svg>', "points at nothing"),
    ],
)
def test_a_mistake_is_noticed(markup: str, words: str) -> None:
    assert any(words in problem for problem in problems_of(FINE.format(markup)))
