"""The chart of acts by day, drawn on the server; the table beneath it says the same in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, BASE, TOP = 440, 198, 26
TONES = (("did", "f-poppy"), ("saw", "f-sun"), ("received", "f-sky"))


@dataclass(frozen=True, slots=True)
class Day:
    """The acts of one day by kind."""

    name: str
    short: str
    did: int = 0
    saw: int = 0
    received: int = 0

    @property
    def total(self) -> int:
        return self.did + self.saw + self.received


@dataclass(frozen=True, slots=True)
class Box:
    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A word in the drawing and where it stands."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What `pages/chart.html` draws."""

    boxes: list[Box]
    days: list[Mark]
    sums: list[Mark]
    lines: list[Mark]


def chart_of(days: Sequence[Day]) -> Chart:
    """Stacked bars, one for each day, on a scale that ends at a round number."""
    top = round_up(max((day.total for day in days), default=0))
    scale = (BASE - TOP) / top
    step = (WIDTH - 48) / max(len(days), 1)
    width = round(step * 0.79, 1)
    boxes: list[Box] = []
    names, sums = [], []
    for number, day in enumerate(days):
        x, y = round(48 + number * step, 1), float(BASE)
        for kind, tone in TONES:
            height = round(getattr(day, kind) * scale, 1)
            y = round(y - height, 1)
            if height:
                boxes.append(Box(tone, x, y, width, height))
        middle = round(x + width / 2, 1)
        names.append(Mark(middle, 219, day.short))
        if day.total:
            sums.append(Mark(middle, round(y - 6.2, 1), str(day.total)))
    lines = [Mark(30, round(BASE - value * scale, 1), str(value)) for value in (0, top // 2, top)]
    return Chart(boxes, names, sums, lines)


def round_up(number: int) -> int:
    """The next round number that halves well: 10, 20, 30, 40, 60, 80, 100, 200 …"""
    if number <= 10:
        return 10
    unit = 10 ** (len(str(number)) - 1)
    return next(int(unit * factor) for factor in (1, 2, 3, 4, 6, 8, 10) if unit * factor >= number)
