"""The drawing of the product: patches, quilts, the Turn meter, ripples.

Everything is plain SVG with presentation attributes and `f-*` classes, so that it passes a strict
content policy and follows light and dark. A drawing is a pure function of its arguments: the seed
is a stable public id, never a name, so that a person keeps their patch and a program its quilt.

One shape makes it all: a quarter of a ring on a square tile, turned.
"""

import hashlib
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

from django.utils.html import escape

Pairs = tuple[tuple[str, str], ...]
PAIRS: Pairs = (
    ("sun", "spruce"),
    ("petal", "poppy"),
    ("sky", "spruce"),
    ("petal", "spruce"),
    ("sun", "poppy"),
    ("sky", "poppy"),
    ("spruce", "sun"),
    ("poppy", "petal"),
    ("spruce", "sky"),
    ("sun", "sky"),
    ("poppy", "sun"),
    ("leaf", "sun"),
    ("petal", "leaf"),
)
TONES = ("poppy", "sun", "sky", "petal", "leaf")

# A tile is four units wide. Each shape lists the radii of its rings around the tile's corner, from
# the outside in; a pair of radii is one band.
TILE = 4
DISC = ((4, 0),)
RING = ((4, 2),)
WAVE = ((4, 3), (2, 1))
Shape = tuple[tuple[int, int], ...]

# The corners of a block of four tiles, and how each tile is turned so that the four close into a ring.
CLOSED = {(0, 0): 2, (1, 0): 3, (1, 1): 0, (0, 1): 1}
MOST_DOTS = 300


def _random(seed: str) -> random.Random:
    """A generator that gives the same numbers for the same seed on every machine."""
    return random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 -- drawings are no secret


def _svg(body: str, *, box: str, cls: str = "", label: str = "", preserve: str = "", width: int = 0) -> str:
    """An SVG element: hidden from screen readers unless a label says what it shows."""
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    kept = f' preserveAspectRatio="{preserve}"' if preserve else ""
    wide = f' width="{width}"' if width else ""
    dressed = f'class="{escape(cls)}" ' if cls else ""
    return f'<svg {dressed}viewBox="{box}"{wide}{kept} {said}>{body}</svg>'


def _turned(dx: float, dy: float, quarters: int) -> tuple[float, float]:
    for _ in range(quarters % 4):
        dx, dy = -dy, dx
    return dx, dy


def _vector(dx: float, dy: float, sign: str) -> str:
    """A straight step in the shortest words: `h2` rather than `l2 0`."""
    if not dy:
        return f"{sign[0]}{dx:g}"
    return f"{sign[1]}{dy:g}"


def _quarter(x: float, y: float, quarters: int, shape: Shape, scale: int = 1) -> str:
    """Path data of a shape on the tile at x, y, turned by so many quarters."""
    path = ""
    half = TILE * scale / 2
    for outer, inner in shape:
        far, near = outer * scale, inner * scale
        start = _turned(near - half, -half, quarters)
        out = _turned(far - near, 0, quarters)
        round_out = _turned(-far, far, quarters)
        back = _turned(0, near - far, quarters)
        round_in = _turned(near, -near, quarters)
        path += f"M{x + half + start[0]:g} {y + half + start[1]:g}{_vector(*out, 'hv')}"
        path += f"a{far} {far} 0 01{round_out[0]:g} {round_out[1]:g}"
        path += f"{_vector(*back, 'hv')}a{near} {near} 0 00{round_in[0]:g} {round_in[1]:g}z" if near else "z"
    return path.replace(" -", "-")


def _painted(layers: dict[str, list[str]]) -> str:
    """One path for each color, so that a big quilt stays small and has no seams."""
    return "".join(f'<path class="f-{tone}" d="{"".join(parts)}"/>' for tone, parts in layers.items())


@cache
def logo(cls: str = "logo") -> str:
    """The mark: a ring with one turned quarter."""
    return _svg(
        '<path class="logo__ring" d="M12 0A12 12 0 0 0 12 24A12 12 0 0 0 24 12H18A6 6 0 1 1 12 6Z"/>'
        '<path class="logo__turn" d="M24 0A12 12 0 0 1 12 12V6A6 6 0 0 0 18 0Z"/>',
        box="0 0 24 24",
        cls=cls,
    )


@lru_cache(maxsize=4096)
def patch(public_id: str, cls: str = "") -> str:
    """The patch of a person: four quarters on one ground. An empty id is Someone: a closed ring."""
    cls = f"patch {cls}".strip()
    if not public_id:
        ground, tone, turns = "wash", "ink", tuple(CLOSED.values())
        shapes: Sequence[Shape] = [RING] * 4
    else:
        chance = _random(f"patch{public_id}")
        ground, tone = chance.choice(PAIRS)
        turns = tuple(chance.randrange(4) for _ in range(4))
        shapes = chance.choice(([DISC] * 4, [RING] * 4, [DISC, RING, RING, DISC]))
    places = ((0, 0), (4, 0), (4, 4), (0, 4))
    body = "".join(_quarter(x, y, turn, shape) for (x, y), turn, shape in zip(places, turns, shapes, strict=True))
    return _svg(
        f'<path class="f-{ground}" d="M0 0h8v8H0z"/><path class="f-{tone}" d="{body}"/>', box="0 0 8 8", cls=cls
    )


@lru_cache(maxsize=512)
def quilt(
    columns: int,
    rows: int,
    seed: str,
    pairs: Pairs = PAIRS,
    *,
    calm: float = 0.6,
    big: float = 0.3,
    cls: str = "art",
    preserve: str = "xMidYMid slice",
) -> str:
    """Columns by rows of tiles. Blocks of four mostly close into rings, and one tile takes a turn.

    Args:
        seed: a stable public id or a catalogue key.
        pairs: ground and figure colors to choose from.
        calm: share of the blocks that close into a ring; .8 to 1 for hope and order, .2 for lost.
        big: share of the blocks that are drawn at double size, so the eye has somewhere to rest.
    """
    quilted = _Quilt(columns, rows, _random(seed), pairs, calm, big)
    quilted.sew()
    return _svg(
        # Crisp edges meet on the same pixel, so no light falls between two grounds.
        f'<g shape-rendering="crispEdges">{_painted(quilted.grounds)}</g>{_painted(quilted.figures)}',
        box=f"0 0 {columns * TILE} {rows * TILE}",
        cls=cls,
        preserve=preserve,
    )


class _Quilt:
    """The sewing of one quilt: grounds and figures, gathered by color."""

    def __init__(self, columns: int, rows: int, chance: random.Random, pairs: Pairs, calm: float, big: float) -> None:
        self.columns, self.rows, self.chance, self.pairs, self.calm, self.big = columns, rows, chance, pairs, calm, big
        self.grounds: dict[str, list[str]] = {}
        self.figures: dict[str, list[str]] = {}

    def sew(self) -> None:
        taken: set[tuple[int, int]] = set()
        for y in range(0, self.rows, 2):
            for x in range(0, self.columns, 2):
                if (x, y) in taken:
                    continue
                spots = {(x, y), (x + 2, y), (x, y + 2), (x + 2, y + 2)}
                fits = x + 4 <= self.columns and y + 4 <= self.rows and not spots & taken
                scale = 2 if fits and self.chance.random() < self.big else 1
                taken |= spots if scale == 2 else {(x, y)}
                self._block(x, y, scale)

    def _block(self, left: int, top: int, scale: int) -> None:
        chance = self.chance
        pair = chance.choice(self.pairs)
        shape = chance.choice((RING, WAVE) if scale > 1 else (DISC, RING, RING, WAVE, WAVE))
        whole = scale > 1 or chance.random() < self.calm
        turned = chance.choice(list(CLOSED)) if whole else None
        other = chance.choice([found for found in self.pairs if pair[0] not in found] or list(self.pairs))[1]
        for (dx, dy), turn in CLOSED.items():
            x, y = left + dx * scale, top + dy * scale
            if x >= self.columns or y >= self.rows:
                continue
            if not whole:
                self._tile(x, y, chance.choice(self.pairs), chance.randrange(4), chance.choice((DISC, RING, WAVE)))
            elif (dx, dy) == turned:
                self._tile(x, y, (pair[0], other if other != pair[0] else pair[1]), turn + 2, shape, scale)
            else:
                self._tile(x, y, pair, turn, shape, scale)

    def _tile(self, x: int, y: int, pair: tuple[str, str], turn: int, shape: Shape, scale: int = 1) -> None:
        side = TILE * scale
        ground = f"M{x * TILE} {y * TILE}h{side}v{side}h-{side}z"
        self.grounds.setdefault(pair[0], []).append(ground)
        self.figures.setdefault(pair[1], []).append(_quarter(x * TILE, y * TILE, turn, shape, scale))


@cache
def ripple(
    cls: str = "art",
    rings: int = 6,
    tones: tuple[str, ...] = ("sun", "petal", "poppy", "petal", "sun", "sky", "spruce"),
) -> str:
    """Big quarter rings that leave one corner."""
    body = "".join(
        f'<circle class="f-{tones[ring % len(tones)]}" cx="6" cy="6" r="{ring}"/>' for ring in range(rings, 0, -1)
    )
    return _svg(body, box="0 0 6 6", cls=cls, preserve="xMaxYMax slice")


@cache
def waves(cls: str = "art act-full__art") -> str:
    """One drop in the corner and the rings that leave it; the last ring has taken a turn."""
    tones = ("poppy", "petal", "sun", "spruce", "sky")
    body = "".join(f'<circle class="f-{tone}" cx="5" cy="5" r="{5 - place}"/>' for place, tone in enumerate(tones))
    return _svg(
        body + '<path class="f-spruce" d="M0 0h1a1 1 0 01-1 1z"/>', box="0 0 5 5", cls=cls, preserve="xMaxYMax slice"
    )


def _spiral() -> Iterator[tuple[float, float]]:
    """Evenly spaced points along half rings, drawn by turns from two centers half a step apart."""
    gap, radius, above, walked = 1.18, 1.18 * 0.55, True, 0.0
    while True:
        center = 0.0 if above else -gap / 2
        length = math.pi * radius
        while walked <= length:
            angle = math.pi - walked / radius if above else -walked / radius
            yield center + radius * math.cos(angle), -radius * math.sin(angle)
            walked += 1
        walked -= length
        radius += gap / 2
        above = not above


@dataclass(frozen=True)
class Turn:
    """What the Turn meter draws: so many dots filled of each kind, so many waiting, and what one stands for."""

    filled: tuple[tuple[str, int], ...]
    waiting: int
    worth: int


def turn_of(did: int, saw: int, received: int, goal: int) -> Turn:
    """How many dots each kind gets. Over 300, a dot stands for several acts; no kind that happened is left out."""
    total = did + saw + received
    worth = max(1, math.ceil(max(goal, total) / MOST_DOTS))
    filled = tuple((kind, math.ceil(count / worth)) for kind, count in (("d", did), ("n", saw), ("r", received)))
    waiting = max(0, math.ceil(goal / worth) - sum(count for _, count in filled))
    return Turn(filled, waiting, worth)


def _mixed(filled: tuple[tuple[str, int], ...]) -> Iterator[str]:
    """The kinds evenly mixed along the line, since the totals do not tell the order they came in."""
    places = ((place + 0.5) / count for _, count in filled for place in range(count))
    kinds = (kind for kind, count in filled for _ in range(count))
    return (kind for _, kind in sorted(zip(places, kinds, strict=True)))


@lru_cache(maxsize=512)
def turn(did: int, saw: int, received: int, goal: int, label: str, cls: str = "dots") -> str:
    """The Turn meter: one dot along the winding line for each act, the rest of the goal waiting."""
    meter = turn_of(did, saw, received, goal)
    kinds = [*_mixed(meter.filled), *("o" * meter.waiting)] or ["o"]
    points = [point for point, _ in zip(_spiral(), kinds, strict=False)]
    edge = math.ceil((max(math.hypot(*point) for point in points) + 0.9) * 50)
    paths: dict[str, list[str]] = {}
    for (x, y), kind in zip(points, kinds, strict=True):
        paths.setdefault(kind, []).append(f"M{x * 50:.0f} {y * 50:.0f}h0")
    # A step of no length with a round end is a dot in a dozen letters.
    body = "".join(f'<path class="{kind}" d="{"".join(steps)}"/>' for kind, steps in paths.items())
    return _svg(body, box=f"-{edge} -{edge} {2 * edge} {2 * edge}", cls=cls, label=label)


@lru_cache(maxsize=64)
def pips(count: int) -> str:
    """One turned quarter for each moment. Only what happened is drawn; nothing is shown as missing."""
    quarters = "".join(
        f"<li>{_svg(_painted({TONES[place % 5]: [_quarter(0, 0, place % 4, DISC)]}), box='0 0 4 4')}</li>"
        for place in range(count)
    )
    return f'<ul class="pips" aria-hidden="true">{quarters}</ul>'


class Node(Protocol):
    """A place in a ripple. Its parent stands before it; `parent` is that one's place in the list."""

    @property
    def parent(self) -> int | None: ...
    @property
    def tone(self) -> str: ...
    @property
    def number(self) -> int: ...


@dataclass(frozen=True)
class Place:
    """The plain kind of `Node`, for drawings that are made up."""

    parent: int | None
    tone: str
    number: int


def _disc(x: float, y: float, number: int) -> str:
    """A place of a ripple: its number on a round ground."""
    text = f'<text class="inv" x="{x:g}" y="{y + 8:g}" text-anchor="middle">{number}</text>'
    return f'<circle class="f-ink" cx="{x:g}" cy="{y:g}" r="21"/>{text}'


def _degrees(nodes: Sequence[Node]) -> list[int]:
    degrees: list[int] = []
    for node in nodes:
        degrees.append(0 if node.parent is None else degrees[node.parent] + 1)
    return degrees


def line(nodes: Sequence[Node], label: str) -> str:
    """A ripple as half rings above and below one line, by turns. For up to a dozen acts."""
    arcs, discs, high, low = "", "", 12.0, 12.0
    for place, (node, degree) in enumerate(zip(nodes, _degrees(nodes), strict=True)):
        x = 45 + place * 100
        if node.parent is not None:
            start = 45 + node.parent * 100
            radius, above = (x - start) / 2, degree % 2
            high, low = (max(high, radius), low) if above else (high, max(low, radius))
            arcs += f'<path class="arc s-{node.tone}" d="M{start} 0A{radius:g} {radius:g} 0 0 {above} {x} 0"/>'
        discs += _disc(x, 0, node.number)
    top, bottom = high + 14, low + 14
    return _svg(
        arcs + discs,
        box=f"0 {-top:g} {max(len(nodes) - 1, 0) * 100 + 90} {top + bottom:g}",
        cls="line art",
        label=label,
    )


ROW, COLUMN = 52, 56


def _told(nodes: Sequence[Node]) -> list[tuple[int, int]]:
    """The order of rows in a tree, each with its column: one story after the other, branch by branch.

    An only child stays in its parent's column, so a long chain runs straight down and only a
    branching takes room to the side.
    """
    children: dict[int | None, list[int]] = {}
    for place, node in enumerate(nodes):
        children.setdefault(node.parent, []).append(place)
    rows: list[tuple[int, int]] = []
    waiting = [(place, 0) for place in reversed(children.get(None, []))]
    while waiting:
        place, column = waiting.pop()
        rows.append((place, column))
        below = children.get(place, [])
        waiting += [(child, column + (len(below) > 1)) for child in reversed(below)]
    return rows


def tree(nodes: Sequence[Node], label: str) -> str:
    """A ripple with many branches, from the top down, an act in each row and its degree beside it."""
    rows = _told(nodes)
    degrees = _degrees(nodes)
    where = {place: (30 + column * COLUMN, 30 + row * ROW) for row, (place, column) in enumerate(rows)}
    width = max(x for x, _ in where.values()) + 60
    arcs, discs = "", ""
    for place, (x, y) in where.items():
        parent = nodes[place].parent
        if parent is not None:
            start, top = where[parent]
            bend = x - start
            turned = f"V{y - bend}A{bend} {bend} 0 0 0 {x} {y}" if bend else f"V{y}"
            arcs = f'<path class="arc s-{nodes[place].tone}" d="M{start} {top}{turned}"/>' + arcs
        discs += _disc(x, y, nodes[place].number)
        if degrees[place]:
            discs += f'<text class="degree" x="{x + 30}" y="{y + 6}">+{degrees[place]}</text>'
    box = f"0 0 {max(width, 300)} {len(rows) * ROW + 8}"
    return _svg(arcs + discs, box=box, cls="line line--tree art", label=label, width=max(width, 300))
