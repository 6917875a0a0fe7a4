"""The seams between the parts are typed: what Python says is what `messages.d.ts` names, exactly.

Rule of this room: TypeScript itself compares. Each answer is written out as a literal of its type,
so that a field too few, one too many or a word that is not on a list is an error.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hitbtc_keycheck.bridge import handle
from hitbtc_keycheck.rehearsal import SCENARIOS
from hitbtc_keycheck.shapes import shape_of
from tests.core.world import KEY, NOW

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "validator/page"
MESSAGES = (PAGE / "messages.d.ts").read_text()
SCRIPTS = {path.name: path.read_text() for path in sorted(PAGE.glob("*.js"))}
BEGIN = {"do": "begin", "now": NOW, "withdraw": True, "key_ends_in": KEY[-4:]}
STOP = {"do": "stop", "event": "silent", "now": NOW, "online": True}
REFUSAL = {
    "channel": "trading",
    "event": "answered",
    "at": NOW,
    "online": True,
    "text": '{"id": 1, "error": {"code": 1002, "message": "x"}}',
}


def shapes() -> dict[str, Any]:
    return {
        "key": asdict(shape_of("Key: \u0430 b", "x", public=True)),
        "secret": asdict(shape_of("", KEY, public=False)),
    }


def questions() -> Iterator[dict[str, Any]]:
    """Each thing that may be asked, in an order in which it can be."""
    yield {"do": "advise", **shapes()}
    yield BEGIN
    yield {"do": "feed", "reply": REFUSAL}
    yield STOP
    for text in ("", "curl: (6) Could not resolve host", "404 https://api.hitbtc.com/"):
        yield {"do": "paste", "text": text, "awaited": "a", "now": NOW}
    yield {"do": "look", "on": True}
    yield {"do": "look", "on": False}
    yield {"do": "markdown"}
    for scenario in SCENARIOS:
        yield {"do": "rehearse", "name": scenario.name, "now": NOW}


def compiled(folder: Path, lines: list[str]) -> str:
    """What TypeScript says of these lines, in which all names of messages.d.ts are known."""
    (folder / "messages.d.ts").write_text(MESSAGES)
    head = 'import type { Answers, Question, Shape } from "./messages.d.ts";'
    (folder / "seams.ts").write_text("\n".join([head, *lines]))
    options = "--noEmit --strict --target es2023 --module nodenext --allowImportingTsExtensions"
    tsc = [str(ROOT / "node_modules/.bin/tsc"), *options.split(), "--lib", "es2023,dom", "seams.ts"]
    return subprocess.run(tsc, cwd=folder, capture_output=True, text=True, check=False).stdout


def literals() -> list[str]:
    """Every question and its answer, each as a literal of its type."""
    lines = []
    for number, question in enumerate(questions()):
        asked = json.dumps({**question, "language": "en"})
        said = handle(asked)
        lines.append(f"export const q{number}: Question = {asked};")
        lines.append(f'export const a{number}: Answers["{question["do"]}"] = {said};')
    return lines


def test_every_question_and_answer_has_exactly_the_shape_that_is_named(tmp_path: Path) -> None:
    lines = literals()
    assert {question["do"] for question in questions()} == asked_for()
    assert compiled(tmp_path, lines) == ""


def asked_for() -> set[str]:
    (union,) = re.findall(r"type Asked =(.*?);\n\n", MESSAGES, re.DOTALL)
    return set(re.findall(r'do: "(\w+)"', union))


SPOILT = {
    "a field too few": ('"headline":', '"headlin":'),
    "one too many": ('"notes":', '"more": 1, "notes":'),
    "a word that is not listed": ('"verdict": "undecided"', '"verdict": "undecide"'),
    "another setting": ('"withdraw": {', '"withdraws": {'),
}


def test_another_shape_would_be_an_error(tmp_path: Path) -> None:
    line = next(line for line in literals() if all(right in line for right, _ in SPOILT.values()))
    spoilt = [line.replace(*change) for change in SPOILT.values()]
    told = compiled(
        tmp_path, [one.replace("const a", f"const b{i}a") for i, one in enumerate(spoilt)]
    )
    found = [int(row) for row in re.findall(r"seams\.ts\((\d+),\d+\): error", told)]
    assert found == [2, 3, 4, 5]


# --- Whoever sends or hears a message says of which type it is ---


def test_no_part_hears_a_message_of_no_type() -> None:
    heard = re.compile(
        r"(?:onmessage = |\"message\", )\(?(?!null|(?:this\.)?worker\.onerror)([^)]*)"
    )
    for name, text in SCRIPTS.items():
        for given in heard.findall(text):
            typed = re.match(r"/\*\* @type \{MessageEvent<\w+>\} \*/", given)
            assert typed, f"{name}: {given}"


def test_no_part_sends_a_message_of_no_type() -> None:
    for name, text in SCRIPTS.items():
        for sent in re.findall(r"\.postMessage\(([^,)(]*)", text):
            assert sent in {"message", "said", "scriptOf"}, f"{name}: {sent}"


def test_nothing_is_of_any_type() -> None:
    for name, text in {**SCRIPTS, "messages.d.ts": MESSAGES}.items():
        assert not re.search(r"[{<:|(,]\s*any\s*[}>;|,)\[]", text), name
