"""What a pasted pair's shape says. The table is read by the vault's tests too (tests/vault)."""

import json
from pathlib import Path
from typing import Any

import pytest

from hitbtc_keycheck.credentials import Shape, advice, clean, shape_of

PASTES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("pastes.json").read_text())


@pytest.fixture(params=PASTES, ids=[paste["name"] for paste in PASTES])
def paste(request: pytest.FixtureRequest) -> dict[str, Any]:
    row: dict[str, Any] = request.param
    return row


def shapes(paste: dict[str, Any]) -> tuple[Shape, Shape]:
    key, secret = paste["key"], paste["secret"]
    return shape_of(key, secret), shape_of(secret, key)


def test_a_paste_has_the_shape_in_the_table(paste: dict[str, Any]) -> None:
    assert shapes(paste) == (Shape(**paste["key_shape"]), Shape(**paste["secret_shape"]))


def test_a_paste_gets_the_advice_in_the_table(paste: dict[str, Any]) -> None:
    assert [item.text for item in advice(*shapes(paste))] == paste["advice"]


def test_only_an_empty_field_stops_a_check(paste: dict[str, Any]) -> None:
    stopping = {item.field for item in advice(*shapes(paste)) if item.stops}
    fields = {"API key": clean(paste["key"]), "Secret key": clean(paste["secret"])}
    assert stopping == {field for field, kept in fields.items() if not kept}
    assert bool(stopping) == paste["stops"]


def test_advice_names_the_field_it_is_about(paste: dict[str, Any]) -> None:
    for item in advice(*shapes(paste)):
        assert item.field in item.text or item.text.startswith("Both fields")
    both = [item for item in advice(*shapes(paste)) if item.text.startswith("Both fields")]
    assert [item.field for item in both] in ([], ["Secret key"])


def test_what_stops_the_check_is_said_first(paste: dict[str, Any]) -> None:
    stops = [item.stops for item in advice(*shapes(paste))]
    assert stops == sorted(stops, reverse=True)


def test_cleaning_twice_takes_nothing_more_off_a_pair_of_the_table(paste: dict[str, Any]) -> None:
    assert clean(clean(paste["key"])) == clean(paste["key"])


def test_two_empty_fields_are_not_called_the_same() -> None:
    assert not shape_of("", "").same
    assert len(advice(shape_of("", ""), shape_of("", ""))) == 2


@pytest.mark.parametrize(("text", "doubled"), [("kk", True), ("k", False), ("kkk", False)])
def test_the_same_text_twice_is_seen_however_short(text: str, doubled: bool) -> None:
    assert shape_of(text, "").doubled == doubled
