"""The command speaks the language that it is told to, or the terminal's, or English."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from hitbtc_keycheck.language import languages, spoken
from tests.command.command import GOOD, PAIR, run, tells_nothing

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
FILES = Path("validator/hitbtc_keycheck/words")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A copy of the package that also speaks zz: English, each sentence with zz before it."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(FILES.parent, folder / "hitbtc_keycheck")
    english = json.loads((FILES / "en.json").read_text(encoding="utf-8"))
    marked = {g: {name: f"zz {text}" for name, text in english[g].items()} for g in english}
    made = folder / "hitbtc_keycheck/words/zz.json"
    made.write_text(json.dumps(marked), encoding="utf-8")
    return str(folder)


def printed(package: str, *arguments: str, **variables: str) -> str:
    """What the command of that package prints, or complains of."""
    done = run(*arguments, variables={"PYTHONPATH": package, **variables})
    return done.stdout or done.stderr


def test_the_languages_are_the_files_of_words() -> None:
    assert languages() == tuple(sorted(file.stem for file in FILES.iterdir()))
    assert "en" in languages()


@pytest.mark.parametrize(
    ("arguments", "variables", "language"),
    [
        ([], {}, "en"),
        (["--lang", "zz"], {}, "zz"),
        (["--lang=zz"], {}, "zz"),
        (["--lang", "en"], {"LC_ALL": "zz"}, "en"),
        ([], {"LC_ALL": "zz_ZZ.UTF-8", "LANG": "en_GB.UTF-8"}, "zz"),
        ([], {"LC_ALL": "C", "LANG": "zz_ZZ.UTF-8"}, "en"),
        ([], {"LC_ALL": "", "LC_MESSAGES": "zz", "LANG": "en"}, "zz"),
        ([], {"LANG": "ZZ@euro"}, "zz"),
        ([], {"LANG": "tlh_QO.UTF-8"}, "en"),
        (["--lang", "tlh"], {"LANG": "zz"}, "zz"),
        (["--lang"], {"LANG": "zz"}, "zz"),
    ],
)
def test_the_option_counts_before_the_terminal_and_english_where_neither_is_known(
    arguments: list[str],
    variables: dict[str, str],
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hitbtc_keycheck.language.languages", lambda: ("en", "zz"))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert spoken(arguments) == language


def test_everything_that_is_printed_is_in_the_language(package: str) -> None:
    shown = printed(package, "--lang", "zz", "--rehearse", "spot-empty")
    lines = [line.rstrip() for line in shown.splitlines()]
    assert lines[0] == "zz Ready to connect"
    assert "zz Next" in lines
    notes = ("zz Note: zz The spot", "zz Note: zz A rehearsal")
    for words in ("zz Setting", "zz Needed", "zz On", "✓ zz as required", *notes):
        assert words in shown
    assert "zz zz In the wrong hands" in shown


def test_the_terminals_own_language_is_spoken(package: str) -> None:
    mine = printed(package, "--rehearse", "all-fine", LC_ALL="zz_ZZ.UTF-8")
    assert mine.startswith("zz Ready to connect")
    assert printed(package, "--rehearse", "all-fine", LANG="en_GB.UTF-8").startswith("Ready to")


def test_json_keeps_its_names_and_states_in_every_language(package: str) -> None:
    asked = ("--json", "--rehearse", "all-fine", "--lang")
    english, theirs = (json.loads(printed(package, *asked, name)) for name in ("en", "zz"))
    assert skeleton(english) == skeleton(theirs)
    assert (theirs["verdict"], theirs["headline"]) == ("connected", "zz Ready to connect")
    states = [[right["state"] for right in of["rights"].values()] for of in (english, theirs)]
    assert states[0] == states[1]


def skeleton(data: Any) -> Any:
    """The names in JSON data, without what they hold."""
    if isinstance(data, dict):
        return {name: skeleton(value) for name, value in data.items()}
    return [skeleton(one) for one in data] if isinstance(data, list) else type(data).__name__


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["--help"], "zz usage: hitbtc-keycheck"),
        (["--unknown"], "zz There is an argument"),
        (["--rehearse", "no-such"], "zz There is no rehearsal"),
        (["--lang", "no-such"], "zz There are no words"),
        ([], "zz Standard input must hold two lines"),
    ],
)
def test_help_and_wrong_usage_are_in_the_language_too(
    package: str, arguments: list[str], first: str
) -> None:
    assert printed(package, *arguments, LC_ALL="zz").startswith(first)


def test_every_option_is_explained_in_the_language(package: str) -> None:
    shown = printed(package, "--lang", "zz", "--help", COLUMNS="300")
    options = [line for line in shown.splitlines() if line.startswith("  -")]
    assert len(options) == 7
    assert all("  zz " in line for line in options)


@pytest.mark.parametrize("arguments", [["--lang", GOOD.secret], [f"--lang={GOOD.secret}"]])
def test_an_unknown_language_is_one_sentence_that_names_those_there_are(
    arguments: list[str],
) -> None:
    done = run(*arguments, stdin=PAIR)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (64, "", 1)
    assert done.stderr.strip().endswith(f"there are: {', '.join(languages())}.")
    assert tells_nothing(done)
