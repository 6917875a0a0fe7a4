"""What people reported, played in the layer in which a reader meets it, comes out as it should."""

import json
from typing import Any

import pytest

from hitbtc_keycheck import bridge
from tests.command.reports.play import GOOD, PLAYERS, REPORTS, Outcome, filled, in_terminal
from tests.page.vault.test_twin import vault

Row = dict[str, Any]

PASTES = [row for row in REPORTS if row["layer"] == "paste"]
OTHERS = [row for row in REPORTS if row["layer"] in PLAYERS]
EXACT = ("exit", "verdict", "fault")


def names(row: Row) -> str:
    return str(row["id"])


def holds(row: Row, found: Outcome) -> None:
    """Compare what a reader got with what the row expects."""
    wanted = row["expected"]
    for name in EXACT:
        if name in wanted:
            assert getattr(found, name) == wanted[name], found
        if f"{name}_in" in wanted:
            assert getattr(found, name) in wanted[f"{name}_in"], found
    said = found.said.lower()
    assert [words for words in wanted.get("says", ()) if words.lower() not in said] == [], found
    hidden = [words.replace("{tail}", GOOD.secret[-4:]) for words in wanted.get("never", ())]
    assert [words for words in hidden if words.lower() in said] == [], found
    assert found.seconds < 15  # the contract's bound, not a measure of speed


@pytest.mark.parametrize("row", OTHERS, ids=names)
def test_what_was_reported_comes_out_as_it_should(row: Row) -> None:
    holds(row, PLAYERS[row["layer"]](row))


@pytest.mark.parametrize("row", PASTES, ids=names)
def test_a_paste_in_the_terminal_is_stopped_or_cleaned(row: Row) -> None:
    found = in_terminal(row)
    holds(row, found)
    assert found.sent is not row["expected"]["stops"]
    assert not found.leaked
    assert GOOD.secret not in found.said


def test_a_paste_on_the_page_is_stopped_or_cleaned() -> None:
    pairs = [(filled(row["input"]["key"]), filled(row["input"]["secret"])) for row in PASTES]
    shapes = vault(pairs=pairs)["shapes"]
    for row, pair in zip(PASTES, shapes, strict=True):
        asked = {"do": "advise", "key": pair["key"], "secret": pair["secret"]}
        advice = json.loads(bridge.handle(json.dumps(asked)))["advice"]
        assert any(one["stops"] for one in advice) is row["expected"]["stops"], (row["id"], advice)
        if row["expected"]["stops"]:
            said = " ".join(one["text"] for one in advice if one["stops"])
            assert row["expected"]["says"][0] in said, row["id"]
        elif row["expected"]["verdict"] == "connected":
            assert [pair[half]["length"] for half in ("key", "secret")] == [32, 32], row["id"]


def test_every_row_has_a_name_of_its_own_and_says_what_came_before() -> None:
    assert len({row["id"] for row in REPORTS}) == len(REPORTS)
    assert all(row["before"] for row in REPORTS)
