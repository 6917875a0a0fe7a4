"""Draws how long the pages took to start, for tools/checks/bench.py: a bar's end is the median, the
line across it goes from the fastest run to the slowest.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from tools.docs.pictures import WIDTH, Picture, block, path, text

TITLE = "Seconds until stock Pyodide and the checker are ready, with a cold and a warm cache"
LEFT = 110
"""Where the bars begin; their names stand before."""

STEP = 34
HEIGHT = 4 * STEP + 24
SHOWN = Picture(height=HEIGHT, title=TITLE, shapes=()).shown


def svg(took: Mapping[str, Sequence[float]]) -> str:
    """Return the drawing of each name's milliseconds."""
    scale = (WIDTH - LEFT - 56) / max(max(times) for times in took.values())
    shapes = [shape for bar in enumerate(took.items()) for shape in _bar(*bar, scale)]
    return Picture(height=HEIGHT, title=TITLE, shapes=tuple(shapes)).svg()


def _bar(place: int, named: tuple[str, Sequence[float]], scale: float) -> Iterator[str]:
    name, times = named
    top, middle = 8 + place * STEP, median(times)
    low, high = (LEFT + edge * scale for edge in (min(times), max(times)))
    yield text(4, top + 18, name, "small")
    kind = "mark" if name.startswith("checker") else "bar"
    yield block(LEFT, top, round(middle * scale, 1), 24, kind)
    yield path(f"M{low:.1f} {top + 12}H{high:.1f}")
    yield text(high + 6, top + 18, f"{middle / 1000:.1f} s", "small")
