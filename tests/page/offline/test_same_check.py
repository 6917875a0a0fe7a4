"""The tests of a check on the site, each once more in the file that is opened from a disk."""

import pytest
from playwright.sync_api import Browser

from tests.exchange.standin import StandIn
from tests.page.conftest import Checker
from tests.page.test_check import *  # noqa: F403  # the same tests, whatever they are


@pytest.fixture(scope="module")  # type: ignore[no-redef]  # in place of the page's
def rehearsing(browser: Browser, file_url: str, running_exchange: StandIn) -> Checker:
    page = browser.new_page()
    return Checker(page=page, exchange=running_exchange, url=file_url).open().seal()
