"""What the file is: the page's own text, whole, with nothing to fetch and nobody to ask."""

import base64
import gzip
import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn
from tests.page.checker import Checker
from tests.page.served import listening
from tools.build import offline
from tools.build.output import OFFLINE, Refused
from tools.build.policy import CHECKER

MODULES = offline.in_order(Path("validator/page"), "view")
FILES = (
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "hitbtc_keycheck.whl",
    "transport.js",
    "python.js",
)


@pytest.fixture
def text(site_dir: Path) -> str:
    return (site_dir / OFFLINE).read_text()


@pytest.fixture
def opened(page: Page, exchange: StandIn, tmp_path: Path) -> Callable[[str], Checker]:
    """Opens a file with this text."""

    def opened(text: str) -> Checker:
        file = tmp_path / "changed.html"
        file.write_text(text)
        page.goto(file.as_uri())
        return Checker(page=page, exchange=exchange)

    return opened


def changed(text: str, place: int) -> str:
    """The text with another letter at a place."""
    return f"{text[:place]}{'A' if text[place] != 'A' else 'B'}{text[place + 1 :]}"


def test_nothing_is_fetched_but_the_file_itself(fresh: Checker, exchange: StandIn) -> None:
    asked: list[str] = []
    fresh.page.on("request", lambda request: asked.append(request.url.partition(":")[0]))
    fresh.open().start_python()
    assert sorted(asked) == [*["blob"] * 5, "file"]  # the fetcher's script and the four workers'
    assert not exchange.log


@pytest.mark.parametrize("name", FILES)
def test_one_wrong_byte_in_a_packed_file_keeps_the_form_closed(
    name: str, text: str, opened: Callable[[str], Checker]
) -> None:
    block = re.search(f'id="runtime-{re.escape(name)}">([^<]*)<', text)
    assert block
    content = bytearray(gzip.decompress(base64.b64decode(block[1])))
    content[len(content) // 2] ^= 1
    packed = base64.b64encode(gzip.compress(content, 1)).decode()
    checker = opened(text.replace(block[1], packed))
    checker.press("Load the checker")
    expect(checker.form).to_have_attribute("data-seal", "failed")
    expect(checker.words).to_contain_text(name)
    expect(checker.field("Secret key")).to_be_disabled()


def test_a_packed_file_that_does_not_unpack_keeps_the_form_closed(
    text: str, opened: Callable[[str], Checker]
) -> None:
    checker = opened(changed(text, text.index('id="runtime-transport.js">') + 500))
    checker.press("Load the checker")
    expect(checker.form).to_have_attribute("data-seal", "failed")
    expect(checker.words).to_contain_text("transport.js is not the one this page was made with")


@pytest.mark.parametrize("part", ["createPolicy", "prefers-color-scheme: dark"])
def test_a_script_with_one_wrong_byte_does_not_run(
    part: str, text: str, opened: Callable[[str], Checker]
) -> None:
    refused: list[str] = []
    checker = opened("<!doctype html>")
    checker.page.on("console", lambda message: refused.append(message.text))
    opened(changed(text, text.rindex(part)))
    assert any("Content Security Policy" in words for words in refused)


def test_it_reaches_nobody_even_before_it_is_sealed(fresh: Checker) -> None:
    with listening() as (url, heard):
        tried = fresh.page.evaluate("(url) => fetch(url).then(() => 'ok', String)", url)
        assert tried == "TypeError: Failed to fetch"
        assert heard.connections == 0


@pytest.mark.parametrize("name", MODULES)
def test_each_module_is_in_it_and_on_the_site_as_it_is_in_the_source(
    name: str, text: str, site_dir: Path
) -> None:
    source = Path(f"validator/page/{name}.js").read_text()
    if name in offline.APART:
        assert (site_dir / f"checker/{name}.js").read_text() == source
    without_imports = re.sub(r"^import [^;]*;\n", "", source, flags=re.M)
    kept = re.sub("^export ", "", without_imports, flags=re.M)
    before, between, after = kept.partition("*/\n")  # What stood after it was imported.
    joined = (site_dir / "checker/view.js").read_text()
    for whole in (text, text if name in offline.APART else joined):
        assert f"{before}{between}" in whole
        assert after.strip() in whole


def test_links_of_the_report_lead_to_the_site(
    checker: Checker, exchange: StandIn, text: str
) -> None:
    exchange.cors = True
    checker.seal().check(NAMED["as-required"])
    home = re.search('data-home="(.*)checker/"', text)
    assert home
    links = checker.page.locator("a").evaluate_all("all => all.map((one) => one.href)")
    led = [link for link in links if not link.startswith("file:")]
    assert len(led) > 10
    assert all(link.startswith(home[1]) for link in led)
    inside = [link.partition("#")[2] for link in links if link.startswith("file:")]
    assert all(checker.page.locator(f"[id='{anchor}']").count() == 1 for anchor in inside)


def test_the_sum_on_the_download_page_is_the_files(site_dir: Path) -> None:
    file = site_dir / OFFLINE
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (file.parent / "SHA256SUMS").read_text() == f"{found}  {file.name}\n"
    assert found in (site_dir / offline.DOWNLOAD).read_text()


def test_made_again_it_is_the_same_to_the_byte(site_dir: Path) -> None:
    assert offline.make(site_dir, site_dir / CHECKER) == (site_dir / OFFLINE).read_bytes()


# --- What the making refuses ---


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("session.js", 'from "./vault.js"', 'from "https://elsewhere.example/vault.js"'),
        ("vault.js", "export function holds", "export default holds; function other"),
        ("vault.js", "export function holds", "// </script>\nexport function holds"),
        ("fields.js", "export const key", "/* any */ export const key"),
        ("page.css", ".kc-checker", "/* </style> */ .kc-checker"),
        ("index.html", "</h1>", "<img src='any.png'></h1>"),
    ],
)
def test_what_would_not_stay_whole_in_one_file_is_refused(
    *,
    file: str,
    old: str,
    new: str,
    site_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, modules = tmp_path / "site", tmp_path / "page"
    shutil.copytree(site_dir, site, ignore=shutil.ignore_patterns("*.br", "*.gz", "offline"))
    shutil.copytree(offline.WIDGET, modules)
    monkeypatch.setattr(offline, "WIDGET", modules)
    path = (modules if file.endswith(".js") else site / "checker") / file
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(Refused):
        offline.make(site, site / CHECKER)


@pytest.mark.parametrize(
    ("worker", "scripts"),
    [
        ('import a from "a.mjs";\n', {"a.mjs": "export { a };"}),
        ('import "a.mjs";\n', {"a.mjs": "export default a;"}),
        ("", {"a.mjs": "export default a;"}),
    ],
)
def test_a_worker_that_imports_otherwise_is_refused(worker: str, scripts: dict[str, str]) -> None:
    with pytest.raises(Refused):
        offline.one_script(worker, scripts)


def test_its_policy_lets_it_reach_the_exchange_and_nobody_else(text: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["connect-src"] == "https://api.hitbtc.com wss://api.hitbtc.com"
    named = {source for sources in directives.values() for source in sources.split()}
    places = {source for source in named if not source.startswith("'")}
    assert places - {"keycheck"} == {*directives["connect-src"].split(), "data:", "blob:"}
    assert not named & {"'self'", "'unsafe-inline'", "'unsafe-eval'"}
