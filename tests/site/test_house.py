"""The house that is drawn is the whole house, and dependencies in it point one way."""

import pytest
from grimp import ImportGraph

from tools.docs.house import PACKAGE, ROOMS, arrows, graph, rooms

HOUSE = graph()
BRIDGE = f"{PACKAGE}.bridge"


def test_every_module_has_a_room() -> None:
    assert [*rooms()] == [*ROOMS.values(), "the page"]
    housed = [name for names in rooms().values() for name in names]
    assert sorted(housed) == sorted(
        name.removeprefix(f"{PACKAGE}.") for name in HOUSE.modules - {PACKAGE}
    )


@pytest.mark.parametrize("name", sorted(HOUSE.modules))
def test_nothing_imports_itself_by_a_detour(name: str) -> None:
    for other in HOUSE.find_modules_directly_imported_by(name):
        assert name not in HOUSE.find_upstream_modules(other)


def test_what_the_bridge_brings_is_nothing_of_the_commands() -> None:
    others = {f"{PACKAGE}.{name}" for name in rooms()["the command"]}
    assert len(others) > 10
    assert not HOUSE.find_upstream_modules(BRIDGE) & others


def test_only_the_page_imports_the_bridge() -> None:
    assert HOUSE.find_modules_that_directly_import(BRIDGE) == {"python.js"}


def test_the_vault_imports_nothing() -> None:
    assert HOUSE.find_modules_directly_imported_by("vault.js") == set()


def test_an_import_that_another_implies_is_left_out() -> None:
    house = ImportGraph()
    for importer, imported in ("ab", "ac", "bc"):
        house.add_import(importer=importer, imported=imported)
    assert list(arrows(house)) == [("a", "b"), ("b", "c")]
