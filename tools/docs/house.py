"""Draws the house into CONTRIBUTING.md, from what its modules really import:

    python -m tools.docs.house

Rules of this room: an arrow points at what is imported; an import that another import implies is
left out. A test compares the committed picture with this.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

PACKAGE = Path("validator/hitbtc_keycheck")
PAGE = Path("validator/page")
PLACE = Path("CONTRIBUTING.md")
BEGIN, END = "<!-- the house: python -m tools.docs.house -->", "<!-- end of the house -->"

IMPORT = re.compile(r'^import [^;]*? from "\./([\w.]+)"', re.MULTILINE)

type Imports = Mapping[str, frozenset[str]]

ROOMS = {
    "the words": ["settings", "words", "answers", "shapes", "signing", "advice"],
    "the tables, and how they are read": ["requests", "codes", "readings"],
    "the core, without input and output": [
        "check",
        "byhand",
        "evidence",
        "cases",
        "hands",
        "report",
        "render",
        "rehearsal",
    ],
    "the bridge to the page": ["bridge"],
    "the command": [
        "cli",
        "language",
        "usage",
        "pair",
        "connection",
        "printing",
        "surroundings",
        "outputs",
    ],
    "the maintainers' command": ["doctor", "sender", "observations", "observed"],
    "the page: parts that lack something each": [
        "vault.js",
        "transport.js",
        "python.js",
        "fetcher.js",
    ],
    "the page: what brings them together": [
        "workers.js",
        "seal.js",
        "keeper.js",
        "ask.js",
        "send.js",
        "answers.js",
        "paste.js",
        "fields.js",
        "command.js",
        "byhand.js",
        "check.js",
        "dom.js",
        "show.js",
        "ledger.js",
        "loading.js",
        "result.js",
        "session.js",
        "words.js",
        "view.js",
    ],
}


def imports() -> Imports:
    """What each module of the package, and each of the page's, imports of its own kind."""
    python = {
        file.stem: frozenset(_of_package(ast.parse(file.read_bytes())) - {file.stem})
        for file in sorted(PACKAGE.glob("*.py"))
        if not file.stem.startswith("__")
    }
    page = {
        file.name: frozenset(IMPORT.findall(file.read_text())) for file in sorted(PAGE.glob("*.js"))
    }
    bridge = re.findall(r'pyimport\("hitbtc_keycheck\.(\w+)"\)', (PAGE / "python.js").read_text())
    return {**python, **page, "python.js": frozenset(bridge)}


def _of_package(tree: ast.Module) -> set[str]:
    """The package's modules that a module imports, within functions too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "hitbtc_keycheck":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= set(re.findall(r"^hitbtc_keycheck\.(\w+)$", node.module))
    return {name for name in found if (PACKAGE / f"{name}.py").exists()}


def reached(start: Iterable[str], house: Imports) -> set[str]:
    """All that is imported by way of `start`."""
    found: set[str] = set()
    for name in start:
        found |= house[name] | reached(house[name], house)
    return found


def direct(name: str, house: Imports) -> list[str]:
    """What a module imports that nothing else it imports brings anyway."""
    return sorted(house[name] - reached(house[name], house))


def picture(house: Imports) -> str:
    """The house as GitHub draws it."""
    rooms = "\n".join(
        f'    subgraph "{room}"\n        {"; ".join(names)}\n    end'
        for room, names in ROOMS.items()
    )
    arrows = "\n".join(
        f"    {name} --> {other}" for name in sorted(house) for other in direct(name, house)
    )
    return f"{BEGIN}\n```mermaid\nflowchart TD\n{rooms}\n{arrows}\n```\n{END}"


def drawn_into(text: str) -> str:
    before, _, rest = text.partition(BEGIN)
    return f"{before}{picture(imports())}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PLACE.write_text(drawn_into(PLACE.read_text()))
