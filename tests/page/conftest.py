"""What the browser tests share: the built site, a stand-in exchange under the real name, a reader.

Rules of this room: the build is the one that ships, unchanged, unless a test says what it altered.
The browser finds api.hitbtc.com on loopback; whatever else it looks up does not exist.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn
from tests.page.checker import CHECKING, Checker
from tests.page.shared import SharedPage
from tools.checks.browser import launch_options

expect.set_options(timeout=CHECKING)  # Playwright's 5 s are few where other tests run beside.


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: Mapping[str, Any]) -> Mapping[str, Any]:
    """A browser with windows lets a press write to the clipboard; this one has to be told."""
    return {**browser_context_args, "permissions": ["clipboard-write"]}


@pytest.fixture(scope="session")
def running_exchange() -> Iterator[StandIn]:
    with StandIn() as exchange:
        yield exchange


@pytest.fixture
def exchange(running_exchange: StandIn) -> StandIn:
    """The stand-in with the named accounts, no faults, and nothing heard yet."""
    return as_new(running_exchange)


def as_new(exchange: StandIn) -> StandIn:
    exchange.accounts.clear()
    exchange.accounts.update({account.api_key: account for account in NAMED.values()})
    exchange.cors = False
    exchange.skew = 0
    exchange.mend()
    exchange.log.clear()
    exchange.violations.clear()
    return exchange


QUICKLY_COMPILED = "--js-flags=--liftoff-only"
"""What a page runs lives for seconds: compiling it a second time, better, would take the cores."""


def finding(exchange: StandIn) -> list[str]:
    """The arguments by which a Chromium finds the stand-in, and nobody else."""
    rules = f"MAP api.hitbtc.com 127.0.0.1:{exchange.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    return [f"--host-resolver-rules={rules}", "--ignore-certificate-errors"]


@pytest.fixture(scope="session")
def browser(
    launch_browser: Callable[..., Browser], playwright: Playwright, running_exchange: StandIn
) -> Iterator[Browser]:
    """In place of pytest-playwright's: one that finds the stand-in under the exchange's name."""
    args = [QUICKLY_COMPILED, *finding(running_exchange)]
    launched = launch_browser(**launch_options(playwright, *args, windows=False))
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def whole_browser(
    launch_browser: Callable[..., Browser], playwright: Playwright, running_exchange: StandIn
) -> Iterator[Browser]:
    """The same with all that readers' browsers have around a page."""
    launched = launch_browser(**launch_options(playwright, *finding(running_exchange)))
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def base_url(serve_site: str) -> str:
    """Relative addresses are the built site's."""
    return serve_site


@pytest.fixture
def fresh(page: Page, exchange: StandIn) -> Checker:
    """The checker's page, just opened and not yet turned to; the exchange is ready."""
    return Checker(page=page, exchange=exchange).open()


type Lent = Iterator[SharedPage]
"""Two pages in turn: one that has just checked would wait, so as to keep HitBTC's limits."""


def lent_by(
    browser: Browser, context: Mapping[str, Any], address: str, exchange: StandIn
) -> Iterator[Lent]:
    # Each in a window of its own: a browser slows down a tab that is not in front.
    with browser.new_context(**context) as one, browser.new_context(**context) as other:
        pages = [
            SharedPage(Checker(page=context.new_page(), exchange=exchange, url=address))
            for context in (one, other)
        ]
        yield cycle(pages)


@pytest.fixture(scope="session")
def shared(
    browser: Browser,
    browser_context_args: Mapping[str, Any],
    base_url: str,
    running_exchange: StandIn,
) -> Iterator[Lent]:
    yield from lent_by(browser, browser_context_args, f"{base_url}checker/", running_exchange)


@pytest.fixture
def checker(shared: Lent, exchange: StandIn) -> Iterator[Checker]:
    """A sealed page that many tests share, as new; Python and the exchange are ready."""
    page = next(shared)
    lent = page.lent()
    assert lent.exchange is exchange
    yield lent
    page.given_back()
