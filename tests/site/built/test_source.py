"""Every page says where the source is, if the build was told; otherwise no page says anything."""

import re
from pathlib import Path

from tests.site.built.conftest import SOURCE
from tests.site.built.links import addresses, having, read_site

CHECKER = "/checker/"
SAID = re.compile(rf"(Source|Código fuente): {re.escape(SOURCE)}")


def test_every_page_names_the_source(below: Path) -> None:
    for path, page in read_site(below).items():
        assert SAID.search(" ".join(page.get_text().split())), path
        linked = ("a", SOURCE) in addresses(page)
        assert linked is not path.endswith(CHECKER), (
            f"{path}: the checker's policy follows no such link"
        )


def test_a_site_that_was_not_told_claims_nothing(at_the_top: Path) -> None:
    for path, page in read_site(at_the_top).items():
        assert not having(page, "div", **{"class": "kc-source"}), path
