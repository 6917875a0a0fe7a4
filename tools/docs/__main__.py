"""Makes anew everything committed that is made from tables or programs: `python -m tools.docs`.

That is the guide's drawings, and in the pages the parts that name what fills them. Only the card
(drawings/card.html) is drawn by hand. A test compares what is committed with this.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tools.docs.facts import DRAWINGS, made, part
from tools.docs.filled import PART, filled, languages

FRAMES = {"picture.svg", "shapes.svg"}
NAMES = sorted({file.name for file in DRAWINGS.glob("*.svg")} - FRAMES)


def pictures(language: str) -> dict[Path, str]:
    """A language's drawings. Never screenshots; no logo and no brand's colour."""
    folder = Path("docs", language, "assets/pictures")
    return {folder / name: made(name, language) for name in NAMES}


def pages(language: str) -> Iterator[tuple[Path, str]]:
    """A language's pages that have parts to fill in; with English, those beside the sources."""
    beside = Path().glob("*.md") if language == "en" else ()
    for page in sorted([*Path("docs", language).rglob("*.md"), *beside]):
        text = page.read_text(encoding="utf-8")
        if PART.search(text):
            yield page, filled(text, partial(part, language=language))


def everything() -> dict[Path, str]:
    """Each file that is made, or has parts that are, with its text as it is now."""
    found: dict[Path, str] = {}
    for language in languages():
        found |= pictures(language) | dict(pages(language))
    return found


if __name__ == "__main__":
    for file, content in everything().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
