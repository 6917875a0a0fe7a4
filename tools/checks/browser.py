"""Find a Chromium for the tests and the figures, or fetch one: `python -m tools.checks.browser`.

Playwright's own comes first, since it is the one Playwright was tried with; then the system's. Of
both there is one without windows, in which a page takes two thirds of the processor's time.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import Playwright, sync_playwright

PLAYWRIGHTS = f"{sys.executable} -m playwright install chromium"
DEBIANS = "apt-get update && apt-get install --yes --quiet chromium chromium-headless-shell"
FETCH_SECONDS = 300
MISSING = "No browser was found: install Chromium or Google Chrome, then run this again."

WHOLE = ("chromium", "google-chrome")
WITHOUT_WINDOWS = ("chromium-headless-shell", *WHOLE)

TRIED = Path("build/chromium-without-windows")
"""It is there once a smaller browser was looked for, so that this is done once."""

QUIET = ["--disable-gpu", "--disable-quic", "--disable-sync", "--disable-component-update"]
"""Without these a browser looks for services of its maker's at every start."""


class LaunchOptions(TypedDict):
    """What Playwright's `launch` is given."""

    executable_path: str | None
    channel: str | None
    args: list[str]


def main() -> None:
    """Have both kinds there, as far as that goes, and say which browser was found."""
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        found = find_or_fetch(own, WHOLE)
        if found and not shutil.which(WITHOUT_WINDOWS[0]) and _installs() and not TRIED.exists():
            TRIED.parent.mkdir(exist_ok=True)
            TRIED.touch()  # Whatever comes of it: the tests do without.
            _fetch(DEBIANS, "Fetching a Chromium without windows, in which tests take less time")
        print(found or "Playwright's own Chromium")


def launch_options(playwright: Playwright, *args: str, windows: bool = True) -> LaunchOptions:
    """Return how to start a browser that asks nobody but the page's own servers.

    With `windows` it is the one that readers have, though none is shown.
    """
    own = Path(playwright.chromium.executable_path)
    path = find_or_fetch(own, WHOLE if windows else WITHOUT_WINDOWS)
    channel = "chromium" if windows and not path else None
    return {"executable_path": path, "channel": channel, "args": [*QUIET, *args]}


def find_or_fetch(own: Path, names: Sequence[str]) -> str | None:
    """Return the path of the system's browser, or None where Playwright's `own` is there."""
    for command in (PLAYWRIGHTS, *([DEBIANS] if _installs() else [])):
        if _find(own, names) is not None:
            break
        _fetch(command, "No browser found: fetching one")
    found = _find(own, names)
    return sys.exit(MISSING) if found is None else found or None


def _find(own: Path, names: Sequence[str]) -> str | None:
    """The path of the first that the system has; an empty one where Playwright's own is there."""
    return "" if own.exists() else next(filter(None, map(shutil.which, names)), None)


def _installs() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _fetch(command: str, why: str) -> None:
    """Fetch a browser; whether that worked shows in whether one is there afterwards."""
    print(f"{why} ...", flush=True)
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            ["bash", "-c", command], capture_output=True, timeout=FETCH_SECONDS, check=False
        )


if __name__ == "__main__":
    main()
