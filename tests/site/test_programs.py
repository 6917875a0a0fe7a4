"""The maintainer's programs: how they sum up, what they leave behind, what they keep."""

import importlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.build import build
from tools.checks import browser, check, mutants
from tools.checks import test as programs
from tools.build.stdlib.measure import needed
from tools.build.steps import step


@pytest.mark.parametrize(
    ("line", "passed", "failed"),
    [
        ("2 passed in 3.17s\n", 2, 0),
        ("2 failed, 24 passed, 1 error in 0.69s\n", 24, 3),
        ("===== 3 passed, 2 errors in 70.10s (0:01:10) =====\n", 3, 2),
        ("no tests ran in 0.01s\n", 0, 0),
        ("ℹ pass 10\n", 10, 0),  # noqa: RUF001  Node's own sign
        ("ℹ fail 1\n", 0, 1),  # noqa: RUF001
        ("I passed 7 in 2.0s of talk\n", 0, 0),
        ("the bypass 3 of them\n", 0, 0),
    ],
)
def test_only_a_line_that_sums_up_is_counted(line: str, passed: int, failed: int) -> None:
    counts = programs.counted(line)
    assert (counts[True], counts[False]) == (passed, failed)


def saying(text: str, status: int = 0) -> list[str]:
    """A command that says so, and ends so."""
    return [sys.executable, "-c", f"print({text!r}); raise SystemExit({status})"]


def test_a_part_that_fails_keeps_no_other_from_running_and_all_are_summed_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {
        "Dead": [saying("no sum at all", 2)],
        "Failing": [saying("1 failed, 2 passed in 0.1s", 1), saying("a report of it")],
        "Broken": [[sys.executable, "-c", r"import os; os.write(1, b'\xff\n1 passed in 1s')"]],
        "Fine": [
            saying("3.25s call tests/slow.py::one\n0.75s setup tests/b.py::two\n4 passed in 1s")
        ],
    }
    monkeypatch.setattr(programs, "ALONE", {})
    monkeypatch.setattr(programs, "SITE", {"First": [saying("✔ fine\nℹ pass 5")]})  # noqa: RUF001
    monkeypatch.setattr(programs, "QUICK", parts)
    monkeypatch.setattr(sys, "argv", ["test.py", "quick"])
    with pytest.raises(SystemExit) as ended:
        programs.main()
    assert ended.value.code is True
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "12 passed, 2 failed"
    assert said.index("a report of it") == said.index("== Failing") + 2
    dead = said.index("== Dead")
    assert said[dead + 3] == "It ended with 2, and no test is said to have failed."
    slowest = said.index("The slowest tests:")
    assert said[slowest + 1 : slowest + 4] == [
        "3.25s call tests/slow.py::one",
        "0.75s setup tests/b.py::two",
        "",
    ]
    counts = {line.rpartition(",")[0] for line in said[slowest + 4 : -2]}
    assert counts == {
        "First: 5 passed, 0 failed",
        "Dead: 0 passed, 1 failed",
        "Failing: 2 passed, 1 failed",
        "Broken: 1 passed, 0 failed",
        "Fine: 4 passed, 0 failed",
    }


def test_every_test_that_exists_has_a_part_and_every_part_has_tests() -> None:
    quick, whole = (
        {word for commands in parts.values() for command in commands for word in command}
        for parts in (programs.QUICK, {**programs.ALONE, **programs.EVERYTHING})
    )
    named = {word for word in quick | whole if word.startswith("tests/")}
    assert [word for word in named if not Path(word).exists()] == []
    apart = {Path(f"tests/page/{folder}") for folder in programs.ELSEWHERE}
    apart -= {Path(word) for word in whole}
    assert apart == {Path("tests/page/engines")}
    for file in [*Path("tests").rglob("test_*.py"), *Path("tests").rglob("*.test.mjs")]:
        within = {str(folder) for folder in [file, *file.parents]}
        assert within & whole or apart & {*file.parents}, file


def test_where_nothing_fails_it_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "ALONE", {})
    monkeypatch.setattr(programs, "SITE", {})
    monkeypatch.setattr(programs, "EVERYTHING", {"Fine": [saying("4 passed in 1s")]})
    monkeypatch.setattr(sys, "argv", ["test.py", "all"])
    with pytest.raises(SystemExit) as ended:
        programs.main()
    assert ended.value.code is False


def test_a_failing_step_shows_what_the_tool_said(capfd: pytest.CaptureFixture[str]) -> None:
    assert not step("Breaking", sys.executable, "-c", "raise SystemExit('the reason')")
    shown = capfd.readouterr()
    assert shown.out.startswith("Breaking ... failed after ")
    assert shown.err == "the reason\n"


def test_a_passing_step_takes_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert step("Working", sys.executable, "-c", "print('chatter')")
    shown = capfd.readouterr()
    assert shown.out.count("\n") == 1
    assert "chatter" not in shown.out + shown.err


def test_a_failed_build_leaves_the_former_site_and_ends_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    Path("site").mkdir()
    Path("site/index.html").write_text("the former one")
    with pytest.raises(SystemExit) as ended:
        build.main()
    assert ended.value.code == "The site was not built: the step above failed."
    assert Path("site/index.html").read_text() == "the former one"


def test_a_folder_that_cannot_be_written_ends_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("build").write_text("a file where the folder should be")
    with pytest.raises(SystemExit, match=r"^The site was not built: .*File exists.*\.$"):
        build.main()


def test_a_new_site_takes_the_place_of_the_former_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, words in {"site": "former", "build/site": "new"}.items():
        Path(name).mkdir(parents=True)
        Path(name, "index.html").write_text(words)
    build.replace(Path("site"), Path("build/site"))
    assert Path("site/index.html").read_text() == "new"
    assert list(Path("build").iterdir()) == []


def test_what_the_package_would_import_later_is_kept_unless_only_the_terminal_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = {
        "made_up.core": "def f():\n    from made_up import late",
        "made_up.late": "def f():\n    import statistics, json",
        "made_up.terminal": "import wave",
    }
    (tmp_path / "made_up").mkdir()
    for module, source in sources.items():
        (tmp_path / f"{module.replace('.', '/')}.py").write_text(source)
    archive = tmp_path / "library.zip"
    with zipfile.ZipFile(archive, "w") as library:
        for file in ("statistics.py", "json/__init__.py", "os.py", "wave.py"):
            library.writestr(file, "")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("made_up.core")
    assert needed(str(tmp_path / "made_up"), str(archive)) == ["json/__init__.py", "statistics.py"]


def test_where_mutants_are_made_the_cores_tests_find_all_that_they_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "PLACE", tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    mutants.prepare()
    collecting = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", *mutants.TESTS]
    done = subprocess.run(collecting, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "tests/core/test_truth.py::" in done.stdout
    assert mutants.LONGEST not in done.stdout


@pytest.mark.parametrize(
    ("survivors", "explained", "amiss"),
    [
        ([], 0, False),
        (["check.xǁCheckǁplan"], 1, False),
        (["check.xǁCheckǁplan"], 0, True),
        (["check.xǁCheckǁplan"] * 2, 1, True),
        (["check.xǁCheckǁplan"] * 6, 6, True),
    ],
)
def test_a_mutant_that_survives_is_explained_and_few_do(
    survivors: list[str],
    explained: int,
    amiss: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = tmp_path / "testing.md"
    page.write_text(f"| `check.Check.plan` | {explained} | it makes no difference |\n")
    monkeypatch.setattr(mutants, "PAGE", page)
    lived = [(f"hitbtc_keycheck.{name}__mutmut_1", "survived") for name in survivors]
    killed = [("hitbtc_keycheck.check.x__is__mutmut_1", "killed")] * (100 - len(lived))
    with pytest.raises(SystemExit) as ended:
        mutants.report([*lived, *killed])
    assert ended.value.code is amiss


@pytest.mark.parametrize("finding", ["", *check.TOOLS])
def test_make_check_fails_where_any_tool_finds_something(
    finding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def step(title: str, *_: str) -> bool:
        asked.append(title)
        return title != finding

    monkeypatch.setattr(check, "step", step)
    with pytest.raises(SystemExit) as ended:
        check.main()
    assert ended.value.code is bool(finding)
    assert asked == list(check.TOOLS)


def test_playwrights_own_browser_comes_before_the_systems(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(browser, "_system", lambda: "/usr/bin/chromium")
    assert browser.find_or_fetch(tmp_path) is None
    assert browser.find_or_fetch(tmp_path / "no-browser") == "/usr/bin/chromium"


def test_no_browser_and_no_way_to_fetch_one_ends_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(browser, "_fetch", fetched.append)
    monkeypatch.setattr(browser, "_system", lambda: None)
    with pytest.raises(SystemExit, match=r"^No browser was found: install Chromium"):
        browser.find_or_fetch(tmp_path / "no-browser")
    assert fetched
