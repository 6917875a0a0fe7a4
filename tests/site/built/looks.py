"""What a browser makes of the built pages, and the limits that it is held to."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize

type Scheme = Literal["light", "dark"]

AXE = Path("node_modules/axe-core/axe.min.js")
# The theme's script makes a code block that scrolls focusable, a moment after its size has changed.
SCROLLED_BY_KEYBOARD = """[...document.querySelectorAll("pre > code")].every(
    (code) => code.scrollWidth <= code.clientWidth || code.tabIndex === 0)"""
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
COLOURS = ("color-contrast", "link-in-text-block")
WIDTHS = (390, 768, 1280)
AXE_WIDTHS = (390, 1280)
"""The menu folded and laid out: axe finds nothing else to tell at a width between."""
MOST_BYTES = 150_000
LEAST_BYTES = 50_000
"""Of a page with style and script, of which nothing came from a cache: fewer were not counted."""
MOST_REQUESTS = 12
PHONE: ViewportSize = {"width": 390, "height": 844}
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
    """One page's load, with no file kept from before.

    `too_narrow` are the widths at which the page then scrolls sideways.
    """

    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    too_narrow: list[int] = field(default_factory=list)


def loads(
    paths: Iterable[str], browser: Browser, address: str, screen: ViewportSize = PHONE
) -> Iterator[tuple[str, Load]]:
    """By a phone, on which a byte and a request cost most, or on another screen."""
    with browser.new_context(base_url=address, reduced_motion="reduce") as context:
        page = context.new_page()
        seen = Load()
        page.on("console", lambda message: seen.said.append(message.text))
        page.on("request", lambda request: seen.asked.append(request.url))
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        wire.on("Network.loadingFinished", lambda it: seen.sizes.append(it["encodedDataLength"]))
        for path in paths:
            page.goto("about:blank")  # Ends what the page before may still ask for.
            page.set_viewport_size(screen)
            seen = Load()
            page.goto(path)  # Until all that it names is there: a busy machine seems idle sooner.
            page.wait_for_load_state("networkidle")
            # A copy, since a wider screen shows more pictures, and asks for them.
            first = replace(seen, asked=[*seen.asked], sizes=[*seen.sizes])
            narrow = [width for width in (320, *WIDTHS) if scrolls_sideways(page, width)]
            yield path, replace(first, too_narrow=narrow)


def scrolls_sideways(page: Page, width: int) -> bool:
    page.set_viewport_size({"width": width, "height": 900})
    return bool(page.evaluate("document.scrollingElement.scrollWidth > innerWidth"))


def axe_findings(
    paths: Iterable[str], laid_out: Collection[str], scheme: Scheme, browser: Browser, address: str
) -> Iterator[tuple[str, int, str, str]]:
    """Path, width, rule and place of whatever axe finds.

    It has to be put into the page, which only a context without policies allows. All rules look in
    the first scheme; in the other, those about colours, as nothing else differs there. Pages that
    are not in `laid_out` are asked on a phone only.
    """
    rules = {} if scheme == SCHEMES[0] else {"runOnly": COLOURS}
    options = {"resultTypes": ["violations"], **rules}
    with browser.new_context(
        base_url=address, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    ) as lenient:
        page = lenient.new_page()
        for path in paths:
            page.goto(path)
            page.evaluate(AXE.read_text())
            for width in AXE_WIDTHS if path in laid_out else AXE_WIDTHS[:1]:
                page.set_viewport_size({"width": width, "height": 900})
                page.wait_for_function(SCROLLED_BY_KEYBOARD)
                result = page.evaluate("(options) => axe.run(options)", options)
                for fault in result["violations"]:
                    for node in fault["nodes"]:
                        yield path, width, fault["id"], str(node["target"])
