"""Measure how fast the checker is, and print it as a table for docs: `make bench`.

Rules of this room: figures are ratios against stock Pyodide of the same release wherever there is
such a thing, taken in turns in one run, so that they mean the same on a slow machine. A figure
says how far it was spread. None of them decides a test.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn
from tools.build.serve import SITE
from tools.checks.bench_visits import Starts, Visitor, arena, interleaved, late, repeated

FOLDER = Path("build/bench")
ROUNDS = int(os.environ.get("ROUNDS", "7"))
CHECKS = 20
PRESSED = 2000  # milliseconds from turning to the form to the press
DELAYS = (0.05, 0.2, 0.8)


def main() -> None:
    """Take every figure and print the table."""
    began = f"{datetime.now(UTC):%-d %B %Y}, {os.cpu_count()} cores, load {load()} at the start"
    rows = figures()
    print(f"\n{began}, {load()} at the end, {ROUNDS} runs of each start:", end=" ")
    print("the median (the lowest to the highest).\n")
    print("| figure | goal | found | met |", "| --- | --- | --- | --- |", *rows, sep="\n")


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def figures() -> list[str]:
    profiles = FOLDER / "profiles"
    shutil.rmtree(profiles, ignore_errors=True)
    with (
        sync_playwright() as playwright,
        StandIn(NAMED.values(), cors=True) as exchange,
        arena(SITE, FOLDER / "arena") as base,
    ):
        visitor = Visitor(playwright=playwright, exchange=exchange, base=base, profiles=profiles)
        starts = interleaved(visitor, ROUNDS)
        return [*of_starts(starts), *of_bytes(visitor, starts), *of_checks(visitor, starts)]


def of_starts(starts: Starts) -> Iterator[str]:
    """From turning to the form until its field is open, and Python ready, against stock."""
    for what, limits in (("sealed", (0.12, 0.12)), ("took", (0.33, 0.40))):
        until = "sealed, the field open" if what == "sealed" else "Python ready"
        for cache, limit in zip(("cold", "warm"), limits, strict=True):
            ours = [float(getattr(it, what)) for it in starts[f"checker, {cache}"]]
            stock = [it.took for it in starts[f"stock, {cache}"]]
            ratios = [one / other for one, other in zip(ours, stock, strict=True)]
            found = f"{spread(ratios, 2)}: {median(ours):.0f} ms / {median(stock):.0f} ms"
            figure = f"focus to {until}, {cache} cache / stock {cache}"
            yield row(figure, found, median(ratios), limit)
    adds = [max(0.0, it.took - PRESSED) for it in starts["checker, warm"]]
    figure = "a press 2 s after focus: what Python still adds, warm"
    yield row(figure, f"{spread(adds)} ms", median(adds), 0, " ms")
    longest = [it.longest for it in (*starts["checker, cold"], *starts["checker, warm"])]
    found = f"{spread(longest)} ms (0: none over 50 ms)"
    yield row("longest task of the main thread while loading", found, max(longest), 50, " ms")
    before = max(it.before for it in starts["checker, cold"])
    figure = "files of the runtime fetched before the reader turns to the form"
    yield row(figure, str(before), before, 0)


def of_bytes(visitor: Visitor, starts: Starts) -> Iterator[str]:
    """What comes over the wire, by either way of compressing."""
    wire = {"br": (starts["checker, cold"][0].wire, starts["stock, cold"][0].wire)}
    with arena(SITE, FOLDER / "gzip", brotli=False) as base:
        other = replace(visitor, base=base)
        packed = [other.start(path, f"gzip-{path}") for path in ("checker/", "stock/")]
    wire["gzip"] = (packed[0].wire, packed[1].wire)
    for (name, (ours, stock)), limit in zip(wire.items(), (0.70, 0.85), strict=True):
        if not ours:
            raise AssertionError("Nobody was seen to fetch the checker's files.")
        found = f"{ours / stock:.2f}: {ours / 1e6:.2f} MB / {stock / 1e6:.2f} MB"
        yield row(f"bytes on the wire, {name} / stock {name}", found, ours / stock, limit)


def of_checks(visitor: Visitor, starts: Starts) -> Iterator[str]:
    """Checks one after another, and checks with a slow exchange."""
    took = repeated(visitor, CHECKS)
    ratio = median(took) / median(it.took for it in starts["stock, warm"])
    figure = "Check again, the exchange on the same machine / stock warm"
    yield row(figure, f"{ratio:.3f}: {spread(took)} ms", ratio, 0.02)
    trips = {delay: median(late(visitor, delay) / 1000 for _ in range(3)) for delay in DELAYS}
    first, last = min(DELAYS), max(DELAYS)
    slope = (trips[last] - trips[first]) / (last - first)
    waits = ", ".join(f"{delay * 1000:.0f} ms → {took:.1f} s" for delay, took in trips.items())
    figure = "round trips of a whole check once sockets are open"
    yield row(figure, f"{slope:.1f} (answers late by {waits})", round(slope), 3)


def row(figure: str, found: str, value: float, limit: float, unit: str = "") -> str:
    """A figure in words and as a number, and the most it should be."""
    goal = f"≤\N{NO-BREAK SPACE}{limit:g}{unit}"
    return f"| {figure} | {goal} | {found} | {'yes' if value <= limit else '**no**'} |"


def spread(values: Sequence[float], digits: int = 0) -> str:
    """The median, and the lowest and the highest."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


if __name__ == "__main__":
    main()
