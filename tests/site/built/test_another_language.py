"""A language is a folder of pages, a file of words, a small config: one more is added here."""

import re
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import material  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Browser, expect

from hitbtc_keycheck.requests import PROBES
from hitbtc_keycheck.settings import SETTINGS
from tests.site.built.conftest import once
from tests.site.built.links import addresses, broken_links, read_site
from tests.site.built.wrapped import LANGUAGE, built, wrapped
from tools.build.serve import served
from tools.checks.translations import glossary_of

ROOT = Path(__file__).resolve().parents[3]
GLOSSARY = (ROOT / "docs/glossary.es.md").read_text()
THEMES = Path(material.__file__).parent / f"templates/partials/languages/{LANGUAGE}.html"
NAMES = {"Keycheck", "HitBTC", "Bitsgap", "English", "Español", "HTTP", "Python", "MB"}
ASKED = {probe.target for probe in PROBES}
LABELS = {*glossary_of(GLOSSARY).names, *(box.api_label for box in SETTINGS.values())}
MADE_UP = "Made up for this rehearsal"
"""What HitBTC says in a rehearsal. HitBTC speaks English."""
CANARY = {"https", "csp", "canary", "invalid", "api", "com"}
"""The addresses that the page says it was refused."""
SAID_BY_NOBODY = {"script", "style", "code", "pre"}
READ_OUT = ("aria-label", "title", "alt", "placeholder", "content")


class Reader(HTMLParser):
    """What a page says: its text, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._silent += tag in SAID_BY_NOBODY
        if tag != "meta" or given.get("name") == "description":
            self.said += [given[name] for name in READ_OUT if name in given]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SAID_BY_NOBODY

    def handle_data(self, data: str) -> None:
        self.said += [] if self._silent else [data]


def english_in(page: str) -> set[str]:
    """The words of a page that are not the language's, and no label either."""
    reader = Reader()
    reader.feed(page)
    text = re.sub(r"⟦[^⟧]*⟧?", " ", " ".join(reader.said))
    known = " ".join(
        [*NAMES, *ASKED, *LABELS, *(box.label for box in SETTINGS.values()), THEMES.read_text()]
    )
    return set(re.findall(r"[^\W\d_]{2,}", text)) - set(re.findall(r"[^\W\d_]+", known))


@pytest.fixture(scope="module")
def site(site_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert site_dir.exists()  # What was packed once is packed.
    return once(tmp_path_factory, "another", partial(built, ROOT)) / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site) as address:
        yield f"{address}{LANGUAGE}/"


def test_every_word_is_wrapped_and_no_code_or_address() -> None:
    assert wrapped("See [it](a.md#b){ .c } `d`: {key}") == "⟦SeeS⟧ [⟦iti⟧](a.md#b){ .c } `d`: {key}"


def test_a_page_in_the_language_has_no_english_left(site: Path) -> None:
    pages = sorted((site / LANGUAGE).rglob("*.html"))
    assert len(pages) > 25
    left = {str(page.relative_to(site)): english_in(page.read_text()) for page in pages}
    assert {path: words for path, words in left.items() if words} == {}
    assert english_in((site / "guide/index.html").read_text())


def test_its_links_lead_to_pages_that_are_there_and_to_english_ones_where_it_has_none(
    site: Path,
) -> None:
    read = read_site(site)
    assert list(broken_links(read, site)) == []
    links = [value for tag, value in addresses(read[f"/{LANGUAGE}/"]) if tag == "a"]
    assert {"../", "../maintainers/", "guide/"} <= {link.removeprefix("./") for link in links}


def test_what_both_languages_use_is_published_once(site: Path) -> None:
    files = {path.relative_to(site / LANGUAGE).parts[0] for path in (site / LANGUAGE).rglob("*.*")}
    assert not {"robots.txt", "sitemap.xml", "_headers"} & files
    assert not list((site / LANGUAGE).rglob("*.js"))
    assert {path.suffix for path in (site / LANGUAGE / "assets").rglob("*.*")} <= {
        ".svg",
        ".br",
        ".gz",
    }


def test_nothing_is_cut_off_on_a_phone(browser: Browser, address: str) -> None:
    wide = []
    with browser.new_context(base_url=address, viewport={"width": 390, "height": 844}) as phone:
        page = phone.new_page()
        for path in (
            "",
            "guide/make-the-key/",
            "guide/check-the-key/",
            "troubleshooting/",
            "checker/",
        ):
            page.goto(path)
            if page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
                wide.append(path)
    assert wide == []


def test_the_checker_speaks_it_and_is_the_same_sealed_checker(
    browser: Browser, address: str
) -> None:
    with browser.new_context(base_url=address, viewport={"width": 390, "height": 844}) as phone:
        page = phone.new_page()
        page.goto("checker/")
        page.locator("#scenario").select_option("email-not-confirmed")
        page.locator("#rehearse").click()
        expect(page.locator("[data-verdict]")).to_be_visible(timeout=60_000)
        assert page.locator("#checker").get_attribute("data-seal") == "sealed"
        for part in ("#result", "#form", "#by-hand", ".kc-rehearse"):
            said = page.locator(part).first.evaluate("it => it.outerHTML")
            assert english_in(said.replace(MADE_UP, "")) - CANARY == set(), part
        assert not page.evaluate("document.scrollingElement.scrollWidth > innerWidth")
