"""Nobody else drives the page: no address, no other window, no frame, no markup in an answer."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.exchange.accounts import NAMED
from tests.exchange.faults import Step
from tests.exchange.oracle import Answer
from tests.exchange.standin import StandIn
from tests.page.checker import Checker
from tests.page.served import Served, copied, listening, serving

GOOD = NAMED["as-required"]
PAIR = f"api_key={GOOD.api_key}&key={GOOD.api_key}&secret={GOOD.secret}&secret-key={GOOD.secret}"
LABELS = ("API key", "Secret key")


@pytest.fixture
def unguarded(site_dir: Path, tmp_path: Path) -> Iterator[Served]:
    """The site on a host that sends no headers of ours."""
    site = copied(site_dir, tmp_path / "site")
    (site / "_headers").write_text("")
    with serving(site) as served:
        yield served


@pytest.fixture
def stranger(page: Page) -> Iterator[Page]:
    """A page of somebody else's."""
    with listening() as (url, _):
        page.goto(url)
        yield page


def expect_untouched(checker: Checker) -> None:
    """Nothing is loaded, nothing filled in, nothing asked."""
    expect(checker.form).to_have_attribute("data-seal", "open")
    for label in LABELS:
        expect(checker.field(label)).to_have_value("")
    assert checker.exchange.log == []


@pytest.mark.parametrize("address", [f"?{PAIR}", f"#{PAIR}", f"?{PAIR}&check=1#form"])
def test_a_key_in_the_address_does_nothing(address: str, page: Page, exchange: StandIn) -> None:
    checker = Checker(page=page, exchange=exchange, url=f"checker/{address}").open()
    expect_untouched(checker)
    checker.seal()
    for label in LABELS:
        expect(checker.field(label)).to_have_value("")
    assert exchange.log == []


@pytest.mark.parametrize(
    "message",
    [
        {"do": "check", "api_key": GOOD.api_key, "withdraw": True},
        {"say": "sign", "id": 1, "message": "GET/api/3/spot/balance"},
        {"api_key": GOOD.api_key, "secret": GOOD.secret},
    ],
)
def test_a_message_from_another_window_does_nothing(
    message: object, stranger: Page, unguarded: Served, exchange: StandIn
) -> None:
    url, _ = unguarded
    with stranger.expect_popup() as opening:
        stranger.evaluate("(url) => { self.other = open(url) }", f"{url}checker/")
    checker = Checker(page=opening.value, exchange=exchange)
    expect(checker.button("Load the checker")).to_be_enabled()
    checker.page.evaluate("self.heard = new Promise((r) => { onmessage = r }).then(() => 1); 0")
    stranger.evaluate("(message) => other.postMessage(message, '*')", message)
    assert checker.page.evaluate("heard") == 1
    expect_untouched(checker)


def test_with_our_headers_no_window_holds_another(
    stranger: Page, base_url: str, exchange: StandIn
) -> None:
    with stranger.expect_popup() as opening:
        stranger.evaluate("(url) => { self.other = open(url) }", f"{base_url}checker/")
    checker = Checker(page=opening.value, exchange=exchange)
    expect(checker.button("Load the checker")).to_be_enabled()
    assert checker.page.evaluate("opener") is None
    assert stranger.evaluate("other.closed") is True


FRAME = """(src) => new Promise((shown) => {
  const frame = document.createElement("iframe");
  Object.assign(frame, { src, onload: () => shown(0) });
  document.body.append(frame);
})"""


def test_with_our_headers_no_frame_shows_the_page(stranger: Page, base_url: str) -> None:
    stranger.evaluate(FRAME, f"{base_url}checker/")
    assert stranger.frames[1].locator("#checker").count() == 0


def test_in_a_frame_the_page_itself_refuses(stranger: Page, unguarded: Served) -> None:
    url, heard = unguarded
    stranger.evaluate(FRAME, f"{url}checker/")
    frame = stranger.frames[1]
    expect(frame.locator("[data-seal]")).to_have_attribute("data-seal", "failed")
    expect(frame.locator("#seal-words")).to_contain_text("shown inside another site")
    frame.get_by_label("API key", exact=True).focus()
    expect(frame.get_by_role("button", name="Load the checker")).not_to_be_visible()
    expect(frame.get_by_label("Secret key", exact=True)).to_be_disabled()
    assert not any("/runtime/" in request for request in heard.requests)


MARKUP = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"


def in_markup(answer: Answer) -> list[Step]:
    """Refuse, in words that are markup."""
    told = json.loads(answer.body)
    identity = {name: told[name] for name in ("jsonrpc", "id") if name in told}
    error = {"code": 1003, "message": MARKUP, "description": MARKUP}
    return [replace(answer, status=403, body=json.dumps({**identity, "error": error}))]


def test_markup_in_an_answer_stays_text(checker: Checker) -> None:
    checker.exchange.cors = True
    for names in ("trading spot_*", "wallet wallet_balances", "rest DELETE *"):
        checker.exchange.spoil(names, in_markup)
    page = checker.seal().check(GOOD).page
    expect(page.locator("#result")).to_contain_text("<img src=x")
    assert page.locator("#checker").locator("img, script").count() == 0
    assert page.title() != "run"


def test_markup_in_a_pasted_answer_stays_text(checker: Checker) -> None:
    page = checker.seal().check(GOOD).page
    for text in (
        MARKUP,
        f"HTTP/2 403\n\n{json.dumps({'error': {'code': 1003, 'message': MARKUP}})}",
    ):
        checker.field("Answer from your terminal").fill(text)
        checker.press("Read answer")
        expect(page.locator("#answer-words")).not_to_have_text(
            "Paste everything the command printed."
        )
        assert page.locator("#checker").locator("img, script").count() == 0
    assert page.title() != "run"


ATTEMPT = """() => new Promise((say) => setTimeout(() => {
  try { %s; say("ran"); } catch ({ name }) { say(name); }
}))"""
SINKS = [
    "document.body.innerHTML = '<b>'",
    "document.body.outerHTML = '<b>'",
    "document.body.insertAdjacentHTML('beforeend', '<b>')",
    "document.write('<b>')",
    "document.createRange().createContextualFragment('<b>')",
    "new DOMParser().parseFromString('<b>', 'text/html')",
    "document.createElement('iframe').srcdoc = '<b>'",
    "document.body.setAttribute('onclick', '0')",
    "document.createElement('script').text = '0'",
    "document.createElement('script').src = 'vault.js'",
    "new Worker('vault.js')",
    "eval('0')",
    "new Function('0')()",
    "setTimeout('0')",
    "trustedTypes.createPolicy('keycheck', {})",
    "trustedTypes.createPolicy('default', {})",
    "trustedTypes.createPolicy('another', {})",
]


def test_no_text_becomes_markup_or_code(fresh: Checker) -> None:
    """Trusted Types, from the first moment on and after sealing. (What a test runs may use `eval`
    itself, so the attempt is put off until that is over.)"""
    for state in (fresh, fresh.seal()):
        outcomes = {sink: state.page.evaluate(ATTEMPT % sink) for sink in SINKS}
        assert {sink for sink, outcome in outcomes.items() if outcome == "ran"} == set()


def test_no_policy_allows_what_is_unsafe(site_dir: Path) -> None:
    policies = [site_dir / "_headers", site_dir / "checker/view.js", *site_dir.rglob("*.html")]
    found = {
        word for path in policies for word in re.findall(r"'[\w-]*unsafe[\w-]*'", path.read_text())
    }
    assert found == {"'wasm-unsafe-eval'"}
