"""Exhaustive: every account x every fault at every message x every way to ask about Withdraw.

What is asserted of each: no tick that the account has not earned; never "connected" with Withdraw
on or not settled; the check ends; there is something to do next; and where the key is as it should
be, no trouble of the exchange is blamed on it.
"""

import itertools
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import pytest

from hitbtc_keycheck import byhand, rehearsal
from hitbtc_keycheck.answers import Answer
from hitbtc_keycheck.cases import Verdict
from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.codes import Fault
from hitbtc_keycheck.report import Report, report
from hitbtc_keycheck.requests import PROBES, Reading
from hitbtc_keycheck.settings import REQUIRED, Setting, State
from hitbtc_keycheck.words import Message, Value
from tests.core.faults import DONE, FAULTS, HARMLESS, befalls
from tests.core.world import (
    BY_HAND,
    NOW,
    REST,
    ROLLBACK,
    SOCKETS,
    Account,
    answer,
    begin,
    carry_on,
    honest,
    name_of,
    trouble,
)

PERMISSIONS = (*REQUIRED, Setting.WITHDRAW)
TICKS = [
    frozenset(ticked) for count in range(5) for ticked in itertools.combinations(PERMISSIONS, count)
]
ALIKE: list[list[Account]] = [
    *([Account(permissions=ticked)] for ticked in TICKS),
    *(
        [Account(permissions=ticked, works=works, shut_out=shut_out) for ticked in TICKS]
        for works, shut_out in ((True, True), (False, True), (False, False))
    ),
]
"""All accounts, those together that every answer refuses alike: one run of a check is for all."""

ACCOUNTS = [account for alike in ALIKE for account in alike]
MESSAGES = {Via.SOCKETS: (*SOCKETS, ROLLBACK, "open public"), Via.REST: (*REST, ROLLBACK)}
SAMPLE = 20 if sys.platform == "emscripten" or "SAMPLED" in os.environ else 1
"""Inside Pyodide every twentieth is tried: the same Python, only slower. SAMPLED: where coverage
slows it, and in the daily loop (tools/checks/test.py)."""


@dataclass(frozen=True, kw_only=True)
class Try:
    """One combination, by names, for one account or for several that answer alike."""

    accounts: list[Account]
    via: Via
    withdraw: str
    message: str
    fault: str


def tries() -> Iterator[Try]:
    for accounts, via in itertools.product(ALIKE, Via):
        for withdraw, message in itertools.product(("asked", "left out"), MESSAGES[via]):
            for fault in (name for name in FAULTS if befalls(name, message)):
                yield Try(
                    accounts=accounts, via=via, withdraw=withdraw, message=message, fault=fault
                )


def exchange(
    account: Account, spoilt: Callable[[Request, Reply], Iterable[Reply]]
) -> Callable[[Request], Iterator[Reply]]:
    truly = honest(account)

    def respond(request: Request) -> Iterator[Reply]:
        for back in truly(request):
            yield from spoilt(request, back)

    return respond


def run(tried: Try) -> Check:
    def spoilt(request: Request, back: Reply) -> Iterable[Reply]:
        mine = name_of(request) == tried.message
        return FAULTS[tried.fault](request, back) if mine else [back]

    check = begin(tried.via, withdraw=tried.withdraw == "asked")
    return carry_on(check, exchange(tried.accounts[0], spoilt))


def states(shown: Report) -> dict[Setting, State]:
    return {row.setting: row.state for row in shown.rows}


def as_wanted(account: Account, setting: Setting) -> bool:
    return account.has(setting) != (setting is Setting.WITHDRAW)


def blameless(account: Account) -> bool:
    """Whether nothing about the key keeps Bitsgap from working with it."""
    return (
        account.works
        and not account.shut_out
        and all(as_wanted(account, setting) for setting in PERMISSIONS)
    )


def assert_true(check: Check, account: Account, why: object) -> Report:
    """Hold one finished check against the truth."""
    assert check.ended, why
    assert check.plan() == (), why
    return assert_told_truly(report(check), account, why)


def assert_told_truly(shown: Report, account: Account, why: object) -> Report:
    found = states(shown)
    assert shown.next_steps, why
    assert found[Setting.IP_WHITELIST] is State.CANNOT_BE_SEEN, why
    for setting in (Setting.STATUS, *PERMISSIONS):
        if found[setting] is State.AS_REQUIRED:
            assert as_wanted(account, setting), why
        if found[setting] is State.NOT_AS_REQUIRED:
            assert account.shut_out or not account.works or not as_wanted(account, setting), why
    assert shown.case != "alarm", why
    assert_true_of_wrong_hands(shown, account, why)
    if shown.verdict is Verdict.CONNECTED:
        assert blameless(account), why
        assert all(
            found[setting] is State.AS_REQUIRED for setting in (Setting.STATUS, *PERMISSIONS)
        ), why
    if shown.fault in (Fault.KEY, Fault.PASTE):
        assert not blameless(account), why
        assert shown.verdict is not Verdict.CONNECTED, why
    assert (shown.verdict is Verdict.WITHDRAWAL_ENABLED) <= account.has(Setting.WITHDRAW), why
    assert (shown.verdict is Verdict.INVALID) <= (not account.works), why
    return shown


COULD = {
    "hands.send-away": {Setting.WITHDRAW},
    "hands.trade-and-move": {Setting.TRADE, Setting.PAYMENT},
    "hands.trade": {Setting.TRADE},
    "hands.move": {Setting.PAYMENT},
    "hands.see": {Setting.READ},
}
COULD_NOT = {
    "hands.no-trade": {Setting.TRADE},
    "hands.no-withdraw": {Setting.WITHDRAW},
    "hands.neither": {Setting.TRADE, Setting.WITHDRAW},
}


def assert_true_of_wrong_hands(shown: Report, account: Account, why: object) -> None:
    """What is said that a thief could do is so, and what is said that they could not, too."""
    said = ids(shown.wrong_hands.text) if shown.wrong_hands else set()
    could = {setting for name in said for setting in COULD.get(name, ())}
    never = {setting for name in said for setting in COULD_NOT.get(name, ())}
    assert all(account.works and account.has(setting) for setting in could), why
    assert not any(account.works and account.has(setting) for setting in never), why


def ids(message: Value) -> set[str]:
    """The ids of a message and of those in its braces."""
    if not isinstance(message, Message):
        return set()
    return {message.id}.union(*(ids(inner) for inner in message.values.values()))


def said_so(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"[{count} combinations]", end=" ")


def test_of_no_fault_at_any_message_of_any_account_comes_an_unearned_tick(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen: Counter[Verdict] = Counter()
    for tried in itertools.islice(tries(), 0, None, SAMPLE):
        check = run(tried)
        shown = assert_true(check, tried.accounts[0], tried)
        if tried.fault.endswith("offline") and shown.verdict is Verdict.UNDECIDED:
            assert shown.fault is not Fault.EXCHANGE, tried
        for account in tried.accounts:
            seen[assert_told_truly(shown, account, tried).verdict] += 1
    assert set(seen) == set(Verdict)
    assert seen.total() * SAMPLE > 70_000
    said_so(seen.total(), capsys)


def expected(account: Account, *, asked: bool) -> Verdict:
    """The verdict where every answer comes, from the rules of the design, not from the code."""
    if account.shut_out or not account.permissions:
        refused = account.works
        return Verdict.INCORRECT_PERMISSIONS if refused else Verdict.INVALID
    if not account.works:
        return Verdict.INVALID
    if asked and account.has(Setting.WITHDRAW):
        return Verdict.WITHDRAWAL_ENABLED
    if not account.permissions.issuperset(REQUIRED):
        return Verdict.INCORRECT_PERMISSIONS
    return Verdict.CONNECTED if asked else Verdict.UNDECIDED


@pytest.mark.parametrize("via", Via)
@pytest.mark.parametrize("harmless", HARMLESS)
def test_where_every_answer_comes_the_verdict_is_the_truth(via: Via, harmless: str) -> None:
    for account, asked in itertools.product(ACCOUNTS, (True, False)):
        check = carry_on(begin(via, withdraw=asked), exchange(account, FAULTS[harmless]))
        shown = assert_true(check, account, account)
        nothing_asked_about = account.permissions == {Setting.WITHDRAW} and not asked
        assert shown.verdict is expected(account, asked=asked) or nothing_asked_about, account


@pytest.mark.parametrize("never_made", [20004, 20005, 800])
def test_withdraw_on_is_seen_by_each_code_for_what_was_never_made(never_made: int) -> None:
    for via, account in itertools.product(Via, ACCOUNTS):
        check = carry_on(begin(via), honest(replace(account, never_made=never_made)))
        assert assert_true(check, account, account).verdict is expected(account, asked=True)


def test_a_success_of_the_rollback_earns_no_tick_and_no_connection() -> None:
    def spoilt(request: Request, back: Reply) -> Iterable[Reply]:
        return DONE(request, back) if name_of(request) == ROLLBACK else [back]

    for via, account in itertools.product(Via, ACCOUNTS):
        shown = report(carry_on(begin(via), exchange(account, spoilt)))
        assert shown.verdict is not Verdict.CONNECTED
        assert states(shown)[Setting.WITHDRAW] is State.COULD_NOT_TELL
        assert (shown.case == "alarm") == account.works


def kept_from_asking(request: Request, back: Reply) -> Iterable[Reply]:
    """What a browser does to the rollback where the exchange allows no page to ask."""
    return [trouble(request, Event.FAILED)] if name_of(request) == ROLLBACK else [back]


def pasted(back: Reply) -> str:
    asked = f"https://api.hitbtc.com/api/3/wallet/crypto/withdraw/{BY_HAND}"
    return f"{back.text}\n{back.status} {asked}\n"


ROLLED_BACK = next(probe for probe in PROBES if probe.method == "DELETE")


BEFORE = {
    "blocked": (True, kept_from_asking),
    "left out": (False, lambda _request, back: [back]),
    "answered": (True, lambda _request, back: [back]),
}


@pytest.mark.parametrize("before", BEFORE)
def test_by_hand_no_fault_earns_a_tick_either(
    before: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, spoilt = BEFORE[before]
    count = 0
    names = [name for name in FAULTS if befalls(name, ROLLBACK)]
    for account, name in itertools.islice(itertools.product(ACCOUNTS, names), 0, None, SAMPLE):
        check = carry_on(begin(withdraw=asked), exchange(account, spoilt))
        command = Request(number=99, probe=ROLLED_BACK)
        (truly,) = honest(account)(command)
        for back in FAULTS[name](command, truly):
            found = byhand.read(pasted(back), BY_HAND)
            if isinstance(found, Answer):
                shows = check.feed_by_hand(found, at=NOW)
                blamed = (
                    byhand.unsettled(command.probe, found).fault
                    if shows is Reading.NOTHING
                    else None
                )
            else:
                blamed = found.fault
            assert blamed is not Fault.KEY
        shown = assert_true(check, account, (account, name))
        if name in HARMLESS and "once" not in name and account.works:
            assert shown.verdict is expected(account, asked=True)
        count += 1
    said_so(count, capsys)


@pytest.mark.parametrize("on", [True, False])
def test_the_readers_own_word_earns_no_tick(on: bool) -> None:
    for account in ACCOUNTS:
        check = carry_on(begin(), exchange(account, kept_from_asking))
        check.looked = on
        shown = report(check)
        assert states(shown)[Setting.WITHDRAW] is not State.AS_REQUIRED
        assert shown.verdict is not Verdict.CONNECTED
        assert shown.next_steps
        assert (shown.verdict is Verdict.WITHDRAWAL_ENABLED) == on


def test_stopped_at_any_moment_a_check_ends_without_an_unearned_tick() -> None:
    for account, via, event in itertools.product(ACCOUNTS, Via, (Event.SILENT, Event.CANCELLED)):
        for moment in range(8):
            check = begin(via)
            left = moment
            while left and (requests := check.plan()):
                for request in requests[:left]:
                    for back in honest(account)(request):
                        check.feed(back)
                left = max(0, left - len(requests))
            check.stop(event, at=NOW)
            assert_true(check, account, (account, via, event, moment))


@pytest.mark.parametrize("via", Via)
def test_the_rehearsals_exchange_answers_as_the_documented_one_does(via: Via) -> None:
    """Two exchanges, written apart: the same verdict and states for every account."""
    for account in ACCOUNTS:
        if account.shut_out:
            continue  # a rehearsal has no IP whitelist: no box ticked looks the same
        made_up = rehearsal.Account(permissions=account.permissions, known=account.works)
        rehearsed, real = begin(via), carry_on(begin(via), honest(account))

        def respond(request: Request, of: rehearsal.Account = made_up) -> Iterator[Reply]:
            yield rehearsal.reply(of, request, via, now=NOW)

        carry_on(rehearsed, respond)
        mine, theirs = report(rehearsed), report(real)
        assert (mine.verdict, mine.fault, states(mine)) == (
            theirs.verdict,
            theirs.fault,
            states(theirs),
        )


def test_the_exchange_of_these_tests_answers_what_the_documentation_says() -> None:
    everything = Account(permissions=frozenset(Setting))
    assert answer(everything, ROLLBACK)[0] == 400
    for name in (*SOCKETS, *REST):
        assert answer(everything, name)[0] == 200
        refused, _ = answer(Account(works=False), name)
        assert refused == 401
