"""What tests of the built site share. The unit tests don't see this file inside Pyodide."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.build.serve import served

ROOT = Path(__file__).resolve().parent.parent

# What a shell starts in the background ignores Ctrl+C, and so would all that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def site_dir() -> Path:
    """The built site; built now if there is none."""
    site = ROOT / "site"
    if not site.exists():
        environment = os.environ | {"PYTHONPATH": "validator:."}
        subprocess.run(
            [sys.executable, "tools/build/build.py"], check=True, cwd=ROOT, env=environment
        )
    return site


@pytest.fixture(scope="session")
def serve_site(site_dir: Path) -> Iterator[str]:
    """The address, ending in a slash, at which the built site is served as its hosts will."""
    with served(site_dir) as address:
        yield address
