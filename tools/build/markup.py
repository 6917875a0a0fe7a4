"""What is written in a built page, read once for all who ask: the policies, and the tests of the site."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path


@dataclass(kw_only=True)
class Page:
    """A page's words, its tags with their attributes, its inline scripts and its data blocks."""

    text: list[str] = field(default_factory=lambda: [""])
    ids: list[str] = field(default_factory=list)
    tags: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)

    def having(self, tag: str, **attributes: str) -> list[Mapping[str, str]]:
        return [
            given
            for name, given in self.tags
            if name == tag and attributes.items() <= given.items()
        ]


class Reader(HTMLParser):
    """Puts the text within each kind of tag where it belongs."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._into = self.page.text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.tags.append((tag, given))
        self.page.ids += [given["id"]] if "id" in given else []
        if tag == "script" and "src" not in given:
            self._into = self.page.data if "json" in given.get("type", "") else self.page.scripts
            self._into.append("")
        elif tag in {"script", "style"}:
            self._into = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._into = self.page.text

    def handle_data(self, data: str) -> None:
        self._into[-1] += data


def read(page: Path) -> Page:
    reader = Reader()
    reader.feed(page.read_text())
    reader.close()
    return reader.page
