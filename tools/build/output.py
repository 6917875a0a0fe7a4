"""What the steps after MkDocs share: finding things in the built site, replacing, hashing.

A page that lacks what is looked for stops the build with a sentence; nothing is passed over.
"""

import base64
import hashlib
import json
import re
from pathlib import Path


class Refused(Exception):  # noqa: N818 no error of these scripts: the site is at fault
    """The site is not what the steps were written for; the message says where."""


OFFLINE = "offline/hitbtc-keycheck.html"
"""The checker as one file to keep: no page of the site, and with a policy of its own."""


def homes(site: Path) -> list[Path]:
    """The folder of each language: the site's own, then those in it. Each has a page for 404."""
    return [site, *sorted(page.parent for page in site.glob("*/404.html"))]


def pages(site: Path) -> list[Path]:
    return sorted(set(site.rglob("*.html")) - {home / OFFLINE for home in homes(site)})


def only(folder: Path, pattern: str) -> Path:
    match list(folder.glob(pattern)):
        case [path]:
            return path
        case found:
            raise Refused(f"{folder}: {len(found)} files match {pattern}, one was expected")


def found_once(pattern: str, text: str, page: Path) -> str:
    match re.findall(pattern, text, re.DOTALL):
        case [one]:
            return str(one)
        case several:
            raise Refused(f"{page}: {len(several)} times {pattern}, once was expected")


def replaced_once(text: str, old: str, new: str, page: Path) -> str:
    if text.count(old) != 1:
        raise Refused(f"{page}: {text.count(old)} times {old!r}, once was expected")
    return text.replace(old, new)


def json_for_html(data: object) -> str:
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def short_hash(content: bytes) -> str:
    """Sixteen hex digits, for names that change with the content."""
    return hashlib.sha256(content).hexdigest()[:16]


def source_hash(algorithm: str, content: bytes) -> str:
    """A hash as `integrity` and the policy write it: `sha384-…`."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"
