"""The site below a folder of its host's, as on project pages, works as at the root."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.site.built.conftest import BELOW
from tools.build.serve import server


@pytest.fixture(scope="module")
def address(below: Path) -> Iterator[str]:
    host = below.parents[BELOW.strip("/").count("/")]
    rules = re.sub("^/", BELOW, (below / "_headers").read_text(), flags=re.MULTILINE)
    (host / "_headers").write_text(rules)
    (host / "404.html").write_bytes((below / "404.html").read_bytes())
    with server(host, 0) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}{BELOW}"
        running.shutdown()
        thread.join()


def test_pages_search_menu_and_checker_work_below_a_folder(address: str, page: Page) -> None:
    page.goto(f"{address}guide/")
    page.get_by_title("Colours: as the system. Switch to light").click()
    page.get_by_role("textbox", name="Search").press_sequentially("whitelist")
    page.locator(".md-search-result__link").first.click()
    expect(page).to_have_url(re.compile(rf"{BELOW}about/ip-whitelist/"))
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Check a key", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Load the checker")).to_be_visible()


def test_an_unknown_address_below_a_folder_leads_back_into_it(
    address: str, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(f"{address}no/such/page/")
    page.get_by_role("article").get_by_role("link", name="Check a key").click()
    expect(page).to_have_url(f"{address}checker/")


def test_the_public_address_is_in_what_machines_read(below: Path) -> None:
    for name in ("robots.txt", "sitemap.xml", ".well-known/security.txt"):
        assert f"https://example.org{BELOW}" in (below / name).read_text()
