"""The wheel as it ships: pure, typed, alone under Pyodide, and the one that the page loads."""

import hashlib
import json
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

from hitbtc_keycheck import __version__
from tools.build.output import only, source_hash

ROOT = Path(__file__).resolve().parents[3]
PYODIDES_OWN = ROOT / "node_modules/pyodide/pyodide-lock.json"
IN_A_BROWSER = {"sys_platform": "emscripten", "extra": ""}
ON_A_DESK = {"sys_platform": "linux", "extra": ""}


@pytest.fixture(scope="module")
def wheel(site_dir: Path) -> Path:
    """The wheel that the build of the site left."""
    assert site_dir.exists()
    return only(ROOT / "build/wheel", "*.whl")


@pytest.fixture(scope="module")
def loaded(site_dir: Path) -> Path:
    """The wheel as the page loads it: with its bytecode."""
    assert site_dir.exists()
    return only(ROOT / "build/runtime", "*.whl")


@pytest.fixture(scope="module")
def entry(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What pyodide-lock makes of it, beside what Pyodide itself brings."""
    lock = tmp_path_factory.mktemp("lock") / "pyodide-lock.json"
    program = Path(sys.executable).with_name("pyodide")
    files: list[str | Path] = [
        "--input",
        PYODIDES_OWN,
        "--output",
        lock,
        "--base-path",
        loaded.parent,
    ]
    command = [program, "lockfile", "add-wheels", loaded, *files]
    subprocess.run(command, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(lock.read_text())["packages"]["hitbtc-keycheck"]
    return found


def test_its_lock_entry_names_what_it_is_and_that_it_needs_nothing(
    wheel: Path, entry: dict[str, Any]
) -> None:
    assert (entry["version"], entry["file_name"]) == (__version__, wheel.name)
    assert (entry["imports"], entry["depends"]) == (["hitbtc_keycheck"], [])


def test_the_page_loads_it_by_the_sum_of_its_lock_entry(
    entry: dict[str, Any], site_dir: Path
) -> None:
    page = (site_dir / "checker/index.html").read_text()
    listed = re.search(r'id="build">(.*?)</script>', page, re.DOTALL)
    assert listed
    files = {file["name"]: file for file in json.loads(listed[1])["runtime"]}
    named = files["hitbtc_keycheck.whl"]
    content = (site_dir / "checker" / named["url"]).read_bytes()
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert named["integrity"] == source_hash("sha384", content)


def test_the_page_loads_the_published_wheel_and_its_bytecode(wheel: Path, loaded: Path) -> None:
    """The list of what is in it, RECORD, is longer by as much."""
    with zipfile.ZipFile(wheel) as published, zipfile.ZipFile(loaded) as longer:
        names = {name for name in published.namelist() if not name.endswith("/RECORD")}
        assert all(longer.read(name) == published.read(name) for name in names)
        more = set(longer.namelist()) - set(published.namelist())
    assert more
    assert {Path(name).suffix for name in more} == {".pyc"}


def test_it_is_pure_and_typed(wheel: Path) -> None:
    _, _, _, tags = parse_wheel_filename(wheel.name)
    assert [str(tag) for tag in tags] == ["py3-none-any"]
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert "hitbtc_keycheck/py.typed" in names
    assert {Path(name).suffix for name in names if name.startswith("hitbtc_keycheck/")} <= {
        ".py",
        ".json",
        ".typed",
    }


def test_in_a_browser_it_needs_nothing_and_on_a_desk_two_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        metadata = next(name for name in opened.namelist() if name.endswith("/METADATA"))
        text = opened.read(metadata).decode()
    needs = [Requirement(line) for line in message_from_string(text).get_all("Requires-Dist", [])]

    def needed(where: dict[str, str]) -> list[str]:
        return [one.name for one in needs if not one.marker or one.marker.evaluate(where)]

    assert needed(IN_A_BROWSER) == []
    assert needed(ON_A_DESK) == ["httpx", "rich"]


@pytest.fixture(scope="module")
def desk(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs are, of an environment that the wheel was installed into.

    What it needs on a desk comes from the tests' own environment, so that no network is asked.
    """
    folder = tmp_path_factory.mktemp("desk")
    venv.create(folder)
    python = folder / "bin/python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*install, "--no-index", "--no-deps", str(wheel)], check=True)
    libraries = next(folder.glob("lib/python*/site-packages"))
    (libraries / "others.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin"


@pytest.mark.parametrize("command", [["hitbtc-keycheck"], ["python", "-m", "hitbtc_keycheck"]])
def test_installed_it_is_a_command_and_a_module(
    command: list[str], desk: Path, tmp_path: Path
) -> None:
    rehearsal = [str(desk / command[0]), *command[1:], "--rehearse", "all-fine", "--json"]
    done = subprocess.run(rehearsal, cwd=tmp_path, env={}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["verdict"] == "connected"
