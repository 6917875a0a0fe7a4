"""The checker's page as its reader uses it, found by the names of the contract."""

from dataclasses import dataclass
from typing import Self

from playwright.sync_api import BrowserContext, Locator, Page, Worker, expect

from tests.exchange.accounts import Account
from tests.exchange.standin import StandIn

SEALING = 60_000
CHECKING = 15_000
PARTS = 4
"""Workers of a sealed page: two transports, of which one stands ready, Python and its keeper."""


@dataclass(frozen=True, kw_only=True)
class Checker:
    """A page with the checker, and the exchange that it finds under the real name."""

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


def clipboard(context: BrowserContext) -> str:
    """What a reader would paste now, into another page."""
    page = context.new_page()
    page.set_content("<textarea></textarea>")
    page.locator("textarea").press("ControlOrMeta+v")
    text = page.locator("textarea").input_value()
    page.close()
    return text
