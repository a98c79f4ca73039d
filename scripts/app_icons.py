"""Draw `static/art/app-*.png`, the icons of the installed app, from the mark.

    python scripts/app_icons.py

Phones want pixels: the mark of `static/art/app-icon.svg` in their sizes, once with room around it for launchers that
cut icons round, and once as a shape alone for the line of small signs at the top of a screen.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw

ART = Path(__file__).resolve().parent.parent / "static" / "art"
SUN, INK, POPPY = "#f6b436", "#14302b", "#e2553d"
FINER = 8
"""So many times finer each icon is drawn before it is made small, for round edges."""

# The mark is 24 wide. How far its outermost corner lies from its middle is what a round cut has to leave alone:
# launchers promise the inner four fifths of an icon.
MARK = 24
SHARE = {"full": 2 / 3, "round": 0.56, "shape": 1.0}


def draw(size: int, look: str) -> Image.Image:
    """One icon.

    Args:
        look: "full" fills the square as `app-icon.svg` does; "round" leaves room for a round cut; "shape" is the
            mark alone, white on nothing.
    """
    ground, ring, turn = (None, "white", "white") if look == "shape" else (SUN, INK, POPPY)
    fine = size * FINER
    image = Image.new("RGBA", (fine, fine), ground or (0, 0, 0, 0))
    unit = fine * SHARE[look] / MARK
    edge = (fine - unit * MARK) / 2
    _band(image, edge + 12 * unit, edge + 12 * unit, unit, (0, 270), ring)
    _band(image, edge + 12 * unit, edge, unit, (0, 90), turn)
    small = image.reduce(FINER)
    return small if look == "shape" else small.convert("RGB")


def _band(image: Image.Image, x: float, y: float, unit: float, angles: tuple[int, int], color: str) -> None:
    """A part of a ring around x, y, twelve units out and six in; angles run clockwise from the right."""
    mask = Image.new("L", image.size, 0)
    brush = ImageDraw.Draw(mask)
    brush.pieslice((x - 12 * unit, y - 12 * unit, x + 12 * unit, y + 12 * unit), *angles, fill=255)
    brush.ellipse((x - 6 * unit, y - 6 * unit, x + 6 * unit, y + 6 * unit), fill=0)
    image.paste(color, (0, 0), mask)


ICONS = {
    "app-192.png": (192, "full"),
    "app-512.png": (512, "full"),
    "app-round-512.png": (512, "round"),
    "app-touch-180.png": (180, "full"),
    "app-badge-96.png": (96, "shape"),
}


def main() -> None:
    for name, (size, look) in ICONS.items():
        draw(size, look).save(ART / name, optimize=True)
        sys.stdout.write(f"{name}: {(ART / name).stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
