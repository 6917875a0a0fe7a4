"""What the pages tell people to type exists, and the rehearsals they show run."""

import json
import re
from importlib import util
from pathlib import Path

import pytest

from hitbtc_keycheck import cli

TEXT = {
    file: file.read_text(encoding="utf-8")
    for file in (Path("README.md"), Path("CONTRIBUTING.md"), *sorted(Path("docs/en").rglob("*.md")))
}
EVERYTHING = "\n".join(TEXT.values())
ROOMS = r"\.github|docs|requirements|tests|theme|tools|validator"
SHOWN = sorted(set(re.findall(r"\$ hitbtc-keycheck (--rehearse [a-z-]+)", EVERYTHING)))


def test_pages_show_a_rehearsal() -> None:
    assert SHOWN


@pytest.mark.parametrize("sample", SHOWN)
def test_a_rehearsal_shown_on_a_page_runs(sample: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(sample.split()) == 0
    assert capsys.readouterr().out


def test_every_option_a_page_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    named = set(re.findall(r"`(--[a-z-]+)", TEXT[Path("docs/en/about/terminal.md")]))
    assert named
    assert named <= known


def test_every_make_command_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", Path("Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"(?:`|\$ )make\s([a-z-]+)", EVERYTHING))
    assert len(named) > 10
    assert named <= targets


def test_every_file_and_module_a_page_names_is_there() -> None:
    files = set(re.findall(rf"`((?:{ROOMS})/[\w./*-]*)`", EVERYTHING))
    modules = set(re.findall(r"-m (tools\.[\w.]+)", EVERYTHING))
    assert len(files) > 20
    assert modules
    files = {file for file in files if "xx" not in re.split(r"\W", file)}  # any added language
    assert [name for name in files if not list(Path().glob(name.rstrip("/")))] == []
    assert [name for name in modules if not util.find_spec(name)] == []


def test_every_button_the_guide_has_readers_click_is_on_the_checker() -> None:
    words = json.loads(Path("validator/hitbtc_keycheck/words/en.json").read_text(encoding="utf-8"))
    labels = {*words["form"].values(), *words["page"].values()}
    guide = " ".join(TEXT[Path("docs/en/guide/check-the-key.md")].split())
    clicked = set(re.findall(r"[Cc]lick \*\*([^*]+)\*\*", guide))
    assert len(clicked) > 3
    assert clicked <= labels


def test_the_policy_readers_are_told_to_look_for_is_the_one_the_page_sets() -> None:
    told = re.findall(r"`(connect-src [^`]+)`", TEXT[Path("docs/en/about/verify.md")])
    seal = Path("validator/page/seal.js").read_text(encoding="utf-8")
    assert told
    assert all(f'"{policy}"' in seal for policy in told)
