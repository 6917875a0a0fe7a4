"""The built pages, read without a browser, and where their links lead."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from tools.build.markup import Page, read
from tools.build.output import pages

FILES_OF_TAGS = {"link": "href", "script": "src", "img": "src", "a": "href"}
NOT_FETCHED = {"canonical", "alternate", "next", "prev"}

type Site = Mapping[str, Page]
"""Each page by its address below the site's: `/`, `/guide/`, `/404.html`."""


def read_site(site: Path) -> Site:
    return {
        f"/{path.relative_to(site)}".removesuffix("index.html"): read(path) for path in pages(site)
    }


def public_address(found: Site) -> str:
    """The address the site was built for."""
    return found["/"].having("link", rel="canonical")[0]["href"]


def addresses(page: Page) -> Iterator[tuple[str, str]]:
    for tag, given in page.tags:
        value = given.get(FILES_OF_TAGS.get(tag, ""))
        if value is not None and given.get("rel") not in NOT_FETCHED:
            yield tag, value


def broken_links(found: Site, site: Path) -> Iterator[tuple[str, str]]:
    """Pages and what in them leads to no file, or to no such place of a page, of the site."""
    base = urlsplit(public_address(found)).path.rstrip("/")
    for path, page in found.items():
        for _, value in addresses(page):
            address, anchor = urldefrag(urljoin(f"https://here{base}{path}", value))
            target = unquote(urlsplit(address).path).removeprefix(base)
            if urlsplit(address).netloc == "here" and not (
                (site / target.lstrip("/")).is_file()
                or (target in found and (not anchor or anchor in found[target].ids))
            ):
                yield path, value
