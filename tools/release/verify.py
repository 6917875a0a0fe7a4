"""Compares a published site with a build of the same commit: `make verify URL=…`.

Rules of this room: what readers would get is what is compared, so the host may compress and may not
redirect; every file counts, and the first byte that differs is named. What headers the host leaves
out is told, and is no difference: not every host can send them. Ends with 0 (the same), 1 (not the
same) or 2 (could not be compared).
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx

from tools.build import build
from tools.build.finish import COMMIT, commit
from tools.build.serve import headers_for, parse_headers

SAME, DIFFERENT, UNKNOWN = 0, 1, 2
KEPT_BACK = {".br", ".gz"}
"""Neighbours for hosts to serve in a file's place; some publish them under their own names too."""
PATIENCE = 30.0  # seconds for one file
NAMED = re.compile(r"([0-9a-f]{40}(-dirty)?|unknown)\n")
ENOUGH = 3  # files in a row that do not come


class Incomparable(Exception):  # noqa: N818  nobody's error: there is nothing to compare
    """Why the site could not be compared, in a sentence."""


def main() -> None:
    """Compare the site at the address on the command line with a build made now."""
    match sys.argv[1:]:
        case [url] if url.startswith(("https://", "http://")):
            sys.exit(verify(httpx.URL(f"{url.rstrip('/')}/")))
        case _:
            print("Name the site's whole address: make verify URL=https://…")
            sys.exit(UNKNOWN)


def verify(url: httpx.URL) -> int:
    """Return how the site compares, having said it."""
    try:
        with httpx.Client(base_url=url, timeout=PATIENCE) as client:
            built_from = published_commit(client)
            if built_from != commit():
                raise Incomparable(
                    f"The site was built from {built_from}, and this copy of the source is at "
                    f"{commit()}: check that commit out, without changes, and try again."
                )
            build.main()
            found = list(differences(client, build.SITE))
            return tell(found, built_from, unsent(client, build.SITE))
    except Incomparable as error:
        print(error)
        return UNKNOWN


def published_commit(client: httpx.Client) -> str:
    """Return the commit that the site says it was built from."""
    response = fetched(client, COMMIT)
    if response.is_redirect:
        raise Incomparable(
            f"{client.base_url} redirects to {response.headers['Location']}: name that address."
        )
    if not NAMED.fullmatch(response.text):
        raise Incomparable(f"{client.base_url} is no site of this project: it names no commit.")
    return response.text.strip()


def fetched(client: httpx.Client, path: str) -> httpx.Response:
    try:
        return client.get(path)
    except httpx.HTTPError as error:
        raise Incomparable(
            f"{client.base_url}{path} did not come ({type(error).__name__})."
        ) from None


def published(site: Path) -> Iterator[Path]:
    """The files of a site that have an address of their own."""
    for file in sorted(path for path in site.rglob("*") if path.is_file()):
        if file.name != "_headers" and file.suffix not in KEPT_BACK:
            yield file


def differences(client: httpx.Client, site: Path) -> Iterator[str]:
    """Yield a line for each file that is not what it should be."""
    failed = 0
    for file in published(site):
        path = file.relative_to(site).as_posix()
        try:
            response = fetched(client, path.removesuffix("index.html"))
        except Incomparable as error:
            failed += 1
            if failed == ENOUGH:
                raise Incomparable(
                    f"{error} Nor did the {ENOUGH - 1} before it: stopped."
                ) from None
            yield str(error)
        else:
            failed = 0
            if found := difference(response, file.read_bytes()):
                yield f"{path}: {found}"


def difference(response: httpx.Response, wanted: bytes) -> str:
    if response.is_redirect:
        return f"redirects to {response.headers['Location']}"
    if response.status_code != httpx.codes.OK:
        return f"HTTP {response.status_code}"
    came = response.content
    if came == wanted:
        return ""
    pairs = enumerate(zip(came, wanted, strict=False))
    place = next((at for at, (one, other) in pairs if one != other), min(len(came), len(wanted)))
    return f"differs from byte {place} on ({len(came)} bytes came, the build has {len(wanted)})"


def unsent(client: httpx.Client, site: Path) -> list[str]:
    """The headers of the front page and the checker that the host does not send as they ship."""
    rules = parse_headers((site / "_headers").read_text())
    return [
        f"/{path}: {name}"
        for path in ("", "checker/")
        for response in [fetched(client, path)]
        for name, value in headers_for(f"/{path}", rules)
        if response.headers.get(name) != value
    ]


def tell(found: list[str], built_from: str, headers: list[str]) -> int:
    if headers:
        print("The host does not send these headers as they ship:", *headers, sep="\n  ")
    if found:
        print(f"Not what {built_from} gives:", *found, sep="\n  ")
        return DIFFERENT
    print(f"Every file is, to the byte, what {built_from} gives.")
    return SAME


if __name__ == "__main__":
    main()
