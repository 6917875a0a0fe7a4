"""The reference pages are those the core's tables make."""

import pytest

from hitbtc_keycheck.probes import CODES, PROBES, SIGNS
from hitbtc_keycheck.rehearsal import SCENARIOS
from hitbtc_keycheck.rights import Right
from tools.docs import reference

GENERATED = reference.files()


@pytest.mark.parametrize("name", GENERATED)
def test_a_committed_page_is_what_the_tables_make(name: str) -> None:
    committed = (reference.FOLDER / name).read_text(encoding="utf-8")
    assert committed == GENERATED[name], "run `python -m tools.docs.reference`"


def test_no_page_lies_beside_the_generated_ones() -> None:
    assert {file.name for file in reference.FOLDER.glob("*.md")} == set(GENERATED)


@pytest.mark.parametrize("right", Right)
def test_every_setting_has_an_anchor_by_the_name_the_report_uses(right: Right) -> None:
    assert f"{{#{right}}}" in GENERATED["rights.md"]


def test_every_request_and_every_code_has_an_anchor() -> None:
    for probe in PROBES:
        assert f"{{#{probe.name}}}" in GENERATED["requests.md"]
    for code in CODES:
        assert f"{{#code-{code}}}" in GENERATED["codes.md"]


def test_every_sign_and_every_made_up_key_has_an_anchor() -> None:
    for sign in SIGNS:
        assert f"{{#sign-{sign.name}}}" in GENERATED["codes.md"]
    for scenario in SCENARIOS:
        assert f"{{#{scenario.name}}}" in GENERATED["scenarios.md"]
