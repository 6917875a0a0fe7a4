"""The house: which modules there are, in which rooms, and what each of them really imports.

Rules of this room: no list of modules here. What the package's modules import is what import-linter
looks at, and their rooms are its layers; the page's modules are read with a pattern.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from grimp import ImportGraph, build_graph

PAGE = Path("validator/page")
PACKAGE = "hitbtc_keycheck"
IMPORT = re.compile(r'^import [^;]*? from "\./([\w.]+)"', re.MULTILINE)
BRIDGE = re.compile(rf'pyimport\("({PACKAGE}\.\w+)"\)')

ROOMS = {
    "__main__": "the command",
    "bridge": "the bridge to the page",
    "render": "the core, without input and output",
    "readings": "the tables, and how they are read",
    "advice": "the words",
}
"""What the layers are called, from the line downwards that begins with this module."""


@cache
def graph() -> ImportGraph:
    """All imports between modules of the package and of the page, within functions too."""
    found = build_graph(PACKAGE, cache_dir=None)
    for file in sorted(PAGE.glob("*.js")):
        text = file.read_text(encoding="utf-8")
        found.add_module(file.name)
        for other in IMPORT.findall(text) + BRIDGE.findall(text):
            found.add_import(importer=file.name, imported=other)
    return found


def rooms() -> dict[str, list[str]]:
    """The modules of each room, uppermost first."""
    found: dict[str, list[str]] = {}
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    room = ""
    for layer in settings["tool"]["importlinter"]["contracts"][0]["layers"]:
        names = layer.split(" | ")
        room = ROOMS.get(names[0], room)
        found.setdefault(room, []).extend(names)
    return {**found, "the page": sorted(file.name for file in PAGE.glob("*.js"))}


def arrows(house: ImportGraph) -> Iterator[tuple[str, str]]:
    """Who imports what; what another import of the same module brings anyway is left out."""
    for name in sorted(house.modules):
        imported = house.find_modules_directly_imported_by(name) - {PACKAGE}
        implied = {far for near in imported for far in house.find_upstream_modules(near)}
        for other in sorted(imported - implied):
            yield name.removeprefix(f"{PACKAGE}."), other.removeprefix(f"{PACKAGE}.")
