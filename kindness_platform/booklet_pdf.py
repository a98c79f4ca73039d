"""The class booklet as a PDF file, written in Python alone: no browser runs on a server for it.

Our own two fonts know the letters of most of Europe; a third, DejaVu Sans, knows Greek, Cyrillic, Armenian, Georgian,
Hebrew and Arabic besides. What none of them can draw is left out if it is a picture, and has a line to write on if it
is a word, so that no child's name is a row of boxes.
"""

import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.bidi import BidiParagraph, auto_detect_base_direction
from fpdf.enums import TextDirection

from kindness_platform.art import quilt

STATIC = Path(__file__).resolve().parent.parent / "static" / "fonts"
FONTS = {
    "besley": STATIC / "besley-latin-wght-normal.woff2",
    "besley-more": STATIC / "besley-latin-ext-wght-normal.woff2",
    "atkinson": STATIC / "atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "atkinson-more": STATIC / "atkinson-hyperlegible-next-latin-ext-wght-normal.woff2",
    "others": Path(__file__).parent / "fonts" / "DejaVuSans.ttf",
}
PAINT = {"sun": "#f6b436", "spruce": "#14302b", "petal": "#f6cdbf", "poppy": "#e2553d", "sky": "#97c9d6"}
QUILT = (("sun", "spruce"), ("petal", "poppy"), ("sky", "spruce"))
INK, SOFT, RULE = (20, 48, 43), (72, 94, 88), (201, 209, 202)
MARGIN, WIDTH = 22.0, 166.0
BLANK = "________"
MIRRORED = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))


@dataclass(frozen=True)
class Entry:
    """What was told, who told it, and when."""

    words: str
    who: str
    when: str


@dataclass(frozen=True)
class Booklet:
    """What stands in it: approved acts only, with names as the class shows them."""

    title: str
    together: str
    chapters: Sequence[str]
    entries: Sequence[Entry]
    seed: str
    language: str


def pdf_of(booklet: Booklet) -> bytes:
    """The file: a cover, and then one act after the other, none torn by the end of a page."""
    pdf = FPDF(format="A4")
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(auto=False)
    pdf.set_title(booklet.title)
    pdf.set_lang(booklet.language)
    pdf.set_creator("Goodturn")
    for name, path in FONTS.items():
        pdf.add_font(name, fname=path)
    pages = _Pages(pdf)
    pages.cover(booklet)
    for entry in booklet.entries:
        pages.entry(entry)
    if pages.has_blanks:
        pages.note(_("Where a line is empty, this file’s fonts lack the letters. Write by hand, or print the page."))
    if not booklet.entries:
        pages.write(_("Nothing was told in words. The number above is the whole story."), "atkinson", 12)
    return bytes(pdf.output())


class _Pages:
    """Lines of text on pages, in any direction."""

    def __init__(self, pdf: FPDF) -> None:
        self.pdf = pdf
        self.has_blanks = False
        self.known = {name: frozenset(font.cmap) for name, font in pdf.fonts.items()}  # type: ignore[union-attr]

    def cover(self, booklet: Booklet) -> None:
        self.pdf.add_page()
        self.pdf.set_y(34)
        self.write(booklet.title, "besley", 32)
        self.pdf.ln(5)
        self.write(booklet.together, "atkinson", 15)
        self.pdf.ln(4)
        for line in booklet.chapters:
            self.write(line, "atkinson", 11, SOFT)
        drawing = re.sub(
            r'class="f-(\w+)"', lambda found: f'fill="{PAINT[found[1]]}"', quilt(8, 6, booklet.seed, QUILT)
        )
        drawing = re.sub(r' class="[^"]*"| aria-hidden="true"| preserveAspectRatio="[^"]*"', "", drawing)
        drawing = drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        self.pdf.image(io.BytesIO(drawing.encode()), x=MARGIN, y=297 - MARGIN - WIDTH * 6 / 8, w=WIDTH)
        if booklet.entries:
            self.pdf.add_page()

    def entry(self, entry: Entry) -> None:
        words, who = self.lines(entry.words, "besley", 13), self.drawable(entry.who, "atkinson", whole=True)
        below = self.lines(f"{who} · {entry.when}", "atkinson", 10)
        room = min(len(words), 20) * _height(13) + len(below) * _height(10) + 9
        if self.pdf.get_y() + room > 297 - MARGIN:
            self.pdf.add_page()
        self.pdf.set_draw_color(*RULE)
        self.pdf.line(MARGIN, self.pdf.get_y(), MARGIN + WIDTH, self.pdf.get_y())
        self.pdf.ln(3)
        self.put(words, "besley", 13, INK)
        self.pdf.ln(1)
        self.put(below, "atkinson", 10, SOFT)
        self.pdf.ln(5)

    def note(self, text: str) -> None:
        """A few words at the foot of the last page."""
        lines = self.lines(text, "atkinson", 9)
        self.pdf.set_y(max(self.pdf.get_y(), 297 - MARGIN - len(lines) * _height(9) - 1))
        self.put(lines, "atkinson", 9, SOFT)

    def write(self, text: str, font: str, size: float, color: tuple[int, int, int] = INK) -> None:
        self.put(self.lines(text, font, size), font, size, color)

    def put(self, lines: Sequence[str], font: str, size: float, color: tuple[int, int, int]) -> None:
        """Draw lines that stand in the order of their letters: each is turned as it is read."""
        self.pdf.set_text_color(*color)
        rtl = bool(lines) and auto_detect_base_direction(" ".join(lines)) == TextDirection.RTL
        for line in lines:
            if self.pdf.get_y() + _height(size) > 297 - MARGIN:
                self.pdf.add_page()
            self.choose(font, size)
            base = TextDirection.RTL if rtl else TextDirection.LTR
            shown = _turned(line, base) if _turns(line) else line
            self.pdf.cell(
                w=WIDTH, h=_height(size), text=shown, align="R" if rtl else "L", new_x="LMARGIN", new_y="NEXT"
            )

    def choose(self, font: str, size: float) -> None:
        """Set the font, in words on the page, too: fpdf2 holds it for set where a line before has ended in another."""
        self.pdf.set_font("others" if self.pdf.font_family == font else font, size=size)
        self.pdf.set_font(font, size=size)
        self.pdf.set_fallback_fonts([f"{font}-more", "others"], exact_match=False)

    def lines(self, text: str, font: str, size: float) -> list[str]:
        """Text broken at spaces, and within a word that is longer than a line."""
        self.choose(font, size)
        lines: list[str] = []
        for paragraph in self.drawable(text, font).splitlines():
            line = ""
            for word in _short_enough(paragraph.split()):
                longer = f"{line} {word}".strip()
                if line and self.pdf.get_string_width(longer) > WIDTH - 2:
                    lines.append(line)
                    longer = word
                line = longer
            lines += [line] if line else []
        return lines

    def drawable(self, text: str, font: str, *, whole: bool = False) -> str:
        """A text with what can be drawn of it; words that cannot be have a line to write on in their place.

        Args:
            whole: it is a name, so that a part of it is no part worth reading.
        """
        known = self.known[font] | self.known[f"{font}-more"] | self.known["others"]
        if not text.strip():
            return ""
        text = joined(unicodedata.normalize("NFC", text))
        missing = {c for c in text if ord(c) not in known and not c.isspace()}
        if whole and any(unicodedata.category(c)[0] in "LN" for c in missing):
            self.has_blanks = True
            return BLANK
        kept = "".join("\0" if c in missing and unicodedata.category(c)[0] in "LMN" else c for c in text)
        kept = "".join(c for c in kept if c not in missing)
        if "\0" in kept or not kept.strip():
            self.has_blanks = True
        return re.sub(r"[ \t]*\0+(?:[ \t]*\0+)*", f" {BLANK}", kept).strip() or BLANK


def _height(size: float) -> float:
    return size * 0.3528 * 1.35


def _turns(line: str) -> bool:
    return any(unicodedata.bidirectional(c) in {"R", "AL", "AN"} for c in line)


def _turned(line: str, base: TextDirection) -> str:
    """A line as its letters stand from left to right; brackets within what runs to the left open the other way."""
    shown = BidiParagraph(text=line, base_direction=base).get_reordered_characters()
    return "".join(MIRRORED.get(c.character, c.character) if c.embedding_level % 2 else c.character for c in shown)


def _short_enough(words: Sequence[str], most: int = 40) -> Iterator[str]:
    for word in words:
        yield from (word[at : at + most] for at in range(0, len(word), most))


# --- Arabic letters join: in the middle of a word a letter looks otherwise than at its end ----------------


# One letter, or lam with alef, which are written as one.
LAM_ALEF = re.compile("\u0644[\u0622\u0623\u0625\u0627]|.", re.DOTALL)


@cache
def _shapes() -> dict[str, dict[str, str]]:
    """For each Arabic letter (and lam with alef) its shapes, as Unicode itself lists them."""
    shapes: dict[str, dict[str, str]] = {}
    for point in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)):
        form, *letters = unicodedata.decomposition(chr(point)).split()[:3] or [""]
        text = "".join(chr(int(letter, 16)) for letter in letters)
        if form in {"<isolated>", "<final>", "<initial>", "<medial>"} and text and LAM_ALEF.fullmatch(text):
            shapes.setdefault(text, {}).setdefault(form.strip("<>"), chr(point))
    return shapes


def joined(text: str) -> str:
    """A text whose Arabic letters have the shapes in which they join; all else as it is."""
    if not any("\u0600" <= c <= "\u06ff" for c in text):
        return text
    shapes = _shapes()
    letters = LAM_ALEF.findall(text)
    base = [at for at, letter in enumerate(letters) if unicodedata.category(letter[0]) != "Mn"]
    shown = list(letters)
    for place, at in enumerate(base):
        mine = shapes.get(letters[at])
        if not mine:
            continue
        before = shapes.get(letters[base[place - 1]], {}) if place else {}
        after = shapes.get(letters[base[place + 1]], {}) if place + 1 < len(base) else {}
        from_before, to_after = "initial" in before and "final" in mine, "final" in after and "initial" in mine
        form = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get((from_before, to_after))
        shown[at] = mine.get(form or "isolated", letters[at])
    return "".join(shown)
