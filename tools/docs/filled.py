"""Pages that people write, with parts that `python -m tools.docs` fills in.

Rules of this room: what stands between `<!-- filled: NAME -->` and `<!-- end of NAME -->` is the
tool's, the rest is the writer's. A page names the parts that it wants, and where.
"""

import re
from collections.abc import Callable
from pathlib import Path

PART = re.compile(
    r"(?P<begin><!-- filled: (?P<name>[a-z0-9 -]+) -->\n).*?(?P<end>\n<!-- end of (?P=name) -->)",
    re.DOTALL,
)


def filled(text: str, part: Callable[[str], str]) -> str:
    """The page's text with every part as it is now, each by its name."""
    return PART.sub(lambda it: f"{it['begin']}\n{part(it['name'])}\n{it['end']}", text)


def by_hand(text: str) -> str:
    """What people wrote of a page's text."""
    return filled(text, lambda _: "")


def languages() -> list[str]:
    """The names of the languages that the site is rendered in, English first."""
    return [
        "en",
        *sorted(path.stem.removeprefix("mkdocs.") for path in Path().glob("mkdocs.*.yml")),
    ]
