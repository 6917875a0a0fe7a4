"""Draws the guide's pictures into docs/<language>/assets/pictures: `python -m tools.docs.pictures`.

Rules of this room: drawings, never screenshots; no logo and no brand's colour. The drawings are in
drawings/, a file each. What HitBTC's form says and how each setting must be comes from the core's
`settings`, every other word from the language's words. A test compares the committed files.
"""

import textwrap
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hitbtc_keycheck.settings import SETTINGS
from hitbtc_keycheck.words import Message, load
from tools.docs.filled import languages

DRAWINGS = Path("tools/docs/drawings")
SHARED = {"picture.svg", "shapes.svg"}
NAMES = sorted({file.name for file in DRAWINGS.iterdir()} - SHARED)
FROM_FILES = Environment(
    loader=FileSystemLoader(DRAWINGS),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def folder(language: str) -> Path:
    """Where a language's pictures are."""
    return Path("docs", language, "assets/pictures")


def files(language: str) -> Mapping[str, str]:
    """Return each file's name with its text."""
    words = load(language)

    def say(name: str, **values: str) -> str:
        return words.say(Message(name, values))

    given = {"say": say, "lines": textwrap.wrap, "settings": tuple(SETTINGS.values())}
    return {name: FROM_FILES.get_template(name).render(given) for name in NAMES}


if __name__ == "__main__":
    for one in languages():
        folder(one).mkdir(parents=True, exist_ok=True)
        for name, content in files(one).items():
            (folder(one) / name).write_text(content, encoding="utf-8")
