"""Fills docs/en/maintainers/reports.md from tests/command/reports/reports.json:

    python -m tools.docs.reports

Rules of this room: a row says what came in, what the first public version made of it, and what a
test wants today; whatever came in is shown as code, made-up, with `{key}` and `{secret}` in the
places of the two. A test compares the committed page with this.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.docs.filled import fill, table

SOURCE = Path("tests/command/reports/reports.json")
PAGE = Path("docs/en/maintainers/reports.md")
SHOWN = 90
"""Characters of an input that are shown; the file has them all."""
_LATIN = 0xFF
"""The last character of Latin-1, whose letters are what they look like."""


def part(name: str, rows: list[dict[str, Any]]) -> str:
    """Return what the page wants: how many there are, or `kind` and a number of the rows."""
    kind = name.removeprefix("kind ")
    return _counts(rows) if kind == name else _kind(int(kind), rows)


def _counts(rows: list[dict[str, Any]]) -> str:
    public = sum(row["source"] is not None for row in rows)
    wrong = sum(not row["before"].get("right") for row in rows)
    return (
        f"{len(rows)} inputs, {public} from reports that anyone can read; {wrong} came out wrong."
    )


def _kind(kind: int, rows: list[dict[str, Any]]) -> str:
    mine = (_row(row) for row in rows if row["kind"] == kind)
    return table(("Report", "What came in", "Before", "Wanted now"), mine)


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    source = row["source"]
    report = f"[{source['title']}]({source['address']})" if source else "tried by hand"
    return report, _came_in(row["input"]), _before(row["before"]), _wanted(row["expected"])


def _came_in(given: Mapping[str, Any]) -> str:
    if "key" in given:
        return f"API key {_code(given['key'])}, Secret key {_code(given['secret'])}"
    if "answer" in given:
        times = f", {given['times']} times" if "times" in given else ""
        return _code(given["answer"]) + times
    return "; ".join([*_answers(given), *_surroundings(given)]) or "a good key"


def _answers(given: Mapping[str, Any]) -> Iterator[str]:
    for one in given.get("answers", ()):
        said = (
            _code(one["body"]) if "body" in one else f"code {one['code']}" if "code" in one else ""
        )
        status = f"{one['status']} " if "status" in one else ""
        yield f"{_code(one['asked'])}: {status}{said or 'no answer'}"


def _surroundings(given: Mapping[str, Any]) -> Iterator[str]:
    yield from (_code(f"{name}={value}") for name, value in given.get("variables", {}).items())
    if "skew" in given:
        yield f"a clock {given['skew'] // 1000} s behind"
    for name in ("encoding", "printed", "certificate"):
        if name in given:
            yield f"{name}: {given[name]}"


def _before(found: Mapping[str, Any]) -> str:
    words = [found["headline"]] if "headline" in found else []
    if found.get("leaked"):
        words.insert(0, "**The secret key was sent.**")
    if "seconds" in found:
        words.append(f"After {found['seconds']} s.")
    if found.get("right"):
        words.append("(That was right.)")
    return _cell(" ".join([*_ends(found), *words]))


def _ends(found: Mapping[str, Any]) -> Iterator[str]:
    verdict = ", cause: ".join(found[name] for name in ("verdict", "fault") if name in found)
    exit_status = f"exit {found['exit']}" if "exit" in found else ""
    if verdict or exit_status:
        yield ", ".join(part for part in (verdict, exit_status) if part) + "."


def _wanted(wanted: Mapping[str, Any]) -> str:
    words = list(_ends(wanted))
    if wanted.get("stops"):
        words.insert(0, "Stopped, nothing sent.")
    choices = (wanted.get(f"{name}_in") for name in ("verdict", "exit"))
    words += [" or ".join(str(one) for one in choice) + "." for choice in choices if choice]
    for name, label in (("says", "Says"), ("never", "Never")):
        if wanted.get(name):
            words.append(f"{label}: " + ", ".join(_quoted(one) for one in wanted[name]) + ".")
    if "seconds" in wanted:
        words.append(f"Within {wanted['seconds']} s.")
    return _cell(" ".join(words))


def _quoted(words: str) -> str:
    return "a part of what was pasted" if words == "{tail}" else f"“{words}”"


def _code(text: str) -> str:
    """Text as code in a table: what is not seen, or looks like another letter, by its number."""
    cut = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    seen = (one.isprintable() and not (one.isalpha() and ord(one) > _LATIN) for one in cut)
    shown = "".join(
        one if plain else f"U+{ord(one):04X} " for one, plain in zip(cut, seen, strict=True)
    )
    shown = shown.replace("\u2800", "U+2800 ").replace("\u3164", "U+3164 ")
    return f"`{shown.replace('|', '¦')}`".replace("\ufe0f", "U+FE0F ")


def _cell(text: str) -> str:
    for sign in ("|", "*** ", "<", "["):
        text = text.replace(sign, {"|": "¦", "*** ": "", "<": "&lt;", "[": "&#91;"}[sign])
    return text.replace(" ***", "")


if __name__ == "__main__":
    reported = json.loads(SOURCE.read_text(encoding="utf-8"))
    fill(PAGE, lambda name: part(name, reported))
