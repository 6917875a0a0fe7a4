"""Joins the languages, which MkDocs rendered one by one, into one site: `join(site)`.

Rules of this room: mkdocs.yml is the first language, at the site's root; mkdocs.<language>.yml is
one more, in a folder of that name. What two have in common is published once, at the root; a page
that a language lacks is replaced by the first language's.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tools.build.output import found_once, homes, replaced_once

HERE = "http://127.0.0.1:8000/"

ADDRESS = re.compile(r'((?:href=|src=|"search": ?)")([^":#]+)')
LUNR = "assets/javascripts/lunr"


def commands(configs: Path, site: Path) -> Iterator[tuple[str, ...]]:
    """The commands that render each language into its place in `site`."""
    mkdocs = (sys.executable, "-m", "mkdocs", "build", "--strict")
    yield (*mkdocs, "--config-file", str(configs / "mkdocs.yml"), "--site-dir", str(site))
    url = os.environ.get("SITE_URL", HERE)
    for config in sorted(configs.glob("mkdocs.*.yml")):
        language = config.stem.removeprefix("mkdocs.")
        own = ("env", f"SITE_URL={url.rstrip('/')}/{language}/", *mkdocs)
        yield (*own, "--config-file", str(config), "--site-dir", str(site / language))


def join(site: Path) -> None:
    """Make one site of the languages' sites."""
    for home in homes(site)[1:]:
        drop_doubles(site, home)
        for page in home.rglob("*.html"):
            page.write_text(
                ADDRESS.sub(lambda it: it[1] + led(it[2], page, home), page.read_text())
            )
        join_sitemap(site, home)
    keep_stemmers(site)


def keep_stemmers(site: Path) -> None:
    """Of the search's tools for other languages, keep those of the languages that are here."""
    indexes = [home / "search/search_index.json" for home in homes(site)]
    spoken = {name for it in indexes for name in json.loads(it.read_text())["config"]["lang"]}
    wanted = {f"lunr.{language}.min.js" for language in spoken - {"en"}}
    wanted |= {"lunr.stemmer.support.min.js"} if wanted else set()
    for path in [path for path in (site / LUNR).rglob("*") if path.is_file()]:
        if path.name not in wanted:
            path.unlink()
    if not wanted:
        shutil.rmtree(site / LUNR)


def drop_doubles(site: Path, home: Path) -> None:
    """Remove the files of a language that the site has at the same place of its root."""
    for path in [path for path in (home / "assets").rglob("*") if path.is_file()]:
        first = site / path.relative_to(home)
        if first.is_file() and first.read_bytes() == path.read_bytes():
            path.unlink()
    for folder, _, _ in (home / "assets").walk(top_down=False):
        if not any(folder.iterdir()):
            folder.rmdir()


def led(address: str, page: Path, home: Path) -> str:
    """Where an address on a language's page leads: to the root, if it names what only that has."""
    for path in meant(address, page, home):
        inside = os.path.relpath(path, home)
        if path.exists() or inside.startswith(".."):
            continue
        inside = re.sub(r"(^|/)index\.md$|\.md$", r"\1", inside)
        if (home.parent / inside).exists():
            folder = "/" if (home.parent / inside).is_dir() else ""
            return up(address, page, home) + inside.rstrip("/") + folder
    return address


def meant(address: str, page: Path, home: Path) -> Iterator[Path]:
    """What an address may mean. MkDocs leaves a link to a file that is not there as it was written:
    seen from the text, whose folder is the page's own or the one around it."""
    if address.startswith("/"):
        yield home / address.partition(f"/{home.name}/")[2]
    else:
        yield Path(os.path.normpath(page.parent / address))
        yield Path(os.path.normpath(page.parent.parent / address))


def up(address: str, page: Path, home: Path) -> str:
    """The way from a page, or in an address without a host, to the site's root."""
    if address.startswith("/"):
        return address.partition(f"/{home.name}/")[0] + "/"
    return "../" * len(page.relative_to(home).parts)


def join_sitemap(site: Path, home: Path) -> None:
    """Add a language's pages to the site's map."""
    own, whole = home / "sitemap.xml", site / "sitemap.xml"
    urls = found_once(r"<urlset[^>]*>(.*)</urlset>", own.read_text(), own)
    whole.write_text(replaced_once(whole.read_text(), "</urlset>", f"{urls}</urlset>", whole))
    own.unlink()
