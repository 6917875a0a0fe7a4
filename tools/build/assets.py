"""Files as hosts and browsers like them: lasting names, one stylesheet, packed beforehand.

Only the built site is touched, and equal content gets equal names and bytes.
"""

import gzip
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import brotli  # type: ignore[import-untyped]

from tools.build.output import Refused, homes, only, pages, replaced_once, short_hash

type Names = Mapping[str, str]
"""A file's old name → its new one, both from the root of its language."""

CACHE = Path(__file__).resolve().parents[2] / "build/compressed"
QUALITY = int(os.environ.get("BROTLI", "9"))
"""11 is brotli's best: a tenth smaller, and half a minute over the runtime. For what is published."""

FINGERPRINTED = {".js", ".png", ".svg", ".woff2"}
COMPRESSED = re.compile(r"\.(css|html|js|json|mjs|svg|txt|wasm|whl|xml|zip)")


def settle(site: Path) -> None:
    """Gives our own assets their lasting names, and every page one stylesheet."""
    names = {home: fingerprint(home) for home in homes(site)}
    stylesheet = merge_stylesheets(site, names[site])
    for page in pages(site):
        own = next((names[home] for home in names if home != site and home in page.parents), {})
        text = renamed(page.read_text(), {**names[site], **own})
        page.write_text(link_stylesheet(text, stylesheet, page))


def fingerprint(home: Path) -> Names:
    names = {}
    for path in sorted((home / "assets").rglob("*")):
        if (
            path.suffix in FINGERPRINTED and "javascripts" not in path.parts
        ):  # The theme's have one.
            new = path.with_name(f"{path.stem}.{short_hash(path.read_bytes())}{path.suffix}")
            names[path.relative_to(home).as_posix()] = path.rename(new).relative_to(home).as_posix()
    return names


def renamed(text: str, names: Names) -> str:
    for old, new in names.items():
        text = re.sub(rf"(?<![\w-]){re.escape(old)}(?=[\"')#?])", new, text)
    return text


def merge_stylesheets(site: Path, names: Names) -> str:
    """One stylesheet is one request: the theme's two and ours, in the order the pages had them."""
    assets = site / "assets"
    theme = [only(assets, f"stylesheets/{name}.*.css") for name in ("main", "palette")]
    parts = [*theme, assets / "site.css"]
    css = "\n".join(re.sub(r"/\*# sourceMappingURL=.*?\*/", "", part.read_text()) for part in parts)
    in_assets = {
        old.removeprefix("assets/"): new.removeprefix("assets/") for old, new in names.items()
    }
    css = renamed(css, in_assets)
    for part in parts:
        part.unlink()
    (assets / "stylesheets").rmdir()
    merged = assets / f"site.{short_hash(css.encode())}.css"
    merged.write_text(css)
    return merged.relative_to(site).as_posix()


def link_stylesheet(text: str, stylesheet: str, page: Path) -> str:
    match re.findall(
        r'<link rel="stylesheet" href="[^"]*assets/[^"]*"(?: integrity="fill")?>\s*', text
    ):
        case [theme, palette, own]:
            text = replaced_once(replaced_once(text, theme, "", page), palette, "", page)
            return replaced_once(text, own, re.sub(r'assets/[^"]*', stylesheet, own), page)
        case links:
            raise Refused(f"{page}: {len(links)} of the site's three stylesheets are linked")


def compress(site: Path) -> None:
    """Puts .br and .gz beside whatever they make smaller, for hosts that serve such neighbours."""
    for path in sorted(site.rglob("*")):
        if COMPRESSED.fullmatch(path.suffix):
            content = path.read_bytes()
            for suffix, packed in packings(content):
                if len(packed) < len(content):
                    path.with_name(path.name + suffix).write_bytes(packed)


def packings(content: bytes) -> Iterator[tuple[str, bytes]]:
    yield ".br", kept(content, f"br{QUALITY}", partial(brotli.compress, quality=QUALITY))
    yield ".gz", gzipped(content)


def gzipped(content: bytes) -> bytes:
    return kept(content, "gz", gzip_without_date)


def kept(content: bytes, way: str, pack: Callable[[bytes], bytes]) -> bytes:
    """What was packed once is kept under its hash."""
    CACHE.mkdir(parents=True, exist_ok=True)
    packed = CACHE / f"{hashlib.sha256(content).hexdigest()}.{way}"
    if not packed.exists():
        half = packed.with_suffix(f".half{os.getpid()}")
        half.write_bytes(pack(content))
        half.replace(packed)
    return packed.read_bytes()


def gzip_without_date(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
