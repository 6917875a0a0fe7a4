"""What is written in the built pages, read without a browser: by tests/site/built, `make audit`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from tools.build.output import pages

FILES_OF_TAGS = {"link": "href", "script": "src", "img": "src", "a": "href"}
NOT_FETCHED = {"canonical", "next", "prev"}


@dataclass(kw_only=True)
class Page:
    text: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tags: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    data: list[str] = field(default_factory=list)

    def having(self, tag: str, **attributes: str) -> list[Mapping[str, str]]:
        return [
            given
            for name, given in self.tags
            if name == tag and attributes.items() <= given.items()
        ]


type Site = Mapping[str, Page]
"""Each page by its address below the site's: `/`, `/guide/`, `/404.html`."""


class Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.tags.append((tag, given))
        self.page.ids += [given["id"]] if "id" in given else []
        self._within = tag if tag in {"script", "style"} else ""
        if "json" in given.get("type", ""):
            self._within = "data"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "data":
            self.page.data.append(data)
        elif not self._within:
            self.page.text.append(data)


def read_site(site: Path) -> Site:
    found = {}
    for path in pages(site):
        parser = Parser()
        parser.feed(path.read_text())
        found[f"/{path.relative_to(site)}".removesuffix("index.html")] = parser.page
    return found


def public_address(read: Site) -> str:
    """The address the site was built for."""
    return read["/"].having("link", rel="canonical")[0]["href"]


def addresses(page: Page) -> Iterator[tuple[str, str]]:
    for tag, given in page.tags:
        value = given.get(FILES_OF_TAGS.get(tag, ""))
        if value is not None and given.get("rel") not in NOT_FETCHED:
            yield tag, value


def broken_links(read: Site, site: Path) -> Iterator[tuple[str, str]]:
    """Pages and what in them leads to no file, or to no such place of a page, of the site."""
    base = urlsplit(public_address(read)).path.rstrip("/")
    for path, page in read.items():
        for _, value in addresses(page):
            address, anchor = urldefrag(urljoin(f"https://here{base}{path}", value))
            target = unquote(urlsplit(address).path).removeprefix(base)
            if urlsplit(address).netloc == "here" and not (
                (site / target.lstrip("/")).is_file()
                or (target in read and (not anchor or anchor in read[target].ids))
            ):
                yield path, value
