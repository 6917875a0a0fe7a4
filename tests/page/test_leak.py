"""The secret is nowhere but in the vault: after checks of every kind, everything is searched.

The same search is shown to find what was planted, in every place and in every disguise. The build
is the one that ships but for one line: the worker tells where Python's memory is.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.exchange.accounts import NAMED
from tests.exchange.faults import Cut, instead
from tests.exchange.standin import StandIn
from tests.page.checker import Checker
from tests.page.conftest import as_new, finding
from tests.page.served import copied, serving
from tests.page.test_load import runtime_file, with_right_hash
from tests.page.traces import DISGUISES, reveals, traces
from tests.page.watch import PLACES, Watch
from tools.checks.browser import launch_options

SECRET = "Zx7-Qm4_Kd9TbW2rLs8VnPy5HcJf3Gua"
GOOD = replace(NAMED["as-required"], secret=SECRET)
WITHDRAW_ON = replace(NAMED["withdraw-on"], secret=SECRET)
MISTAKEN = replace(NAMED["nothing-ticked"], secret=SECRET)
"""The exchange knows another secret for this key."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A checker, and all that is seen of it."""

    checker: Checker
    watch: Watch

    @property
    def exchange(self) -> StandIn:
        return self.checker.exchange


@contextmanager
def watched(
    playwright: Playwright, exchange: StandIn, site: Path, folder: Path
) -> Iterator[Watched]:
    """A browser of its own, with a profile on the disk; looked back at when it is closed."""
    profile, network = folder / "profile", folder / "network.json"
    log = [f"--log-net-log={network}", "--net-log-capture-mode=IncludeSensitive"]
    options = launch_options(playwright, *finding(exchange), *log)
    with serving(site) as (url, heard):
        context = playwright.chromium.launch_persistent_context(profile, **options, base_url=url)
        watch = Watch(context, exchange, heard)
        with context:
            yield Watched(checker=Checker(page=context.new_page(), exchange=exchange), watch=watch)
        watch.look_back(profile, network)


@pytest.fixture(scope="module")
def open_site(site_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = copied(site_dir, tmp_path_factory.mktemp("open") / "site")
    started = "handle = pyodide.pyimport"
    with_right_hash(
        site, runtime_file(site, "python.js"), started, f"self.pyodide = pyodide; {started}"
    )
    return site


# --- What a reader may do ---


def finds_all_as_required(seen: Watched) -> None:
    seen.exchange.cors = True
    seen.checker.press("Show")
    seen.checker.check(GOOD)
    seen.watch.look_at_objects(seen.checker.page)
    seen.checker.press("Copy report")
    expect(seen.checker.page.locator("#live")).to_contain_text("on the clipboard")
    seen.watch.look_at_clipboard()
    with seen.checker.page.expect_download() as downloading:
        seen.checker.press("Save report as JSON")
    seen.watch.take_download(downloading.value)


def finds_withdraw_on(seen: Watched) -> None:
    seen.exchange.cors = True
    seen.checker.check(WITHDRAW_ON)


def settles_withdraw_by_hand(seen: Watched) -> None:
    page = seen.checker.check(GOOD).page
    expect(page.locator("[data-command=curl]")).to_contain_text("curl")
    seen.watch.look(page)
    for copy in ("Copy for macOS, Linux", "Copy for Windows"):
        seen.checker.press(copy)
        expect(page.locator("#live")).to_contain_text("The command is on the clipboard")
        seen.watch.look_at_clipboard()
    seen.checker.field("Answer from your terminal").fill("no answer")
    seen.checker.press("Read answer")
    seen.checker.press("Fresh command")


def pastes_a_wrong_secret(seen: Watched) -> None:
    seen.checker.check(MISTAKEN)


def pastes_more_than_the_secret(seen: Watched) -> None:
    seen.checker.check(replace(GOOD, secret=f'\u200b "Secret key: {SECRET}"\n'))


def pastes_the_secret_twice(seen: Watched) -> None:
    """Which stops the check: what was typed stays in its field until the reader changes it."""
    seen.checker.fill(replace(GOOD, secret=SECRET * 2)).press("Check key")
    expect(seen.checker.page.locator("#summary")).to_be_visible()
    seen.checker.press("Forget key")


def rehearses(seen: Watched) -> None:
    seen.checker.check(GOOD).press("Rehearse with a made-up key")
    expect(seen.checker.page.get_by_text("A rehearsal with a made-up key")).to_be_visible()


def forgets(seen: Watched) -> None:
    seen.checker.check(GOOD).press("Forget key")
    expect(seen.checker.verdict).not_to_be_visible()


def finds_the_exchange_down(seen: Watched) -> None:
    seen.exchange.spoil("*", instead(Cut.RESET))
    seen.checker.check(GOOD)
    seen.exchange.mend()


def goes_away_and_comes_back(seen: Watched) -> None:
    page = seen.checker.check(GOOD).page
    page.goto("guide/")
    page.go_back()


DEEDS: list[Callable[[Watched], None]] = [
    finds_all_as_required,
    finds_withdraw_on,
    settles_withdraw_by_hand,
    pastes_a_wrong_secret,
    pastes_more_than_the_secret,
    pastes_the_secret_twice,
    rehearses,
    forgets,
    finds_the_exchange_down,
    goes_away_and_comes_back,
]


@pytest.fixture(scope="module")
def measured(
    playwright: Playwright,
    running_exchange: StandIn,
    open_site: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Watch:
    """All that is seen of a reader who does it all."""
    exchange = as_new(running_exchange)
    folder = tmp_path_factory.mktemp("measured")
    exchange.accounts |= {account.api_key: account for account in (GOOD, WITHDRAW_ON)}
    with watched(playwright, exchange, open_site, folder) as seen:
        for deed in DEEDS:
            exchange.cors = False
            seen.checker.open().seal()
            deed(seen)
            seen.watch.look(seen.checker.page)
            python = seen.checker.start_python().python
            seen.watch.look_at_memory(python, traces(SECRET) | traces(GOOD.api_key))
    return seen.watch


def test_the_secret_is_nowhere(measured: Watch) -> None:
    found = {place: reveals(b"\n".join(measured.seen[place]), SECRET) for place in PLACES}
    assert found == {place: [] for place in PLACES}


def test_the_exchange_heard_nothing_but_what_it_should(measured: Watch) -> None:
    assert measured.complaints == []


def test_no_key_is_handed_to_a_worker(measured: Watch) -> None:
    messages = b"\n".join(measured.seen["messages to and from the workers"])
    assert b'"do":"open"' in messages
    assert b"a CryptoKey" not in messages


def test_python_has_no_api_key_either(measured: Watch) -> None:
    for place in ("memory of Python", "messages to and from Python"):
        seen = b"\n".join(measured.seen[place])
        assert seen, place
        assert reveals(seen, GOOD.api_key) == [], place


def test_nobody_is_asked_but_the_site_and_the_exchange(measured: Watch) -> None:
    hosts = {request.split(b"/")[2] for request in measured.seen["requests"] if b"/" in request}
    local = {host for host in hosts if host.startswith(b"127.0.0.1:")}
    assert (len(local), hosts - local) == (1, {b"api.hitbtc.com"})


# --- The search itself ---

EXCHANGE = "https://api.hitbtc.com/api/3/sub-account"
SENT = ("requests", "log of the network", "what the exchange was sent")
CAUGHT = ".catch(() => 0)"  # what is rejected and not caught ends a transport
PLANTS = {
    "address": ("requests", f"fetch('{EXCHANGE}?' + secret){CAUGHT}"),
    "body": ("requests", f"fetch('{EXCHANGE}', {{ method: 'POST', body: secret }}){CAUGHT}"),
    "header": ("requests", f"fetch('{EXCHANGE}', {{ headers: {{ 'X-Any': secret }} }}){CAUGHT}"),
    "request": ("log of the network", f"fetch('{EXCHANGE}?' + secret){CAUGHT}"),
    "header asked for": (
        "what the exchange was sent",
        f"fetch('{EXCHANGE}', {{ headers: {{ [secret]: '' }} }}){CAUGHT}",
    ),
    "frame": (
        "what the exchange was sent",
        "const it = new WebSocket('wss://api.hitbtc.com/api/3/ws/public');"
        "await new Promise((opened) => { it.onopen = opened; });"
        "it.send(secret); await new Promise((answered) => { it.onmessage = answered; })",
    ),
    "message": ("messages to and from the workers", "recorded.worker.postMessage({ secret })"),
    "attribute": ("document", "document.body.dataset.any = secret"),
    "text": ("document", "document.body.append(secret)"),
    "passing attribute": (
        "every change of the document",
        "document.body.className = secret; await 0; document.body.className = ''",
    ),
    "field": ("field values", "document.getElementById('api-key').value = secret"),
    "title": ("address and title", "document.title = secret"),
    "hash": ("address and title", "location.hash = secret"),
    "state": ("address and title", "history.replaceState(secret, '')"),
    "name": ("address and title", "window.name = secret"),
    "local storage": ("storage", "localStorage.any = secret"),
    "session storage": ("storage", "sessionStorage.any = secret"),
    "cookie": ("storage", "document.cookie = `any=${secret}`"),
    "cache": ("storage", "await (await caches.open('any')).put('/any', new Response(secret))"),
    "database": (
        "storage",
        "const asked = indexedDB.open('any');"
        "asked.onupgradeneeded = () => asked.result.createObjectStore('any');"
        "await new Promise((opened) => { asked.onsuccess = opened; });"
        "const kept = asked.result.transaction('any', 'readwrite');"
        "kept.objectStore('any').put(secret, 1);"
        "await new Promise((written) => { kept.oncomplete = written; })",
    ),
    "file": ("profile on the disk", "localStorage.kept = secret"),
    "console": ("console", "console.debug(secret)"),
    "clipboard": ("clipboard", "await navigator.clipboard.writeText(secret)"),
    "object": ("objects of the page", "window.any = secret + '!'"),
}


def secret_for(plant: str) -> str:
    return sha256(plant.encode()).hexdigest()[:32]


@pytest.fixture(scope="module")
def planted(
    playwright: Playwright,
    running_exchange: StandIn,
    open_site: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Watch:
    """All that is seen of a page that lets a secret out by each of the plants."""
    exchange = as_new(running_exchange)
    folder = tmp_path_factory.mktemp("planted")
    with watched(playwright, exchange, open_site, folder) as seen:
        page, watch = seen.checker.page, seen.watch
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        seen.checker.open()
        page.evaluate("(secret) => fetch(`?${secret}`).then(() => 0)", secret_for("site"))
        seen.checker.seal()
        transport = seen.checker.start_python().transport  # nobody else can send anything
        for plant, (place, script) in PLANTS.items():
            evaluate = transport.evaluate if place in SENT else page.evaluate
            evaluate(f"async (secret) => {{ {script}; }}", secret_for(plant))
        worker = seen.checker.start_python().python
        worker.evaluate("(secret) => { self.any = secret + '!' }", secret_for("worker"))
        remember = "(secret) => { pyodide.globals.set('any', secret) }"
        worker.evaluate(remember, secret_for("Python"))
        with page.expect_download() as downloading:
            page.evaluate(
                "(secret) => Object.assign(document.createElement('a'), { download: 'any',"
                "href: URL.createObjectURL(new Blob([secret])) }).click()",
                secret_for("download"),
            )
        watch.take_download(downloading.value)
        watch.look_at_clipboard()
        watch.look(page)
        watch.look_at_objects(page)
        watch.look_at_memory(worker, traces(secret_for("Python")))
    return watch


def test_every_planted_secret_is_found(planted: Watch) -> None:
    wanted = {
        **{plant: place for plant, (place, _) in PLANTS.items()},
        "site": "what the site was sent",
        "worker": "objects of the workers",
        "Python": "memory of Python",
        "download": "downloads",
    }
    for plant, place in wanted.items():
        assert reveals(b"\n".join(planted.seen[place]), secret_for(plant)), plant


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguised_secret_is_found(disguise: str) -> None:
    hidden = DISGUISES[disguise](SECRET)
    assert reveals(f"some{hidden}thing".encode(), SECRET)
    assert not reveals(f"some{hidden}thing".encode(), secret_for("another"))
