"""A language that nobody speaks: English, every word of it wrapped in ⟦…⟧ and half again as long.

Rules of this room: it is added to a copy of the sources as CONTRIBUTING.md says to add a language.
Where a word shows without its brackets, it does not come from the language.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

LANGUAGE = "eo"
"""Some language that the theme knows."""

WORDS = "validator/hitbtc_keycheck/words/{}.json"
KEPT = re.compile(
    r"^(?: *```.*?^ *```|---\n.*?^---\n|--8<--.*?$|!!! \w+|\?\?\?\+? \w+|\|[-| ]+\|$)"
    r"|`[^`]*`|\]\([^)]*\)|\{[^}]*\}|<[^>]*>|&\w+;|\[\^\w+\]|SIZE OF THE FILE|https?://\S+",
    re.MULTILINE | re.DOTALL,
)
WORD = re.compile(r"[^\W\d_][\w'’]*")


def wrapped(text: str) -> str:
    """The text with every word wrapped; code, addresses and marks stay."""
    parts, end = [], 0
    for kept in KEPT.finditer(text):
        parts += [_words(text[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*parts, _words(text[end:])])


def _words(text: str) -> str:
    return WORD.sub(lambda it: f"⟦{it[0]}{it[0][: len(it[0]) // 2]}⟧", text)


def page(text: str) -> str:
    """A page with its title and its description wrapped too."""
    told = re.compile(r'^(title|description): "?(.*?)"?$', re.MULTILINE)
    body = wrapped(re.sub(r"<!--.*?-->", lambda it: f"`{it[0]}`", text)).replace("`<!--", "<!--")
    return told.sub(lambda it: f'{it[1]}: "{_words(it[2])[:150]}"', body.replace("-->`", "-->"))


def config(text: str) -> str:
    """The config of the language, made from mkdocs.yml."""
    words = text[text.index("  words:\n") : text.index("\nextra_css:")]
    nav = text[text.index("\nnav:\n") + 1 : text.index("  - For maintainers:")]
    said = re.sub(
        r'(: |- )"?([^"\n]+?)"?$', lambda it: f'{it[1]}"{_words(it[2])}"', words, flags=re.M
    )
    titles = re.sub(r"- ([^:\n]+):", lambda it: f"- {_words(it[1])}:", nav)
    return (
        f"INHERIT: mkdocs.yml\nsite_description: {_words('What it is')}\ndocs_dir: docs/{LANGUAGE}\nsite_dir: site/{LANGUAGE}\n"
        f"theme:\n  language: {LANGUAGE}\nextra:\n{said}\n"
        f"markdown_extensions:\n  toc:\n    permalink_title: {_words('link')}\n"
        f"validation:\n  links:\n    not_found: info\n{titles}"
    )


def add(root: Path) -> None:
    """Add the language to the sources at `root`: pages, words, a config, and a line for the menu."""
    for file in (root / "docs/en").rglob("*.md"):
        path = file.relative_to(root / "docs/en")
        if path.parts[0] != "maintainers":
            (root / "docs" / LANGUAGE / path).parent.mkdir(parents=True, exist_ok=True)
            (root / "docs" / LANGUAGE / path).write_text(page(file.read_text()))
    words = json.loads((root / WORDS.format("en")).read_text())
    ours = {
        group: {name: wrapped(text) for name, text in texts.items()}
        for group, texts in words.items()
    }
    (root / WORDS.format(LANGUAGE)).write_text(json.dumps(ours, ensure_ascii=False))
    english = (root / "mkdocs.yml").read_text()
    (root / f"mkdocs.{LANGUAGE}.yml").write_text(config(english))
    menu = english.replace("    en: English\n", f"    en: English\n    {LANGUAGE}: ⟦Eo⟧\n")
    (root / "mkdocs.yml").write_text(menu)


def built(source: Path, root: Path) -> None:
    """Build the site with the language from a copy of the sources in `root`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=source, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (source / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, root / name)
    (root / "node_modules").unlink(missing_ok=True)
    (root / "node_modules").symlink_to(source / "node_modules")
    (root / "build").mkdir()
    (root / "build/compressed").symlink_to(source / "build/compressed")
    add(root)
    environment = os.environ | {"PYTHONPATH": "validator:.", "SITE_URL": "https://example.org/"}
    for command in (
        ["-m", "tools.docs"],
        ["tools/build/build.py"],
    ):
        run = [sys.executable, *command]
        subprocess.run(run, cwd=root, env=environment, check=True, capture_output=True)
