"""Writes theme/assets/card.png, the picture that other sites show beside a link to this one.

Run by hand when the words or colours below change; the result is committed.
"""

import base64
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.checks.browser import launch_options

ASSETS = Path(__file__).resolve().parents[2] / "theme/assets"
FONT = base64.b64encode((ASSETS / "fonts/inter.woff2").read_bytes()).decode()
CARD = f"""<!doctype html>
<style>
@font-face {{ font-family: Inter; font-weight: 400 700; src: url(data:font/woff2;base64,{FONT}) }}
body {{ box-sizing: border-box; height: 630px; margin: 0; padding: 90px 96px;
        background: #fbfaf7; color: #221f24; font: 400 34px/1.4 Inter }}
svg {{ width: 150px; color: #6a2c5f }}
h1 {{ margin: 26px 0 22px; font-size: 82px; line-height: 1.08; letter-spacing: -0.025em }}
p {{ margin: 0; color: #605a64 }}
</style>
<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"
  stroke-linejoin="round"><circle cx="8" cy="12" r="6"/><path d="m5.5 12 1.8 1.8L10.8 10"/>
  <path d="M14 12h8.5v3.5M18.5 12v2.5"/></svg>
<h1>Check a HitBTC key before you hand it over</h1>
<p>In your own browser. Independent of HitBTC and of any bot.</p>
"""


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(playwright))
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        page.set_content(CARD)
        page.evaluate("document.fonts.ready")
        page.screenshot(path=ASSETS / "card.png")
        browser.close()


if __name__ == "__main__":
    main()
