"""How long `make site` takes, in a copy of the last commit: as it is, and with ten times the pages.

Rule of this room: what is copied is removed first, so that both builds begin with nothing made.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

COPIES = range(2, 11)


def durations(clone: Path) -> tuple[float, float]:
    """Seconds of both builds from clean."""
    return _built(_cloned(clone)), _built(_multiplied(_cloned(clone)))


def emptied(folder: Path) -> Path:
    """Return the folder without what was in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _cloned(clone: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", "--local", ".", emptied(clone)], check=True)
    for installed in (".venv", "node_modules"):
        (clone / installed).symlink_to(Path(installed).resolve())
    return clone


def _multiplied(clone: Path) -> Path:
    """Lay nine copies of all pages beside them, and name them in the navigation."""
    docs = clone / "docs/en"
    pages = sorted(page.relative_to(docs) for page in docs.rglob("*.md"))
    shutil.copytree(docs, clone / "original")
    lines = []
    for number in COPIES:
        folder = docs / f"copy-{number}"
        shutil.copytree(clone / "original", folder)
        for page in folder.rglob("*.md"):  # The templates' pages can be there only once.
            text = page.read_text().splitlines(keepends=True)
            page.write_text("".join(line for line in text if not line.startswith("template: ")))
        lines += [f"  - Copy {number}:\n", *(f"      - {folder.name}/{page}\n" for page in pages)]
    config = clone / "mkdocs.yml"
    config.write_text(config.read_text() + "".join(lines))
    return clone


def _built(clone: Path) -> float:
    began = time.monotonic()
    program = [str(Path(sys.executable).absolute()), "tools/build/build.py"]
    subprocess.run(program, cwd=clone, env=os.environ, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began
