"""Looks over the HTML of a reply, so that a broken page fails the test that happened to fetch it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, cast
from xml.etree.ElementTree import Element

import html5lib
from django.http import HttpResponse
from django.http.response import HttpResponseBase

CONTROLS = ("input", "select", "textarea")
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
INTERACTIVE = {"a", "button", "input", "select", "textarea", "summary", "label"}
# A label holds its own control, and a control may stand in the label that names it.
FINE_INSIDE = {("label", "input"), ("label", "select"), ("label", "textarea")}
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage", "form", "list")

_WORDS = re.compile(r"(?<=>)[^<>]*[^<>\s][^<>]*(?=<)")
_PLAIN = re.compile(r"(?:[^&\x00-\x08\x0b-\x1f\x7f-\x9f]|&(?:#x?[0-9a-fA-F]+|[a-zA-Z]+);)+")
_VALUE = re.compile(r'\b(href|src|action|value|content|alt|title|datetime|aria-label|placeholder)="[^"&\s:#][^"&:]*"')
_RANDOM = re.compile(r"(?<=[-=\"#/])(?<!</)[A-Za-z0-9_]*\d[A-Za-z0-9_]*")
_found_fine: set[int] = set()


def check_html(response: HttpResponseBase) -> None:
    """Fail unless the reply is well-formed, labelled, and free of inline script and style.

    Parts of a page, which htmx asks for, are checked as fragments: they need no heading of their own. Parsing
    takes longer than making most pages, so what differs from a page that was fine in nothing but its words is fine.
    """
    text = cast(HttpResponse, response).content.decode()
    shape = hash(shape_of(text))
    if shape in _found_fine:
        return
    problems = list(problems_of(text))
    assert not problems, "The page has problems:\n" + "\n".join(problems)
    _found_fine.add(shape)


def shape_of(text: str) -> str:
    """A page without its words: each stands as "x", and each name with a digit in it as the number of its first coming.

    Two pages of one shape have the same elements, with the same attributes, filled or empty in the same places, and
    ids that are equal in the same places.
    """
    numbers: dict[str, str] = {}
    text = _WORDS.sub(lambda found: _PLAIN.sub("x", found[0]), text)
    text = _VALUE.sub(r'\1="x"', text)
    return _RANDOM.sub(lambda found: numbers.setdefault(found[0], f"{len(numbers)}"), text)


def problems_of(text: str) -> Iterator[str]:
    whole = text.lstrip().lower().startswith("<!doctype")
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text) if whole else parser.parseFragment(text)
    yield from (f"not well-formed at {place}: {code} {found}" for place, code, found in _errors(parser))
    elements = [found for found in tree.iter() if isinstance(found.tag, str)]
    yield from _ids(elements, whole)
    yield from _labels(elements)
    yield from _inline(elements)
    yield from _nesting(tree)
    if whole:
        yield from _page(elements)


def _local(element: Element) -> str:
    """The name of an element of HTML or of a drawing in it."""
    return element.tag.rsplit("}", 1)[-1]


def _errors(parser: Any) -> Iterator[tuple[Any, str, Any]]:
    # A fragment may begin with a table row; everything else the parser notes is a mistake.
    return ((place, code, found) for place, code, found in parser.errors if code != "expected-doctype-but-got-chars")


def _ids(elements: Iterable[Element], whole: bool) -> Iterator[str]:
    elements = list(elements)
    ids = Counter(found.get("id") for found in elements if found.get("id") is not None)
    yield from (f"the id {name!r} stands {times} times" for name, times in ids.items() if times > 1)
    if "" in ids:
        yield "an id is empty"
    if not whole:
        return
    for found in elements:
        for attribute in REFERENCES:
            for name in (found.get(attribute) or "").split():
                if name not in ids:
                    yield f"<{found.tag} {attribute}={name!r}> points at nothing"
        link = found.get("href") or ""
        if _local(found) in {"a", "use"} and link.startswith("#") and link[1:] not in ids:
            yield f"<{found.tag} href={link!r}> points at nothing"


def _labels(elements: Iterable[Element]) -> Iterator[str]:
    elements = list(elements)
    named = {found.get("for") for found in elements if found.tag == "label"}
    inside = {
        id(control) for found in elements if found.tag == "label" for control in found.iter() if control.tag in CONTROLS
    }
    for control in elements:
        if control.tag not in CONTROLS or control.get("type") in UNLABELLED:
            continue
        labelled = control.get("id") in named or id(control) in inside
        if not (labelled or control.get("aria-label") or control.get("aria-labelledby")):
            yield f"<{control.tag} name={control.get('name')!r}> has no label"
    for found in elements:
        if found.tag in {"button", "a"} and not _name(found):
            yield f"<{found.tag} class={found.get('class')!r}> has no name"
        if found.tag == "img" and found.get("alt") is None:
            yield f"<img src={found.get('src')!r}> has no alt"


def _name(element: Element) -> str:
    spoken = "".join(element.itertext()).strip() or element.get("aria-label") or element.get("aria-labelledby")
    return spoken or " ".join(found.get("alt") or found.get("aria-label") or "" for found in element.iter()).strip()


def _inline(elements: Iterable[Element]) -> Iterator[str]:
    for found in elements:
        if _local(found) == "style" or (_local(found) == "script" and not found.get("src")):
            yield f"<{found.tag}> is inline"
        for name, value in found.attrib.items():
            if name == "style" or re.match(r"on[a-z]", str(name)) or str(name).startswith(("hx-on", "data-hx-on")):
                yield f"<{found.tag} {name}> is inline"
            if re.match(r"\s*(javascript|js):", value, re.IGNORECASE):
                yield f"<{found.tag} {name}={value!r}> runs script"
            if name == "hx-trigger" and "[" in value:
                yield f"<{found.tag} hx-trigger={value!r}> has a filter, which fails open"


def _nesting(tree: Element, around: tuple[str, ...] = ()) -> Iterator[str]:
    for child in tree:
        tag = child.tag if isinstance(child.tag, str) else ""
        inner = around
        if tag in INTERACTIVE and not (tag == "input" and child.get("type") == "hidden"):
            yield from (f"<{tag}> stands inside <{outer}>" for outer in around if (outer, tag) not in FINE_INSIDE)
            inner = (*around, tag)
        yield from _nesting(child, inner)


def _page(elements: Iterable[Element]) -> Iterator[str]:
    elements = list(elements)
    tags = Counter(found.tag for found in elements)
    if tags["h1"] != 1:
        yield f"the page has {tags['h1']} h1"
    if tags["main"] != 1:
        yield f"the page has {tags['main']} main"
    root = next(found for found in elements if found.tag == "html")
    if not root.get("lang"):
        yield "the page says no language"
    title = next((found for found in elements if found.tag == "title"), None)
    if title is None or not (title.text or "").strip():
        yield "the page has no title"


def spoken(text: str) -> str:
    """All that a page shows or says, in the order it stands there: text, labels, hints and descriptions."""
    return "".join(_spoken(html5lib.parse(text, namespaceHTMLElements=False)))


def _spoken(element: Element) -> Iterator[str]:
    if element.tag in {"script", "style", "template", "option"}:
        return
    yield from (f"\n{said}\n" for name in ("aria-label", "alt", "title", "placeholder") if (said := element.get(name)))
    yield element.text or ""
    for child in element:
        yield from _spoken(child)
        yield child.tail or ""
