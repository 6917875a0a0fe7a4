"""What a release gathers is the same each time, and its sums are those of its files."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from tools.release import release


@pytest.fixture(autouse=True)
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(release, "PACKAGES", tmp_path / "packages")
    monkeypatch.setattr(release, "FILES", tmp_path / "files")
    for folder in (release.PACKAGES, release.FILES):
        folder.mkdir()
    return tmp_path


def test_the_npm_bill_lists_what_is_published_and_no_tool() -> None:
    names = {component["name"] for component in json.loads(release.npms_bill())["components"]}
    package = json.loads(Path("package.json").read_text())
    assert package["dependencies"].keys() <= names
    assert not package["devDependencies"].keys() & names


def test_a_bill_is_the_same_each_time() -> None:
    for name in ("one", "other"):
        release.write_bill(name, release.npms_bill())
    one, other = sorted(release.FILES.iterdir())
    assert one.read_bytes() == other.read_bytes()


def test_the_sums_are_of_all_files_as_sha256sum_reads_them() -> None:
    (release.PACKAGES / "any.whl").write_bytes(b"a package")
    (release.FILES / "any.html").write_bytes(b"a page")
    assert list(release.sums()) == [
        f"{hashlib.sha256(b'a page').hexdigest()}  any.html",
        f"{hashlib.sha256(b'a package').hexdigest()}  any.whl",
    ]


def test_a_program_that_fails_ends_it_with_what_it_said() -> None:
    with pytest.raises(SystemExit, match=r"The release was not gathered:\nthe reason"):
        release.output(sys.executable, "-c", "raise SystemExit('the reason')")
