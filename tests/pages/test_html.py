"""The checker of pages is itself checked: it has to notice what it promises to notice."""

import pytest

from tests.html import problems_of, shape_of

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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>Hello Mia</p>", "<p>Goodbye, Olive</p>"),
        ("<p>It&#x27;s late</p>", "<p>That&#x27;s it</p>"),
        ('<a href="/acts/a1b2/">x</a>', '<a href="/acts/c3d4/">y</a>'),
        ('<p id="act-a1b2"></p><a href="#act-a1b2">x</a>', '<p id="act-c3d4"></p><a href="#act-c3d4">x</a>'),
        ('<input value="Mia" aria-label="Name">', '<input value="Olive" aria-label="Your name">'),
    ],
)
def test_pages_that_differ_in_words_only_are_read_once(one: str, other: str) -> None:
    assert shape_of(FINE.format(one)) == shape_of(FINE.format(other))


@pytest.mark.parametrize(
    ("fine", "broken"),
    [
        ('<p id="a1"></p><p id="a2"></p>', '<p id="a1"></p><p id="a1"></p>'),
        ('<p id="a1"></p><a href="#a1">x</a>', '<p id="a1"></p><a href="#a2">x</a>'),
        ('<a href="/x">x</a>', '<a href="#x">x</a>'),
        ('<a href="/x">x</a>', '<a href="javascript:x()">x</a>'),
        ("<button>x</button>", "<button> </button>"),
        ('<button aria-label="x"></button>', '<button aria-label=""></button>'),
        ("<p>a &amp; b</p>", "<p>a & b</p>"),
        ("<p>a &lt;b&gt; b</p>", "<p>a <b> b</p>"),
        ('<img src="/x" alt="">', '<img src="/x">'),
    ],
)
def test_a_page_that_may_be_worse_is_read_again(fine: str, broken: str) -> None:
    assert shape_of(FINE.format(fine)) != shape_of(FINE.format(broken))
