"""THE TABLE: which safe request shows which setting, and what each answer to it shows.

Rules of this room: this is the only place that knows which request shows which setting. The check,
the rehearsal, the transport's list (by a test) and the reference pages read this table; nothing
repeats it.

* A reading that is not in the table shows nothing. There is no "otherwise on", no "otherwise off".
* Every request is a read, except one: rolling back a withdrawal that was never made. No documented
  read needs Withdraw, so that one request is the only way to see it.
* Never here: making, committing or moving a withdrawal, transfers, conversion, sub-account
  changes, orders, Basic authorization, anything of API v2.

Source: HitBTC's API v3 documentation and independent clients; nothing was tried on the live
exchange. What the table says of the rollback is inferred and marked so.
"""

from dataclasses import dataclass
from enum import StrEnum

from hitbtc_keycheck.rights import Right
from hitbtc_keycheck.words import Message


class Channel(StrEnum):
    """Where a request goes."""

    TRADING = "trading"
    WALLET = "wallet"
    PUBLIC = "public"
    REST = "rest"


PATHS = {
    Channel.TRADING: "/api/3/ws/trading",
    Channel.WALLET: "/api/3/ws/wallet",
    Channel.PUBLIC: "/api/3/ws/public",
}
"""The path of each socket, on the API's host."""


class Means(StrEnum):
    """What an answer shows of a right."""

    ON = "on"
    OFF = "off"
    NOTHING = "nothing"
    ALARM = "alarm"


class Stage(StrEnum):
    """When a request's turn comes."""

    ENTER = "enter"
    ASK = "ask"
    ROLLBACK = "rollback"
    REACH = "reach"


class Form(StrEnum):
    """What a result must look like to count."""

    TRUE = "true"
    LIST = "list"
    OBJECT = "object"
    DONE = "done"
    NONE = "none"


class Confidence(StrEnum):
    """H: official text or several sources agree; M: one good source; L: inferred."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shows:
    """An error answer that settles a right: its code, and the HTTP status it comes with."""

    code: int
    status: int
    means: Means


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """A safe request, and what its answers show.

    `method` is a JSON-RPC method on a socket and an HTTP verb over REST, where `path` says what is
    asked (``{id}`` stands for a fresh random UUIDv4). A result shows `result`, if it has the `form`
    and, in a list, each item has one of the keys in `items`; the list may be empty where
    `may_be_empty`. `example` is a result as the rehearsal gives it, `about` what the request asks,
    in a reader's words. `points_at` is the right that a refusal with 1003 points at, where the key
    is let in elsewhere.
    """

    name: str
    right: Right
    channel: Channel
    method: str
    path: str = ""
    about: Message
    stage: Stage = Stage.ASK
    result: Means = Means.ON
    form: Form = Form.LIST
    items: tuple[str, ...] = ()
    may_be_empty: bool = True
    example: object = None
    errors: tuple[Shows, ...] = ()
    points_at: Right | None = None
    confidence: Confidence = Confidence.HIGH

    def asked_of(self, identifier: str) -> str:
        """The path on the API's host; `identifier` is a random UUIDv4 never used before."""
        if self.channel is Channel.REST:
            return self.path.replace("{id}", identifier)
        return PATHS[self.channel]

    @property
    def target(self) -> str:
        """What is asked, in words for a ledger or a report."""
        if self.channel is Channel.REST:
            return f"{self.method} {self.path}"
        return f"{self.method or 'open'} on {PATHS[self.channel]}"


_REFUSED = (
    Shows(code=1002, status=401, means=Means.OFF),
    Shows(code=1004, status=401, means=Means.OFF),
)
_FORBIDDEN = (Shows(code=1003, status=403, means=Means.OFF),)
BALANCE = ("currency", "available")
_FEE = ("symbol", "take_rate")
_HOLDING = [{"currency": "USDT", "available": "1", "reserved": "0"}]
_RATES = [{"symbol": "BTCUSDT", "take_rate": "0.0025", "make_rate": "0.001"}]

PROBES: tuple[Probe, ...] = (
    Probe(
        name="login-trading",
        right=Right.STATUS,
        channel=Channel.TRADING,
        method="login",
        about=Message("request.login"),
        stage=Stage.ENTER,
        form=Form.TRUE,
        example=True,
        errors=_REFUSED,
    ),
    Probe(
        name="login-wallet",
        right=Right.STATUS,
        channel=Channel.WALLET,
        method="login",
        about=Message("request.login"),
        stage=Stage.ENTER,
        form=Form.TRUE,
        example=True,
        errors=_REFUSED,
        points_at=Right.PAYMENT,
    ),
    Probe(
        name="spot-balances",
        right=Right.READ,
        channel=Channel.TRADING,
        method="spot_balances",
        about=Message("request.spot-balances"),
        items=BALANCE,
        example=_HOLDING,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="spot-fees",
        right=Right.TRADE,
        channel=Channel.TRADING,
        method="spot_fees",
        about=Message("request.spot-fees"),
        items=_FEE,
        may_be_empty=False,
        example=_RATES,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="wallet-balances",
        right=Right.PAYMENT,
        channel=Channel.WALLET,
        method="wallet_balances",
        about=Message("request.wallet-balances"),
        items=BALANCE,
        example=_HOLDING,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="sub-account",
        right=Right.STATUS,
        channel=Channel.REST,
        method="GET",
        path="/api/3/sub-account",
        about=Message("request.sub-account"),
        stage=Stage.ENTER,
        form=Form.OBJECT,
        example={"result": []},
        errors=_REFUSED,
        confidence=Confidence.MEDIUM,
    ),
    Probe(
        name="spot-balance",
        right=Right.READ,
        channel=Channel.REST,
        method="GET",
        path="/api/3/spot/balance",
        about=Message("request.spot-balances"),
        items=BALANCE,
        example=_HOLDING,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="spot-fee",
        right=Right.TRADE,
        channel=Channel.REST,
        method="GET",
        path="/api/3/spot/fee",
        about=Message("request.spot-fees"),
        items=_FEE,
        may_be_empty=False,
        example=_RATES,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="wallet-balance",
        right=Right.PAYMENT,
        channel=Channel.REST,
        method="GET",
        path="/api/3/wallet/balance",
        about=Message("request.wallet-balances"),
        items=BALANCE,
        example=_HOLDING,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="rollback",
        right=Right.WITHDRAW,
        channel=Channel.REST,
        method="DELETE",
        path="/api/3/wallet/crypto/withdraw/{id}",
        about=Message("request.rollback"),
        stage=Stage.ROLLBACK,
        result=Means.ALARM,
        form=Form.DONE,
        example={"result": True},
        errors=(
            *_FORBIDDEN,
            Shows(code=20004, status=400, means=Means.ON),
            Shows(code=20005, status=400, means=Means.ON),
            Shows(code=20006, status=400, means=Means.ON),
            Shows(code=20007, status=400, means=Means.ON),
            Shows(code=800, status=404, means=Means.ON),
        ),
        confidence=Confidence.LOW,
    ),
    Probe(
        name="reach",
        right=Right.STATUS,
        channel=Channel.PUBLIC,
        method="",
        about=Message("request.reach"),
        stage=Stage.REACH,
        result=Means.NOTHING,
        form=Form.NONE,
    ),
)
"""Every request a check can send, in the order in which it may be sent.

The last is sent only when no other socket opened: it tells "offline" from "HitBTC's trouble".
"""
