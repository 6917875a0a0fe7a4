"""The page starts Pyodide from bytes it has checked, and says of the release what it would fetch.

package.json names the release, and nothing else does: whatever needs it reads npm's package.

Each test fails when a new release is installed that is not what the page was written for, and says
what to look at then.
"""

import json
import re
from pathlib import Path

import pytest

PYODIDE = Path("node_modules/pyodide")
RELEASE = json.loads((PYODIDE / "package.json").read_text())["version"]
WORKER = Path("validator/page/python.js")
ROOMS = (".github", "docs", "requirements", "tests", "theme", "tools", "validator")
LOADER = (PYODIDE / "pyodide.mjs").read_text()
OPTIONS = ("indexURL", "packageBaseUrl", "createPyodideModule", "lockFileContents", "stdLibURL")


def test_the_loader_names_no_file_that_the_page_does_not_hand_over() -> None:
    """The worker answers whatever the loader fetches with the one file that it does fetch."""
    named = set(re.findall(r"[\w.-]+\.(?:zip|wasm|json|m?js|data|tar)\b", LOADER))
    handed_over = {"pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"}
    assert named == handed_over | {"pyodide-lock.json"}, (
        f"Pyodide {RELEASE} loads other files: see which of them startPyodide in {WORKER} must "
        "hand over, and what tools/build/runtime.mjs makes them from"
    )


@pytest.mark.parametrize("option", OPTIONS)
def test_the_options_that_the_page_uses_are_still_documented(option: str) -> None:
    types = (PYODIDE / "pyodide.d.ts").read_text()
    assert re.search(rf"^\t{option}\?: ", types, re.MULTILINE), (
        f"Pyodide {RELEASE} documents no option {option} any more: see startPyodide in {WORKER}"
    )


def test_the_compiled_code_still_comes_in_by_the_way_that_the_worker_takes_over() -> None:
    glue = (PYODIDE / "pyodide.asm.mjs").read_text()
    assert "instantiateStreaming" in glue + LOADER, (
        f"Pyodide {RELEASE} calls WebAssembly.instantiateStreaming no more, in whose place "
        f"startPyodide in {WORKER} hands over the module that the keeper compiled"
    )


def test_nothing_but_npms_two_files_names_the_release_or_its_python() -> None:
    python = json.loads((PYODIDE / "pyodide-lock.json").read_text())["info"]["python"]
    files = [*Path().glob("*.*"), *(file for room in ROOMS for file in Path(room).rglob("*.*"))]
    ours = [file for file in files if file.is_file() and "node_modules" not in file.parts]
    texts = {str(file): file.read_text(errors="ignore") for file in ours}
    assert len(texts) > 200
    naming = {name for name, text in texts.items() if RELEASE in text or python in text}
    assert naming == {"package.json", "package-lock.json"}
