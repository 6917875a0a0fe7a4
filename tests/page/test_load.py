"""Nothing opens the secret's field but a whole runtime, a narrowed policy and a refused canary.

Each test serves a copy of the built site in which something was altered: as a bad disk or a bad
line would, or as somebody would who can change the site but not what this page checks.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.exchange.standin import StandIn
from tests.page.checker import PARTS, SEALING, Checker
from tests.page.served import Heard, copied, serving
from tools.build import offline
from tools.build.output import source_hash

RUNTIME = [
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "hitbtc_keycheck.whl",
    "transport.js",
    "python.js",
]
SCRIPTS = [*(f"{name}.js" for name in offline.APART), "view.js"]
"""Those of the page itself; the last is all other modules in one."""

ANOTHER_FILE = "The file {} is not the one this page was made with, so nothing of it was run."
NOT_SEALED = "The browser did not seal this page."


def one_bit(content: bytes) -> bytes:
    """Turn one bit in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def longer(content: bytes) -> bytes:
    return content + b"\n"


@pytest.fixture
def site(site_dir: Path, tmp_path: Path) -> Path:
    """A copy of the built site, to be altered."""
    return copied(site_dir, tmp_path / "site")


@pytest.fixture
def altered(site: Path, page: Page, exchange: StandIn) -> Iterator[tuple[Checker, Heard]]:
    """The checker of that copy, not opened yet, and what its server hears."""
    with serving(site) as (url, heard):
        yield Checker(page=page, exchange=exchange, url=f"{url}checker/"), heard


def runtime_file(site: Path, name: str) -> Path:
    (found,) = (site / "checker/runtime").glob(f"*.{name}")
    return found


def rewritten(path: Path, change: Callable[[bytes], bytes]) -> None:
    content = path.read_bytes()
    assert change(content) != content
    path.write_bytes(change(content))


def with_right_hash(site: Path, script: Path, old: str, new: str) -> None:
    """Alter one of the page's scripts, and the page so that it wants it as it is now."""
    was = script.read_bytes()
    assert was.count(old.encode()) == 1
    now = was.replace(old.encode(), new.encode())
    script.write_bytes(now)
    found, wanted = (source_hash("sha384", content) for content in (was, now))
    sizes = (f'{found}","bytes":{len(was)}', f'{wanted}","bytes":{len(now)}')
    page = site / "checker/index.html"
    text = page.read_text().replace(*sizes).replace(found, wanted)
    before, after = (source_hash("sha256", import_map(it)) for it in (page.read_text(), text))
    page.write_text(text.replace(before, after))
    headers = site / "_headers"
    headers.write_text(headers.read_text().replace(before, after))


def import_map(page: str) -> bytes:
    found = re.search('<script type="importmap">(.*?)</script>', page)
    assert found
    return found[1].encode()


def without_policy(site: Path) -> None:
    """Take the policy out of the headers and out of the page."""
    rewritten(site / "_headers", lambda text: re.sub(rb"\n  Content-Security.*", b"", text))
    policy = rb'<meta http-equiv="Content-Security-Policy"[^>]*>'
    rewritten(site / "checker/index.html", lambda page: re.sub(policy, b"", page))


def expect_closed(checker: Checker, *, workers: int = 0) -> None:
    expect(checker.field("Secret key")).to_be_disabled()
    expect(checker.button("Check key")).to_be_disabled()
    expect(checker.canary).not_to_be_visible()
    checker.expect_workers(workers)


def test_the_secrets_field_opens_when_the_page_is_sealed(fresh: Checker) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    fresh.page.route("**/*.wasm", hold)
    expect(fresh.form).to_have_attribute("data-seal", "open")
    expect_closed(fresh)
    with fresh.page.expect_request("**/*.wasm"):
        fresh.button("Load the checker").click()
    expect(fresh.form).to_have_attribute("data-seal", "sealing")
    expect_closed(fresh, workers=1)  # the fetcher
    (fetcher,) = fresh.page.workers
    held[0].continue_()
    expect(fresh.form).to_have_attribute("data-seal", "sealed", timeout=SEALING)
    expect(fresh.field("Secret key")).to_be_enabled()
    fresh.start_python()
    fresh.expect_workers(PARTS)
    assert fetcher not in fresh.page.workers


def test_every_load_shows_that_the_canary_was_refused(fresh: Checker) -> None:
    for _ in range(2):
        expect(fresh.open().canary).not_to_be_visible()
        expect(fresh.seal().canary).to_have_attribute("data-canary", "refused")
        expect(fresh.canary).to_be_visible()
        expect(fresh.canary).to_contain_text("https://csp-canary.invalid/")


@pytest.mark.parametrize(
    ("name", "alter"),
    [
        *((name, one_bit) for name in RUNTIME),
        ("pyodide.asm.wasm", half),
        ("python_stdlib.zip", longer),
        ("transport.js", half),
    ],
)
def test_a_wrong_runtime_file_keeps_the_form_closed(
    name: str, alter: Callable[[bytes], bytes], site: Path, altered: tuple[Checker, Heard]
) -> None:
    checker, _ = altered
    rewritten(runtime_file(site, name), alter)
    checker.open().button("Load the checker").click()
    expect(checker.form).to_have_attribute("data-seal", "failed")
    expect(checker.words).to_have_text(ANOTHER_FILE.format(name))
    expect_closed(checker)


def test_the_next_press_takes_the_files_as_they_are_then(
    site: Path, altered: tuple[Checker, Heard]
) -> None:
    """Though they may be kept for a year under their names, a wrong one is not."""
    checker, _ = altered
    stdlib = runtime_file(site, "python_stdlib.zip")
    good = stdlib.read_bytes()
    stdlib.unlink()
    checker.open().button("Load the checker").click()
    expect(checker.words).to_contain_text("python_stdlib.zip could not be fetched")
    expect_closed(checker)
    for wrong in (half(good), one_bit(good)):
        stdlib.write_bytes(wrong)
        checker.button("Load the checker").click()
        expect(checker.words).to_have_text(ANOTHER_FILE.format("python_stdlib.zip"))
        expect_closed(checker)
    stdlib.write_bytes(good)
    checker.seal()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_wrong_script_of_the_page_is_not_run(
    name: str, site: Path, altered: tuple[Checker, Heard]
) -> None:
    checker, heard = altered
    rewritten(site / "checker" / name, longer)
    checker.open().field("API key").focus()
    expect(checker.words).to_contain_text("your browser has not started this page's scripts")
    expect(checker.button("Load the checker")).to_be_disabled()
    expect_closed(checker)
    assert not any("/runtime/" in request for request in heard.requests)


NARROWED = '"connect-src https://api.hitbtc.com wss://api.hitbtc.com"'
SABOTAGE = {
    "its own site let through": (NARROWED, NARROWED.replace("https", "'self' https", 1)),
    "everybody let through": (NARROWED, '"connect-src *"'),
    "all strangers let through": (NARROWED, '"connect-src https: wss:"'),
    "never narrowed": ("document.head.append(meta)", "document.head"),
}


@pytest.mark.parametrize(
    ("sabotage", "guarded"),
    [
        ("its own site let through", True),
        ("everybody let through", True),
        ("never narrowed", True),
        ("its own site let through", False),
        ("all strangers let through", False),
        ("never narrowed", False),
    ],
)
def test_a_bad_seal_is_noticed(
    sabotage: str, guarded: bool, site: Path, altered: tuple[Checker, Heard]
) -> None:
    """With the page's first policy in force, and in a page that somebody took it out of as well."""
    checker, _ = altered
    with_right_hash(site, site / "checker/view.js", *SABOTAGE[sabotage])
    if not guarded:
        without_policy(site)
    checker.open().button("Load the checker").click()
    expect(checker.words).to_have_text(NOT_SEALED, timeout=SEALING)
    expect_closed(checker)


@pytest.mark.parametrize("guarded", [True, False])
def test_a_python_that_has_a_network_is_noticed_and_everything_forgotten(
    guarded: bool, site: Path, altered: tuple[Checker, Heard]
) -> None:
    """The second narrowing is left out, so that Python would reach the exchange."""
    checker, _ = altered
    with_right_hash(site, site / "checker/view.js", "  narrow(TO_NOTHING);\n", "")
    if not guarded:
        without_policy(site)
    checker.open().button("Load the checker").click()
    expect(checker.words).to_contain_text(NOT_SEALED, timeout=SEALING)
    expect(checker.form).to_have_attribute("data-python", "failed")
    expect(checker.canary_of_python).to_have_count(0)
    expect_closed(checker, workers=2)
    checker.field("API key").blur()
    checker.field("API key").focus()
    # At once, as loading would begin at once, and end in the same words a second later.
    assert checker.form.get_attribute("data-seal") == "failed"
    expect(checker.words).to_contain_text("load it again")


@pytest.mark.parametrize(
    ("lost", "named"),
    [
        ("delete window.Worker", "workers"),
        ("Object.defineProperty(crypto, 'subtle', { value: undefined })", "WebCrypto"),
    ],
)
def test_a_browser_that_cannot_seal_is_told_so(
    lost: str, named: str, page: Page, exchange: StandIn
) -> None:
    page.add_init_script(lost)
    checker = Checker(page=page, exchange=exchange).open()
    checker.button("Load the checker").click()
    expect(checker.form).to_have_attribute("data-seal", "failed")
    expect(checker.words).to_contain_text("This browser lacks what the seal needs")
    expect(checker.words).to_contain_text(named)
    expect_closed(checker)


def test_webassembly_that_is_switched_off_is_told_with_what_to_do(
    page: Page, exchange: StandIn
) -> None:
    page.add_init_script("delete window.WebAssembly")
    checker = Checker(page=page, exchange=exchange).open()
    checker.button("Load the checker").click()
    expect(checker.form).to_have_attribute("data-seal", "failed")
    expect(checker.words).to_contain_text("WebAssembly is turned off in this browser")
    for words in ("Edge", "Lockdown Mode", "company", "in a terminal"):
        expect(page.locator("#wasm-off")).to_contain_text(words)
    expect(page.locator("#wasm-off").get_by_role("link")).to_have_attribute(
        "href", "#in-a-terminal"
    )
    expect_closed(checker)


def test_without_the_mask_in_force_no_secret_can_be_typed(page: Page, exchange: StandIn) -> None:
    page.route("**/page.css", lambda route: route.abort())
    checker = Checker(page=page, exchange=exchange).open()
    checker.button("Load the checker").click()
    expect(checker.form).to_have_attribute("data-seal", "failed")
    expect(checker.words).to_contain_text("would be readable while you type")
    expect_closed(checker)


def test_a_mask_that_is_lost_while_loading_is_noticed(fresh: Checker) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    fresh.page.route("**/*.wasm", hold)
    with fresh.page.expect_request("**/*.wasm"):
        fresh.button("Load the checker").click()
    fresh.page.evaluate("document.querySelector('link[href*=page]').remove()")
    held[0].continue_()
    expect(fresh.words).to_contain_text("would be readable while you type", timeout=SEALING)
    expect(fresh.field("Secret key")).to_be_disabled()


def test_every_stylesheet_is_compared_with_its_hash(site_dir: Path) -> None:
    page = site_dir / "checker/index.html"
    links = re.findall('<link rel="stylesheet"[^>]*>', page.read_text())
    assert len(links) == 2
    for link in links:
        found = re.search(r'href="([^"]+)" integrity="([^"]+)"', link)
        assert found, link
        content = (page.parent / found[1]).resolve().read_bytes()
        assert found[2] == source_hash("sha384", content)
