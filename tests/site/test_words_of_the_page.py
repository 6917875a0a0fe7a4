"""The page's words stand in one file per language: each that is used is there, and none besides.

Rule of this room: what the scripts and the form use is read from their text, since a name is always
written out whole; nothing of them runs here.
"""

import json
import re
from pathlib import Path

import pytest

from tools.build.finish import SAID, WORDS, form
from tools.build.offline import WIDGET

SCRIPTS = {path.name: path.read_text() for path in sorted(WIDGET.glob("*.js"))}
FORM = (WIDGET / "form.html").read_text()
LANGUAGES = sorted(path.stem for path in WORDS.glob("*.json"))

FILLED = re.compile(r'say\(\s*"([\w.-]+\.[\w-]+)"(?:,\s*\{([^{}]*)\})?\s*,?\s*\)')
BY_TABLE = re.compile(r"say\((?!\s*\")[^{}()]*(?:\([^)]*\))?[^{}()]*,\s*\{([^{}]*)\}\s*\)")
PLACE = re.compile(r"\{(\w+)\}")

# What the page shows of a script that nobody translates: names of parts, of errors, of HTTP.
SENTENCE = re.compile(r'["`>][A-Z][a-z’\']+ [a-z][^"`<\n]*["`<]')


def words(language: str = "en") -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = json.loads((WORDS / f"{language}.json").read_text())
    return read


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))


def given(values: str) -> set[str]:
    """The names in `{ name, other: value }`."""
    return set(re.findall(r"(?:^|,)\s*(\w+)\s*(?=[:,]|$)", values))


def sentences() -> dict[str, str]:
    """Every sentence of the file, by its name."""
    return {
        f"{group}.{name}": text for group, texts in words().items() for name, text in texts.items()
    }


def test_every_word_of_the_scripts_is_there_and_none_is_left_over() -> None:
    used = {name for text in SCRIPTS.values() for name in SAID.findall(text)}
    assert used <= set(sentences())
    assert {name for name in used if name.startswith("page.")} == {
        f"page.{name}" for name in words()["page"]
    }


def test_every_word_of_the_form_is_there_and_none_is_left_over() -> None:
    used = set(re.findall(r"\{\{ (\w+\.\w+) \}\}", FORM))
    assert used - {"field.key", "field.secret"} == {f"form.{name}" for name in words()["form"]}
    assert not [name for name in used if places(sentences()[name])]


@pytest.mark.parametrize("script", [name for name, text in SCRIPTS.items() if "say(" in text])
def test_every_place_in_a_sentence_is_filled_and_no_other(script: str) -> None:
    text, known = SCRIPTS[script], sentences()
    direct = {name: given(values) for name, values in FILLED.findall(text)}
    assert {name: places(known[name]) for name in direct} == direct
    by_table = set().union(*(given(values) for values in BY_TABLE.findall(text)))
    others = set(SAID.findall(text)) - set(direct)
    assert set().union(*(places(known[name]) for name in others)) <= by_table


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it_with_the_same_places(language: str) -> None:
    for group in words():
        own, first = words(language)[group], words()[group]
        assert set(own) == set(first)
        assert {name: places(own[name]) for name in own} == {
            name: places(first[name]) for name in first
        }


def test_no_sentence_is_left_in_the_form_or_the_scripts() -> None:
    left = [found for found in SENTENCE.findall(FORM) if "{{" not in found]
    for name, text in SCRIPTS.items():
        code = re.sub(r"/\*.*?\*/|//[^\n]*|throw new \w+\([^)]*\)", "", text, flags=re.DOTALL)
        left += [f"{name}: {found}" for found in SENTENCE.findall(code)]
    assert left == []


def test_words_come_into_the_form_as_text_and_never_as_markup() -> None:
    spoilt = {group: dict.fromkeys(texts, '<i title="x">') for group, texts in words().items()}
    shown = form(spoilt)
    assert "<i " not in shown
    assert shown.count("&lt;i title=&#34;x&#34;&gt;") >= len(words()["form"])


def test_the_words_are_written_as_json_that_a_translator_can_read() -> None:
    for language in LANGUAGES:
        text = Path(WORDS / f"{language}.json").read_text()
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
