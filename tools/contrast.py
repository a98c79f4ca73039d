"""Computes the WCAG contrast of every pair of text and ground that the style sheets use, in both schemes.

python tools/contrast.py            a Markdown table
python tools/contrast.py --quiet    only what is under its minimum

It reads the colors from static/css/layers/1-tokens.css, and ends with 1 when a pair is under its minimum.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

TOKENS = Path(__file__).resolve().parent.parent / "static" / "css" / "layers" / "1-tokens.css"
Color = tuple[float, ...]

# Colors that stay the same in both schemes; each stands in a rule, not among the tokens.
FIXED = {
    "spruce-rule": "#47635c",
    "spruce-field": "#1c3f38",
    "on-dark-focus": "#ffd166",
    "fixed-sun": "#f6b436",
    "fixed-ink": "#14302b",
}
TEXT, MARK = 4.5, 3.0
PAIRS = [  # text or mark, ground, minimum, where
    ("ink", "paper", TEXT, "body text"),
    ("ink", "wash", TEXT, "text on wash"),
    ("ink-2", "paper", TEXT, "second text, hints"),
    ("ink-2", "wash", TEXT, "second text on wash"),
    ("link", "paper", TEXT, "links"),
    ("link", "wash", TEXT, "links on wash"),
    ("on-act", "act", TEXT, "main button"),
    ("on-sun", "plane-sun", TEXT, "sun plane, chosen answer, and its buttons (both ways)"),
    ("on-petal", "plane-petal", TEXT, "petal plane"),
    ("on-sky", "plane-sky", TEXT, "sky plane"),
    ("on-spruce", "plane-spruce", TEXT, "spruce plane"),
    ("bad", "paper", TEXT, "error text, day numbers"),
    ("bad", "bad-wash", TEXT, "error tag"),
    ("good", "good-wash", TEXT, "good tag"),
    ("ink", "bad-wash", TEXT, "error note"),
    ("ink", "good-wash", TEXT, "good note"),
    ("paper", "bad", TEXT, "remove button"),
    ("ink", "mark", TEXT, "highlighter"),
    ("fixed-ink", "fixed-sun", TEXT, "sun button; wall; poster"),
    ("on-spruce", "spruce-field", TEXT, "field on spruce"),
    ("edge", "paper", MARK, "field border"),
    ("edge", "wash", MARK, "field border on wash"),
    ("focus", "paper", MARK, "focus ring"),
    ("focus", "wash", MARK, "focus ring on wash"),
    ("focus", "plane-sun", MARK, "focus ring on sun"),
    ("focus", "plane-petal", MARK, "focus ring on petal"),
    ("focus", "plane-sky", MARK, "focus ring on sky"),
    ("on-dark-focus", "plane-spruce", MARK, "focus ring on spruce"),
    ("poppy", "paper", MARK, "Turn meter dot, current-page bar"),
    ("poppy", "plane-spruce", MARK, "dot and bar on spruce"),
]
# The tag of an act's kind: a paint laid thinly over the paper, with ink on it.
TAGS = (("did", "poppy", 0.24), ("saw", "sun", 0.42), ("received", "sky", 0.48))


def color(text: str) -> Color:
    return tuple(int(text[start : start + 2], 16) for start in (1, 3, 5))


def luminance(shade: Color) -> float:
    linear = [part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in shade]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: Color, other: Color) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def over(paint: Color, share: float, ground: Color) -> Color:
    return tuple(round(top * share + below * (1 - share)) for top, below in zip(paint, ground, strict=True))


def tokens(sheet: str) -> dict[str, tuple[Color, Color]]:
    """Each token with its color in the light and in the dark scheme."""
    found = {
        match[1]: (color(match[2]), color(match[3]))
        for match in re.finditer(r"--([\w-]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)", sheet)
    }
    found["act"], found["on-act"] = found["ink"], found["paper"]
    return found | {name: (color(text), color(text)) for name, text in FIXED.items()}


def measured(found: dict[str, tuple[Color, Color]]) -> Iterator[tuple[str, str, str, float, list[float]]]:
    for mark, ground, minimum, where in PAIRS:
        yield mark, ground, where, minimum, [ratio(found[mark][i], found[ground][i]) for i in (0, 1)]
    for kind, paint, share in TAGS:
        grounds = [over(found[paint][i], share, found["paper"][i]) for i in (0, 1)]
        yield "ink", f"tag {kind}", "kind tag", TEXT, [ratio(found["ink"][i], grounds[i]) for i in (0, 1)]


def main(arguments: list[str]) -> int:
    quiet, under = "--quiet" in arguments, 0
    if not quiet:
        print("| Text or mark | Ground | Used for | Min. | Light | Dark |\n|---|---|---|---|---|---|")
    for mark, ground, where, minimum, both in measured(tokens(TOKENS.read_text())):
        low = any(each < minimum for each in both)
        under += low
        if low or not quiet:
            shown = " | ".join(f"{each:.2f}" + (" FAIL" if each < minimum else "") for each in both)
            print(f"| {mark} | {ground} | {where} | {minimum} | {shown} |")
    return 1 if under else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
