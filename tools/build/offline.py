"""Makes the checker into one file that opens from a disk, with no server and nothing to fetch.

Rules of this room:
- It is the page that is published: the same words, the same style, the same modules, each module's
  text as it is but for the words `import` and `export`, so that a reader can compare them.
- The runtime lies in it packed, and is checked against the same hashes as on the site.
- Its policy never lets it reach anything but HitBTC, not even before it is sealed.
- Same input, same bytes.
"""

import base64
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import urljoin

from hitbtc_keycheck import __version__
from hitbtc_keycheck.words import Message, Words, load
from tools.build import policy
from tools.build.assets import gzipped
from tools.build.output import (
    OFFLINE,
    Refused,
    found_once,
    json_for_html,
    only,
    replaced_once,
    source_hash,
)

DOWNLOAD = "download/index.html"
HASH, SIZE = "SHA-256 OF THE FILE", "SIZE OF THE FILE"
"""What stands in the download page until the file is made."""

WIDGET = Path(__file__).parents[2] / "validator/page"
IMPORT = re.compile(r'^import (\{[^}]*\}|\* as \w+) from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async )?(?:const|let|class|function) ([\w$]+)", re.MULTILINE)


def make(site: Path, page: Path) -> bytes:
    """Return the file, made from a language's finished checker page in `site`."""
    text = page.read_text()
    home = found_once(r'<link rel="canonical" href="([^"]+)">', text, page)
    language = found_once(r'<html lang="([^"]+)"', text, page)
    style = stylesheet(only(site / "assets", "site.*.css"), site / "checker/page.css")
    scheme = only(site / "assets", "scheme.*.js").read_text()
    program = module(WIDGET, "view")
    build = json.loads(found_once(r'id="build">(.*?)</script>', text, page))
    files = runtime(page.parent, build["runtime"])
    return DOCUMENT.format(
        home=home,
        language=language,
        title=load(language).say(Message("offline.title")),
        policy=policy.policy_text(own_policy(style, scheme, program)),
        style=style,
        build=json_for_html({**build, "runtime": [named(*file) for file in files.items()]}),
        words=found_once(r'id="words">(.*?)</script>', text, page),
        body=found_once(r"(<body [^>]*>)", text, page),
        scheme=scheme,
        article=article(text, home, page, load(language)),
        files="\n".join(packed(*file) for file in files.items()),
        program=program,
    ).encode()


DOCUMENT = """\
<!doctype html>
<html lang="{language}" data-home="{home}">
<head>
<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
<script type="application/json" id="build">{build}</script>
<script type="application/json" id="words">{words}</script>
</head>
{body}
<script>{scheme}</script>
<main class="md-main" id="main">
<div class="md-main__inner md-grid">
<article class="md-content md-content__inner md-typeset">
{article}
</article>
</div>
</main>
{files}
<script type="module">{program}</script>
</body>
</html>
"""


def own_policy(style: str, *scripts: str) -> policy.Policy:
    hashes = [f"'{source_hash('sha256', script.encode())}'" for script in scripts]
    return {
        **policy.CHECKER_POLICY,
        "style-src": f"'{source_hash('sha256', style.encode())}'",
        "script-src": " ".join([*hashes, "'wasm-unsafe-eval'"]),
        "img-src": "data:",
        "font-src": "'none'",
        "connect-src": "https://api.hitbtc.com wss://api.hitbtc.com",
    }


def stylesheet(*files: Path) -> str:
    """The site's style without its font, which would have to be fetched."""
    css = "\n".join(file.read_text() for file in files)
    return inlined(re.sub(r"@font-face\s*\{[^}]*\}", "", css), "style")


def inlined(text: str, tag: str) -> str:
    if f"</{tag}" in text.lower() or "<!--" in text:
        raise Refused(f"a {tag} that would end inside the document")
    return text


def module(folder: Path, name: str) -> str:
    """A module and what it imports, as one text: each a function that returns what it exports."""
    parts = [wrapped(folder, one) for one in in_order(folder, name)]
    return inlined("\n".join(parts), "script")


APART = ("vault", "paste")
"""The modules that touch the secret: on the site each stays a file that can be read alone."""


def joined(folder: Path, name: str) -> str:
    """A module and what it imports in one file, so that a page asks for few; but for APART."""
    alone = "".join(f'import * as {one}_js from "./{one}.js";\n' for one in APART)
    parts = [wrapped(folder, one) for one in in_order(folder, name) if one not in APART]
    return alone + "\n".join(parts)


def in_order(folder: Path, name: str) -> list[str]:
    """The modules that `name` is made of, each after those it imports."""
    imported = [one for _, one in IMPORT.findall((folder / f"{name}.js").read_text())]
    order = [part for one in imported for part in in_order(folder, one)]
    return list(dict.fromkeys([*order, name]))


def wrapped(folder: Path, name: str) -> str:
    text = (folder / f"{name}.js").read_text()
    exported = EXPORTED.findall(text)
    body = IMPORT.sub(lambda one: f"const {one[1].removeprefix('* as ')} = {one[2]}_js;\n", text)
    body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    if len(exported) != len(ANY_EXPORT.findall(text)) or ANY_IMPORT.search(body):
        raise Refused(f"{name}.js imports or exports in a way that is not known here")
    return f"\n// --- {name}.js ---\n" + as_function(
        f"{name}_js", f"{body}\nreturn {{ {', '.join(exported)} }};"
    )


def as_function(gives: str, body: str) -> str:
    return f"const {gives} = (() => {{\n{body}\n}})();\n"


ANY_IMPORT = re.compile(r"^import\b", re.MULTILINE)
ANY_EXPORT = re.compile(r"\bexport (?=const|let|class|function|async|default|\{|\*)")


def article(text: str, home: str, page: Path, language: Words) -> str:
    """The page's words; what they link to is on the site."""
    words = found_once(r"<article [^>]*>(.*)</article>", text, page)
    if "src=" in words:
        raise Refused(f"{page}: a picture, which would have to be fetched")
    words = re.sub(r'href="(?!#)([^"]*)"', lambda one: f'href="{urljoin(home, one[1])}"', words)
    version = language.say(Message("offline.version", {"version": __version__}))
    newer = language.say(Message("offline.newer"))
    note = f'{version} <a href="{urljoin(home, "../download/")}">{newer}</a>'
    return replaced_once(words, "</h1>", f"</h1>\n<p>{note}</p>", page)


def runtime(checker: Path, listed: list[dict[str, str]]) -> dict[str, bytes]:
    """The files that the parts start from, with the scripts of Python's worker made into one.

    A page from a disk may start no worker that imports (its origin is nobody else's, not even its
    worker's), so the worker is a classic script, and strict, as modules are.
    """
    files = {file["name"]: (checker / file["url"]).read_bytes() for file in listed}
    scripts = {name: files.pop(name).decode() for name in list(files) if name.endswith(".mjs")}
    files["python.js"] = one_script(files["python.js"].decode(), scripts).encode()
    return files


def one_script(worker: str, scripts: dict[str, str]) -> str:
    """The worker with each script it imports in the place of the import."""

    def instead(statement: re.Match[str]) -> str:
        wanted, name = statement.groups()
        text = scripts.pop(name).replace("import.meta.url", "location.href")
        text, times = EXPORT.subn(r"return \1;", text)
        text, several = EXPORTS.subn(r"return { \2: \1 };", text)
        if times + several != 1:
            raise Refused(f"{name} exports in a way that is not known here")
        return f"// --- {name} ---\n{as_function(wanted, text)}"

    whole = WORKERS_IMPORT.sub(instead, worker)
    if scripts or ANY_IMPORT.search(whole):
        raise Refused("python.js imports something else than the scripts it is given")
    return f'"use strict";\n{whole}'


WORKERS_IMPORT = re.compile(r'^import (\w+|\{ \w+ \}) from "([\w.]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"export default (\w+);\s*$")
EXPORTS = re.compile(r"export\{(\w+) as (loadPyodide),\w+ as version\};")


def named(name: str, content: bytes) -> dict[str, str | int]:
    return {"name": name, "integrity": source_hash("sha384", content), "bytes": len(content)}


def packed(name: str, content: bytes) -> str:
    text = base64.b64encode(gzipped(content)).decode()
    return f'<script type="text/plain" id="runtime-{name}">{text}</script>'


def announce(home: Path, file: bytes) -> None:
    """Write the file's hash and size into the page of its language that offers it."""
    page = home / DOWNLOAD
    text = replaced_once(page.read_text(), HASH, hashlib.sha256(file).hexdigest(), page)
    page.write_text(replaced_once(text, SIZE, f"{len(file) / 1e6:.1f} MB", page))


def lay_out(home: Path, file: bytes) -> None:
    """Put the file where it is offered, with its sum beside it."""
    path = home / OFFLINE
    path.parent.mkdir()
    path.write_bytes(file)
    line = f"{hashlib.sha256(file).hexdigest()}  {path.name}\n"
    (path.parent / "SHA256SUMS").write_text(line)
