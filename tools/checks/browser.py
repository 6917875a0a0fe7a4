"""Find a Chromium for the tests and the figures, or fetch one: `python -m tools.checks.browser`.

Playwright's own comes first, since it is the one Playwright was tried with; then the system's.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import Playwright, sync_playwright

PLAYWRIGHTS = f"{sys.executable} -m playwright install chromium"
DEBIANS = "apt-get update && apt-get install --yes --quiet chromium"
FETCH_SECONDS = 300
MISSING = "No browser was found: install Chromium or Google Chrome, then run this again."

QUIET = ["--disable-gpu", "--disable-quic", "--disable-sync", "--disable-component-update"]
"""Without these a browser looks for services of its maker's at every start."""


class LaunchOptions(TypedDict):
    """What Playwright's `launch` is given."""

    executable_path: str | None
    args: list[str]


def launch_options(playwright: Playwright) -> LaunchOptions:
    """Return how to start a browser that asks nobody but the page's own servers."""
    return {"executable_path": find_or_fetch(_own(playwright)), "args": QUIET}


def find_or_fetch(own: Path) -> str | None:
    """Return the path of the system's Chromium, or None where Playwright's `own` is there."""
    for command in _fetches():
        if own.exists() or _system():
            break
        _fetch(command)
    return None if own.exists() else _system() or sys.exit(MISSING)


def _own(playwright: Playwright) -> Path:
    return Path(playwright.chromium.executable_path)


def _system() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


def _fetches() -> list[str]:
    installs = os.geteuid() == 0 and shutil.which("apt-get")
    return [PLAYWRIGHTS, DEBIANS] if installs else [PLAYWRIGHTS]


def _fetch(command: str) -> None:
    """Fetch a browser; whether that worked shows in whether one is there afterwards."""
    print("No browser found: fetching one ...", flush=True)
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            ["bash", "-c", command], capture_output=True, timeout=FETCH_SECONDS, check=False
        )


if __name__ == "__main__":
    with sync_playwright() as started:
        print(find_or_fetch(_own(started)) or "Playwright's own Chromium")
