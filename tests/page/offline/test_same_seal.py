"""The ways out that are shut on the site are shut in the file that is opened from a disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.exchange.standin import StandIn
from tests.page.checker import Checker
from tests.page.served import serving
from tests.page.test_seal import (  # noqa: F401  fixtures and tests, the same ones
    Opened,
    bare,
    listener,
    opened,
    test_a_redirect_from_hitbtc_leads_nowhere_else,
    test_neither_the_page_nor_python_reaches_hitbtcs_api,
    test_python_says_that_it_was_refused_the_exchange,
    test_the_sealed_page_has_no_way_out,
    test_the_sealed_page_opens_no_frame_and_sends_no_form,
    test_the_transport_reaches_hitbtcs_api,
    test_what_is_nearly_hitbtcs_api_is_refused,
)


@pytest.fixture(scope="module")
def sealed(
    browser: Browser, file_url: str, site_dir: Path, running_exchange: StandIn
) -> Iterator[Opened]:
    """The sealed file; the site that it was taken from hears whether it is turned to."""
    with serving(site_dir) as (url, heard), browser.new_context() as context:
        page = context.new_page()
        checker = Checker(page=page, exchange=running_exchange, url=file_url).open().start_python()
        yield opened(checker, url, heard)
