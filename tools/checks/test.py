"""Run the tests: `make test` all of them, `make quick` what finds most faults in about a minute.

Rules of this room: without a site or a browser nothing is run; a part that fails keeps no other
from running, and what it said is shown whole when it ends. pytest has two workers more than there
are cores, since a page often waits; what is not pytest's runs beside it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT

from tools.build.steps import step

type Parts = Mapping[str, list[str]]
"""A command for each title."""

PYTHON = sys.executable
WORKERS = (os.cpu_count() or 1) + 2
PYTEST = [PYTHON, "-m", "pytest", "--quiet", f"--numprocesses={WORKERS}", "--dist=worksteal"]
PYTEST += ["--durations=10", "--durations-min=0.5"]
NODE = ["node", "--test", "--test-reporter=spec"]
FEWER = ["env", "SAMPLED=1"]
"""Of the core's longest tables every twentieth line, and fewer made-up examples."""

COVERAGE = f"{PYTHON} -m coverage"
BRANCHES = f"{COVERAGE} run -m pytest --quiet tests/core && {COVERAGE} report --skip-covered"
NODE_TESTS = [str(file) for file in sorted(Path("tests").rglob("*.test.mjs"))]
APART = ["tests/page/engines"]
"""Other engines, which few have: `make test-engines`."""

NEEDED: Parts = {
    "Building the site": [PYTHON, "tools/build/build.py"],
    "Finding a browser": [PYTHON, "-m", "tools.checks.browser"],
}
EVERYTHING: Parts = {
    "The core, the exchange, the command, the page and the site": [
        *PYTEST,
        "tests",
        *(f"--ignore={folder}" for folder in APART),
    ],
    "Inside Pyodide": ["node", "tests/page/pyodide/run.mjs", "--quiet"],
    "In Node": [*NODE, *NODE_TESTS],
    "Every branch of the core": [*FEWER, "sh", "-c", BRANCHES],
}
# Of each room what takes little time for the faults it finds.
QUICK: Parts = {
    "The core, the command, a check and the seal": [
        *FEWER,
        *PYTEST,
        "tests/page/test_seal.py",
        "tests/page/test_check.py::test_all_as_required_is_connected",
        "tests/page/test_check.py::test_the_command_settles_withdraw",
        "tests/core",
        "tests/command/test_terminal.py",
        "--deselect=tests/command/test_terminal.py::test_an_exchange_that_says_nothing_ends_the_check_in_time",
        "tests/exchange/test_oracle.py",
        "tests/site",
        "--ignore=tests/site/built",
    ],
    "Lint, format, types and words": [PYTHON, "tools/checks/check.py"],
    "In Node": [*NODE, *(test for test in NODE_TESTS if "/vault/" in test)],
}


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a part went."""

    title: str
    said: str
    passed: bool
    seconds: float

    def __str__(self) -> str:
        return f"{self.title}: {'passed' if self.passed else 'FAILED'}, {self.seconds:.0f} s"


def main() -> None:
    """Run the parts that are asked for, then say how each went; end with 1 where one failed."""
    parts = {"all": EVERYTHING, "quick": QUICK}[sys.argv[1]]
    if not all(step(title, *command) for title, command in NEEDED.items()):
        sys.exit(1)
    print("Testing. What a part says is shown when it ends ...", flush=True)
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(run, *part) for part in parts.items()]
        try:
            ended = [shown(part.result()) for part in as_completed(running)]
        except KeyboardInterrupt:  # What runs was told too; what waits is not begun.
            pool.shutdown(cancel_futures=True)
            sys.exit("\nInterrupted.")
    print("", *ended, sep="\n")
    sys.exit(not all(part.passed for part in ended))


def run(title: str, command: list[str]) -> Ended:
    start = time.monotonic()
    done = subprocess.run(
        command, stdout=PIPE, stderr=STDOUT, text=True, errors="replace", check=False
    )
    return Ended(
        title=title,
        said=done.stdout,
        passed=done.returncode == 0,
        seconds=time.monotonic() - start,
    )


def shown(part: Ended) -> Ended:
    print(f"\n== {part.title}\n{part.said.rstrip()}", flush=True)
    return part


if __name__ == "__main__":
    main()
