"""The stand-in's oracle for the tests of the core: what it answers, and what else may come back.

Rules of this room: an honest answer is the oracle's, which knows nothing of the product's table. No
signature, no clock and no socket: time stands still at NOW.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.requests import Channel
from hitbtc_keycheck.settings import Setting
from hitbtc_keycheck.words import Message, Words, load
from tests.exchange import accounts, oracle
from tests.exchange.refusals import REFUSALS, Refused

KEY = "made-up-key-for-tests-0123456789"
NOW = 1_795_000_000_000
BY_HAND = "22222222-2222-4222-9222-222222222222"
FOREIGN = "33333333-3333-4333-a333-333333333333"

ROLLBACK = "DELETE /api/3/wallet/crypto/withdraw"
SOCKETS = ("login trading", "login wallet", "spot_balances", "spot_fees", "wallet_balances")
REST = (
    "GET /api/3/sub-account",
    "GET /api/3/spot/balance",
    "GET /api/3/spot/fee",
    "GET /api/3/wallet/balance",
)
NEEDS = {
    "spot_balances": Setting.READ,
    "spot_fees": Setting.TRADE,
    "wallet_balances": Setting.PAYMENT,
    "GET /api/3/spot/balance": Setting.READ,
    "GET /api/3/spot/fee": Setting.TRADE,
    "GET /api/3/wallet/balance": Setting.PAYMENT,
    ROLLBACK: Setting.WITHDRAW,
}
ASKED = {
    "login trading": "trading login",
    "login wallet": "wallet login",
    "spot_balances": "trading spot_balances",
    "spot_fees": "trading spot_fees",
    "wallet_balances": "wallet wallet_balances",
    ROLLBACK: f"{ROLLBACK}/{BY_HAND}",
}
"""What the stand-in's oracle calls a request, where it is not what HitBTC's documentation does."""


ENGLISH: Words = load()


def english(message: Message | None) -> str:
    """A message as an English reader gets it."""
    return ENGLISH.say(message) if message else ""


@dataclass(frozen=True, kw_only=True)
class Account:
    """What is true of a key: its boxes, whether it works, whether it may be used from here.

    `funded` is whether anything is in the spot balance.
    """

    permissions: frozenset[Setting] = frozenset({Setting.READ, Setting.TRADE, Setting.PAYMENT})
    works: bool = True
    shut_out: bool = False
    never_made: int = 20004
    funded: bool = False

    def has(self, setting: Setting) -> bool:
        """Whether the box is on in truth."""
        return self.works if setting is Setting.STATUS else setting in self.permissions


def name_of(request: Request) -> str:
    """What a request asks, in the words of HitBTC's documentation."""
    if request.probe.channel is Channel.REST:
        return f"{request.probe.method} {request.probe.path.removesuffix('/{id}')}"
    if request.probe.method == "login":
        return f"login {request.probe.channel}"
    return request.probe.method or "open public"


@cache
def answer(account: Account, name: str) -> tuple[int, object]:
    """The HTTP status and the body that an honest exchange answers."""
    truth = accounts.Account(
        api_key=KEY,
        secret="",
        rights=accounts.RIGHTS & {setting.value for setting in account.permissions},
        enabled=account.works,
        ip_whitelisted=account.shut_out,
        rollback=account.never_made,
        spot={"BTC": "0.5"} if account.funded else {},
    )
    try:
        return 200, oracle.answered(truth, ASKED.get(name, name))
    except Refused as refused:
        return error(refused.code)


def error(code: int | str, status: int | None = None) -> tuple[int, object]:
    """An error as HitBTC documents it."""
    usual, _ = REFUSALS.get(int(code), (400, "Unheard of"))
    return status or usual, {"error": {"code": code, "message": "No."}}


def honest(account: Account) -> Callable[[Request], Iterator[Reply]]:
    """Answer every request by the truth; the public socket opens."""

    def respond(request: Request) -> Iterator[Reply]:
        if request.probe.channel is Channel.PUBLIC:
            yield trouble(request, Event.OPENED)
        else:
            yield reply(request, *answer(account, name_of(request)))

    return respond


def reply(request: Request, status: int, body: object) -> Reply:
    """Put an answer on its way; over a socket its body carries the number."""
    if request.probe.channel is Channel.REST:
        return said(request, json.dumps(body), status)
    inside = body if isinstance(body, dict) and "error" in body else {"result": body}
    return said(request, json.dumps({"jsonrpc": "2.0", **inside, "id": request.number}))


def said(request: Request, text: str, status: int = 200) -> Reply:
    """A reply of any text."""
    rest = request.probe.channel is Channel.REST
    return Reply(
        channel=request.probe.channel,
        event=Event.ANSWERED,
        at=NOW + request.wait,
        number=request.number if rest else None,
        status=status if rest else None,
        text=text,
    )


def trouble(request: Request, event: Event, *, online: bool = True) -> Reply:
    """What happens instead of an answer; on a socket it concerns all that was asked there."""
    return Reply(
        channel=request.probe.channel,
        event=event,
        at=NOW + request.wait,
        number=request.number if request.probe.channel is Channel.REST else None,
        online=online,
    )


def begin(via: Via = Via.SOCKETS, *, withdraw: bool = True) -> Check:
    """A check at its start."""
    return Check(now=NOW, via=via, withdraw=withdraw)


def carry_on(check: Check, respond: Callable[[Request], Iterator[Reply]]) -> Check:
    """Send what the check plans and hand in what comes back; at last its time is up."""
    while requests := check.plan():
        for request in requests:
            for back in respond(request):
                check.feed(back)
    if not check.ended:
        check.stop(Event.SILENT, at=NOW + 12_000)
    return check
