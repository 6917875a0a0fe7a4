"""The stand-in exchange, written without the product's table, and the core agree on every account.

The signatures are real: the stand-in verifies each. Nothing may be sent that it does not know.
"""

import hashlib
import hmac
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hitbtc_keycheck.check import Check, Reply, Request, Via
from hitbtc_keycheck.probes import Channel
from hitbtc_keycheck.report import Report, Verdict, report
from hitbtc_keycheck.rights import Right, State
from tests.exchange.accounts import RIGHTS, Account, made_up
from tests.exchange.oracle import Oracle, Session
from tests.unit.world import BY_HAND, NOW, carry_on, said

KEY = made_up("agreement")
TICKED = [
    frozenset(ticked)
    for count in range(len(RIGHTS) + 1)
    for ticked in itertools.combinations(sorted(RIGHTS), count)
]
WAYS: dict[str, dict[str, Any]] = {
    "confirmed": {},
    "not confirmed": {"email_confirmed": False},
    "off": {"enabled": False},
    "whitelisted elsewhere": {"ip_whitelisted": True},
    **{f"rollback {code}": {"rollback": code} for code in (20005, 800, 10001, 200)},
    **{
        f"trouble {code}": {"trouble": code} for code in (403, 600, 1005, 1006, 10021, 20018, 20044)
    },
}


def account(ticked: frozenset[str], way: str) -> Account:
    given: dict[str, Any] = {
        "api_key": KEY.api_key,
        "secret": KEY.secret,
        "rights": ticked,
        **WAYS[way],
    }
    return Account(**given)


def at(moment: int) -> Callable[[], int]:
    return lambda: moment


class Exchange:
    """Carries a check's requests to the stand-in and its answers back, signing each."""

    def __init__(self, oracle: Oracle, secret: str) -> None:
        self.oracle, self.secret = oracle, secret
        self.sessions = {
            Channel.TRADING: Session(channel="trading"),
            Channel.WALLET: Session(channel="wallet"),
        }

    def __call__(self, request: Request) -> Iterator[Reply]:
        message = (request.message or "").encode()
        signature = hmac.new(self.secret.encode(), message, hashlib.sha256).hexdigest()
        if request.probe.channel is Channel.REST:
            headers = {"Authorization": request.authorization(signature)}
            back = self.oracle.rest(request.probe.method, request.path, headers)
            yield said(request, back.body, back.status)
        else:
            session = self.sessions[request.probe.channel]
            yield said(request, self.oracle.frame(session, request.frame(signature)).body)


def checked(truth: Account, via: Via, *, newer_bodies: bool = False) -> Report:
    oracle = Oracle(accounts={truth.api_key: truth}, now=at(NOW), newer_bodies=newer_bodies)
    check = Check(api_key=truth.api_key, now=NOW, fresh_id=BY_HAND, via=via)
    shown = report(carry_on(check, Exchange(oracle, truth.secret)))
    assert oracle.violations == []
    return shown


def truly_as_wanted(truth: Account, right: Right) -> bool:
    if right is Right.STATUS:
        return truth.enabled
    return (right.value in truth.active_rights) != (right is Right.WITHDRAW)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("via", Via)
def test_no_account_of_the_stand_in_gets_a_tick_it_has_not(via: Via, way: str) -> None:
    for ticked, newer in itertools.product(TICKED, (False, True)):
        truth = account(ticked, way)
        shown = checked(truth, via, newer_bodies=newer)
        for row in shown.rows:
            if row.state is State.AS_REQUIRED:
                assert truly_as_wanted(truth, row.right), (ticked, row.right)


@pytest.mark.parametrize("via", Via)
def test_an_account_without_trouble_is_seen_as_it_is(via: Via) -> None:
    for ticked, confirmed in itertools.product(TICKED, ("confirmed", "not confirmed")):
        truth = account(ticked, confirmed)
        shown = checked(truth, via)
        states = {row.right.value: row.state for row in shown.rows}
        for name in truth.active_rights - {"withdraw"}:
            assert states[name] is State.AS_REQUIRED
        for name in {"read", "trade", "payment"} - truth.active_rights:
            assert states[name] is State.NOT_AS_REQUIRED
        if "withdraw" in truth.active_rights:
            assert shown.verdict is Verdict.WITHDRAWAL_ENABLED
        elif {"read", "trade", "payment"} <= truth.active_rights:
            assert shown.verdict is Verdict.CONNECTED
        else:
            assert shown.verdict is Verdict.INCORRECT_PERMISSIONS


@pytest.mark.parametrize("via", Via)
def test_the_wrong_secret_and_the_wrong_clock_are_told_apart(via: Via) -> None:
    for ahead, verdict in ((0, Verdict.INVALID), (3_600_000, Verdict.UNDECIDED)):
        oracle = Oracle(accounts={KEY.api_key: KEY}, now=at(NOW + ahead), newer_bodies=True)
        check = Check(api_key=KEY.api_key, now=NOW, fresh_id=BY_HAND, via=via)
        secret = KEY.secret if ahead else "another-secret"
        assert report(carry_on(check, Exchange(oracle, secret))).verdict is verdict
        assert oracle.violations == []
