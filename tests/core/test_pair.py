"""What a pasted pair's shape says. The vault's tests (tests/page/vault) read the table too."""

import json
from pathlib import Path
from typing import Any

import pytest

from hitbtc_keycheck.advice import advice
from hitbtc_keycheck.shapes import Shape, clean, shape_of
from tests.core.world import english

PASTES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("pastes.json").read_text())


@pytest.fixture(params=PASTES, ids=[paste["name"] for paste in PASTES])
def paste(request: pytest.FixtureRequest) -> dict[str, Any]:
    row: dict[str, Any] = request.param
    return row


def shapes(paste: dict[str, Any]) -> tuple[Shape, Shape]:
    key, secret = paste["key"], paste["secret"]
    return shape_of(key, secret, public=True), shape_of(secret, key, public=False)


def test_a_paste_has_the_shape_in_the_table(paste: dict[str, Any]) -> None:
    assert shapes(paste) == (Shape(**paste["key_shape"]), Shape(**paste["secret_shape"]))


def test_a_paste_gets_the_advice_in_the_table(paste: dict[str, Any]) -> None:
    assert [english(item.text) for item in advice(*shapes(paste))] == paste["advice"]


def test_only_what_is_known_to_be_wrong_stops_a_check(paste: dict[str, Any]) -> None:
    assert any(item.stops for item in advice(*shapes(paste))) == paste["stops"]


def test_an_empty_field_stops_a_check_and_is_named(paste: dict[str, Any]) -> None:
    stopping = {item.field for item in advice(*shapes(paste)) if item.stops}
    fields = {"API key": clean(paste["key"]), "Secret key": clean(paste["secret"])}
    assert {field for field, kept in fields.items() if not kept} <= stopping


STOPPING = {
    "a secret's label in the key's field",
    "a secret's label on a line of its own, in the key's field",
    "a secret's label after the text, in the key's field",
    "a secret as JSON, in the key's field",
    "a key's label in the secret's field",
    "a whole configuration in one field",
    "both lines with their labels in one field",
    "both parts in one field, on two lines",
    "both parts in one field, with a blank",
    "both parts in one field, with a colon",
    "both in the secret's field, with a colon",
    "the same text in both fields",
    "the same in both fields",
}


def test_no_text_that_may_be_the_secret_gets_past_the_keys_field_where_that_can_be_seen() -> None:
    stopped = {paste["name"] for paste in PASTES if paste["stops"]}
    assert stopped >= STOPPING
    assert len(STOPPING) == len(STOPPING & {paste["name"] for paste in PASTES})


def test_of_a_secret_no_character_and_no_place_is_told(paste: dict[str, Any]) -> None:
    _, secret = shapes(paste)
    assert (secret.strange, secret.place) == ("", 0)
    told = " ".join(
        english(item.text) for item in advice(*shapes(paste)) if item.field == "Secret key"
    )
    long = len(clean(paste["secret"])) > len("Secret key")  # shorter ones are words of ours too
    assert not long or clean(paste["secret"]) not in told


def test_advice_names_the_field_it_is_about(paste: dict[str, Any]) -> None:
    for item in advice(*shapes(paste)):
        assert item.field in english(item.text) or english(item.text).startswith("Both fields")
    both = [item for item in advice(*shapes(paste)) if english(item.text).startswith("Both fields")]
    assert [item.field for item in both] in ([], ["Secret key"])


def test_what_stops_the_check_is_said_first(paste: dict[str, Any]) -> None:
    stops = [item.stops for item in advice(*shapes(paste))]
    assert stops == sorted(stops, reverse=True)


def test_cleaning_twice_takes_nothing_more_off_a_pair_of_the_table(paste: dict[str, Any]) -> None:
    if not paste["stops"]:
        assert clean(clean(paste["key"])) == clean(paste["key"])


def test_two_empty_fields_are_not_called_the_same() -> None:
    empty = shape_of("", "", public=False)
    assert not empty.same
    assert len(advice(empty, empty)) == 2


@pytest.mark.parametrize(("text", "doubled"), [("kk", True), ("k", False), ("kkk", False)])
def test_the_same_text_twice_is_seen_however_short(text: str, doubled: bool) -> None:
    assert shape_of(text, "", public=False).doubled == doubled
