"""What a browser makes of the built pages: asked by tests/site/built, which hold it to the limits
given here, and by `make audit`, which prints it. `python -m tools.checks.looks` prints where on the
checker's page things stand, for which `tests/page/test_layout.py` has the same limits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn
from tests.page.conftest import Checker, finding
from tools.build.serve import SITE, served
from tools.checks.browser import launch_options

type Scheme = Literal["light", "dark"]

AXE = Path("node_modules/axe-core/axe.min.js")
# The theme's script makes a code block that scrolls focusable, a moment after its size has changed.
SCROLLED_BY_KEYBOARD = """[...document.querySelectorAll("pre > code")].every(
    (code) => code.scrollWidth <= code.clientWidth || code.tabIndex === 0)"""
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = (390, 768, 1280)
MOST_BYTES = 150_000
MOST_REQUESTS = 12
PHONE: ViewportSize = {"width": 390, "height": 844}
SCREENS: dict[str, ViewportSize] = {"phone": PHONE, "laptop": {"width": 1280, "height": 800}}
MOST_SCREENS = {"guide/make-the-key/": 7, "reference/codes/": 4, "reference/scenarios/": 4}
"""How many screens of a phone a page may take that is read with one."""

FOUND_FIRST = {
    # A number, or a whole error text, as people copy it.
    "1002": "troubleshooting/",
    "1003": "troubleshooting/",
    "20004": "reference/codes/",
    "502": "troubleshooting/",
    "1020": "troubleshooting/",
    "401 Unauthorized": "troubleshooting/",
    "Action is forbidden for this API key": "troubleshooting/",
    "Authorization is required or has been failed": "troubleshooting/",
    "Not enough permissions for API keys": "troubleshooting/",
    "Exchange account is banned": "troubleshooting/",
    "502 Bad Gateway": "troubleshooting/",
    "error code: 1020": "troubleshooting/",
    "Incorrect permissions": "troubleshooting/",
    "Withdrawal enabled": "troubleshooting/",
    "API Account Lock": "troubleshooting/",
    "PermissionDenied": "troubleshooting/",
    "Invoke-WebRequest": "troubleshooting/",
    # What went wrong, in a few words.
    "zero balance": "troubleshooting/",
    "blocked country": "troubleshooting/",
    "proxy": "troubleshooting/",
    "certificate": "troubleshooting/",
    "WebAssembly": "troubleshooting/",
    "demo": "troubleshooting/",
    "swapped": "troubleshooting/",
    "lost secret": "troubleshooting/",
    "expired": "questions/",
    "leaked": "guide/leaked-key/",
    "hacked": "guide/leaked-key/",
    # What somebody wants to do.
    "create key": "guide/make-the-key/",
    "new api key": "guide/make-the-key/",
    "email": "guide/make-the-key/",
    "e-mail": "guide/make-the-key/",
    "2FA": "guide/make-the-key/",
    "change permission": "guide/change/",
    "replace": "guide/rotate/",
    "delete key": "guide/rotate/",
    "connect bitsgap": "guide/connect/",
    "check": "checker/",
    "terminal": "about/terminal/",
    "command line": "about/terminal/",
    "offline": "download/",
    # What somebody wants to understand.
    "permission": "reference/rights/",
    "permissions": "reference/rights/",
    "withdrawal": "about/withdraw-off/",
    "whitelist": "about/ip-whitelist/",
    "payment information": "about/payment-information/",
    "wallet": "about/wallet-and-spot/",
    "sub-account": "about/withdraw-off/",
    "futures": "questions/",
    "margin": "questions/",
    "phone": "questions/",
    "3commas": "questions/",
    "safe": "about/how-your-secret-is-kept/",
}
"""The page that the search must show first for these words."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """One page's first load, with nothing kept from before."""

    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)


def load(path: str, browser: Browser, address: str) -> Load:
    seen = Load()
    with browser.new_context(base_url=address) as fresh:
        page = fresh.new_page()
        page.on("console", lambda message: seen.said.append(message.text))
        page.on("request", lambda request: seen.asked.append(request.url))
        wire = fresh.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda it: seen.sizes.append(it["encodedDataLength"]))
        page.goto(path)  # Until all that the page names is there: a busy machine seems idle sooner.
        page.wait_for_load_state("networkidle")
    return seen


def axe_findings(
    paths: Iterable[str], scheme: Scheme, browser: Browser, address: str
) -> Iterator[tuple[str, int, str, str]]:
    """Path, width, rule and place of whatever axe finds.

    It has to be put into the page, which only a context without policies allows.
    """
    with browser.new_context(
        base_url=address, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    ) as lenient:
        page = lenient.new_page()
        for path in paths:
            page.goto(path)
            page.evaluate(AXE.read_text())
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.wait_for_function(SCROLLED_BY_KEYBOARD)
                result = page.evaluate("axe.run({resultTypes: ['violations']})")
                for fault in result["violations"]:
                    for node in fault["nodes"]:
                        yield path, width, fault["id"], str(node["target"])


REACHES = {
    "top of the page to the end of Check key": {"phone": 700, "laptop": 640},
    "top of the result to the end of its six rows": {"phone": 700, "laptop": 600},
    "top of the result to the end of I see that it is off": {"phone": 260, "laptop": 220},
    "height of the checker with that result": {"phone": 2300, "laptop": 2000},
}
"""How many CSS pixels each may take: the first before a check, the others where Withdraw is left to
look at."""

END_OF_FORM = "document.getElementById('check').getBoundingClientRect().bottom + scrollY"
ENDS = """() => {
  const end = (one) => one.getBoundingClientRect().bottom;
  const top = document.getElementById("result").getBoundingClientRect().top;
  return [
    Math.max(...[...document.querySelectorAll("[data-right]")].map(end)) - top,
    end(document.querySelector(".kc-look button")) - top,
    document.getElementById("checker").getBoundingClientRect().height,
  ];
}"""


def measured(checker: Checker, screen: str) -> dict[str, int]:
    """How far things reach on a screen, by a check that leaves Withdraw open."""
    checker.page.set_viewport_size(SCREENS[screen])
    before = checker.open().page.evaluate(END_OF_FORM)
    checker.seal().check(NAMED["as-required"])
    expect(checker.page.locator("[data-ledger-row]")).to_have_count(8)
    expect(checker.page.locator("#ledger-words")).not_to_be_empty()
    found = [before, *checker.page.evaluate(ENDS)]
    return dict(zip(REACHES, map(round, found), strict=True))


def main() -> None:
    """Print where things stand, and the limit of each."""
    with (
        StandIn([NAMED["as-required"]]) as exchange,
        sync_playwright() as playwright,
        served(SITE) as url,
    ):
        options = launch_options(playwright)
        args = [*options["args"], *finding(exchange)]
        browser = playwright.chromium.launch(executable_path=options["executable_path"], args=args)
        for screen in SCREENS:
            page = browser.new_page(base_url=url)
            for what, found in measured(Checker(page=page, exchange=exchange), screen).items():
                print(f"{found:>6} of {REACHES[what][screen]:>5} px  {screen:<6}  {what}")
        browser.close()


if __name__ == "__main__":
    main()
