"""The stand-in exchange, written without the product's table, and the core agree on every account.

The signatures are real: the stand-in verifies each. Nothing may be sent that it does not know.
"""

import hashlib
import hmac
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hitbtc_keycheck.cases import Verdict
from hitbtc_keycheck.check import Check, Reply, Request, Via
from hitbtc_keycheck.report import Report, report
from hitbtc_keycheck.requests import Channel, Stage
from hitbtc_keycheck.settings import Setting, State
from hitbtc_keycheck.signing import WINDOW, authorized, call_frame, login_frame
from tests.core.world import BY_HAND, NOW, carry_on, said
from tests.exchange.accounts import RIGHTS, Account, made_up
from tests.exchange.oracle import Oracle, Session

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

    def __init__(self, oracle: Oracle, api_key: str, secret: str) -> None:
        self.oracle, self.api_key, self.secret = oracle, api_key, secret
        self.sessions = {
            Channel.TRADING: Session(channel="trading"),
            Channel.WALLET: Session(channel="wallet"),
        }

    def __call__(self, request: Request) -> Iterator[Reply]:
        probe, path = request.probe, request.probe.asked_of(BY_HAND)
        if probe.channel is Channel.REST:
            header = authorized(self.api_key, self.sign, probe.method, path, NOW)
            back = self.oracle.rest(probe.method, path, {"Authorization": header})
            yield said(request, back.body, back.status)
        else:
            session = self.sessions[probe.channel]
            yield said(request, self.oracle.frame(session, self.frame(request)).body)

    def sign(self, message: str) -> str:
        return hmac.new(self.secret.encode(), message.encode(), hashlib.sha256).hexdigest()

    def frame(self, request: Request) -> str:
        if request.probe.stage is not Stage.LOGIN:
            return call_frame(request.number, request.probe.method)
        signature = self.sign(f"{NOW}{WINDOW}")
        return login_frame(request.number, self.api_key, signature, NOW, WINDOW)


def checked(truth: Account, via: Via, *, newer_bodies: bool = False) -> Report:
    oracle = Oracle(accounts={truth.api_key: truth}, now=at(NOW), newer_bodies=newer_bodies)
    check = Check(now=NOW, via=via)
    shown = report(carry_on(check, Exchange(oracle, truth.api_key, truth.secret)))
    assert oracle.violations == []
    return shown


def truly_as_wanted(truth: Account, right: Setting) -> bool:
    if right is Setting.STATUS:
        return truth.enabled
    return (right.value in truth.active_rights) != (right is Setting.WITHDRAW)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("via", Via)
def test_no_account_of_the_stand_in_gets_a_tick_it_has_not(via: Via, way: str) -> None:
    for ticked, newer in itertools.product(TICKED, (False, True)):
        truth = account(ticked, way)
        shown = checked(truth, via, newer_bodies=newer)
        for row in shown.rows:
            if row.state is State.AS_REQUIRED:
                assert truly_as_wanted(truth, row.setting), (ticked, row.setting)


@pytest.mark.parametrize("via", Via)
def test_an_account_without_trouble_is_seen_as_it_is(via: Via) -> None:
    for ticked, confirmed in itertools.product(TICKED, ("confirmed", "not confirmed")):
        truth = account(ticked, confirmed)
        shown = checked(truth, via)
        states = {row.setting.value: row.state for row in shown.rows}
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
        check = Check(now=NOW, via=via)
        secret = KEY.secret if ahead else "another-secret"
        assert report(carry_on(check, Exchange(oracle, KEY.api_key, secret))).verdict is verdict
        assert oracle.violations == []
