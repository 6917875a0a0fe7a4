"""Run every test: `make test`.

Rules of this room: a part that fails does not keep the next from running; a part that ends badly
without naming a failed test counts as one failed; the last line is the sum of all parts.
"""

import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

PYTEST = [sys.executable, "-m", "pytest", "--quiet"]
COVERAGE = [sys.executable, "-m", "coverage"]
ELSEWHERE = ("engines", "vault")
HOST = ("tests/exchange", "tests/command", "tests/site", "tests/page/vault")
NODE_TESTS = [str(file) for file in sorted(Path("tests").rglob("*.test.mjs"))]

PARTS = {
    "The core": [*COVERAGE, "run", "-m", "pytest", "--quiet", "tests/core"],
    "Every branch of the core": [*COVERAGE, "report", "--skip-covered"],
    "On this machine": [*PYTEST, *HOST, "--ignore=tests/site/built"],
    "Inside Pyodide": ["node", "tests/page/pyodide/run.mjs", "--quiet"],
    "Building the site": [sys.executable, "tools/build/build.py"],
    "In Node": ["node", "--test", "--test-reporter=spec", *NODE_TESTS],
    "Finding a browser": [sys.executable, "-m", "tools.checks.browser"],
    "The built site": [*PYTEST, "tests/site/built"],
    "In a browser": [*PYTEST, "tests/page", *(f"--ignore=tests/page/{part}" for part in ELSEWHERE)],
}

PYTEST_SUM = re.compile(r"^[\d=].* in [\d.]+s\b")
NODE_SUM = re.compile(r"^. (?:pass|fail) \d+$")
COUNTS = re.compile(r"(\d+) (passed|failed|error)|(pass|fail) (\d+)")


def main() -> None:
    """Run the parts, then say how each went."""
    total: Counter[bool] = Counter()
    lines = []
    for title, command in PARTS.items():
        print(f"\n== {title}", flush=True)
        start = time.monotonic()
        counts = _run(command)
        lines.append(f"{title}: {_words(counts)}, {time.monotonic() - start:.0f} s")
        total += counts
    print("", *lines, "", _words(total), sep="\n")
    sys.exit(total[False] > 0)


def _words(counts: Counter[bool]) -> str:
    return f"{counts[True]} passed, {counts[False]} failed"


def _run(command: list[str]) -> Counter[bool]:
    """Run one part, showing what it says; return how many of its tests passed and failed."""
    counts: Counter[bool] = Counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            counts += counted(line)
    if running.returncode and not counts[False]:
        counts[False] = 1
    return counts


def counted(line: str) -> Counter[bool]:
    """Read a line in which pytest (`1 failed, 2 passed in 0.1s`) or Node (`# pass 2`) sums up."""
    counts: Counter[bool] = Counter()
    if PYTEST_SUM.match(line) or NODE_SUM.match(line):
        for number, word, node_word, node_number in COUNTS.findall(line):
            counts[(word or node_word).startswith("pass")] += int(number or node_number)
    return counts


if __name__ == "__main__":
    main()
