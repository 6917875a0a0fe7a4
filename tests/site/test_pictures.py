"""The committed drawings are those tools/docs/pictures.py makes, and the pages show them honestly."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hitbtc_keycheck.settings import SETTINGS
from tools.docs import pictures

DOCS = Path("docs/en")
SHOWN = re.compile(
    r"!\[(?P<alt>[^\]]*)\]\([./]*assets/pictures/(?P<name>[a-z-]+)\.svg\)"
    r"\{ width=(?P<width>\d+) height=(?P<height>\d+) loading=lazy \}"
)


def shown() -> Iterator[tuple[Path, re.Match[str]]]:
    for page in sorted(DOCS.rglob("*.md")):
        for match in SHOWN.finditer(page.read_text(encoding="utf-8")):
            yield page, match


def test_committed_pictures_are_what_the_generator_draws() -> None:
    committed = {file.name: file.read_text(encoding="utf-8") for file in pictures.FOLDER.iterdir()}
    assert committed == pictures.files(), "run `python -m tools.docs.pictures`"


def test_every_picture_is_shown_and_every_shown_picture_exists() -> None:
    mentioned = {
        name
        for page in DOCS.rglob("*.md")
        for name in re.findall(r"pictures/([a-z-]+)\.svg", page.read_text(encoding="utf-8"))
    }
    assert mentioned == set(pictures.PICTURES)
    assert {match["name"] for _, match in shown()} == mentioned, "width, height or lazy is missing"


def test_pages_give_each_picture_its_own_size_and_words_for_those_who_do_not_see_it() -> None:
    for page, match in shown():
        drawn = pictures.PICTURES[match["name"]]().shown
        assert (int(match["width"]), int(match["height"])) == drawn, (page, match["name"])
        assert len(match["alt"]) > 20, (page, match["name"])


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_a_picture_is_well_formed_and_asks_for_nothing_from_elsewhere(name: str) -> None:
    drawing = pictures.files()[f"{name}.svg"]
    ElementTree.fromstring(drawing)  # noqa: S314 (our own file)
    addresses = re.findall(r"(?:https?:)?//[^\s\"')]+", drawing)
    assert addresses == ["http://www.w3.org/2000/svg"]


def test_the_form_is_drawn_in_the_words_of_the_core() -> None:
    drawing = pictures.restrictions().svg()
    labels = [drawing.index(f">{box.label}<") for box in SETTINGS.values()]
    assert labels == sorted(labels)
