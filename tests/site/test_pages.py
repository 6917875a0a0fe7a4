"""The checker's next steps lead to headings that are there; what pages say of ccxt is so."""

import re
from datetime import date
from pathlib import Path

import ccxt  # type: ignore[import-untyped]
import pytest

from hitbtc_keycheck.report import LINKS
from hitbtc_keycheck.settings import SETTINGS, LABELS_AS_OF

DOCS = Path("docs/en")
THEN = date.fromisoformat(LABELS_AS_OF)
DAY = f"{THEN.day} {THEN:%B %Y}"
DATED = f"Checked against public sources on {DAY}."


def source(path: str) -> Path:
    """Return the Markdown file behind a path on the site."""
    page = DOCS / f"{path.strip('/')}.md"
    return page if page.exists() else DOCS / path.strip("/") / "index.md"


@pytest.mark.parametrize("link", sorted(LINKS))
def test_a_next_step_leads_to_a_heading_that_is_there(link: str) -> None:
    path, _, anchor = link.partition("#")
    text = source(path).read_text(encoding="utf-8")
    assert not anchor or f"{{#{anchor}}}" in text


def test_ccxt_names_the_codes_as_the_page_says() -> None:
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| `(\d+)` \| `(\w+)` \|", text, re.MULTILINE))
    real = {code: kind.__name__ for code, kind in ccxt.hitbtc().exceptions["exact"].items()}
    assert said
    assert said == {code: real[code] for code in said}


@pytest.mark.parametrize(
    "file",
    [file for part in ("", "guide", "reference") for file in sorted((DOCS / part).glob("*.md"))],
    ids=str,
)
def test_a_page_with_facts_says_of_which_day_they_are(file: Path) -> None:
    assert DATED in file.read_text(encoding="utf-8"), LABELS_AS_OF


def test_the_guide_names_each_setting_as_the_form_does() -> None:
    text = (DOCS / "guide/make-the-key.md").read_text(encoding="utf-8")
    assert [box.label for box in SETTINGS.values() if f"**{box.label}**" not in text] == []


@pytest.mark.parametrize("said", ["Checked against public sources on", "looked at on"])
def test_every_page_bears_the_one_day_of_the_facts(said: str) -> None:
    days = {
        day
        for file in DOCS.rglob("*.md")
        for day in re.findall(rf"{said} ([^.]+)\.", file.read_text(encoding="utf-8"))
    }
    assert days == {DAY}
