"""Run the tests: `make test` all of them, `make quick` what finds most faults in about a minute.

Rules of this room: a part that fails does not keep the others from running, and one that ends badly
without naming a failed test counts as one failed. Three parts run side by side; what a part said is
shown whole when it ends. Then come the slowest tests, how each part went, and the sum of all.
"""

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT

type Command = list[str]
type Parts = Mapping[str, list[Command]]
"""What is run under each title: commands, one after the other."""

PYTHON = sys.executable
PYTEST = [PYTHON, "-m", "pytest", "--quiet", "--durations=10", "--durations-min=0.5"]
FEWER = ["env", "SAMPLED=1"]
"""Of the core's longest tables every twentieth line, and fewer made-up examples."""

NODE_TESTS = [str(file) for file in sorted(Path("tests").rglob("*.test.mjs"))]
VAULT = [str(file) for file in sorted(Path("tests/page/vault").glob("*.test.mjs"))]
HOST = ["tests/exchange", "tests/command", "tests/site", "tests/page/vault"]
ELSEWHERE = ["engines", "vault", "offline"]
FAULTS = ["test_faults.py", "test_ways_out.py"]
USES = ("abuse", "check", "forget", "layout", "ledger", "pressing", "shared")
USE = [f"test_{name}.py" for name in USES]
OTHERS = [*ELSEWHERE, *FAULTS, *USE]

SITE: Parts = {
    "Building the site": [[PYTHON, "tools/build/build.py"]],
    "Finding a browser": [[PYTHON, "-m", "tools.checks.browser"]],
}
"""What other parts need, so these come first and one by one."""

ALONE: Parts = {"Faults, in a browser": [[*PYTEST, *(f"tests/page/{name}" for name in FAULTS)]]}
"""What opens twenty pages at once and holds each check to its 15 s, so nothing runs beside it."""

# The longest first, so that no core is left with nothing to do at the end.
EVERYTHING: Parts = {
    "Use, in a browser": [[*PYTEST, *(f"tests/page/{name}" for name in USE)]],
    "Loading and seals, in a browser": [
        [*PYTEST, "tests/page", *(f"--ignore=tests/page/{part}" for part in OTHERS)]
    ],
    "The built site": [[*PYTEST, "tests/site/built"]],
    "The offline file, in a browser": [[*PYTEST, "tests/page/offline"]],
    "On this machine": [[*PYTEST, *HOST, "--ignore=tests/site/built"]],
    "The core": [[*PYTEST, "tests/core"]],
    "Every branch of the core": [
        [*FEWER, PYTHON, "-m", "coverage", "run", "-m", "pytest", "--quiet", "tests/core"],
        [PYTHON, "-m", "coverage", "report", "--skip-covered"],
    ],
    "Inside Pyodide": [["node", "tests/page/pyodide/run.mjs", "--quiet"]],
    "In Node": [["node", "--test", "--test-reporter=spec", *NODE_TESTS]],
}

# Of each room what takes little time for the faults it finds.
QUICK: Parts = {
    "In a browser": [
        [*PYTEST, "tests/page/test_check.py", "-k", "connected or command_settles"],
        [*PYTEST, "tests/page/test_seal.py"],
    ],
    "Lint, format, types and words": [[PYTHON, "tools/checks/check.py"]],
    "The core": [[*FEWER, *PYTEST, "tests/core"]],
    "On this machine": [
        [*PYTEST, "tests/command/test_terminal.py", "-k", "not in_time"],
        [*PYTEST, "tests/exchange/test_oracle.py", "tests/site", "--ignore=tests/site/built"],
    ],
    "In Node": [["node", "--test", "--test-reporter=spec", *VAULT]],
}

SIDE_BY_SIDE = 2
SLOWEST = 10
PYTEST_SUM = re.compile(r"^[\d=].* in [\d.]+s\b")
NODE_SUM = re.compile(r"^. (?:pass|fail) \d+$")
COUNTS = re.compile(r"(\d+) (passed|failed|error)|(pass|fail) (\d+)")
DURATION = re.compile(r"^[\d.]+s (?:call|setup|teardown) +\S.*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a part went."""

    title: str
    said: str
    counts: Counter[bool]
    seconds: float

    def __str__(self) -> str:
        return f"{self.title}: {words(self.counts)}, {self.seconds:.0f} s"


def main() -> None:
    """Run the parts that are asked for, then say how each went."""
    first, parts = {"all": ({**SITE, **ALONE}, EVERYTHING), "quick": (SITE, QUICK)}[sys.argv[1]]
    ended = [shown(run(*part)) for part in first.items()]
    print(f"\nNow {SIDE_BY_SIDE} at a time: {', '.join(parts)} ...", flush=True)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        running = [pool.submit(run, *part) for part in parts.items()]
        try:
            ended += [shown(part.result()) for part in as_completed(running)]
        except KeyboardInterrupt:  # What runs was told too; what waits is not begun.
            pool.shutdown(cancel_futures=True)
            sys.exit("\nInterrupted.")
    counts = sum((part.counts for part in ended), Counter())
    print("\nThe slowest tests:", *slowest(ended), "", *ended, "", words(counts), sep="\n")
    sys.exit(counts[False] > 0)


def run(title: str, commands: Iterable[Command]) -> Ended:
    """Run one part; count how many of its tests passed and failed."""
    start = time.monotonic()
    done = [
        subprocess.run(
            command, stdout=PIPE, stderr=STDOUT, text=True, errors="replace", check=False
        )
        for command in commands
    ]
    said = "".join(it.stdout for it in done)
    counts = sum(map(counted, said.splitlines()), Counter())
    if (status := max(abs(it.returncode) for it in done)) and not counts[False]:
        counts[False] = 1
        said += f"\nIt ended with {status}, and no test is said to have failed."
    return Ended(title=title, said=said, counts=counts, seconds=time.monotonic() - start)


def shown(part: Ended) -> Ended:
    print(f"\n== {part.title}\n{part.said.rstrip()}", flush=True)
    return part


def words(counts: Counter[bool]) -> str:
    return f"{counts[True]} passed, {counts[False]} failed"


def counted(line: str) -> Counter[bool]:
    """Read a line in which pytest (`1 failed, 2 passed in 0.1s`) or Node (`# pass 2`) sums up."""
    counts: Counter[bool] = Counter()
    if PYTEST_SUM.match(line) or NODE_SUM.match(line):
        for number, word, node_word, node_number in COUNTS.findall(line):
            counts[(word or node_word).startswith("pass")] += int(number or node_number)
    return counts


def slowest(ended: Iterable[Ended]) -> list[str]:
    """The lines by which pytest names its slowest tests, of all parts, the slowest first."""
    lines = [line for part in ended for line in DURATION.findall(part.said)]
    return sorted(lines, key=lambda line: -float(line.partition("s ")[0]))[:SLOWEST]


if __name__ == "__main__":
    main()
