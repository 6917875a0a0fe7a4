"""Every page says where the source is, if the build was told; otherwise no page says anything."""

import re
from pathlib import Path

import pytest

from tests.site.built.conftest import Build
from tests.site.built.links import addresses, read_site

SOURCE = "https://code.example/somebody/keycheck"
CHECKER = "/checker/"
SAID = re.compile(rf"(Source|Código fuente): {re.escape(SOURCE)}")


def test_every_page_names_the_source(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPO_URL", SOURCE)
    build(tmp_path / "site", "https://example.org/")
    for path, page in read_site(tmp_path / "site").items():
        assert SAID.search(" ".join("".join(page.text).split())), path
        linked = ("a", SOURCE) in addresses(page)
        assert linked is not path.endswith(CHECKER), (
            f"{path}: the checker's policy follows no such link"
        )


def test_a_site_that_was_not_told_claims_nothing(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPO_URL", "")
    build(tmp_path / "site", "https://example.org/")
    for path, page in read_site(tmp_path / "site").items():
        assert not page.having("div", **{"class": "kc-source"}), path
