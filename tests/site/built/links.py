"""The built pages, read without a browser, and where their links lead."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from tools.build.output import pages

FILES_OF_TAGS = {"link": "href", "script": "src", "img": "src", "a": "href"}
NOT_FETCHED = {"canonical", "alternate", "next", "prev"}

type Site = Mapping[str, BeautifulSoup]
"""Each page by its address below the site's: `/`, `/guide/`, `/404.html`."""


def read_site(site: Path) -> Site:
    return {
        f"/{path.relative_to(site)}".removesuffix("index.html"): BeautifulSoup(
            path.read_text(), "html.parser"
        )
        for path in pages(site)
    }


def having(page: BeautifulSoup, tag: str, **attributes: Any) -> list[Tag]:
    return list(page.find_all(tag, attrs=attributes))


def ids(page: BeautifulSoup) -> list[str]:
    return [str(tag["id"]) for tag in page.find_all(id=True)]


def public_address(found: Site) -> str:
    """The address the site was built for."""
    return str(having(found["/"], "link", rel="canonical")[0]["href"])


def addresses(page: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """What tags lead to or fetch: the tag's name and the address."""
    for tag in page.find_all(list(FILES_OF_TAGS)):
        value = tag.get(FILES_OF_TAGS[tag.name])
        if value is not None and not NOT_FETCHED & set(tag.get_attribute_list("rel")):
            yield tag.name, str(value)


def broken_links(found: Site, site: Path) -> Iterator[tuple[str, str]]:
    """Pages and what in them leads to no file, or to no such place of a page, of the site."""
    base = urlsplit(public_address(found)).path.rstrip("/")
    for path, page in found.items():
        for _, value in addresses(page):
            address, anchor = urldefrag(urljoin(f"https://here{base}{path}", value))
            target = unquote(urlsplit(address).path).removeprefix(base)
            if urlsplit(address).netloc == "here" and not (
                (site / target.lstrip("/")).is_file()
                or (target in found and (not anchor or anchor in ids(found[target])))
            ):
                yield path, value
