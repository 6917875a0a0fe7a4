"""What the templates in drawings/ and tables/ are made from.

Rules of this room: nothing is worded here, and nothing is known of HitBTC: the facts are the core's
own tables and what lies in files, the words are the language's.
"""

import contextlib
import io
import json
import os
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from hitbtc_keycheck import cli
from hitbtc_keycheck.cases import case_of
from hitbtc_keycheck.codes import CODES, SIGNS
from hitbtc_keycheck.observations import QUESTIONS
from hitbtc_keycheck.rehearsal import SCENARIOS
from hitbtc_keycheck.requests import PROBES
from hitbtc_keycheck.settings import SETTINGS
from hitbtc_keycheck.usage import API
from hitbtc_keycheck.words import Message, Value, load
from tools.docs import house

DRAWINGS = Path("tools/docs/drawings")
OBSERVATIONS = Path("docs/en/maintainers/observations")
REPORTS = Path("tests/command/reports/reports.json")
COLUMNS = "76"


def printed(*options: str) -> str:
    """What the command prints in a terminal of `COLUMNS`, without blanks at the ends of lines."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), mock.patch.dict(os.environ, COLUMNS=COLUMNS):
        cli.main(list(options))
    return "\n".join(line.rstrip() for line in said.getvalue().splitlines())


def observed(folder: Path = OBSERVATIONS) -> dict[str, dict[str, str]]:
    """The latest answer to each question that has one, with its day and its file.

    Only what was seen at HitBTC itself counts, the demo exchange and stand-ins do not.
    """
    found = {}
    for file in sorted(folder.glob("*.json")):
        observation = json.loads(file.read_text(encoding="utf-8"))
        for row in observation["rows"] if observation["api"] == API else ():
            if answer := row["answer"]:
                day = observation["observed_at"][:10]
                found[row["unknown"]] = {"answer": answer, "day": day, "file": file.name}
    return found


def reported() -> Any:
    """What people reported: a list of rows."""
    return json.loads(REPORTS.read_text(encoding="utf-8"))


FACTS: Mapping[str, Any] = {
    "case_of": case_of,
    "codes": tuple(CODES.values()),
    "house": house,
    "lines": textwrap.wrap,
    "observed": observed,
    "printed": printed,
    "probes": PROBES,
    "questions": QUESTIONS,
    "reported": reported,
    "scenarios": SCENARIOS,
    "settings": tuple(SETTINGS.values()),
    "signs": SIGNS,
}

_FROM_FILES = Environment(
    loader=FileSystemLoader([DRAWINGS, "tools/docs/tables"]),
    autoescape=select_autoescape(["svg"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def made(template: str, language: str, **given: Any) -> str:
    """A template's text in a language, of all facts and of what is given."""

    words = load(language)

    def say(name: str, **values: Value) -> str:
        """A sentence by its id, with what stands in its braces."""
        return words.say(Message(name, values))

    return _FROM_FILES.get_template(template).render(
        {**FACTS, "say": say, "said": words.say, **given}
    )


def part(name: str, language: str, **given: Any) -> str:
    """A part of a page: `codes paste` is made by codes.md, which knows `paste` as `which`."""
    table, _, which = name.partition(" ")
    return made(f"{table}.md", language, which=which, **given).strip()
