"""Once the page is sealed, its transport reaches HitBTC's API and nothing else, the rest nothing.

Each way out is first shown to work where nothing is sealed: a listener hears it. Then the same way
is tried from the sealed page: the browser must say which of the policy's rules refused it, and the
listener must hear nothing, not even a connection.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Worker, expect

from tests.exchange.faults import answered
from tests.exchange.standin import StandIn
from tests.page.checker import Checker
from tests.page.served import Heard, Served, listening, serving

TRUSTED = "require-trusted-types-for"
"""This rule comes before the one about workers and scripts: no address may be named at all."""

ANYWHERE = {
    "fetch": ("connect-src", "await fetch(url)"),
    "fetch that asks no leave": ("connect-src", "await fetch(url, { mode: 'no-cors' })"),
    "fetch that outlives the page": ("connect-src", "await fetch(url, { keepalive: true })"),
    "XMLHttpRequest": (
        "connect-src",
        "const it = new XMLHttpRequest(); it.open('GET', url); it.send()",
    ),
    "WebSocket": ("connect-src", "new WebSocket(url.replace('http', 'ws'))"),
    "EventSource": ("connect-src", "new EventSource(url)"),
    "cache": ("connect-src", "await (await caches.open('any')).add(url)"),
    "font": ("font-src", "await new FontFace('any', `url(${url})`).load()"),
    "import": ("script-src-elem", "await import(url)"),
    "nested worker": (
        TRUSTED,
        "new Worker(URL.createObjectURL(new Blob([`fetch('${url}')`])))",
    ),
}

IN_A_PAGE = {
    "beacon": ("connect-src", "navigator.sendBeacon(url, 'any')"),
    "ping": ("connect-src", "add('a', { href: '#', ping: url }).click()"),
    "image": ("img-src", "new Image().src = url"),
    "image of a style": ("img-src", "add('p', {}).style.backgroundImage = `url(${url})`"),
    "style": ("style-src-elem", "add('link', { rel: 'stylesheet', href: url })"),
    "preload": ("img-src", "add('link', { rel: 'preload', as: 'image', href: url })"),
    "prefetch": ("default-src", "add('link', { rel: 'prefetch', href: url })"),
    "module to come": ("script-src-elem", "add('link', { rel: 'modulepreload', href: url })"),
    "video": ("media-src", "add('video', { src: url })"),
    "script": (TRUSTED, "add('script', { src: url })"),
    "object": (TRUSTED, "add('object', { data: url })"),
    "shared worker": (
        TRUSTED,
        "new SharedWorker(URL.createObjectURL(new Blob([`fetch('${url}')`])))",
    ),
    "service worker": (TRUSTED, "await navigator.serviceWorker.register(url)"),
}
NAVIGATIONS = {
    "form": (
        "form-action",
        "add('iframe', { name: 'inner' });"
        "add('form', { method: 'post', target: 'inner', action: url }).submit()",
    ),
    "frame": ("frame-src", "add('iframe', { src: url })"),
}
PLACES = [("page", way) for way in ANYWHERE | IN_A_PAGE] + [
    (part, way) for part in ("transport", "Python") for way in ANYWHERE
]
WAYS = ANYWHERE | IN_A_PAGE | NAVIGATIONS

TRY = """async (url) => {
  const scope = self.document ?? self;
  const refusal = new Promise((resolve) => {
    scope.addEventListener("securitypolicyviolation", (event) => {
      const [blocked, mark = ""] = event.blockedURI.split("?");
      const icon = blocked.includes("/assets/"); // asked for again where an anchor is followed
      if (!icon && url.endsWith(mark)) resolve(event.effectiveDirective);
    });
    setTimeout(resolve, 5000, "nothing refused it");
  });
  const add = (tag, given) => {
    const it = Object.assign(document.createElement(tag), given);
    document.body.append(it);
    return it;
  };
  (async () => { %s })().catch(() => {});
  return REFUSAL;
}"""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A page and its worker, and where it came from."""

    page: Page
    transport: Worker
    python: Worker
    url: str
    heard: Heard

    def place(self, name: str) -> Page | Worker:
        if name == "page":
            return self.page
        return self.transport if name == "transport" else self.python


@pytest.fixture(scope="module")
def listener() -> Iterator[Served]:
    with listening() as served:
        yield served


@pytest.fixture(scope="module")
def bare(browser: Browser, listener: Served) -> Iterator[Opened]:
    """A page and a worker of the listener's own, without any policy."""
    url, heard = listener
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        start = "self.any = new Worker(URL.createObjectURL(new Blob(['onmessage = null'])))"
        with page.expect_event("worker") as started:
            page.evaluate(f"{start}; any.onmessage = () => 0; 0")
        worker = started.value
        yield Opened(page=page, transport=worker, python=worker, url=url, heard=heard)


@pytest.fixture(scope="module")
def sealed(browser: Browser, site_dir: Path, running_exchange: StandIn) -> Iterator[Opened]:
    """The sealed page; what its own site hears is noted from then on."""
    with serving(site_dir) as (url, heard), browser.new_context(base_url=url) as context:
        checker = Checker(page=context.new_page(), exchange=running_exchange).open().start_python()
        heard.forget()
        yield opened(checker, url, heard)


def opened(checker: Checker, url: str, heard: Heard) -> Opened:
    return Opened(
        page=checker.page,
        transport=checker.transport,
        python=checker.python,
        url=url,
        heard=heard,
    )


@pytest.mark.parametrize(("place", "way"), [*PLACES, *(("page", way) for way in NAVIGATIONS)])
def test_each_way_out_works_where_nothing_is_sealed(place: str, way: str, bare: Opened) -> None:
    mark = f"{place}-{way}".replace(" ", "-")
    bare.place(place).evaluate(attempt(WAYS[way][1], wait=False), f"{bare.url}?{mark}")
    assert bare.heard.waited_for(f"?{mark} ")


@pytest.mark.parametrize(("place", "way"), PLACES)
def test_the_sealed_page_has_no_way_out(
    place: str, way: str, sealed: Opened, listener: Served
) -> None:
    stranger, heard = listener
    heard.forget()
    sealed.heard.forget()
    rule, script = WAYS[way]
    mark = f"{place}-{way}".replace(" ", "-")
    for url in (stranger, f"{sealed.url}checker/vault.js"):
        assert sealed.place(place).evaluate(attempt(script), f"{url}?{mark}") == rule
    for ears in (heard, sealed.heard):
        assert (ears.connections, ears.requests) == (0, [])


@pytest.mark.parametrize("way", NAVIGATIONS)
def test_the_sealed_page_opens_no_frame_and_sends_no_form(
    way: str, sealed: Opened, listener: Served
) -> None:
    """Chromium may connect before it asks the policy; it must not say a word then."""
    stranger, heard = listener
    heard.forget()
    sealed.heard.forget()
    rule, script = WAYS[way]
    for url in (stranger, f"{sealed.url}checker/vault.js"):
        assert sealed.page.evaluate(attempt(script), f"{url}?{way}") == rule
    assert heard.requests == sealed.heard.requests == []


def attempt(script: str, *, wait: bool = True) -> str:
    """The script that tries a way to `url` and, if told to wait, says which rule refused it."""
    return (TRY % script).replace("REFUSAL", "refusal" if wait else "0")


HARMLESS = "https://api.hitbtc.com/api/3/sub-account"
PUBLIC = "wss://api.hitbtc.com/api/3/ws/public"


def test_the_transport_reaches_hitbtcs_api(sealed: Opened, exchange: StandIn) -> None:
    exchange.cors = True
    status = "async (url) => (await fetch(url)).status"
    assert sealed.transport.evaluate(status, HARMLESS) == 401
    opens = "(url) => new Promise((told) => { new WebSocket(url).onopen = () => told(true) })"
    assert sealed.transport.evaluate(opens, PUBLIC)
    assert [heard.name for heard in exchange.log] == ["rest GET /api/3/sub-account", "public open"]


@pytest.mark.parametrize("place", ["page", "Python"])
def test_neither_the_page_nor_python_reaches_hitbtcs_api(
    place: str, sealed: Opened, exchange: StandIn
) -> None:
    exchange.cors = True
    for way, url in (("await fetch(url)", HARMLESS), ("new WebSocket(url)", PUBLIC)):
        assert sealed.place(place).evaluate(attempt(way), url) == "connect-src"
    assert exchange.log == []


def test_python_says_that_it_was_refused_the_exchange(fresh: Checker) -> None:
    expect(fresh.form).to_have_attribute("data-python", "waiting")
    expect(fresh.canary_of_python).to_have_count(0)
    fresh.start_python()
    expect(fresh.canary_of_python).to_be_visible()
    expect(fresh.canary_of_python).to_have_attribute("data-python-canary", "refused")
    expect(fresh.canary_of_python).to_contain_text("api.hitbtc.com")


def test_a_redirect_from_hitbtc_leads_nowhere_else(
    bare: Opened, sealed: Opened, listener: Served, exchange: StandIn
) -> None:
    stranger, heard = listener
    exchange.cors = True
    exchange.spoil("rest *", answered(307, "", Location=f"{stranger}led-astray"))
    follow = "await fetch(url)"
    bare.transport.evaluate(attempt(follow, wait=False), HARMLESS)
    assert heard.waited_for("/led-astray")
    heard.forget()
    ended = "(url) => fetch(url).then(() => 'came', () => 'refused')"
    assert sealed.transport.evaluate(ended, HARMLESS) == "refused"  # by the allowlist or the policy
    assert (heard.connections, heard.requests) == (0, [])
    assert len(exchange.log) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://api.hitbtc.com/",
        "ws://api.hitbtc.com/api/3/ws/public",
        "https://api.hitbtc.com:8443/",
        "https://hitbtc.com/",
        "https://api.demo.hitbtc.com/",
        "https://api.hitbtc.com.example/",
        "https://x.api.hitbtc.com/",
        "data:text/plain,any",
    ],
)
def test_what_is_nearly_hitbtcs_api_is_refused(url: str, sealed: Opened, exchange: StandIn) -> None:
    way = "new WebSocket(url)" if url.startswith("ws:") else "await fetch(url)"
    assert sealed.transport.evaluate(attempt(way), url) == "connect-src"
    assert exchange.log == []
