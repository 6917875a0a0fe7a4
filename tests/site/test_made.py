"""What is committed is what the tables and the programs make, and nothing is left out of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitbtc_keycheck.codes import CODES, SIGNS
from hitbtc_keycheck.rehearsal import SCENARIOS
from hitbtc_keycheck.requests import PROBES
from hitbtc_keycheck.settings import Setting
from hitbtc_keycheck.usage import API
from hitbtc_keycheck.words import LABELS, Message, Value, Words, load
from tools.docs import facts
from tools.docs.__main__ import everything
from tools.docs.facts import observed, part, reported
from tools.docs.filled import PART, by_hand, filled, languages

MADE = everything()
PAGES = [file for file in MADE if file.suffix == ".md"]
ENGLISH = {file: MADE[file] for file in PAGES if "en" in file.parts}
REFERENCE = {file.name: text for file, text in ENGLISH.items() if "reference" in file.parts}
WORDS = Path("validator/hitbtc_keycheck/words/en.json")
OF_TEMPLATES = ("picture", "reference", "about", "turning-on")
"""The groups of sentences, or what their names begin with, that only templates say."""


def wanted(file: Path) -> list[str]:
    return [it["name"] for it in PART.finditer(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("file", MADE, ids=str)
def test_what_is_committed_is_what_is_made(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == MADE[file], "run `python -m tools.docs`"


@pytest.mark.parametrize("language", languages())
def test_no_drawing_is_left_over(language: str) -> None:
    folder = Path("docs", language, "assets/pictures")
    assert {*folder.iterdir()} == {file for file in MADE if file.is_relative_to(folder)}


def test_every_table_is_on_a_page_and_every_kind_of_report_too() -> None:
    parts = [name for file in PAGES for name in wanted(file)]
    tables = {file.stem for file in Path("tools/docs/tables").iterdir()}
    assert {name.partition(" ")[0] for name in parts} == tables
    kinds = [name for name in parts if name.startswith("kind ")]
    assert kinds == [f"kind {kind}" for kind in sorted({row["kind"] for row in reported()})]


@pytest.mark.parametrize("language", languages()[1:])
def test_every_page_wants_the_same_parts_in_every_language(language: str) -> None:
    for file in ENGLISH:
        theirs = Path("docs", language, *file.parts[2:])
        assert "maintainers" in file.parts or wanted(theirs) == wanted(file)


def test_what_is_written_by_hand_is_kept_and_what_is_filled_in_is_replaced() -> None:
    page = "a\n<!-- filled: x y -->\nold\n<!-- end of x y -->\nb\n"
    new = "a\n<!-- filled: x y -->\n\nnew of x y\n\n<!-- end of x y -->\nb\n"
    assert filled(page, "new of {}".format) == new
    assert by_hand(page) == by_hand(new)
    assert by_hand(page) != by_hand(new.replace("b", "c"))


class Heard(Words):
    """English, and which sentences of it were said with what."""

    def __init__(self) -> None:
        super().__init__(json.loads(WORDS.read_text(encoding="utf-8")))
        self.messages: list[Message] = []

    def say(self, value: Value) -> str:
        if isinstance(value, Message):
            self.messages.append(value)
        return super().say(value)


def test_every_sentence_of_the_templates_is_said_with_what_stands_in_its_braces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard = Heard()
    monkeypatch.setattr(facts, "load", lambda language: heard if language == "en" else load(language))
    everything()
    groups = json.loads(WORDS.read_text(encoding="utf-8"))
    mine = {group: texts for group, texts in groups.items() if group.startswith(OF_TEMPLATES)}
    assert {it.id for it in heard.messages if it.id.startswith(OF_TEMPLATES)} == {
        f"{group}.{name}" for group, texts in mine.items() for name in texts
    }
    for message in heard.messages:
        group, _, name = message.id.rpartition(".")
        if group in mine:
            braces = {it for it in message.values if f"{{{it}}}" in mine[group][name]}
            assert braces == {*message.values}, message


@pytest.mark.parametrize("setting", Setting)
def test_every_setting_has_an_anchor_by_the_name_the_report_uses(setting: Setting) -> None:
    assert f"{{#{setting}}}" in REFERENCE["rights.md"]


def test_every_request_and_every_code_has_an_anchor() -> None:
    for probe in PROBES:
        assert f"{{#{probe.name}}}" in REFERENCE["requests.md"]
    for code in CODES:
        assert f"{{#code-{code}}}" in REFERENCE["codes.md"]


def test_every_sign_and_every_made_up_key_has_an_anchor() -> None:
    for sign in SIGNS:
        assert f"{{#sign-{sign.name}}}" in REFERENCE["codes.md"]
    for scenario in SCENARIOS:
        assert f"{{#{scenario.name}}}" in REFERENCE["scenarios.md"]


def test_what_was_reported_does_not_break_its_table_and_hides_no_character() -> None:
    odd = {"key": "a|b`c\u200b\u0455\ufe0f\u3164"}
    before, wanted = {"exit": 1, "headline": "a|b"}, {"says": ["a|b"]}
    row = {"kind": 1, "source": None, "input": odd, "before": before, "expected": wanted}
    *_, line = part("kind 1", "en", reported=lambda: [row]).splitlines()
    came_in = r"key: `'a\x7cb\x60c\u200b\u0455\ufe0f\u3164'`"
    came_out = r"exit: 1; headline: a&#124;b | says: `['a\x7cb']`"
    assert line == f"| tried by hand | {came_in} | {came_out} |"


# --- What was seen at HitBTC itself ---


def noted(folder: Path, moment: str, api: str = API, **answers: str | None) -> None:
    told = [{"unknown": unknown, "answer": answer} for unknown, answer in answers.items()]
    data = {"observed_at": moment, "api": api, "key": None, "rows": told}
    (folder / f"{moment.replace(':', '')}.json").write_text(json.dumps(data))


def rows(folder: Path) -> Iterator[str]:
    yield from part("observations", "en", observed=lambda: observed(folder)).splitlines()[2:]


def test_without_observations_every_question_is_open(tmp_path: Path) -> None:
    assert len([*rows(tmp_path)]) == 8
    assert all(line.endswith("| not yet | never |") for line in rows(tmp_path))


def test_the_latest_answer_counts_and_an_open_row_does_not_hide_it(tmp_path: Path) -> None:
    noted(tmp_path, "2026-11-22T10:00:00Z", cors="no", unsigned="old")
    noted(tmp_path, "2026-12-01T10:00:00Z", cors=None, unsigned="new")
    text = "\n".join(rows(tmp_path))
    assert "| no | [2026-11-22](2026-11-22T100000Z.json) |" in text
    assert "| new | [2026-12-01](2026-12-01T100000Z.json) |" in text
    assert "old" not in text


def test_what_another_exchange_did_is_not_told_of_hitbtc(tmp_path: Path) -> None:
    noted(tmp_path, "2026-11-22T10:00:00Z", api="http://127.0.0.1:8443", cors="yes")
    assert all(line.endswith("| not yet | never |") for line in rows(tmp_path))
