"""Holds every translation in step with English: `python -m tools.checks.translations`.

Rules of this room: a translated page names the English text that it was made from, by its hash
(`--stamp LANGUAGE PAGE` writes it, once somebody has translated what changed); the glossary names
that of the words (`--stamp LANGUAGE words`). Paragraph by paragraph
and sentence by sentence, what is the same in every language has to be the same: links, code,
numbers, anchors, HitBTC's and Bitsgap's labels, warnings, and what is off.
docs/glossary.LANGUAGE.md says which labels stay, how the others are called, and what "off" is.
"""

import argparse
import hashlib
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

from markdown.extensions.toc import slugify  # type: ignore[import-untyped]

from tools.docs.filled import by_hand, languages

DOCS = Path("docs")
WORDS = Path("validator/hitbtc_keycheck/words")
ENGLISH_ONLY = "maintainers/"
LABELS = "Labels of HitBTC and Bitsgap, with the translation in parentheses"
BUTTONS = "Buttons and labels of the checker"

STAMP = re.compile(r"^translated_from: (\w*)$", re.MULTILINE)
WORDS_STAMP = re.compile(r"(?<=^Words are from: `)\w*(?=`$)", re.MULTILINE)
FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
FENCE = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)
BETWEEN_BLOCKS = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )|\n(?=\|)|\n(?=:   )")
TERM = re.compile(r"\*\*[^*]+\*\*")
"""A word that is explained below it, and so no label."""
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
OFF = r"(?<!cut )(?<!broken )\boff\b|\bdisabl"


@dataclass(frozen=True, kw_only=True)
class Glossary:
    """What a language says for what: `off` by a pattern, the names of labels that are bold, how a
    link to a page in English ends, and what stands for what the reader puts in.
    """

    off: str
    names: Mapping[str, str]
    in_english: str = ""
    placeholders: Mapping[str, str] = field(default_factory=dict)


# --- Pages ---


def pages(language: str) -> dict[str, str]:
    """The texts of a language's pages for readers, by their paths."""
    folder = DOCS / language
    found = {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*.md")}
    return {path: text for path, text in found.items() if not path.startswith(ENGLISH_ONLY)}


def stamp_of(english: str) -> str:
    """The hash by which a translation names the English text."""
    return hashlib.sha256(by_hand(english).encode()).hexdigest()[:12]


def of_pages(
    english: Mapping[str, str], theirs: Mapping[str, str], glossary: Glossary
) -> Iterator[str]:
    """What is amiss with a language's pages."""
    yield from (f"{path}: missing" for path in english.keys() - theirs.keys())
    yield from (
        f"{path}: left over, English has no such page" for path in theirs.keys() - english.keys()
    )
    for path in sorted(english.keys() & theirs.keys()):
        stamp = STAMP.search(theirs[path])
        if not stamp or stamp[1] != stamp_of(english[path]):
            yield f"{path}: outdated, translate what changed in English and stamp it"
        yield from (f"{path}: {one}" for one in of_page(english[path], theirs[path], glossary))


def of_page(english: str, theirs: str, glossary: Glossary) -> Iterator[str]:
    ours, others = blocks(english), blocks(theirs)
    if len(ours) != len(others):
        parted = (b for a, b in zip_longest(ours, others, fillvalue="") if kind(a) != kind(b))
        yield f"{len(others)} paragraphs for {len(ours)}; see {next(parted, 'its end')[:60]!r}"
        return
    for one, other in zip(ours, others, strict=True):
        yield from (f"{said} in {other[:60]!r}" for said in differences(one, other, glossary))


def blocks(text: str) -> list[str]:
    """The paragraphs, items, rows and code blocks of a page."""
    kept: list[str] = []

    def keep(fence: re.Match[str]) -> str:
        kept.append(fence[0])
        return f"\n\n\0{len(kept) - 1}\n\n"

    body = FENCE.sub(keep, FRONT.sub("", by_hand(text)))
    found = [part.strip() for part in BETWEEN_BLOCKS.split(body) if part.strip()]
    return [kept[int(part[1:])] if part.startswith("\0") else part for part in found]


def kind(block: str) -> str:
    """What a block is, by its first sign."""
    first = re.match(r"```|#+|\||[-*]|\d+\.|!!!|\?\?\?|<", block)
    return first[0] if first else ""


# --- What has to be the same ---


def differences(english: str, theirs: str, glossary: Glossary) -> Iterator[str]:
    """In what two texts differ that must not."""
    for there, instead in glossary.placeholders.items():
        english = english.replace(there, instead)
    for what, found in SAME.items():
        mine, its = Counter(found(english)), Counter(found(theirs))
        if mine != its:
            yield f"{what}: {told(its - mine)} for {told(mine - its)}"
    ours, others = bold(english), bold(theirs)
    known = [] if TERM.fullmatch(english) else [it for it in ours if it in glossary.names]
    if len(ours) != len(others) or Counter(glossary.names[it] for it in known) - Counter(others):
        yield f"bold: {told(Counter(others))} for {told(Counter(ours))}"
    if english.startswith("```"):
        return
    for named in re.findall(rf"\[([^\]]*)\]\([^)]*{ENGLISH_ONLY}", theirs):
        if not " ".join(named.split()).endswith(glossary.in_english):
            yield f"{named!r}: leads to a page in English, and does not end in that"
    off = times(OFF, english), times(glossary.off, theirs)
    if off[0] != off[1]:
        yield f"{off[1]} times off for {off[0]}"


def told(found: Counter[str]) -> str:
    return ", ".join(sorted(found.elements())) or "nothing"


def times(word: str, text: str) -> int:
    """How often a word is in what a reader reads; accents do not count."""
    prose = re.sub(r"`[^`]*`|\]\([^)]*\)|\{[^}]*\}|<[^>]*>", " ", text)
    plain = unicodedata.normalize("NFD", prose).encode("ascii", "ignore").decode()
    return len(re.findall(word, plain, re.IGNORECASE))


def bold(text: str) -> list[str]:
    return [re.sub(r"\s+", " ", one).strip(" .:") for one in BOLD.findall(text)]


def anchors(text: str) -> list[str]:
    """The ids of headings, given or made of their words, and all others."""
    heading = re.match(r"##+ (.*?)(\{#[^}]*\})?\s*$", text)
    made = [f"{{#{slugify(heading[1], '-')}}}"] if heading and not heading[2] else []
    return made + re.findall(r"\{#[^}]*\}", text)


SAME: Mapping[str, Callable[[str], list[str]]] = {
    "anchors": anchors,
    "headings, items, warnings": lambda text: re.findall(
        r"^\s*(#+|!!! \w+|\?\?\?\+? \w+|\||[-*](?= ))", text
    ),
    "links": lambda text: re.findall(r"(?:\]\(|(?:href|src)=\")([^)\s\"]*)", text),
    "code": lambda text: [text] if text.startswith("```") else re.findall(r"`[^`]+`", text),
    "numbers": lambda text: re.findall(r"\d+(?:[.:]\d+)*", re.sub(r"`[^`]*`", "", text)),
    "placeholders": lambda text: re.findall(r"\{\w+\}", text),
}


# --- Words ---


def sentences(language: str) -> dict[str, str]:
    groups = json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8"))
    return {f"{group}.{name}": text for group in groups for name, text in groups[group].items()}


def of_words(
    english: Mapping[str, str], theirs: Mapping[str, str], glossary: Glossary
) -> Iterator[str]:
    """What is amiss with a language's words."""
    yield from (f"{name}: missing" for name in english.keys() - theirs.keys())
    yield from (f"{name}: left over" for name in theirs.keys() - english.keys())
    for name in english.keys() & theirs.keys():
        yield from (f"{name}: {it}" for it in differences(english[name], theirs[name], glossary))


def of_words_stamp(english: Mapping[str, str], glossary: str) -> Iterator[str]:
    """Whether the words were translated from the English ones as they are."""
    stamp = WORDS_STAMP.search(glossary)
    if not stamp or stamp[0] != words_stamp(english):
        yield "outdated, translate what changed in en.json and stamp the words"


def words_stamp(english: Mapping[str, str]) -> str:
    """The hash by which a glossary names the English words."""
    return hashlib.sha256(json.dumps(english, sort_keys=True).encode()).hexdigest()[:12]


# --- All of a language ---


def glossary_file(language: str) -> Path:
    return DOCS / f"glossary.{language}.md"


def of_menu(english: str, theirs: str) -> Iterator[str]:
    """Whether a language's menu leads to the pages that the English one leads to, in its order."""
    ours, others = (re.findall(r"[\w/-]+\.md$", text, re.MULTILINE) for text in (english, theirs))
    if others != [page for page in ours if not page.startswith(ENGLISH_ONLY)]:
        yield "nav: not the pages of mkdocs.yml in their order"


def glossary_of(text: str) -> Glossary:
    """Read a glossary: what "off" is, which labels stay, and how the checker's are called."""
    sections = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))
    rows = {
        title: re.findall(r"^\| (.+?) \| (.+?) \|", body, re.M) for title, body in sections.items()
    }
    names = {label: label for label, _ in rows[LABELS]}
    names |= dict(rows[BUTTONS])
    (off,) = re.findall(r"^Off is: `(.+)`$", text, re.MULTILINE)
    (ending,) = re.findall(r"^A link to a page in English ends in: `(.+)`$", text, re.MULTILINE)
    return Glossary(off=off, names=names, in_english=ending)


OPTIONS = {"--rehearse": "help.name", "--lang": "help.language"}
"""What --help calls the value of an option."""


def placeholders(english: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    return {f"{it} {english[name]}": f"{it} {theirs[name]}" for it, name in OPTIONS.items()}


def amiss(language: str) -> list[str]:
    """Everything in which a language is out of step."""
    named = glossary_file(language).read_text(encoding="utf-8")
    english, theirs = sentences("en"), sentences(language)
    glossary = replace(glossary_of(named), placeholders=placeholders(english, theirs))
    in_pages = of_pages(pages("en"), pages(language), glossary)
    in_words = of_words(english, theirs, glossary)
    in_menu = of_menu(Path("mkdocs.yml").read_text(), Path(f"mkdocs.{language}.yml").read_text())
    return [
        *(f"docs/{language}/{it}" for it in in_pages),
        *(f"{language}.json {it}" for it in in_words),
        *(f"{language}.json: {it}" for it in of_words_stamp(english, named)),
        *(f"mkdocs.{language}.yml {it}" for it in in_menu),
    ]


def stamp(language: str, path: str) -> None:
    """Write into a page of a language which English text it was made from."""
    file = DOCS / language / path
    text = file.read_text(encoding="utf-8")
    line = f"translated_from: {stamp_of((DOCS / 'en' / path).read_text(encoding='utf-8'))}"
    stamped = (
        STAMP.sub(line, text)
        if STAMP.search(text)
        else text.replace("\n---\n", f"\n{line}\n---\n", 1)
    )
    file.write_text(stamped, encoding="utf-8")


def stamp_words(language: str) -> None:
    """Write into a language's glossary which English words its words were made from."""
    file = glossary_file(language)
    stamped = WORDS_STAMP.sub(words_stamp(sentences("en")), file.read_text(encoding="utf-8"))
    file.write_text(stamped, encoding="utf-8")


def main() -> None:
    """Say what is amiss in every language, or stamp what somebody has translated."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--stamp", metavar="LANGUAGE", choices=languages()[1:])
    arguments.add_argument("what", metavar="PAGE", nargs="*", help="guide/index.md, say, or: words")
    asked = arguments.parse_args()
    if bool(asked.stamp) != bool(asked.what):
        arguments.error("a stamp is for pages, or the words, that somebody has translated")
    if asked.stamp:
        for one in asked.what:
            stamp_words(asked.stamp) if one == "words" else stamp(asked.stamp, one)
        return
    found = [one for language in languages()[1:] for one in amiss(language)]
    sys.exit("\n".join(found) if found else 0)


if __name__ == "__main__":
    main()
