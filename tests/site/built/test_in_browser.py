"""The built site in a real browser, under the headers it ships with."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.site.built.conftest import quiet
from tests.site.built.looks import (
    FOUND_FIRST,
    LEAST_BYTES,
    MOST_BYTES,
    MOST_REQUESTS,
    MOST_SCREENS,
    PHONE,
    SCHEMES,
    Scheme,
    axe_findings,
    loads,
)


LANGUAGES = pytest.mark.parametrize("spanish", [False, True], ids=["English", "Spanish"])
"""Every page takes its time, so each language is a test that may run beside the other's."""


def of(paths: list[str], spanish: bool) -> list[str]:
    """The addresses of a language's pages."""
    found = [path for path in paths if path.startswith("es/") is spanish]
    assert found
    return found


@LANGUAGES
def test_every_page_asks_nobody_but_the_site_and_little_of_it_and_scrolls_one_way(
    spanish: bool, browser: Browser, serve_site: str, paths: list[str]
) -> None:
    for path, seen in loads(of(paths, spanish), browser, serve_site):
        assert seen.said == [], path
        assert {urlsplit(url).netloc for url in seen.asked} == {urlsplit(serve_site).netloc}, path
        assert len(seen.asked) <= MOST_REQUESTS, (path, seen.asked)
        assert LEAST_BYTES < sum(seen.sizes) <= MOST_BYTES, (path, sum(seen.sizes))
        assert not [url for url in seen.asked if "/runtime/" in url], path
        assert seen.too_narrow == [], path


@pytest.mark.parametrize("path", ["guide/make-the-key/", "es/guide/make-the-key/"])
def test_the_page_with_most_pictures_asks_for_little_where_an_icon_is_shown_too(
    path: str, whole_browser: Browser, serve_site: str
) -> None:
    ((_, seen),) = loads([path], whole_browser, serve_site, {"width": 1280, "height": 720})
    assert [url for url in seen.asked if "favicon" in url]
    assert len(seen.asked) <= MOST_REQUESTS
    assert sum(seen.sizes) <= MOST_BYTES


@pytest.mark.parametrize("path", ["guide/", "checker/"])
def test_links_in_text_are_told_by_more_than_colour(path: str, page: Page) -> None:
    page.goto(path)
    for link in page.locator(".md-typeset p > a:not(.md-button)").all():
        expect(link).to_have_css("text-decoration-line", "underline")


@LANGUAGES
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(
    scheme: Scheme, spanish: bool, browser: Browser, serve_site: str, paths: list[str]
) -> None:
    """Every English page in light on a phone; else some, whose parts and colours are the same."""
    every = of(paths, spanish)
    some = {*every[::4], *(path for path in every if "checker" in path)}
    asked = sorted(some) if spanish or scheme == "dark" else every
    assert list(axe_findings(asked, some, scheme, browser, serve_site)) == []


@pytest.mark.parametrize(("path", "most"), MOST_SCREENS.items())
def test_a_page_read_on_a_phone_is_short(path: str, most: int, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(path)
    assert page.evaluate("document.scrollingElement.scrollHeight") <= most * PHONE["height"]


def test_the_colours_follow_the_system_until_the_reader_chooses(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("guide/")
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.get_by_title("Colours: as the system. Switch to light").click()
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.goto("checker/")
    expect(body).to_have_attribute("data-md-color-scheme", "default")


def test_the_checker_follows_the_system_by_itself(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("checker/")
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.emulate_media(color_scheme="light")
    expect(body).to_have_attribute("data-md-color-scheme", "default")


@pytest.mark.parametrize("path", ["guide/", "checker/"])
def test_the_menu_of_a_narrow_screen_works_by_keyboard(path: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(path)
    menu = page.get_by_role("navigation", name="Pages")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="Before you start")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


@pytest.mark.parametrize("path", ["guide/", "checker/"])
def test_on_a_narrow_screen_the_focus_never_goes_where_nothing_is_seen(
    path: str, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(path)
    for _ in range(12):
        page.keyboard.press("Tab")
        focus = page.locator(":focus").first
        for _ in range(20):  # What slides in when it has the focus takes a moment to be there.
            box = focus.bounding_box()
            assert box, "the focus is on nothing"
            if seen := -1 <= box["x"] < 390:
                break
            page.wait_for_timeout(100)
        assert seen, focus.evaluate("it => it.outerHTML")


def test_the_sections_are_plain_links_that_load_a_document(page: Page) -> None:
    page.goto("guide/connect/")
    sections = page.get_by_role("navigation", name="Sections")
    expect(sections.get_by_role("link", name="Make a key")).to_have_attribute(
        "aria-current", "true"
    )
    page.evaluate("window.same = true")
    sections.get_by_role("link", name="Check a key").click()
    expect(page).to_have_url(re.compile(r"/checker/$"))
    assert page.evaluate("window.same") is None


@pytest.fixture(scope="module")
def home(browser: Browser, serve_site: str) -> Iterator[Page]:
    """The site's first page, on which one word after the other is searched for."""
    with browser.new_context(base_url=serve_site) as context:
        for page in quiet(context):
            page.goto("")
            yield page


@pytest.mark.parametrize(("words", "first"), FOUND_FIRST.items())
def test_search_finds_the_right_page_first(
    words: str, first: str, home: Page, serve_site: str
) -> None:
    results = home.locator(".md-search-result__link")
    home.get_by_role("textbox", name="Search").fill("")
    expect(results).to_have_count(0)  # those of the words before
    home.get_by_role("textbox", name="Search").press_sequentially(words)
    expect(results.first).to_have_attribute("href", re.compile(f"^{re.escape(serve_site + first)}"))


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("filtrada", "es/guide/leaked-key/"),
        ("certificado", "es/troubleshooting/"),
    ],
)
def test_search_finds_spanish_pages_by_spanish_words(
    words: str, first: str, page: Page, serve_site: str
) -> None:
    page.goto("es/")
    page.get_by_role("textbox", name="Buscar").press_sequentially(words)
    result = page.locator(".md-search-result__link").first
    expect(result).to_have_attribute("href", re.compile(f"^{re.escape(serve_site + first)}"))


def test_a_link_in_the_header_leads_to_the_same_page_in_the_other_language(page: Page) -> None:
    page.goto("guide/connect/")
    page.wait_for_load_state("networkidle")  # A file still asked for when one leaves has failed.
    page.get_by_role("link", name="Español").click()
    expect(page).to_have_url(re.compile(r"/es/guide/connect/$"))
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(r"[0-9]/guide/connect/$"))


def test_an_unknown_address_shows_the_way_back(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("guide/no/such/page/")
    page.get_by_role("link", name="Make a key, step by step").click()
    expect(page).to_have_url(re.compile(r"/guide/$"))


def test_on_paper_there_is_the_text_and_nothing_to_click(page: Page) -> None:
    page.emulate_media(media="print")
    page.goto("guide/leaked-key/")
    expect(page.locator("h1")).to_be_visible()
    for part in (".md-header", ".md-footer", ".kc-menu", ".md-sidebar--secondary"):
        expect(page.locator(part)).to_be_hidden()
