"""A reader who presses too often, too early or in the wrong order, and the exchange's limits.

Rules of this room: a button pressed many times at once is pressed by one script, faster than any
hand. Whatever is pressed, one check at a time runs, and a new one works afterwards.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from time import monotonic, time_ns

import pytest
from playwright.sync_api import Locator, expect

from tests.exchange.accounts import NAMED, RIGHTS, Account
from tests.exchange.faults import delayed, instead, refused
from tests.exchange.hs256 import account_of, read_header
from tests.exchange.standin import Spoilt, StandIn
from tests.page.checker import CHECKING, PARTS, SEALING, Checker
from tests.page.test_check import FINE, GOOD, expect_verdict, run

FEES = "trading spot_fees"
ROLLBACK = "rest DELETE *"
ANSWERS = "* [!oO]*"  # whatever is asked, but neither an opening nor a browser's OPTIONS
MOST = 10
OTHER = NAMED["withdraw-on"]


@pytest.fixture
def filled(checker: Checker, exchange: StandIn) -> Checker:
    """A page with a pair pasted and not yet checked."""
    exchange.cors = True
    return checker.fill(GOOD)


def button(checker: Checker, name: str) -> Locator:
    return checker.page.get_by_role("button", name=name, exact=True, include_hidden=True)


def at_once(checker: Checker, *names: str) -> None:
    """Press one button after the other before the page can do anything else."""
    handles = [button(checker, name).element_handle() for name in names]
    checker.page.evaluate("buttons => buttons.forEach((one) => one.click())", handles)


def stalled(checker: Checker, exchange: StandIn, names: str) -> None:
    """Press, and wait until the check waits for what gets no answer."""
    silent = exchange.spoil(names, instead(), times=1)
    checker.press("Check key")
    struck(checker, silent)


def struck(checker: Checker, spoilt: Spoilt) -> None:
    until(checker, lambda: spoilt.struck > 0)


def until(checker: Checker, condition: Callable[[], bool]) -> None:
    """Wait for what happens at the stand-in."""
    end = monotonic() + CHECKING / 1000
    while not condition():
        assert monotonic() < end, "it did not happen"
        checker.page.wait_for_timeout(10)


def heard(exchange: StandIn, name: str) -> int:
    return [each.name for each in exchange.log].count(name)


def expect_new_check_to_work(checker: Checker, exchange: StandIn) -> None:
    exchange.mend()
    checker.fill(GOOD).press("Check key")
    expect_verdict(checker, "connected", "none")
    assert checker.states() == FINE


def test_check_pressed_ten_times_checks_once(filled: Checker, exchange: StandIn) -> None:
    at_once(filled, *["Check key"] * 10)
    expect_verdict(filled, "connected", "none")
    expect(filled.page.locator("#summary")).to_be_hidden()
    assert heard(exchange, "trading login") == heard(exchange, "wallet login") == 1


def test_check_again_pressed_ten_times_checks_once(filled: Checker, exchange: StandIn) -> None:
    filled.press("Check key")
    expect_verdict(filled, "connected", "none")
    exchange.log.clear()
    at_once(filled, *["Check again"] * 10)
    expect_verdict(filled, "connected", "none")
    assert heard(exchange, "trading login") == heard(exchange, "wallet login") == 1


def test_the_ledger_of_a_new_check_holds_nothing_of_the_one_before(
    filled: Checker, exchange: StandIn
) -> None:
    filled.page.locator("#result").evaluate(
        """(result) => new MutationObserver((_, observer) => {
            observer.disconnect();
            result.querySelector("button").click();
        }).observe(result, { childList: true })"""
    )
    filled.press("Check key")
    until(filled, lambda: heard(exchange, FEES) == 2)
    expect_verdict(filled, "connected", "none")
    asked = [each for each in exchange.log if "OPTIONS" not in each.name]
    expect(filled.page.locator("[data-ledger-row]")).to_have_count(len(asked) // 2)


@pytest.mark.parametrize(
    ("field", "value"), [("api-key", OTHER.api_key), ("secret", OTHER.secret[:-1])]
)
def test_a_pair_that_is_changed_while_it_is_looked_at_is_not_sent(
    field: str, value: str, filled: Checker, exchange: StandIn
) -> None:
    filled.page.evaluate(
        """([field, value]) => {
            document.getElementById("check").click();
            document.getElementById(field).value = value;
        }""",
        [field, value],
    )
    said = filled.page.get_by_role("status")
    expect(said).to_contain_text("The fields were changed meanwhile, so nothing was sent.")
    expect(filled.verdict).to_have_count(0)
    assert exchange.log == []
    expect_new_check_to_work(filled, exchange)


def test_forget_in_the_middle_ends_the_check_and_shows_nothing_of_it(
    filled: Checker, exchange: StandIn
) -> None:
    stalled(filled, exchange, FEES)
    filled.press("Forget key")
    expect(filled.page.get_by_role("status")).to_have_text("The key is forgotten.")
    expect(filled.field("API key")).to_have_value("")
    expect(button(filled, "Check key")).to_be_enabled()
    expect_new_check_to_work(filled, exchange)


LONG_ENOUGH = 500  # milliseconds; Python answers within some hundredths of that


def test_what_is_asked_in_the_moment_before_forget_is_not_shown_after_it(
    filled: Checker, exchange: StandIn
) -> None:
    exchange.cors = False
    filled.press("Check key")
    expect_verdict(filled, "undecided", "exchange")
    at_once(filled, "I see that it is off", "Forget key")
    filled.page.wait_for_timeout(LONG_ENOUGH)
    expect(filled.verdict).to_have_count(0)
    expect(filled.page.locator("[data-ledger-row]")).to_have_count(0)


def test_forget_in_the_same_moment_as_check_leaves_no_key_behind(
    filled: Checker, exchange: StandIn
) -> None:
    filled.press("Check key")
    expect_verdict(filled, "connected", "none")
    at_once(filled.fill(OTHER), "Check key", "Forget key")
    filled.field("API key").fill(OTHER.api_key)
    filled.press("Check key")
    expect(filled.page.locator("#summary")).to_contain_text("The Secret key field is empty")
    expect_new_check_to_work(filled, exchange)


def test_what_was_forgotten_does_not_report_into_the_next_check(
    filled: Checker, exchange: StandIn
) -> None:
    stalled(filled, exchange, FEES)
    exchange.spoil(FEES, refused(429), times=1)
    fields = [filled.field(name).element_handle() for name in ("API key", "Secret key")]
    buttons = [button(filled, name).element_handle() for name in ("Forget key", "Check key")]
    filled.page.evaluate(
        """([[key, secret], [forget, check], pair]) => {
            forget.click();
            [key.value, secret.value] = pair;
            check.click();
        }""",
        [fields, buttons, [OTHER.api_key, OTHER.secret]],
    )
    expect_verdict(filled, "withdrawal-enabled", "key")


def test_stop_in_the_middle_says_who_stopped(filled: Checker, exchange: StandIn) -> None:
    stalled(filled, exchange, FEES)
    filled.press("Stop the check")
    expect_verdict(filled, "undecided", "none")
    assert filled.states() == {**FINE, "trade": "could-not-tell"}
    expect_new_check_to_work(filled, exchange)


def test_stop_in_the_same_moment_as_check_stops_it(filled: Checker, exchange: StandIn) -> None:
    filled.press("Check key")
    expect_verdict(filled, "connected", "none")
    at_once(filled, "Check key", "Stop the check")
    expect_verdict(filled, "undecided", "none")
    assert "as-required" not in filled.states().values()
    expect_new_check_to_work(filled, exchange)


def test_a_rehearsal_asked_for_during_a_check_does_not_disturb_it(
    filled: Checker, exchange: StandIn
) -> None:
    filled.field("Made-up situation").select_option("withdraw-on")
    late = exchange.spoil(FEES, refused(429), times=1)  # so that it takes a second and a half
    filled.press("Check key")
    struck(filled, late)
    at_once(filled, "Rehearse with a made-up key")
    expect_verdict(filled, "connected", "none")
    expect(filled.verdict).not_to_contain_text("rehearsal")


def test_a_check_asked_for_during_a_rehearsal_shows_only_its_own_end(
    filled: Checker, exchange: StandIn
) -> None:
    filled.press("Check key")
    expect_verdict(filled, "connected", "none")
    late = exchange.spoil(FEES, refused(429), times=1)
    rehearse, check = (
        button(filled, name).element_handle()
        for name in ("Rehearse with a made-up key", "Check key")
    )
    filled.page.evaluate(
        "([one, other]) => { one.click(); queueMicrotask(() => other.click()); }", [rehearse, check]
    )
    struck(filled, late)
    expect(filled.verdict).to_have_count(0)
    expect_verdict(filled, "connected", "none")
    expect(filled.page.locator("[data-ledger-row=rehearsed]")).to_have_count(0)


def test_a_rehearsal_asked_for_while_loading_comes_when_loaded(fresh: Checker) -> None:
    at_once(fresh, "Load the checker", "Rehearse with a made-up key")
    expect(fresh.verdict).to_be_visible(timeout=SEALING)
    expect(fresh.verdict).to_contain_text("A rehearsal with a made-up key")


def test_a_pair_pasted_during_a_check_waits_for_the_next(
    filled: Checker, exchange: StandIn
) -> None:
    late = exchange.spoil(FEES, refused(429), times=1)
    filled.press("Check key")
    struck(filled, late)
    filled.fill(OTHER)
    at_once(filled, "Check key")
    expect_verdict(filled, "connected", "none")
    filled.press("Check key")
    expect_verdict(filled, "withdrawal-enabled", "key")
    expect(filled.field("Secret key")).to_have_value("")


def test_fresh_command_pressed_many_times_shows_none_but_rightly_signed_ones(
    filled: Checker, exchange: StandIn
) -> None:
    exchange.cors = False
    filled.press("Check key")
    shown = filled.page.locator('[data-command="curl"]')
    expect(shown).to_contain_text("Authorization")
    shown.evaluate(
        """(code) => {
            self.shown = [code.textContent];
            new MutationObserver(() => self.shown?.push(code.textContent))
                .observe(code, { childList: true });
        }"""
    )
    before = shown.text_content() or ""
    at_once(filled, *["Fresh command"] * 20)
    expect(shown).not_to_have_text(before)
    filled.field("Answer from your terminal").fill(run(filled, exchange))
    filled.press("Read answer")
    expect_verdict(filled, "connected", "none")
    commands = filled.page.evaluate("() => self.shown.filter(Boolean)")
    filled.page.evaluate("() => { delete self.shown; }")
    for command in commands:
        assert signed_by(command) == GOOD


def signed_by(command: str) -> Account:
    """Whose signature a curl command carries, for the address in it and the time that is now."""
    header = command.partition("Authorization: ")[2].partition("'")[0]
    path = command.partition("https://api.hitbtc.com")[2].partition("'")[0]
    now = time_ns() // 1_000_000
    return account_of(read_header(header), f"DELETE{path}".encode(), {GOOD.api_key: GOOD}, now)


def test_copying_twice_at_once_copies_nothing_but_the_command_that_is_shown(
    fresh: Checker, exchange: StandIn
) -> None:
    exchange.cors = False
    shown = fresh.seal().check(GOOD).page.locator('[data-command="curl"]')
    expect(shown).to_contain_text("Authorization")
    fresh.page.evaluate(
        """() => { self.copied = []; navigator.clipboard.write = async ([item]) =>
            self.copied.push(await (await item.getType("text/plain")).text()); }"""
    )
    at_once(fresh, "Copy for macOS, Linux", "Copy for macOS, Linux")
    expect(fresh.page.get_by_role("status")).to_contain_text("is on the clipboard")
    assert fresh.page.evaluate("self.copied") == [shown.text_content()]


@pytest.mark.parametrize("other", ["Rehearse with a made-up key", "Check again", "Forget key"])
def test_a_command_asked_for_last_does_not_break_what_comes_next(
    filled: Checker, exchange: StandIn, other: str
) -> None:
    exchange.cors = False
    filled.press("Check key")
    expect(filled.page.locator('[data-command="curl"]')).to_contain_text("Authorization")
    exchange.cors = True
    parts = filled.transport, filled.python
    at_once(filled, "Fresh command", other, "Fresh command")
    expect_new_check_to_work(filled, exchange)
    assert (filled.transport, filled.python) == parts, "one broke and another took its place"
    expect(filled.page.locator("#by-hand")).to_be_hidden()


def test_nothing_to_read_is_said_however_often_it_is_pressed(
    filled: Checker, exchange: StandIn
) -> None:
    exchange.cors = False
    filled.press("Check key")
    expect(filled.page.locator('[data-command="curl"]')).to_contain_text("Authorization")
    at_once(filled, *["Read answer"] * 10)
    expect(filled.page.locator("#answer-words")).to_contain_text("Nothing was pasted")
    expect_verdict(filled, "undecided", "exchange")


def test_two_tabs_check_at_once_each_its_own_key(filled: Checker, exchange: StandIn) -> None:
    tab = filled.page.context.new_page()
    other = replace(filled, page=tab).open().seal().fill(OTHER)
    late = exchange.spoil(FEES, delayed(2))
    filled.press("Check key")
    other.press("Check key")
    expect_verdict(filled, "connected", "none")
    expect_verdict(other, "withdrawal-enabled", "key")
    assert late.struck == 2
    tab.close()


def test_what_the_exchange_says_the_second_time_counts(filled: Checker, exchange: StandIn) -> None:
    filled.press("Check key")
    expect_verdict(filled, "connected", "none")
    exchange.accounts[GOOD.api_key] = replace(GOOD, rights=RIGHTS)
    filled.press("Check again")
    expect_verdict(filled, "withdrawal-enabled", "key")
    exchange.accounts[GOOD.api_key] = replace(GOOD, enabled=False)
    filled.press("Check again")
    expect_verdict(filled, "invalid", "paste")
    exchange.spoil(ANSWERS, refused(503))
    filled.press("Check again")
    expect_verdict(filled, "undecided", "exchange")
    assert "as-required" not in filled.states().values()


def test_a_tab_that_slept_longer_than_a_check_may_take_ends_it_on_waking(
    filled: Checker, exchange: StandIn
) -> None:
    asleep = filled.page.context.new_cdp_session(filled.page)
    stalled(filled, exchange, FEES)
    asleep.send("Page.setWebLifecycleState", {"state": "frozen"})
    filled.page.wait_for_timeout(CHECKING)
    asleep.send("Page.setWebLifecycleState", {"state": "active"})
    expect_verdict(filled, "undecided", "exchange")
    assert filled.states() == {**FINE, "trade": "could-not-tell"}
    expect_new_check_to_work(filled, exchange)


KEEP_PRESSING = """(stop) => {
    const named = (name) => [...document.querySelectorAll("button")].find(
        ({ textContent, hidden }) => textContent === name && !hidden);
    self.presser = new MutationObserver(() => {
        named("Check again")?.click();
        if (stop && document.querySelector(stop)) named("Stop the check")?.click();
    });
    self.presser.observe(document.body, { childList: true, subtree: true });
}"""


@pytest.mark.parametrize("stop", ["", "[data-ledger-row=request]"])
def test_who_keeps_pressing_in_two_tabs_stays_within_the_exchanges_limits(
    filled: Checker, exchange: StandIn, stop: str
) -> None:
    """Check again as soon as it is there, and Stop never, or as soon as the request is sent."""
    tab = filled.page.context.new_page()
    other = replace(filled, page=tab).open().seal().fill(OTHER)
    for each in (filled, other):
        each.page.evaluate(KEEP_PRESSING, stop)
        each.press("Check key")
    until(filled, lambda: len(exchange.log) > 100)
    tab.close()
    filled.page.evaluate("() => { self.presser.disconnect(); delete self.presser; }")
    expect(filled.verdict).to_be_visible(timeout=CHECKING)
    busiest = busiest_second(exchange)
    assert max(busiest.values()) <= MOST, busiest


def busiest_second(exchange: StandIn) -> dict[str, int]:
    """The most openings, messages and calls within a second on each path."""
    moments: dict[str, list[float]] = defaultdict(list)
    for each in exchange.log:
        moments[f"{each.channel} open" if each.what == "open" else each.channel].append(each.at)
    return {
        channel: max(sum(start <= each < start + 1 for each in heard) for start in heard)
        for channel, heard in moments.items()
    }


AN_HOUR_AHEAD = """() => {
    const right = Date.now;
    Date.now = Object.assign(() => right() + 3_600_000, { right });
}"""


def test_a_clock_that_is_set_right_lets_the_next_check_through_at_once(
    filled: Checker,
) -> None:
    page, transport = filled.page, filled.transport
    for place in (page, transport):
        place.evaluate(AN_HOUR_AHEAD)
    filled.press("Check key")
    for _ in range(2):
        expect_verdict(filled, "undecided", "network")
        expect(filled.verdict).to_contain_text("clock")
        filled.press("Check again")
    expect_verdict(filled, "undecided", "network")
    for place in (page, transport):
        place.evaluate("() => { Date.now = Date.now.right; }")
    filled.press("Check again")
    expect_verdict(filled, "connected", "none")


@pytest.mark.parametrize("names", ["trading login", FEES, "wallet wallet_balances", ROLLBACK])
def test_after_too_many_requests_it_asks_once_more_and_no_sooner_than_in_a_second(
    filled: Checker, exchange: StandIn, names: str
) -> None:
    exchange.spoil(names, refused(429))
    filled.press("Check key")
    expect_verdict(filled, "undecided", "exchange")
    first, second = [each.at for each in exchange.log if fnmatchcase(each.name, names)]
    assert second - first > 1


def test_a_stop_keeps_what_was_typed_and_sends_nothing(filled: Checker, exchange: StandIn) -> None:
    filled.field("API key").fill("")
    filled.press("Check key")
    expect(filled.page.locator("#summary")).to_contain_text("The API key field is empty")
    expect(filled.field("Secret key")).to_have_value(GOOD.secret)
    expect(filled.verdict).to_have_count(0)
    expect(filled.page.locator("[data-ledger-row]")).to_have_count(0)
    assert not exchange.log
    filled.field("API key").fill(GOOD.api_key)
    filled.press("Check key")
    expect_verdict(filled, "connected", "none")
    expect(filled.field("Secret key")).to_have_value("")


def test_a_stop_after_a_check_keeps_no_secret_of_the_pair_before(
    filled: Checker, exchange: StandIn
) -> None:
    filled.press("Check key")
    expect_verdict(filled, "connected", "none")
    exchange.log.clear()
    filled.field("API key").fill(OTHER.api_key)
    filled.press("Check key")
    expect(filled.page.locator("#summary")).to_contain_text("The Secret key field is empty")
    expect(filled.page.locator("#held")).to_be_hidden()
    filled.field("API key").fill(GOOD.api_key)
    filled.press("Check key")
    expect(filled.page.locator("#summary")).to_contain_text("The Secret key field is empty")
    assert not exchange.log


@pytest.mark.parametrize("label", ["API key", "Secret key"])
def test_what_was_typed_can_be_forgotten_from_the_first_character(
    checker: Checker, label: str
) -> None:
    expect(button(checker, "Forget key")).to_be_disabled()
    checker.field(label).press("x")
    checker.press("Forget key")
    expect(checker.field(label)).to_have_value("")
    expect(button(checker, "Forget key")).to_be_disabled()


AT_ONCE = 5000  # milliseconds: far from the 12 s after which whoever is silent gets the blame
# It happens a moment after the press, however long a busy machine takes to press.
AFTER_THE_PRESS = "addEventListener('submit', () => setTimeout(() => {{ {} }}, 200), true)"
ONCE_IT_IS_TOLD = "addEventListener('message', () => setTimeout(() => {{ {} }}, 200))"
THROWS, REJECTS = "throw new Error('any');", "Promise.reject(new Error('any'));"
BREAKING = {
    "what throws while a message is sent": (
        "transport",
        "WebSocket.prototype.send = () => { throw new Error('any'); }",
    ),
    "what throws while a turn is waited for": (
        "transport",
        "performance.now = () => { throw new Error('any'); }",
    ),
    "what is rejected in the transport": ("transport", ONCE_IT_IS_TOLD.format(REJECTS)),
    "what is rejected in the page": ("page", AFTER_THE_PRESS.format(REJECTS)),
    "what is thrown in the page": ("page", AFTER_THE_PRESS.format(THROWS)),
}


@pytest.mark.parametrize("what", BREAKING)
def test_nothing_thrown_or_rejected_goes_unheard(
    fresh: Checker, exchange: StandIn, what: str
) -> None:
    place, script = BREAKING[what]
    exchange.cors = True
    if "rejected" in what or "thrown" in what:
        exchange.spoil(FEES, instead())
    fresh.start_python().fill(GOOD)
    (fresh.transport if place == "transport" else fresh.page).evaluate(f"() => {{ {script} }}")
    fresh.press("Check key")
    expect(fresh.verdict).to_be_visible(timeout=AT_ONCE)
    expect_verdict(fresh, "undecided", "ours")


BREAKS = "setTimeout(() => { throw new Error('any') })"


@pytest.mark.parametrize("part", ["Python", "The part that talks with HitBTC"])
def test_a_part_that_breaks_is_named_and_another_checks_with_the_key_that_is_held(
    fresh: Checker, exchange: StandIn, part: str
) -> None:
    exchange.cors = True
    fresh.start_python().fill(GOOD)
    stalled(fresh, exchange, FEES)
    (fresh.python if part == "Python" else fresh.transport).evaluate(BREAKS)
    expect(fresh.verdict).to_be_visible(timeout=AT_ONCE)
    expect_verdict(fresh, "undecided", "ours")
    expect(fresh.verdict).to_contain_text(f"{part}:")
    expect(fresh.verdict).to_contain_text("The vault still holds your secret key")
    sent = [each for each in exchange.log if "OPTIONS" not in each.name]
    rows = fresh.page.locator("[data-ledger-row]").count()  # one is written before each is sent
    assert rows >= len(sent) > 0
    expect(fresh.form).to_have_attribute("data-seal", "sealed")
    exchange.mend()
    fresh.press("Check again")
    expect(fresh.verdict).to_have_attribute("data-verdict", "connected", timeout=CHECKING)
    assert fresh.states() == FINE


def test_when_no_transport_is_left_the_key_is_forgotten_and_that_is_said(fresh: Checker) -> None:
    fresh.start_python().check(GOOD)
    used, reserve = fresh.transports
    reserve.evaluate("setTimeout(close)")
    used.evaluate(BREAKS)
    fresh.expect_workers(PARTS - 2)
    fresh.press("Check again")
    expect(fresh.form).to_have_attribute("data-seal", "failed", timeout=CHECKING)
    expect(fresh.page.locator("#seal-words")).to_contain_text("the key is forgotten")
    expect(fresh.page.locator("#held")).to_be_hidden()
    expect(fresh.field("Secret key")).to_be_disabled()


def test_a_press_before_python_is_ready_says_what_it_waits_for_and_then_checks(
    fresh: Checker, exchange: StandIn
) -> None:
    exchange.cors = True
    fresh.page.add_init_script(SLOW_PYTHON.replace("DELAY", "2000"))
    fresh.open().seal().fill(GOOD).press("Check key")
    expect(fresh.page.get_by_role("status")).to_contain_text("Waiting for Python to start")
    assert exchange.log == []
    expect(fresh.verdict).to_have_attribute("data-verdict", "connected", timeout=CHECKING)


def test_what_python_took_to_start_is_no_longer_there_for_a_silent_exchange(
    fresh: Checker, exchange: StandIn
) -> None:
    exchange.cors = True
    exchange.spoil(FEES, instead())
    fresh.page.add_init_script(SLOW_PYTHON.replace("DELAY", "6000"))
    fresh.open().seal().fill(GOOD).press("Check key")
    expect(fresh.verdict).to_be_visible(timeout=CHECKING)
    expect_verdict(fresh, "undecided", "exchange")
    assert fresh.states() == {**FINE, "trade": "could-not-tell"}


def test_a_wait_for_python_can_be_stopped_and_nothing_is_sent(
    fresh: Checker, exchange: StandIn
) -> None:
    fresh.page.add_init_script(SLOW_PYTHON.replace("DELAY", "3000"))
    fresh.open().seal().fill(GOOD).press("Check key")
    fresh.press("Stop the check")
    expect(fresh.page.get_by_role("status")).to_have_text("Stopped. Nothing was sent.")
    expect(fresh.form).to_have_attribute("data-python", "ready", timeout=SEALING)
    expect(fresh.field("Secret key")).to_have_value(GOOD.secret)
    assert exchange.log == []


SLOW_PYTHON = """
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (data, ...more) {
    setTimeout(() => postMessage.call(this, data, ...more), data.lock ? DELAY : 0);
  };
"""
