"""The page that tests share comes back as new, and a test that leaves something behind is told."""

import pytest
from playwright.sync_api import Page, expect

from tests.exchange.accounts import NAMED
from tests.exchange.faults import instead
from tests.exchange.standin import StandIn
from tests.page.checker import Checker
from tests.page.shared import SharedPage, changes, expect_quiet, forget, state

GOOD = NAMED["as-required"]


@pytest.fixture
def shared(page: Page, exchange: StandIn) -> SharedPage:
    """A page of this test's own, to be lent."""
    return SharedPage(Checker(page=page, exchange=exchange))


def check(checker: Checker) -> None:
    checker.check(GOOD)
    expect(checker.page.locator("[data-command=curl]")).to_contain_text("HS256")
    checker.field("Answer from your terminal").fill("any")
    checker.press("Read answer")
    expect(checker.page.locator("#answer")).to_have_attribute("aria-invalid", "true")


def stop_at_an_empty_field(checker: Checker) -> None:
    checker.field("API key").fill(GOOD.api_key)
    checker.press("Show")
    checker.press("Check key")
    expect(checker.page.locator("#summary")).to_be_visible()


def wait_for_an_answer(checker: Checker) -> None:
    checker.exchange.spoil("trading spot_fees", instead())
    checker.fill(GOOD).press("Check key")
    expect(checker.page.locator("[data-ledger-row]")).not_to_have_count(0)


def rehearse(checker: Checker) -> None:
    checker.field("Also check Withdraw").uncheck()
    checker.field("Made-up situation").select_option(index=3)
    checker.press("Rehearse with a made-up key")
    expect(checker.verdict).to_be_visible()


def test_whatever_it_was_used_for_the_page_is_then_as_when_it_was_sealed(fresh: Checker) -> None:
    sealed = state(fresh.start_python())
    for use in (check, stop_at_an_empty_field, wait_for_an_answer, rehearse):
        use(fresh)
        assert state(fresh) != sealed, use
        forget(fresh)
        expect_quiet(fresh)
        assert changes(sealed, state(fresh)) == [], use


LEFT_BEHIND = [
    "document.querySelector('#canary').append('x')",
    "document.body.dataset.any = 'x'",
    "document.querySelector('#answer').value = 'x'",
    "document.title = 'x'",
    "location.hash = 'x'",
    "history.replaceState('x', '')",
    "window.name = 'x'",
    "localStorage.any = 'x'",
    "sessionStorage.any = 'x'",
    "document.cookie = 'any=x'",
    "self.any = 'x'",
    "Date.now = () => 0",
    "WebSocket.prototype.send = () => {}",
]


def test_whatever_is_left_behind_is_seen(shared: SharedPage) -> None:
    checker = shared.lent()
    before = state(checker)
    for script in LEFT_BEHIND:
        checker.page.evaluate(f"() => {{ {script} }}")
        now = state(checker)
        assert now != before, script
        before = now
    checker.transport.evaluate("() => { self.any = 'x' }")
    assert (altered := state(checker)) != before
    checker.page.set_viewport_size({"width": 390, "height": 844})
    assert state(checker) != altered


def leave_a_name(checker: Checker) -> None:
    checker.page.evaluate("() => { self.any = 'x' }")


def end_the_transport(checker: Checker) -> None:
    used = checker.transport
    used.evaluate("setTimeout(() => { throw new Error('any') })")
    checker.expect_workers(3)


def send_what_nobody_may(checker: Checker) -> None:
    checker.exchange.violations.append("any")


def leave_a_socket_open(checker: Checker) -> None:
    url = "wss://api.hitbtc.com/api/3/ws/public"
    opens = "(url) => new Promise((done) => { new WebSocket(url).onopen = () => done() })"
    checker.transport.evaluate(opens, url)


def test_who_leaves_something_behind_fails_and_the_next_is_lent_a_new_page(
    shared: SharedPage, exchange: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.page.shared.QUIET_WITHIN", 0.5)
    for leak in (leave_a_name, end_the_transport, send_what_nobody_may, leave_a_socket_open):
        leak(shared.lent())
        with pytest.raises(AssertionError):
            shared.given_back()
        exchange.violations.clear()
    shared.lent().check(GOOD)
    shared.given_back()


def test_a_page_that_a_failed_test_left_offline_is_lent_with_its_network(
    shared: SharedPage, exchange: StandIn
) -> None:
    shared.lent().page.context.set_offline(True)
    shared.given_back()
    shared.lent().check(GOOD)
    assert exchange.log
