"""The pages show the drawings that there are, honestly."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hitbtc_keycheck.settings import SETTINGS
from tools.docs.__main__ import pictures
from tools.docs.filled import languages

DRAWN = {
    language: {file.name: text for file, text in pictures(language).items()}
    for language in languages()
}
ENGLISH = DRAWN["en"]
SHOWN = re.compile(
    r"!\[(?P<alt>[^\]]*)\]\([./]*assets/pictures/(?P<name>[a-z-]+\.svg)\)"
    r"\{ width=(?P<width>\d+) height=(?P<height>\d+) loading=lazy \}"
)


def shown(language: str) -> Iterator[tuple[Path, re.Match[str]]]:
    for page in sorted(Path("docs", language).rglob("*.md")):
        for match in SHOWN.finditer(page.read_text(encoding="utf-8")):
            yield page, match


@pytest.mark.parametrize("language", DRAWN)
def test_every_picture_is_shown_and_every_shown_picture_exists(language: str) -> None:
    mentioned = {
        name
        for page in Path("docs", language).rglob("*.md")
        for name in re.findall(r"pictures/([a-z-]+\.svg)", page.read_text(encoding="utf-8"))
    }
    assert mentioned == set(ENGLISH)
    assert {match["name"] for _, match in shown(language)} == mentioned, "no width, height or lazy"


@pytest.mark.parametrize("language", DRAWN)
def test_pages_give_each_picture_its_own_size_and_words_for_those_who_do_not_see_it(
    language: str,
) -> None:
    for page, match in shown(language):
        drawing = ElementTree.fromstring(DRAWN[language][match["name"]])  # noqa: S314 (our own file)
        assert (match["width"], match["height"]) == (drawing.get("width"), drawing.get("height")), (
            page
        )
        assert len(match["alt"]) > 20, (page, match["name"])


@pytest.mark.parametrize("name", ENGLISH)
def test_a_picture_asks_for_nothing_from_elsewhere(name: str) -> None:
    addresses = re.findall(r"(?:https?:)?//[^\s\"')]+", ENGLISH[name])
    assert addresses == ["http://www.w3.org/2000/svg"]


def test_the_form_is_drawn_in_the_words_of_the_core() -> None:
    drawing = ENGLISH["restrictions.svg"]
    labels = [drawing.index(f">{box.label}<") for box in SETTINGS.values()]
    assert labels == sorted(labels)
