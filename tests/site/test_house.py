"""The picture of the house is the house, and dependencies in it point one way."""

import pytest

from tools.docs.house import PLACE, ROOMS, direct, drawn_into, imports, reached


def test_the_picture_is_of_the_modules_as_they_are() -> None:
    text = PLACE.read_text()
    assert "flowchart" in text
    assert text == drawn_into(text)


def test_every_module_has_a_room() -> None:
    assert sorted(imports()) == sorted(name for names in ROOMS.values() for name in names)


@pytest.mark.parametrize("name", sorted(imports()))
def test_nothing_imports_itself_by_a_detour(name: str) -> None:
    assert name not in reached([name], imports())


def test_what_the_bridge_brings_is_nothing_of_the_commands() -> None:
    others = {name for room in ROOMS if "command" in room for name in ROOMS[room]}
    assert len(others) > 10
    assert not reached(["bridge"], imports()) & others


def test_an_import_within_a_function_counts() -> None:
    assert "doctor" in imports()["cli"]


def test_the_vault_imports_nothing() -> None:
    assert imports()["vault.js"] == frozenset()


def test_an_import_that_another_implies_is_left_out() -> None:
    house = {"a": frozenset({"b", "c"}), "b": frozenset({"c"}), "c": frozenset[str]()}
    assert direct("a", house) == ["b"]
