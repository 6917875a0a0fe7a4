"""Trouble at the exchange and on the way to it, and what the browser's reader is told.

Rules of this room: whatever happens, the check ends within the contract's 15 s in a verdict that
says whose doing it is, and that is never the key's or the paste's. What was not answered gets no
tick, and what was answered keeps its own. Once the trouble is over, a new check comes out well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import monotonic

import pytest
from playwright.sync_api import expect

from tests.exchange.accounts import NAMED
from tests.exchange.faults import (
    Close,
    Cut,
    Fault,
    among_notifications,
    answered,
    delayed,
    half_sent,
    html,
    huge,
    ids_swapped,
    instead,
    out_of_order,
    refused,
    then,
    truncated,
    twice,
    with_text_code,
)
from tests.exchange.standin import StandIn
from tests.page.checker import CHECKING, SEALING, Checker

GOOD = NAMED["as-required"]
FINE = {
    "status": "as-required",
    "read": "as-required",
    "trade": "as-required",
    "payment": "as-required",
    "withdraw": "as-required",
    "ip-whitelist": "cannot-be-seen",
}
ALL = ("status", "read", "trade", "payment", "withdraw")

ANSWERS = "* [!oO]*"  # whatever is asked, but neither an opening nor a browser's OPTIONS
LOGINS = "* login"
BALANCES = "trading spot_balances"
FEES = "trading spot_fees"
WALLET = "wallet wallet_balances"
ROLLBACK = "rest DELETE *"
PREFLIGHT = "rest OPTIONS *"
SOCKETS = "* open"
PRIVATE = "[tw]* open"

type Ends = tuple[str, str]
type Ended = tuple[Ends, dict[str, str]]

NOTHING_WRONG = ("connected", "none")
THEIRS = ("undecided", "exchange")
THE_WAY = ("undecided", "network")
OURS = ("undecided", "ours")


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What strikes which names, how often, what comes of it, and which rights stay open."""

    name: str
    names: str
    fault: Fault
    times: float = inf
    ends: Ends = THEIRS
    open: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def _harmless(name: str, names: str, fault: Fault, times: float = inf) -> Trouble:
    return Trouble(name=name, names=names, fault=fault, times=times, ends=NOTHING_WRONG)


def _of_one(right: str, name: str, names: str, fault: Fault) -> Trouble:
    return Trouble(name=name, names=names, fault=fault, open=(right,))


def _of_all(name: str, names: str, fault: Fault, ends: Ends = THEIRS) -> Trouble:
    return Trouble(name=name, names=names, fault=fault, ends=ends, open=ALL)


TROUBLES = (
    _harmless("late but in time", ANSWERS, delayed(0.5)),
    _harmless("every answer twice", ANSWERS, twice),
    _harmless("answers out of order", "trading spot_*", out_of_order()),
    _harmless("among 300 notifications", "trading spot_*", among_notifications(50)),
    _harmless("codes as text", ANSWERS, with_text_code),
    _harmless("429 once to a login", LOGINS, refused(429), times=1),
    _harmless("429 once to a message", FEES, refused(429), times=1),
    _harmless("429 once to the request", ROLLBACK, refused(429), times=1),
    _harmless("429 once inside a 200", ROLLBACK, refused(429, status=200), times=1),
    _of_all("429 to everything always", ANSWERS, refused(429)),
    _of_one("trade", "429 to a message always", FEES, refused(429)),
    _of_one("withdraw", "429 to the request always", ROLLBACK, refused(429)),
    _of_one("withdraw", "429 inside a 200 always", ROLLBACK, refused(429, status=200)),
    *(_of_one("trade", f"{code} to a message", FEES, refused(code)) for code in (500, 503, 504)),
    *(
        _of_one("withdraw", f"{code} over REST", ROLLBACK, refused(code))
        for code in (500, 503, 504)
    ),
    _of_all("500 to everything", ANSWERS, refused(500)),
    _of_one("withdraw", "a web page with 502", ROLLBACK, html(502)),
    *(
        Trouble(name=name, names=ROLLBACK, fault=fault, ends=THE_WAY, open=("withdraw",))
        for name, fault in (
            ("a web page with 200", html(200)),
            ("a web page with 403", html(403)),
            ("an empty answer", answered(200, "")),
            ("no content", answered(204, "")),
        )
    ),
    _of_one("withdraw", "half an answer", ROLLBACK, half_sent),
    _of_one("withdraw", "half the text", ROLLBACK, truncated),
    _of_one("withdraw", "too long an answer", ROLLBACK, huge(2_000_000)),
    _of_one("withdraw", "a request reset", ROLLBACK, instead(Cut.RESET)),
    _of_one("withdraw", "a request half-closed", ROLLBACK, instead(Cut.HALF_CLOSE)),
    _of_one("withdraw", "a request sent elsewhere", ROLLBACK, answered(301, "", Location="/")),
    _of_one("withdraw", "no leave to ask", PREFLIGHT, answered(500, "")),
    _of_one("trade", "an unknown code", FEES, refused(31337)),
    _of_one("trade", "a code of theirs as text", FEES, refused(500, as_text=True)),
    _of_one("withdraw", "an unknown code over REST", ROLLBACK, refused(31337)),
    *(
        _of_all(f"{code} to everything", ANSWERS, refused(code))
        for code in (600, 1005, 1006, 10021)
    ),
    _of_one("withdraw", "20018, no withdrawals for anybody", ROLLBACK, refused(20018)),
    _of_one("trade", "20044, no trading for anybody", FEES, refused(20044)),
    Trouble(
        name="ids swapped", names="trading spot_*", fault=ids_swapped(), open=("read", "trade")
    ),
    _of_one("payment", "a flood of notifications", WALLET, among_notifications(1000)),
    _of_one("payment", "too long a message", WALLET, huge(2_000_000)),
    _of_one("payment", "half a message", WALLET, half_sent),
    _of_one("payment", "a socket that closes", WALLET, instead(Close(1011))),
    _of_one("payment", "a socket that is reset", WALLET, instead(Cut.RESET)),
    _of_one("payment", "a socket half-closed", WALLET, instead(Cut.HALF_CLOSE)),
    _of_one("payment", "a socket closed after the login", "wallet login", then(Close(1000))),
    _of_one("payment", "a socket refused", "wallet open", answered(503, "")),
    _of_one("payment", "a web page for a socket", "wallet open", html(403)),
    _of_one("payment", "a socket reset while it opens", "wallet open", instead(Cut.RESET)),
    _of_all("sockets closed at the login", LOGINS, instead(Close(1013))),
    _of_all("both sockets refused", PRIVATE, answered(503, "")),
    _of_all("every socket refused", SOCKETS, answered(503, ""), ends=THE_WAY),
    _of_all("every connection reset", "*", instead(Cut.RESET), ends=THE_WAY),
)


def ended(checker: Checker) -> Ended:
    """What the page says: verdict and fault, and the state of every right."""
    verdict = checker.verdict.get_attribute("data-verdict") or ""
    return (verdict, checker.verdict.get_attribute("data-fault") or ""), checker.states()


def with_open(rights: tuple[str, ...]) -> dict[str, str]:
    return FINE | dict.fromkeys(rights, "could-not-tell")


def expect_end(checker: Checker, ends: Ends, still_open: tuple[str, ...]) -> None:
    expect(checker.verdict).to_be_visible(timeout=CHECKING)
    assert ended(checker) == (ends, with_open(still_open))


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_the_exchanges_trouble_is_not_laid_to_the_key(
    checker: Checker, exchange: StandIn, trouble: Trouble
) -> None:
    exchange.cors = True
    spoilt = exchange.spoil(trouble.names, trouble.fault, times=trouble.times)
    checker.fill(GOOD).press("Check key")
    expect_end(checker, trouble.ends, trouble.open)
    assert spoilt.struck
    exchange.mend()
    checker.press("Check again")
    expect_end(checker, NOTHING_WRONG, ())


def _nothing(_: Checker) -> None:
    pass


def _go_offline(checker: Checker) -> None:
    checker.page.context.set_offline(True)


def _end_python(checker: Checker) -> None:
    checker.python.evaluate("setTimeout(close)")


def _break_python(checker: Checker) -> None:
    checker.python.evaluate("setTimeout(() => { throw new Error('any') })")


def _hang_python(checker: Checker) -> None:
    checker.python.evaluate(HANG)


def _end_transport(checker: Checker) -> None:
    checker.transport.evaluate("setTimeout(close)")


def _break_transport(checker: Checker) -> None:
    checker.transport.evaluate("setTimeout(() => { throw new Error('any') })")


def _hang_transport(checker: Checker) -> None:
    checker.transport.evaluate(HANG)


SHARED = "new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer"
HANG = f"setTimeout(() => Atomics.wait(new Int32Array({SHARED}), 0, 0))"
SILENCE = instead()


@dataclass(frozen=True, kw_only=True)
class Stall:
    """What gets no answer, what befalls the device before or then, and what comes of it."""

    name: str
    unanswered: tuple[str, ...] = ()
    answer: Fault = SILENCE
    button: str = "Check key"
    before: Callable[[Checker], None] = _nothing
    then: Callable[[Checker], None] = _nothing
    ends: Ends = THEIRS
    open: tuple[str, ...] = ALL

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


STALLS = (
    # A browser opens one socket at a time to one host, so this one stalls the others too.
    Stall(name="sockets never open", unanswered=("trading open",)),
    Stall(name="logins unanswered", unanswered=("trading login", "wallet login")),
    Stall(name="a message unanswered", unanswered=(FEES,), open=("trade",)),
    Stall(name="the request unanswered", unanswered=(ROLLBACK,), open=("withdraw",)),
    Stall(name="half the text", unanswered=(FEES,), answer=truncated, open=("trade",)),
    Stall(name="a web page", unanswered=(FEES,), answer=html(502), open=("trade",)),
    Stall(
        name="offline while the sockets open",
        unanswered=("trading open",),
        then=_go_offline,
        ends=THE_WAY,
    ),
    Stall(
        name="offline at the logins",
        unanswered=("trading login", "wallet login"),
        then=_go_offline,
        ends=THE_WAY,
    ),
    Stall(
        name="offline among the messages",
        unanswered=(BALANCES, FEES, WALLET, ROLLBACK),
        then=_go_offline,
        ends=THE_WAY,
        open=ALL[1:],
    ),
    Stall(name="offline from the start", before=_go_offline, ends=THE_WAY),
)

ENDED_PARTS = (
    *(
        Stall(name=f"{part} {deed} before", before=act, ends=OURS)
        for part, deed, act in (
            ("Python", "ends", _end_python),
            ("Python", "hangs", _hang_python),
            ("the transport", "ends", _end_transport),
            ("the transport", "hangs", _hang_transport),
        )
    ),
    *(
        Stall(
            name=f"{part} {deed} meanwhile",
            unanswered=(FEES,),
            then=act,
            ends=OURS,
            open=("trade",),
        )
        for part, deed, act in (
            ("Python", "ends", _end_python),
            ("Python", "breaks", _break_python),
            ("Python", "hangs", _hang_python),
            ("the transport", "ends", _end_transport),
            ("the transport", "breaks", _break_transport),
            ("the transport", "hangs", _hang_transport),
        )
    ),
    Stall(
        name="Python ends before a rehearsal",
        button="Rehearse with a made-up key",
        before=_end_python,
        ends=OURS,
    ),
)


def start(checker: Checker, exchange: StandIn, stall: Stall) -> float:
    """Press, let what is to befall befall; return when it was pressed."""
    spoilt = [exchange.spoil(names, stall.answer, times=1) for names in stall.unanswered]
    checker.fill(GOOD)
    stall.before(checker)
    pressed = monotonic()
    checker.press(stall.button)
    while not all(each.struck for each in spoilt):
        assert monotonic() < pressed + CHECKING / 1000, "nothing was asked"
        checker.page.wait_for_timeout(10)
    rest = len(ALL) - len({"status", *stall.open})
    if spoilt:
        expect(checker.page.get_by_role("status")).to_contain_text(f"{rest} of 4 answered")
    stall.then(checker)
    return pressed


@pytest.mark.parametrize("stall", STALLS, ids=str)
def test_what_stalls_ends_in_time_and_is_not_laid_to_the_key(
    checker: Checker, exchange: StandIn, stall: Stall
) -> None:
    expect_an_end_in_time(checker, exchange, stall)


@pytest.mark.parametrize("stall", ENDED_PARTS, ids=str)
def test_a_part_that_ends_or_hangs_ends_the_check_in_time(
    fresh: Checker, exchange: StandIn, stall: Stall
) -> None:
    expect_an_end_in_time(fresh.start_python(), exchange, stall)


def expect_an_end_in_time(checker: Checker, exchange: StandIn, stall: Stall) -> None:
    """In the verdict that is due; once what stalled is mended, the next check comes out well."""
    exchange.cors = True
    pressed = start(checker, exchange, stall)
    left = CHECKING - 1000 * (monotonic() - pressed)
    expect(checker.verdict).to_be_visible(timeout=max(left, 1))
    assert ended(checker) == (stall.ends, {} if stall.ends == OURS else with_open(stall.open))
    exchange.mend()
    checker.page.context.set_offline(False)
    expect(checker.form).to_have_attribute("data-seal", "sealed", timeout=SEALING)
    checker.fill(GOOD).press("Check key")
    expect(checker.verdict).to_have_attribute("data-verdict", "connected", timeout=CHECKING)
