"""What the pages tell search engines is what they tell their readers."""

import re
from pathlib import Path
from typing import Any

from mkdocs.utils import meta

DOCS = Path("docs/en")


def read(path: str) -> tuple[str, dict[str, Any]]:
    """Return a page's words without their marks, and its structured data."""
    text, front = meta.get_data((DOCS / path).read_text(encoding="utf-8"))
    return " ".join(re.sub(r"\*", "", text).split()), front["structured_data"]


def test_the_steps_are_the_headings_of_the_guide_in_their_order() -> None:
    text, data = read("guide/make-the-key.md")
    steps = [f"## {step['name']} {{{step['url']}}}" for step in data["step"]]
    headings = re.findall(r"(?<!#)## [^{]+ \{#[a-z0-9-]+\}", text)
    assert steps == headings[: len(steps)]


def test_an_answer_stands_on_the_page_word_for_word() -> None:
    text, data = read("troubleshooting.md")
    for question in data["mainEntity"]:
        assert question["acceptedAnswer"]["text"] in text
