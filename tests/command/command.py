"""The command as a process of its own, in surroundings that a test knows."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Timer
from typing import Any

from tests.exchange.accounts import NAMED

COMMAND = [sys.executable, "-m", "hitbtc_keycheck"]
GOOD = NAMED["as-required"]
PAIR = f"{GOOD.api_key}\n{GOOD.secret}\n"

WITHIN = 15
"""Seconds in which the command ends, whatever it is asked: the contract's bound."""

_OURS = ("HITBTC_", "SSL", "PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONUTF8", "LC_", "LANG")


def surroundings(**variables: str) -> dict[str, str]:
    """The environment of the tests without what would change how the command runs, and these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OURS) and not name.lower().endswith("_proxy")
    }
    return kept | {"PYTHONPATH": "validator"} | variables


@contextmanager
def ending(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Kill a process that a test would wait for in vain; what is read from it then ends."""
    timer = Timer(2 * WITHIN, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def run(
    *arguments: str, stdin: str | bytes = "", variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin if isinstance(stdin, bytes) else stdin.encode(),
        env=surroundings(**(variables or {})),
        capture_output=True,
        timeout=WITHIN,
        check=False,
    )
    shown = (part.decode(errors="replace") for part in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, *shown)


def tells_nothing(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether neither key nor secret nor a traceback is in what was printed."""
    printed = done.stdout + done.stderr
    return not any(word in printed for word in (GOOD.api_key, GOOD.secret, "Traceback"))
