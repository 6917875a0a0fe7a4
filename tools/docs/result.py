"""Writes pictures/result-*.webp, the picture of a result in README.md.

Run by hand when the checker's look or words change, after `make site`; the files are committed.
It is the real page with a made-up key: nothing is sent. Whatever the page looks like, the picture
holds the verdict and the rows of the settings, by the names that a script may rely on.
"""

import sys
from base64 import b64decode
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.site.built.looks import SCHEMES, Scheme
from tools.build.serve import SITE, served
from tools.checks.browser import launch_options

FOLDER = Path("pictures")
SCENARIO = "email-not-confirmed"
SHOWN = "[data-verdict], [data-right]"
WIDTH = 660
MARGIN = 12
SCALE = 1.5
QUALITY = 60
MILLISECONDS = 60_000
"""How long a slow machine may take to start Python."""


def rehearsed(page: Page, address: str) -> None:
    """Bring the page to the result of the rehearsal."""
    page.goto(f"{address}checker/")
    page.locator("select").select_option(SCENARIO)
    page.get_by_role("button", name="Rehearse with a made-up key").click()
    page.locator("[data-verdict]").wait_for(timeout=MILLISECONDS)


def around(page: Page) -> dict[str, float]:
    """Return the part of the page that holds the result."""
    boxes = [box for one in page.locator(SHOWN).all() if (box := one.bounding_box())]
    left, top = (min(box[edge] for box in boxes) - MARGIN for edge in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes) + MARGIN
    bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN
    return {"x": left, "y": top, "width": right - left, "height": bottom - top, "scale": SCALE}


def take(scheme: Scheme, browser: Browser, address: str) -> None:
    """Write the picture in one colour scheme."""
    with browser.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.set_viewport_size({"width": WIDTH, "height": 2400})
        rehearsed(page, address)
        page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
        page.mouse.move(0, 0)
        wanted = {"format": "webp", "quality": QUALITY, "clip": around(page)}
        taken = context.new_cdp_session(page).send("Page.captureScreenshot", wanted)
        (FOLDER / f"result-{scheme}.webp").write_bytes(b64decode(taken["data"]))


def main() -> None:
    """Take the picture in both schemes."""
    if not SITE.exists():
        sys.exit("There is no built site to take a picture of: run `make site` first.")
    with sync_playwright() as playwright, served(SITE) as address:
        browser = playwright.chromium.launch(**launch_options(playwright))
        for scheme in SCHEMES:
            take(scheme, browser, address)
        browser.close()


if __name__ == "__main__":
    main()
