"""Which modules of Python's standard library the checker needs, measured.

Runs inside Pyodide, from tools/build/runtime.mjs, right after a whole check: what is loaded by then is
needed. Rules of this room: nothing is kept by hand. What a check loads is read off `sys.modules`,
and what those modules of the package would import later is read off their source. It imports only
what has been loaded at start-up anyway, so that it adds nothing of its own.
"""

import ast
import importlib
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path


def needed(package: str, archive: str) -> list[str]:
    """Return the files of the standard library in `archive` that `package` (its folder) needs."""
    own, library = files_of_package(Path(package)), files_by_module(archive)
    read: set[str] = set()
    while fresh := (own.keys() & sys.modules.keys()) - read:
        read |= fresh
        for module in _imported_by(own[name] for name in fresh) & (own.keys() | library.keys()):
            importlib.import_module(module)
    loaded = sys.modules.keys() & library.keys()
    return sorted(library[module] for module in loaded if not _built_in(module))


def files_of_package(folder: Path) -> dict[str, Path]:
    """Return the file of each module in a package, by the module's name."""
    return {f"{folder.name}.{file.stem}": file for file in folder.glob("*.py")}


def files_by_module(archive: str) -> dict[str, str]:
    """Return the file of each module in `archive`, by the module's name."""
    with zipfile.ZipFile(archive) as opened:
        files = [file for file in opened.namelist() if file.endswith(".py")]
    return {file[:-3].removesuffix("/__init__").replace("/", "."): file for file in files}


def _imported_by(files: Iterable[Path]) -> set[str]:
    """What the files import, at their top or inside a function."""
    trees = [ast.parse(file.read_bytes()) for file in files]
    return {name for tree in trees for node in ast.walk(tree) for name in _names(node)}


def _names(node: ast.AST) -> list[str]:
    """What an import statement may name; where it says `from`, modules and parts of modules."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _built_in(module: str) -> bool:
    """Whether the interpreter carries the module frozen, so that its file is never read."""
    spec = sys.modules[module].__spec__
    return spec is not None and spec.origin == "frozen"
