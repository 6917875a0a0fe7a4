"""What the checker's document can reach beside fetches and sockets, with the headers and without.

What is seen here is compared with the table in docs/en/maintainers/hosting.md, cell by cell. First
each way is shown to arrive where nothing is sealed, so that one which is not heard was refused.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.exchange.standin import StandIn
from tests.page.checker import Checker
from tests.page.served import copied, serving
from tests.page.test_load import without_policy
from tests.page.ways import ARRIVES, NOTHING, TRY, WAYS, documented, stranger

type Open = Callable[[BrowserContext], Page]

CHECKER = "checker/"
HERE = "location.origin + location.pathname"


def outcomes(
    browser: Browser, site: str, open_page: Open, awaited: Mapping[str, str]
) -> dict[str, str]:
    """What a stranger hears of each way, tried in the page; one that was left is opened again."""
    with browser.new_context(base_url=site) as context:
        page = open_page(context)
        home = page.evaluate(HERE)
        heard = {}
        for way, script in WAYS.items():
            if page.evaluate(HERE) != home:  # Asked in the page: it may just have been left.
                page = open_page(context)
            with stranger() as somebody:
                page.evaluate(TRY % script, somebody.given(site))
                heard[way] = somebody.heard(awaited[way])
            for other in context.pages:
                if other != page:
                    other.close()
        return heard


@pytest.fixture
def sealed(exchange: StandIn) -> Callable[[str], Open]:
    """How to open the checker at an address, and seal it."""

    def at(url: str) -> Open:
        return lambda context: (
            Checker(page=context.new_page(), exchange=exchange, url=url).open().seal().page
        )

    return at


@pytest.fixture
def without_headers(site_dir: Path, tmp_path: Path) -> Iterator[str]:
    """The site as a host publishes it that sends no headers of ours, such as GitHub Pages."""
    site = copied(site_dir, tmp_path / "site")
    (site / "_headers").write_text("")
    with serving(site) as (url, _):
        yield url


def test_each_way_arrives_where_nothing_is_sealed(
    whole_browser: Browser, site_dir: Path, tmp_path: Path
) -> None:
    site = copied(site_dir, tmp_path / "site")
    without_policy(site)
    (site / "_headers").write_text("")

    def unsealed(context: BrowserContext) -> Page:
        page = context.new_page()
        page.goto(CHECKER)
        return page

    with serving(site) as (url, _):
        seen = outcomes(whole_browser, url, unsealed, dict.fromkeys(WAYS, ARRIVES))
    assert set(seen.values()) == {ARRIVES}


def test_with_the_headers_a_browser_that_knows_them_lets_nothing_arrive(
    whole_browser: Browser, serve_site: str, sealed: Callable[[str], Open]
) -> None:
    told = documented()["Chrome 152 or later, with the headers"]
    seen = outcomes(whole_browser, serve_site, sealed(CHECKER), told)
    assert set(seen.values()) == {NOTHING}
    assert seen == told


def test_without_the_headers_that_arrives_which_the_docs_list(
    whole_browser: Browser, without_headers: str, sealed: Callable[[str], Open]
) -> None:
    told = documented()["Chrome, without them"]
    assert outcomes(whole_browser, without_headers, sealed(CHECKER), told) == told


def test_from_the_file_that_arrives_which_the_docs_list(
    whole_browser: Browser, serve_site: str, site_dir: Path, sealed: Callable[[str], Open]
) -> None:
    file = (site_dir / "offline/hitbtc-keycheck.html").as_uri()
    told = documented()["Chrome, the offline file"]
    assert outcomes(whole_browser, serve_site, sealed(file), told) == told
