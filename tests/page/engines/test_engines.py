"""What the tests in Chromium show of the seal, shown in two more engines: Firefox and WebKit.

WebKit tells nobody what its policy refused a worker, and Firefox not everything; so what counts
here is that a listener, which heard each of these ways where nothing is sealed, hears nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn
from tests.page.engines.engine import Engine, firefox, webkit
from tests.page.served import Served, copied, listening, serving
from tests.page.test_load import (
    ANOTHER_FILE,
    NOT_SEALED,
    SABOTAGE,
    SCRIPTS,
    longer,
    one_bit,
    rewritten,
    runtime_file,
    with_right_hash,
    without_policy,
)
from tests.page.test_seal import ANYWHERE, IN_A_PAGE

type Start = Callable[..., AbstractContextManager[Engine]]

ENGINES: dict[str, Start] = {"firefox": firefox, "webkit": webkit}
UNKNOWN = {"firefox": {"ping"}, "webkit": {"prefetch"}}
"""Ways that an engine does not go, or not at once."""

GOOD = NAMED["as-required"]
EXCHANGE = "https://api.hitbtc.com/api/3/ws/public"

BEFORE_LOADING = """() => [
  document.getElementById("seal-words").textContent,
  document.getElementById("load").disabled,
]"""

LOAD = """() => new Promise((told) => {
  const form = document.querySelector("[data-seal]");
  const words = document.getElementById("seal-words");
  const closed = () => document.getElementById("secret").disabled;
  const before = closed();
  const look = () => {
    const { seal } = form.dataset;
    if (["sealed", "failed"].includes(seal)) told([seal, words.textContent, before, closed()]);
  };
  new MutationObserver(look).observe(form, { attributes: true });
  const button = document.getElementById("load");
  const press = () => button.disabled || button.click();
  new MutationObserver(press).observe(button, { attributes: true, attributeFilter: ["disabled"] });
  press();
})"""

VERDICT = """() => new Promise((told) => {
  const look = () => {
    const rows = [...document.querySelectorAll("[data-right]")].map(({ dataset }) => dataset);
    const states = rows.map(({ right, state }) => [right, state]);
    const found = document.querySelector("[data-verdict]");
    if (found) told([found.dataset.verdict, Object.fromEntries(states)]);
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
  look();
})"""

TRY = """(url) => new Promise((tried) => {
  const add = (tag, given) => {
    const it = Object.assign(document.createElement(tag), given);
    document.body.append(it);
    return it;
  };
  setTimeout(tried, 2000);
  (async () => { %s })().catch(tried);
})"""
IN_A_WORKER = """
const tries = new BroadcastChannel("tries");
tries.onmessage = ({ data }) =>
  data.part === "PART" && (%s)(data.url).then(() => tries.postMessage("tried PART"));
"""
ASK_WORKER = """([part, url]) => new Promise((tried) => {
  const tries = new BroadcastChannel("tries");
  tries.onmessage = ({ data }) => data === `tried ${part}` && tried();
  tries.postMessage({ part, url });
}).then(() => 0)"""
READY = """() => new Promise((told) => {
  const form = document.querySelector("[data-python]");
  const look = () => {
    const canary = document.querySelector("[data-python-canary]")?.dataset.pythonCanary;
    const { python } = form.dataset;
    if (["ready", "failed"].includes(python)) told([python, canary ?? ""]);
  };
  new MutationObserver(look).observe(form, { attributes: true, subtree: true });
  look();
})"""
START_WORKER = """(text) => new Promise((started) => {
  self.any = new Worker(URL.createObjectURL(new Blob([text, "postMessage(0)"])));
  any.onmessage = started;
}).then(() => 0)"""


def tries_of(place: str, ways: dict[str, tuple[str, str]]) -> str:
    """A function that goes all these ways from a URL, each with a mark of its own."""
    goes = ",".join(
        f"({TRY % script})(`${{url}}?{mark(place, way)}`)" for way, (_, script) in ways.items()
    )
    return f"(url) => Promise.all([{goes}]).then(() => 0)"


def mark(place: str, way: str) -> str:
    return f"{place}-{way.replace(' ', '-')}"


IN_THE_PAGE = tries_of("page", ANYWHERE | IN_A_PAGE)


def workers_tries(part: str) -> str:
    """What is added to a worker, so that it goes the ways that it is told to."""
    return IN_A_WORKER.replace("PART", part) % tries_of("worker", ANYWHERE)


@pytest.fixture(scope="module", params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def engine(name: str, proxy: str) -> Iterator[Engine]:
    with ENGINES[name](proxy) as engine:
        yield engine


@pytest.fixture
def site(site_dir: Path, tmp_path: Path) -> Path:
    """A copy of the built site, to be altered."""
    return copied(site_dir, tmp_path / "site")


@pytest.fixture
def served(site: Path) -> Iterator[Served]:
    with serving(site) as served:
        yield served


def load(engine: Engine, url: str) -> tuple[str, str]:
    """Open the checker and press; return how the seal ended, and in which words.

    The secret's field must be closed before, and open afterwards only where the page is sealed.
    """
    engine.goto(f"{url}checker/")
    state, words, closed_before, closed = engine.evaluate(LOAD)
    assert (closed_before, closed) == (True, state != "sealed")
    return state, words


def test_a_whole_check(engine: Engine, serve_site: str, exchange: StandIn) -> None:
    """The build that ships, unchanged; the vault's field is masked and blank afterwards."""
    assert load(engine, serve_site)[0] == "sealed"
    engine.type("#api-key", GOOD.api_key)
    engine.type("#secret", GOOD.secret)
    secret = "document.getElementById('secret')"
    assert engine.evaluate(f"() => {secret}.value") == GOOD.secret
    assert engine.evaluate(f"() => getComputedStyle({secret}).webkitTextSecurity") == "disc"
    engine.click("#check")
    verdict, states = engine.evaluate(VERDICT)
    assert (verdict, states.pop("ip-whitelist")) == ("connected", "cannot-be-seen")
    assert set(states.values()) == {"as-required"}
    assert engine.evaluate(f"() => {secret}.value") == ""
    assert engine.evaluate(READY) == ["ready", "refused"]
    assert exchange.violations == []


def test_python_does_not_reach_even_the_exchange_which_the_transport_does(
    engine: Engine, site: Path, served: Served, exchange: StandIn
) -> None:
    talking(site)
    assert load(engine, served[0])[0] == "sealed"
    assert engine.evaluate(READY) == ["ready", "refused"]
    exchange.log.clear()
    for part in ("python", "transport"):
        assert exchange.log == []
        engine.evaluate(IN_THE_PAGE, EXCHANGE)
        engine.evaluate(ASK_WORKER, [part, EXCHANGE])
    assert exchange.log
    exchange.violations.clear()  # those ways are none that a check goes


def talking(site: Path) -> None:
    """Add a line to transport and Python: each goes the ways that it is told to."""
    for part in ("transport", "python"):
        worker = runtime_file(site, f"{part}.js")
        text = worker.read_text()
        with_right_hash(site, worker, text, text + workers_tries(part))


def test_every_way_out_is_refused(name: str, engine: Engine, site: Path, served: Served) -> None:
    talking(site)
    with listening() as (stranger, heard):
        engine.goto(stranger)
        engine.evaluate(IN_THE_PAGE, stranger)
        engine.evaluate(START_WORKER, workers_tries("worker"))
        engine.evaluate(ASK_WORKER, ["worker", stranger])
        engine.evaluate("() => any.terminate()")
        ways = {mark("page", way) for way in (ANYWHERE | IN_A_PAGE).keys() - UNKNOWN[name]}
        for way in ways | {mark("worker", way) for way in ANYWHERE}:
            assert heard.waited_for(f"?{way} "), way
        url, heard_at_home = served
        assert load(engine, url)[0] == "sealed"
        assert engine.evaluate(READY) == ["ready", "refused"]
        heard.forget()
        heard_at_home.forget()
        for address in (stranger, f"{url}checker/vault.js"):
            engine.evaluate(IN_THE_PAGE, address)
            for part in ("transport", "python"):
                engine.evaluate(ASK_WORKER, [part, address])
        assert (heard.connections, heard.requests) == (0, [])
        # WebKit connects to where it came from, says nothing and hangs up; where a server keeps
        # connections, it does not even that.
        assert heard_at_home.requests == []


def test_a_wrong_file_keeps_the_form_closed(engine: Engine, site: Path, served: Served) -> None:
    rewritten(runtime_file(site, "pyodide.asm.wasm"), one_bit)
    assert load(engine, served[0]) == ("failed", ANOTHER_FILE.format("pyodide.asm.wasm"))


def test_a_wrong_script_of_the_page_is_not_run(
    engine: Engine, site_dir: Path, tmp_path: Path
) -> None:
    for script in SCRIPTS:
        site = copied(site_dir, tmp_path / script)
        rewritten(site / "checker" / script, longer)
        with serving(site) as (url, _):
            engine.goto(f"{url}checker/")
            words, disabled = engine.evaluate(BEFORE_LOADING)
        assert "has not started this page's scripts" in words
        assert disabled


@pytest.mark.parametrize("guarded", [True, False])
def test_a_bad_seal_is_noticed(guarded: bool, engine: Engine, site: Path, served: Served) -> None:
    with_right_hash(site, site / "checker/view.js", *SABOTAGE["never narrowed"])
    if not guarded:
        without_policy(site)
    assert load(engine, served[0]) == ("failed", NOT_SEALED)


def test_without_webassembly_the_form_stays_closed(name: str, proxy: str, serve_site: str) -> None:
    with ENGINES[name](proxy, wasm=False) as engine:
        state, words = load(engine, serve_site)
    assert state == "failed"
    assert words.startswith("WebAssembly is turned off in this browser")
