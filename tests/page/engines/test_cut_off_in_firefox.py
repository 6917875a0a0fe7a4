"""In Firefox too, a page of the guide and the checker's page cannot reach each other.

WebKit gives a script no window in these tests, so nothing is shown of it here.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.page.engines.engine import firefox
from tests.page.served import copied, serving
from tests.site.built.test_cut_off import (
    CHECKERS_FIELD,
    GUIDES_WORDS,
    IN_VAIN,
    REACH,
    TO_FIND,
)


@pytest.fixture
def bare(site_dir: Path, tmp_path: Path) -> Iterator[str]:
    """The site as a host publishes it that sends no headers of ours."""
    site = copied(site_dir, tmp_path / "site")
    (site / "_headers").write_text("")
    with serving(site) as (url, _):
        yield url


@pytest.mark.parametrize(
    ("start", "other"), [("guide/", CHECKERS_FIELD), ("checker/", GUIDES_WORDS)]
)
def test_guide_and_checker_cannot_reach_each_other(
    start: str, other: tuple[str, str], proxy: str, serve_site: str, bare: str
) -> None:
    path, wanted = other
    with firefox(proxy) as engine:
        engine.goto(f"{bare}{start}")
        long = 3 * TO_FIND  # Firefox has just started, and a first window takes its time.
        assert engine.evaluate(REACH, [f"../{path}", wanted, long]) == "reached"
        engine.goto(f"{serve_site}{start}")
        assert engine.evaluate(REACH, [f"../{path}", wanted, IN_VAIN]) == "cut off"
