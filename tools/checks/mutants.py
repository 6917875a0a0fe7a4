"""Break the core in every small way and see whether its tests notice: `make mutants`.

Rules of this room: mutmut works in build/mutants, on a copy, so that the sources stay as they are.
Of the tests all of tests/core count but the longest one and those that read the sources. Each
mutant that survives is explained in docs/en/maintainers/testing.md, by the function it is in; more
of them than explained there, or a score under the least one, ends in a failure.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

COPIED = {
    "validator/hitbtc_keycheck": "src/hitbtc_keycheck",
    "tests/core": "tests/core",
    "tests/exchange": "tests/exchange",  # whose oracle the core's tests ask
}
PLACE = Path("build/mutants")
PAGE = Path("docs/en/maintainers/testing.md")
MUTMUT = Path(sys.executable).with_name("mutmut").resolve()
LEAST = 95.0
NOTICED = ("killed", "timeout")

PROJECT = tomllib.loads(Path("pyproject.toml").read_text())
SOURCES_READ = "tests/core/test_words.py"  # and there every source holds all its mutants
LONGEST = "test_of_no_fault_at_any_message_of_any_account_comes_an_unearned_tick"
TESTS = ["tests/core", f"--ignore={SOURCES_READ}", "-k", f"not {LONGEST}"]
SETTINGS = f"""
[tool.pytest.ini_options]
pythonpath = ["src", "."]

[tool.mutmut]
source_paths = ["src/hitbtc_keycheck"]
do_not_mutate = {PROJECT["tool"]["coverage"]["run"]["omit"]}
also_copy = ["src"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "--hypothesis-profile=few"]
pytest_add_cli_args_test_selection = {TESTS}
use_git_change_detection = false
timeout_multiplier = 3.0
timeout_constant = 10.0
"""

RESULT = re.compile(r"^\s*(hitbtc_keycheck\.\S+__mutmut_\d+): (.+)$", re.MULTILINE)
EXPLAINED = re.compile(r"^\| `(\w+\.[\w.]+)` \| (\d+) \|", re.MULTILINE)


def main() -> None:
    """Make the mutants, try them, and say how many were noticed."""
    prepare()
    children = ("--max-children", str(os.cpu_count() or 1))
    mutmut("run", *children)
    if survivors := [name for name, fate in fates() if fate not in NOTICED]:
        mutmut("run", *children, *survivors)  # mutmut keeps their fate, but a test may be new
    report(fates())


def fates() -> list[tuple[str, str]]:
    """What became of each mutant, by mutmut's name for it."""
    return RESULT.findall(mutmut("results", "--all", "true"))


def report(fates: list[tuple[str, str]]) -> None:
    """Print the score and what nobody explained, and end in a failure where either is amiss."""
    survivors = Counter(function_of(name) for name, fate in fates if fate not in NOTICED)
    score = 100 * (1 - survivors.total() / len(fates))
    print(f"{len(fates)} mutants, {survivors.total()} survived: a score of {score:.1f} %.")
    explained = Counter({name: int(number) for name, number in EXPLAINED.findall(PAGE.read_text())})
    strangers = survivors - explained
    for name, number in sorted(strangers.items()):
        print(f"  {name}: {number} more than {PAGE} explains")
    print(f"See one with `cd {PLACE} && ../../.venv/bin/mutmut results`, then `… show NAME`.")
    sys.exit(score < LEAST or bool(strangers))


def prepare() -> None:
    """Copy the package and its tests to where they are broken; what is known there stays."""
    PLACE.mkdir(parents=True, exist_ok=True)
    ignore = shutil.ignore_patterns("__pycache__")
    for source, target in COPIED.items():
        shutil.rmtree(PLACE / target, ignore_errors=True)
        shutil.copytree(source, PLACE / target, ignore=ignore)
    (PLACE / "pyproject.toml").write_text(SETTINGS)


def mutmut(*arguments: str) -> str:
    """Run mutmut; `run` shows its progress, the rest is read."""
    shown = arguments[0] == "run"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [MUTMUT, *arguments],
        cwd=PLACE,
        env=environment,
        stdout=None if shown else subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"mutmut ended with {done.returncode}: see above.")
    return done.stdout or ""


def function_of(name: str) -> str:
    """mutmut's `check.xǁCheckǁplan` and `check.x__is` are our check.Check.plan and check._is."""
    _, module, mangled = name.rpartition("__mutmut_")[0].split(".")
    inside = mangled.removeprefix("x").removeprefix("ǁ").replace("ǁ", ".")
    return f"{module}.{inside if 'ǁ' in mangled else mangled.removeprefix('x_')}"


if __name__ == "__main__":
    main()
