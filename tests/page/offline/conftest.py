"""The checker as one file, opened from a disk; everything else is as in the tests of the page.

Nothing here stands in place of `base_url`: pytest-playwright keeps what it made of the first one.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.exchange.standin import StandIn
from tests.page.checker import Checker
from tests.page.conftest import Lent, lent_by
from tools.build.output import OFFLINE


@pytest.fixture(scope="session")
def file_url(site_dir: Path) -> str:
    """The address of the file on this disk."""
    return (site_dir / OFFLINE).as_uri()


@pytest.fixture
def fresh(page: Page, exchange: StandIn, file_url: str) -> Checker:
    return Checker(page=page, exchange=exchange, url=file_url).open()


@pytest.fixture(scope="session")
def shared(
    browser: Browser,
    browser_context_args: Mapping[str, Any],
    file_url: str,
    running_exchange: StandIn,
) -> Iterator[Lent]:
    yield from lent_by(browser, browser_context_args, file_url, running_exchange)
