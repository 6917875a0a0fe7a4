"""What the browser tests share: the built site, a stand-in exchange under the real name, a reader.

Rules of this room: the build is the one that ships, unchanged, unless a test says what it altered.
The browser finds api.hitbtc.com on loopback; whatever else it looks up does not exist.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, Worker, expect

from tests.exchange.accounts import NAMED, Account
from tests.exchange.standin import StandIn
from tools.checks.browser import LaunchOptions, launch_options

SEALING = 60_000
CHECKING = 15_000
expect.set_options(timeout=CHECKING)  # Playwright's 5 s are few where other tests run beside.

PARTS = 4
"""Workers of a sealed page: two transports, of which one stands ready, Python and its keeper."""


@dataclass(frozen=True, kw_only=True)
class Checker:
    """The checker's page as its reader uses it, found by the names of the contract."""

    page: Page
    exchange: StandIn
    url: str = "checker/"

    def open(self) -> Self:
        self.page.goto(self.url)
        return self

    def seal(self) -> Self:
        """Turn to the form and wait until it is sealed."""
        self.field("API key").focus()
        expect(self.form).to_have_attribute("data-seal", "sealed", timeout=SEALING)
        return self

    def fill(self, account: Account) -> Self:
        self.field("API key").fill(account.api_key)
        self.field("Secret key").fill(account.secret)
        return self

    def check(self, account: Account) -> Self:
        """Fill in the pair, press, and wait for the verdict."""
        self.fill(account).press("Check key")
        expect(self.verdict).to_be_visible(timeout=CHECKING)
        return self

    def press(self, button: str) -> None:
        self.button(button).click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label, exact=True)

    @property
    def form(self) -> Locator:
        return self.page.locator("[data-seal]")

    @property
    def verdict(self) -> Locator:
        return self.page.locator("[data-verdict]")

    @property
    def words(self) -> Locator:
        """What the page says about the seal."""
        return self.page.locator("#seal-words")

    @property
    def canary(self) -> Locator:
        return self.page.locator("[data-canary]")

    @property
    def canary_of_python(self) -> Locator:
        return self.page.locator("[data-python-canary]")

    def start_python(self) -> Self:
        """Wait until Python is ready too."""
        self.seal()
        expect(self.form).to_have_attribute("data-python", "ready", timeout=SEALING)
        return self

    @property
    def transport(self) -> Worker:
        return self.transports[0]

    @property
    def transports(self) -> list[Worker]:
        """The transport that is used, and the one in reserve."""
        return self._named("transport")

    @property
    def python(self) -> Worker:
        (found,) = self._named("python")
        return found

    def _named(self, name: str) -> list[Worker]:
        self.expect_workers(PARTS)
        return [worker for worker in self.page.workers if worker.evaluate("self.name") == name]

    def expect_workers(self, number: int) -> None:
        """Wait until the page has so many: it is told of one that ended only a moment later."""
        for _ in range(100):
            if len(self.page.workers) == number:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{len(self.page.workers)} workers, and {number} were expected")

    def states(self) -> dict[str, str]:
        """Each right's state, as far as the page shows them."""
        rows = self.page.locator("[data-right]").all()
        return {_attribute(row, "data-right"): _attribute(row, "data-state") for row in rows}


def _attribute(row: Locator, name: str) -> str:
    return row.get_attribute(name) or ""


@pytest.fixture(scope="session")
def browser_type_launch_args(playwright: Playwright) -> LaunchOptions:
    """In place of pytest-playwright's own, which only knows a browser that Playwright installed."""
    return launch_options(playwright)


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


def finding(exchange: StandIn) -> list[str]:
    """The arguments by which a Chromium finds the stand-in, and nobody else."""
    rules = f"MAP api.hitbtc.com 127.0.0.1:{exchange.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    return [f"--host-resolver-rules={rules}", "--ignore-certificate-errors"]


@pytest.fixture(scope="session")
def browser(
    launch_browser: Callable[..., Browser],
    browser_type_launch_args: LaunchOptions,
    running_exchange: StandIn,
) -> Iterator[Browser]:
    """In place of pytest-playwright's: one that finds the stand-in under the exchange's name."""
    launched = launch_browser(args=[*browser_type_launch_args["args"], *finding(running_exchange)])
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def base_url(serve_site: str) -> str:
    """Relative addresses are the built site's."""
    return serve_site


@pytest.fixture
def checker(page: Page, exchange: StandIn) -> Checker:
    """The checker's page, opened and not yet turned to; the exchange is ready."""
    return Checker(page=page, exchange=exchange).open()
