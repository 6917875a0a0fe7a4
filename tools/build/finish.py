"""Makes what MkDocs wrote into what is published: `finish(site, runtime)`.

Rules that hold here:
- It knows files, not the generator: any other that gave the same pages could take MkDocs' place.
- Same input, same bytes: no clock but SOURCE_DATE_EPOCH, no order but the sorted one.
- A page that lacks what is looked for here, or has what the policy refuses, stops it in words.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jinja2 import StrictUndefined, Template

from hitbtc_keycheck.rehearsal import SCENARIOS
from hitbtc_keycheck.report import LINKS
from hitbtc_keycheck.words import load
from tools.build import assets, languages, offline, policy
from tools.build.output import (
    Refused,
    found_once,
    homes,
    json_for_html,
    only,
    pages,
    replaced_once,
    short_hash,
    source_hash,
)

ROOT = Path(__file__).resolve().parents[2]
WIDGET = offline.WIDGET
PYODIDE = ROOT / "node_modules/pyodide"
LISTED = (ROOT / "requirements/pyodide.sha384").read_text()
PUBLISHED = dict(line.split() for line in LISTED.splitlines())
"""Pyodide's own files that the checker ships, and their hashes in npm's package (tools/build/lock)."""

WORKERS = ["transport.js", "python.js"]
"""Part of the runtime, which the page's own scripts fetch and compare. Laid out to be read, too."""

type File = Mapping[str, str | int]
"""A file of the runtime as the page knows it: its name, address, hash and length."""

COMMIT = "commit.txt"
DATA_BLOCK = '<script type="application/json" id="build"></script>'
WORDS_BLOCK = '<script type="application/json" id="words"></script>'
FORMS_PLACE = '<div id="checker"></div>'
WORDS = ROOT / "validator/hitbtc_keycheck/words"
IMPORT_MAP = '<script type="importmap"></script>'
# The theme's own, of no use to an English site without a debugger: three fifths of the output.
DEAD = ["**/*.map", "**/assets/images", "**/sitemap.xml.gz"]
DEAD += ["**/upstream.sha256"]  # MkDocs takes every file of theme/ for a part of the site.

# In no block of the theme's that could be overridden: HTML gives a checkbox no autocomplete.
TOGGLE = re.compile(r'(<input class="md-toggle"[^>]*) autocomplete="off">')


def finish(site: Path, runtime: Path) -> None:
    drop_dead_files(site)
    for page in pages(site):
        page.write_text(TOGGLE.sub(r"\1>", page.read_text()))
    for home in homes(site):
        put_form(home / policy.CHECKER)
    lay_out_checker(site / "checker")
    languages.join(site)
    assets.settle(site)
    files = lay_out_runtime(site / "checker", runtime)
    for home in homes(site):
        furnish_checker(home / policy.CHECKER, site / "checker", files)
        complete_command(home, site)
    policies = policy.set_policies(site)
    write_notices(site)
    policy.write_headers(site, policies)
    offline_files = {home: offline.make(site, home / policy.CHECKER) for home in homes(site)}
    for home, file in offline_files.items():
        offline.announce(home, file)
    assets.compress(site)
    for home, file in offline_files.items():
        offline.lay_out(home, file)


def drop_dead_files(site: Path) -> None:
    for pattern in DEAD:
        for path in list(site.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


# --- The checker's page ---


def put_form(page: Path) -> None:
    """Puts the form into its place in a checker's page, before languages.join leads its links."""
    text = replaced_once(page.read_text(), FORMS_PLACE, form(words_of(page)), page)
    page.write_text(text)


def lay_out_checker(checker: Path) -> None:
    """Lays the widget's files beside the page; those of all languages use them."""
    for name in (*WORKERS, *(f"{name}.js" for name in offline.APART), "page.css"):
        shutil.copyfile(WIDGET / name, checker / name)
    (checker / "view.js").write_text(offline.joined(WIDGET, "view"))


def furnish_checker(page: Path, checker: Path, files: list[File]) -> None:
    """Writes into a page of the checker what to load by which hash."""
    info = json.loads((PYODIDE / "pyodide-lock.json").read_text())["info"]
    words = load(found_once(r'<html lang="([^"]+)"', page.read_text(), page))
    way = os.path.relpath(checker, page.parent) + "/"
    data = {
        "lock": {"info": info, "packages": {}},  # No package comes from anywhere.
        "runtime": [{**file, "url": f"{way}{file['url']}".removeprefix("./")} for file in files],
        "scenarios": [{"name": it.name, "title": words.say(it.title)} for it in SCENARIOS],
        "links": sorted(LINKS),
    }
    block = DATA_BLOCK.replace("></", f">{json_for_html(data)}</")
    text = replaced_once(page.read_text(), DATA_BLOCK, block, page)
    page.write_text(with_integrity(with_said(text, page), page))


SAID = re.compile(r'"((?:page|request|report|setting|case\.[\w-]+)\.[\w-]+)"')
"""The name of a sentence, as the page's scripts write it."""


def words_of(page: Path) -> Mapping[str, Mapping[str, str]]:
    """The words of a page's language, in groups."""
    language = found_once(r'<html lang="([^"]+)"', page.read_text(), page)
    words: Mapping[str, Mapping[str, str]] = json.loads((WORDS / f"{language}.json").read_text())
    return words


def with_said(text: str, page: Path) -> str:
    """Fills in the sentences that the scripts say, by their names."""
    words = words_of(page)
    names = (name.rsplit(".", 1) for name in sorted(set(SAID.findall(scripts()))))
    said = {f"{group}.{name}": words[group][name] for group, name in names}
    block = WORDS_BLOCK.replace("></", f">{json_for_html(said)}</")
    return replaced_once(text, WORDS_BLOCK, block, page)


def scripts() -> str:
    """The text of all that runs on the page."""
    return offline.module(WIDGET, "view")


def form(words: Mapping[str, Mapping[str, str]]) -> str:
    """The checker's form with its words, which are text and never markup."""
    source = (WIDGET / "form.html").read_text()
    template = Template(source, autoescape=True, undefined=StrictUndefined)
    return str(template.render(form=words["form"], field=words["field"]))


ANEW = "remove node_modules to have it installed anew; for a new release run make lock"


def runtime_files(runtime: Path) -> Mapping[str, Path]:
    return {
        **{name: PYODIDE / name for name in PUBLISHED},
        "python_stdlib.zip": runtime / "python_stdlib.zip",
        "hitbtc_keycheck.whl": only(runtime, "hitbtc_keycheck-*.whl"),
        **{name: WIDGET / name for name in WORKERS},
    }


def lay_out_runtime(checker: Path, runtime: Path) -> list[File]:
    return [lay_out(checker, *named) for named in runtime_files(runtime).items()]


def lay_out(checker: Path, name: str, source: Path) -> File:
    content = source.read_bytes()
    digest = source_hash("sha384", content)
    if PUBLISHED.get(name, digest) != digest:
        raise Refused(f"{source} is not the file of npm's package: {ANEW}")
    url = f"runtime/{short_hash(content)}.{name}"
    (checker / url).parent.mkdir(exist_ok=True)
    (checker / url).write_bytes(content)
    return {"name": name, "url": url, "integrity": digest, "bytes": len(content)}


def with_integrity(text: str, page: Path) -> str:
    """Fills each `integrity="fill"` with the hash of the file its tag names, and the import map."""

    def fill(tag: re.Match[str]) -> str:
        address = re.search(r'(?:href|src)="([^"]+)"', tag[0])
        if not address:
            raise Refused(f"{page}: a tag wants an integrity and names no file: {tag[0]}")
        content = (page.parent / address[1]).resolve().read_bytes()
        return tag[0].replace('"fill"', f'"{source_hash("sha384", content)}"')

    text = re.sub(r'<(?:link|script)\b[^>]*integrity="fill"[^>]*>', fill, text)
    hashes = dict(re.findall(r'<script type="module" src="([^"]+)" integrity="([^"]+)">', text))
    for script in sorted(page.parent.glob("*.js")):
        if script.name not in (*hashes, *WORKERS):
            raise Refused(f"{page}: {script.name} is there and no tag gives its integrity")
    imports = {"integrity": {beside(name): digest for name, digest in hashes.items()}}
    import_map = IMPORT_MAP.replace("></", f">{json_for_html(imports)}</")
    return replaced_once(text, IMPORT_MAP, import_map, page)


def beside(address: str) -> str:
    """An address as an import map wants it: one that begins with a name would be a module's."""
    return address if address.startswith("../") else f"./{address}"


def complete_command(home: Path, site: Path) -> None:
    """Name this site and Pyodide's release in the command that compares them with npm's package."""
    release = json.loads((PYODIDE / "package.json").read_text())["version"]
    checker = f"{min(addresses(site), key=len)}checker/"
    for path in (home / "about/verify/index.html", home / "search/search_index.json"):
        text = replaced_once(path.read_text(), "RELEASE_OF_PYODIDE", release, path)
        path.write_text(replaced_once(text, "ADDRESS_OF_THE_CHECKER", checker, path))


def addresses(site: Path) -> list[str]:
    return re.findall(r"<loc>(.+?)</loc>", (site / "sitemap.xml").read_text())


# --- Notices for machines ---


def write_notices(site: Path) -> None:
    home = min(addresses(site), key=len)
    (site / "robots.txt").write_text(f"User-agent: *\nAllow: /\n\nSitemap: {home}sitemap.xml\n")
    well_known = site / ".well-known"
    well_known.mkdir(exist_ok=True)  # MkDocs clears a folder of all but hidden ones.
    (well_known / "security.txt").write_text(security_text(home))
    (site / COMMIT).write_text(f"{commit()}\n")


def commit() -> str:
    """The commit that is built, so that others can build the same and compare."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "unknown"


def security_text(home: str) -> str:
    """RFC 9116: it expires within a year, counted here from the commit that is built."""
    built = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    expires = (built + timedelta(days=364)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f"Contact: {home}about/security/\nExpires: {expires}\n"
        f"Preferred-Languages: en\nCanonical: {home}.well-known/security.txt\n"
    )
