"""What the locks promise: one version of each package whichever is installed, hashes, no addresses."""

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

LOCKS = sorted(Path("requirements").glob("*.txt"))
PINNED = re.compile(
    r"^([\w.-]+)==(\S+)(?: ; [^\\]*)?((?: ?\\\n {4}--hash=sha256:[0-9a-f]{64})+)$", re.M
)
NODES = [Path("package-lock.json"), Path("tools/checks/auditors/package-lock.json")]


def test_no_two_locks_name_different_versions_of_a_package() -> None:
    named = defaultdict(set)
    for lock in LOCKS:
        for package, version, _ in PINNED.findall(lock.read_text()):
            named[package].add(version)
    assert len(named) > 50
    assert {package: found for package, found in named.items() if len(found) > 1} == {}


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_every_python_package_has_a_version_and_hashes_and_there_is_nothing_else(
    lock: Path,
) -> None:
    text = lock.read_text()
    assert PINNED.search(text)
    assert PINNED.sub("", text).strip() == ""


@pytest.mark.parametrize("lock", NODES, ids=str)
def test_every_npm_package_has_a_hash_and_no_address(lock: Path) -> None:
    """But for one's program for another system, which the registry that was asked may not have."""
    packages = json.loads(lock.read_text())["packages"]
    del packages[""]
    assert packages
    for name, package in packages.items():
        optional = package.get("optional") and "os" in package
        assert package.get("integrity", "sha512-" if optional else "").startswith("sha512-"), name
        assert "resolved" not in package, name
