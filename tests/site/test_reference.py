"""The tables of the reference pages are those that the core makes, in every language."""

from pathlib import Path

import pytest

from hitbtc_keycheck.codes import CODES, SIGNS
from hitbtc_keycheck.requests import PROBES
from hitbtc_keycheck.rehearsal import SCENARIOS
from hitbtc_keycheck.settings import Setting
from hitbtc_keycheck.words import load
from tools.docs.filled import PART, by_hand, filled, languages
from tools.docs.reference import PAGES, Tables

FOLDERS = [Path("docs") / language for language in languages()]
FILES = [file for folder in FOLDERS for file in sorted(folder.glob(PAGES))]
FILLED = {file.name: file.read_text(encoding="utf-8") for file in FOLDERS[0].glob(PAGES)}


@pytest.mark.parametrize("file", FILES, ids=str)
def test_what_is_filled_in_is_what_the_tables_say(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    tables = Tables(load(file.parts[1]))
    assert text == filled(text, tables.part), "run `python -m tools.docs.reference`"


@pytest.mark.parametrize("file", FILES, ids=str)
def test_every_page_wants_the_same_parts_in_every_language(file: Path) -> None:
    wanted = [part["name"] for part in PART.finditer(file.read_text(encoding="utf-8"))]
    assert wanted
    assert wanted == [part["name"] for part in PART.finditer(FILLED[file.name])]


def test_what_is_written_by_hand_is_kept_and_what_is_filled_in_is_replaced() -> None:
    page = "a\n<!-- filled: x y -->\nold\n<!-- end of x y -->\nb\n"
    new = "a\n<!-- filled: x y -->\n\nnew of x y\n\n<!-- end of x y -->\nb\n"
    assert filled(page, "new of {}".format) == new
    assert by_hand(page) == by_hand(new)
    assert by_hand(page) != by_hand(new.replace("b", "c"))


@pytest.mark.parametrize("setting", Setting)
def test_every_setting_has_an_anchor_by_the_name_the_report_uses(setting: Setting) -> None:
    assert f"{{#{setting}}}" in FILLED["rights.md"]


def test_every_request_and_every_code_has_an_anchor() -> None:
    for probe in PROBES:
        assert f"{{#{probe.name}}}" in FILLED["requests.md"]
    for code in CODES:
        assert f"{{#code-{code}}}" in FILLED["codes.md"]


def test_every_sign_and_every_made_up_key_has_an_anchor() -> None:
    for sign in SIGNS:
        assert f"{{#sign-{sign.name}}}" in FILLED["codes.md"]
    for scenario in SCENARIOS:
        assert f"{{#{scenario.name}}}" in FILLED["scenarios.md"]
