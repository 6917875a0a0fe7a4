"""`make serve` answers as the site's hosts do, with the headers that ship."""

import gzip
import http.client
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli  # type: ignore[import-untyped]
import httpx
import pytest

from tools.build.serve import server
from tools.release.verify import published

CSP = "Content-Security-Policy"
CHECKERS = ("checker/", "es/checker/")
OF_THE_CHECKER = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Origin-Agent-Cluster": "?1",
    "Connection-Allowlist": '(response-origin "https://api.hitbtc.com")',
    "Integrity-Policy": "blocked-destinations=(script)",
}


@pytest.fixture
def web(serve_site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=serve_site, trust_env=False) as client:
        yield client


def raw(serve_site: str, target: str) -> int:
    """The status of a request line that no well-behaved client would send."""
    connection = http.client.HTTPConnection(urlsplit(serve_site).netloc)
    connection.request("GET", target)
    status = connection.getresponse().status
    connection.close()
    return status


def shipped_headers(site_dir: Path, path: str) -> list[tuple[str, str]]:
    """What a host makes of `_headers`, read in another way than tools/build/serve.py does."""
    rules = [rule.splitlines() for rule in (site_dir / "_headers").read_text().split("\n\n")]
    lines = [line for pattern, *lines in rules if fnmatch(path, pattern) for line in lines]
    return [(name.strip(), value) for name, value in (line.split(": ", 1) for line in lines)]


def test_every_page_gets_the_headers_that_ship(
    web: httpx.Client, paths: list[str], site_dir: Path
) -> None:
    for path in paths:
        shipped = shipped_headers(site_dir, f"/{path}")
        names = [name for name, _ in shipped]
        assert CSP in names
        assert len(names) == len(set(names)), f"hosts would join the values for /{path}"
        sent = web.get(path).headers
        assert {name: sent[name] for name in names} == dict(shipped)


@pytest.mark.parametrize("path", CHECKERS)
def test_the_checkers_headers_are_these_to_the_letter(path: str, web: httpx.Client) -> None:
    """A browser that cannot read an allowlist lets nothing out; a typing error must not ship."""
    assert {name: web.get(path).headers[name] for name in OF_THE_CHECKER} == OF_THE_CHECKER


DEVICES = [
    "camera",
    "clipboard-read",
    "display-capture",
    "geolocation",
    "hid",
    "microphone",
    "midi",
    "serial",
    "usb",
]


@pytest.mark.parametrize("path", ["", *CHECKERS])
def test_no_page_may_use_a_device_or_read_the_clipboard(path: str, web: httpx.Client) -> None:
    allowed = web.get(path).headers["Permissions-Policy"].split(", ")
    assert [device for device in DEVICES if f"{device}=()" not in allowed] == []


def test_only_the_checker_is_cut_off_from_what_it_opens_and_only_it_is_confined(
    web: httpx.Client, paths: list[str]
) -> None:
    for path in set(paths) - {*CHECKERS}:
        headers = web.get(path).headers
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups", path
        assert headers["Origin-Agent-Cluster"] == "?1", path
        assert "Connection-Allowlist" not in headers, path


def test_every_file_that_is_no_page_is_sandboxed(web: httpx.Client, site_dir: Path) -> None:
    """No opener policy beside it: browsers refuse to show a sandboxed document that has one."""
    files = [
        file for file in published(site_dir) if file.suffix != ".html" or "offline" in str(file)
    ]
    assert files
    for file in files:
        headers = web.head(file.relative_to(site_dir).as_posix()).headers
        searcher = "javascripts/workers" in str(file)  # It asks the site for a language's stems.
        own = "script-src 'self'" if searcher else "sandbox"
        assert headers[CSP] == f"default-src 'none'; {own}", file
        assert "Cross-Origin-Opener-Policy" not in headers, file


def test_the_headers_keep_to_what_their_hosts_read(site_dir: Path) -> None:
    """Cloudflare Pages takes 100 rules, and lines of 2000 characters."""
    lines = (site_dir / "_headers").read_text().splitlines()
    assert len([line for line in lines if line.startswith("/")]) <= 100
    assert max(map(len, lines)) <= 2000


@pytest.mark.parametrize("path", CHECKERS)
def test_every_script_of_the_checker_can_be_compared_with_its_hash(
    path: str, site_dir: Path
) -> None:
    """Integrity-Policy takes no other: each has its hash, and is asked for as another site's."""
    page = (site_dir / path / "index.html").read_text()
    tags = re.findall(r"<script\b[^>]*\bsrc=[^>]*>", page)
    assert tags
    for tag in tags:
        assert 'integrity="sha384-' in tag
        assert " crossorigin" in tag or 'type="module"' in tag, tag


def test_a_page_carries_the_policy_of_its_headers_less_what_a_meta_cannot(
    web: httpx.Client, paths: list[str]
) -> None:
    for path in paths:
        page = web.get(path)
        policy, _, frames = page.headers[CSP].rpartition("; ")
        assert frames == "frame-ancestors 'none'"
        head = f'<meta charset="utf-8"><meta http-equiv="{CSP}" content="{policy}">'
        assert page.text.partition("<head>")[2].lstrip().startswith(head)


def test_no_policy_allows_unsafe_things_but_compiling_wasm(site_dir: Path) -> None:
    text = (site_dir / "_headers").read_text().replace("'wasm-unsafe-eval'", "")
    assert "unsafe" not in text
    assert "*;" not in text


def test_the_inline_scripts_are_the_themes_three_and_the_checkers_import_maps(
    site_dir: Path,
) -> None:
    hashes = set(re.findall(r"'sha256-[^']+'", (site_dir / "_headers").read_text()))
    assert len(hashes) == 3 + len(CHECKERS)
    for path in CHECKERS:
        checker = (site_dir / path / "index.html").read_text()
        assert len(set(re.findall(r"'sha256-[^']+'", checker))) == 1


def test_the_checker_may_reach_the_exchange_and_guide_pages_may_not(web: httpx.Client) -> None:
    assert (
        "connect-src 'self' https://api.hitbtc.com wss://api.hitbtc.com;"
        in web.get("checker/").headers[CSP]
    )
    assert "hitbtc.com" not in web.get("guide/").headers[CSP]


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("checker/view.js", "text/javascript; charset=utf-8"),
        ("checker/runtime/*.pyodide.mjs", "text/javascript; charset=utf-8"),
        ("checker/runtime/*.wasm", "application/wasm"),
        ("assets/site.*.css", "text/css; charset=utf-8"),
        ("assets/fonts/*.woff2", "font/woff2"),
        ("assets/favicon.*.svg", "image/svg+xml"),
        ("search/search_index.json", "application/json"),
    ],
)
def test_a_file_is_served_as_what_it_is(
    pattern: str, kind: str, web: httpx.Client, site_dir: Path
) -> None:
    (path,) = site_dir.glob(pattern)
    found = web.get(str(path.relative_to(site_dir)), follow_redirects=True)
    assert found.headers["Content-Type"].replace('"', "") == kind


@pytest.mark.parametrize(
    ("accepted", "used", "unpack"),
    [("gzip, br", "br", brotli.decompress), ("gzip;q=1.0", "gzip", gzip.decompress)],
)
def test_a_page_comes_compressed_as_the_browser_likes(
    accepted: str, used: str, unpack: object, web: httpx.Client, site_dir: Path
) -> None:
    with web.stream("GET", "guide/", headers={"Accept-Encoding": accepted}) as page:
        assert page.headers["Content-Encoding"] == used
        assert page.headers["Vary"] == "Accept-Encoding"
        assert callable(unpack)
        assert unpack(b"".join(page.iter_raw())) == (site_dir / "guide/index.html").read_bytes()


def test_a_browser_that_takes_no_compression_gets_the_file(web: httpx.Client) -> None:
    page = web.get("guide/", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in page.headers
    assert page.text.startswith("<!doctype html>") or "<html" in page.text


def test_what_has_not_changed_is_not_sent_again(web: httpx.Client) -> None:
    first = web.get("guide/")
    again = web.get("guide/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_unknown_address_is_a_404_with_a_way_on(web: httpx.Client) -> None:
    page = web.get("no/such/page/")
    assert page.status_code == 404
    assert "There is no page here" in page.text
    assert CSP in page.headers


def test_a_folder_without_its_slash_leads_to_the_page(web: httpx.Client) -> None:
    answer = web.get("guide")
    assert answer.is_redirect
    assert urljoin("/guide", answer.headers["Location"]) == "/guide/"


@pytest.mark.parametrize(
    "target",
    [
        "/../pyproject.toml",
        "/%2e%2e/pyproject.toml",
        "//etc/passwd",
        "/_headers",
        "/index.html.br",
        "/checker/vault.js.gz",
        "/%00",
        "/" + "a" * 300,
    ],
)
def test_nothing_but_the_published_files_is_served(target: str, serve_site: str) -> None:
    assert raw(serve_site, target) == 404


def test_head_is_get_without_the_body(web: httpx.Client) -> None:
    head, get = web.head("guide/"), web.get("guide/")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert head.content == b""


def test_a_port_in_use_ends_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "tools/build/serve.py", "--port", port],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is in use: choose another with `make serve PORT=`.\n"


def test_no_other_machine_is_served(site_dir: Path) -> None:
    with server(site_dir, 0) as running:
        assert running.server_address[0] == "127.0.0.1"
