"""Pyodide's files are those of npm's package to the byte, and readers can see that for themselves."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.site.built.conftest import ROOT
from tools.build import finish
from tools.build.output import Refused, source_hash

PACKAGE = ROOT / "node_modules/pyodide"
RELEASE = json.loads((PACKAGE / "package.json").read_text())["version"]
FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
SAME = [f"{name}: the same" for name in FILES]

NPM = """#!/bin/sh
[ "$*" = "pack --silent pyodide@{release}" ] && cp "{archive}" . && basename "{archive}"
"""

type Compare = Callable[[str], list[str]]


@pytest.mark.parametrize("name", FILES)
def test_the_site_has_the_packages_own_bytes(name: str, site_dir: Path) -> None:
    (shipped,) = (site_dir / "checker/runtime").glob(f"*.{name}")
    assert shipped.read_bytes() == (PACKAGE / name).read_bytes()


def test_the_page_starts_python_with_what_the_package_says_of_its_release(site_dir: Path) -> None:
    page = (site_dir / "checker/index.html").read_text()
    (data,) = re.findall(r'id="build">(.*?)</script>', page)
    info = json.loads((PACKAGE / "pyodide-lock.json").read_text())["info"]
    assert json.loads(data)["lock"] == {"info": info, "packages": {}}


@pytest.mark.parametrize("name", FILES)
def test_a_file_other_than_the_packages_stops_the_build(
    name: str, site_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered = shutil.copytree(PACKAGE, tmp_path / "pyodide")
    content = bytearray((altered / name).read_bytes())
    content[-1] ^= 1
    (altered / name).write_bytes(content)
    monkeypatch.setattr(finish, "PYODIDE", altered)
    with pytest.raises(Refused, match=rf"/{re.escape(name)} is not the file of npm's package"):
        finish.lay_out_runtime(tmp_path, site_dir.parent / "build/runtime")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as npm packs it."""
    folder = tmp_path_factory.mktemp("package")
    command = ["npm", "pack", "--silent", "--offline", "--ignore-scripts", str(PACKAGE)]
    packed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return folder / packed.stdout.strip()


@pytest.fixture
def compare(
    archive: Path, site_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Compare:
    """Run the command that the page shows, for another address; npm's answer is kept here."""
    npm = tmp_path / "npm"
    npm.write_text(NPM.format(release=RELEASE, archive=archive))
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    page = (site_dir / "about/verify/index.html").read_text()
    samples = re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)
    texts = [html.unescape(re.sub(r"<[^>]+>", "", sample)) for sample in samples]
    (command,) = [text for text in texts if "npm pack" in text]

    def compare(address: str) -> list[str]:
        asked = re.sub(r"https?://\S+/checker/", address, command)
        done = subprocess.run(["sh", "-c", asked], cwd=tmp_path, capture_output=True, text=True)
        return done.stdout.splitlines()

    return compare


def test_the_command_that_readers_are_shown_finds_the_page_and_the_package_alike(
    compare: Compare, serve_site: str
) -> None:
    assert compare(f"{serve_site}checker/") == SAME


@pytest.mark.parametrize("name", FILES)
def test_the_command_names_a_file_that_the_page_has_another_hash_of(
    name: str, compare: Compare, site_dir: Path, tmp_path: Path
) -> None:
    page = (site_dir / "checker/index.html").read_text()
    other = source_hash("sha384", b"another")
    changed, times = re.subn(rf'("{name}",[^}}]*?)sha384-[^"]+', rf"\1{other}", page)
    assert times == 1
    (tmp_path / "page.html").write_text(changed)
    found = compare((tmp_path / "page.html").as_uri())
    assert found == [line if name not in line else f"{name}: ANOTHER" for line in SAME]


def test_the_command_takes_no_page_for_another(compare: Compare) -> None:
    assert compare("http://127.0.0.1:9/") == [f"{name}: ANOTHER" for name in FILES]
