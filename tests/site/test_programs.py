"""The maintainer's programs: how they sum up, what they leave behind, what they keep."""

import importlib
import subprocess
import sys
import zipfile
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools.build import build
from tools.checks import browser, check, mutants
from tools.checks import test as programs
from tools.build.stdlib.measure import needed
from tools.build.steps import step


def saying(text: str, status: int = 0) -> list[str]:
    """A command that says so, and ends so."""
    return [sys.executable, "-c", f"print({text!r}); raise SystemExit({status})"]


def ending(monkeypatch: pytest.MonkeyPatch, needed: list[str], parts: programs.Parts) -> object:
    """With what the tests end, given these parts."""
    monkeypatch.setattr(programs, "NEEDED", {"First": needed})
    monkeypatch.setattr(programs, "QUICK", parts)
    monkeypatch.setattr(sys, "argv", ["test.py", "quick"])
    with pytest.raises(SystemExit) as ended:
        programs.main()
    return ended.value.code


def test_a_part_that_fails_keeps_no_other_from_running_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {
        "Dead": [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"],
        "Failing": saying("1 failed\na report of it", 1),
        "Broken": [sys.executable, "-c", r"import os; os.write(1, b'\xff fine')"],
        "Fine": saying("4 passed in 1s"),
    }
    assert ending(monkeypatch, saying("chatter"), parts) is True
    said = capsys.readouterr().out.splitlines()
    assert said.index("a report of it") == said.index("== Failing") + 2
    assert sorted(line.rpartition(",")[0] for line in said[-4:]) == [
        "Broken: passed",
        "Dead: FAILED",
        "Failing: FAILED",
        "Fine: passed",
    ]


def test_where_nothing_fails_it_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ending(monkeypatch, saying("chatter"), {"Fine": saying("4 passed in 1s")}) is False


def test_without_a_site_nothing_is_tested(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert ending(monkeypatch, saying("no site", 1), {"Fine": saying("4 passed")}) == 1
    shown = capfd.readouterr()
    assert "4 passed" not in shown.out
    assert "no site" in shown.out + shown.err


def test_every_test_that_exists_has_a_part_and_every_part_has_tests() -> None:
    quick, whole = (
        {word.partition("=")[2] or word for command in parts.values() for word in command}
        for parts in (programs.QUICK, programs.EVERYTHING)
    )
    named = [word.partition("::") for word in quick | whole if word.startswith("tests")]
    assert [file for file, _, _ in named if not Path(file).exists()] == []
    assert [test for file, _, test in named if test and f"def {test}(" not in Path(file).read_text()] == []
    assert programs.APART == ["tests/page/engines"]
    assert set(programs.NODE_TESTS) == {str(file) for file in Path("tests").rglob("*.test.mjs")}
    assert set(programs.NODE_TESTS) <= whole
    assert "tests" in whole


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
    monkeypatch.setattr("shutil.which", {"chromium": "/usr/bin/chromium"}.get)
    assert browser.find_or_fetch(tmp_path, browser.WHOLE) is None
    for names in (browser.WHOLE, browser.WITHOUT_WINDOWS):
        assert browser.find_or_fetch(tmp_path / "no-browser", names) == "/usr/bin/chromium"


@pytest.mark.parametrize(
    ("there", "root", "asked"),
    [
        (["chromium", "apt-get"], True, 1),
        (["chromium", "apt-get"], False, 0),
        (["chromium"], True, 0),
        (["chromium", "chromium-headless-shell", "apt-get"], True, 0),
    ],
)
def test_a_smaller_browser_is_asked_for_once_by_who_may_install_one(
    there: list[str], root: bool, asked: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(browser, "TRIED", tmp_path / "build/tried")
    monkeypatch.setattr(browser, "_fetch", lambda command, _: fetched.append(command))
    monkeypatch.setattr("os.geteuid", lambda: 0 if root else 1000)
    monkeypatch.setattr("shutil.which", lambda name: name if name in there else None)
    # Not Playwright itself, which starts in no thread where a test before this one has started it.
    own = SimpleNamespace(chromium=SimpleNamespace(executable_path=tmp_path / "none"))
    monkeypatch.setattr(browser, "sync_playwright", lambda: nullcontext(own))
    browser.main()
    browser.main()
    assert fetched == [browser.DEBIANS] * asked


def test_no_browser_and_no_way_to_fetch_one_ends_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(browser, "_fetch", lambda command, _: fetched.append(command))
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(SystemExit, match=r"^No browser was found: install Chromium"):
        browser.find_or_fetch(tmp_path / "no-browser", browser.WHOLE)
    assert fetched
