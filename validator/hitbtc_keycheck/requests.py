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

from hitbtc_keycheck.settings import Setting
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


class Reading(StrEnum):
    """What an answer shows of a setting."""

    ON = "on"
    OFF = "off"
    NOTHING = "nothing"
    ALARM = "alarm"


class Stage(StrEnum):
    """When a request's turn comes."""

    LOGIN = "login"
    READ = "read"
    ROLLBACK = "rollback"
    PING = "ping"


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
class ErrorReading:
    """An error answer that settles a setting: its code, and the HTTP status it comes with."""

    code: int
    status: int
    reading: Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """A safe request, and what its answers show.

    `method` is a JSON-RPC method on a socket and an HTTP verb over REST, where `path` says what is
    asked (``{id}`` stands for a fresh random UUIDv4). A result shows `result`, if it has the `form`
    and, in a list, each item has one of the keys in `items`; the list may be empty where
    `may_be_empty`. `example` is a result as the rehearsal gives it, `about` what the request asks,
    in a reader's words. `points_at` is the permission that a refusal with 1003 points at, where the
    key is let in elsewhere.
    """

    name: str
    setting: Setting
    channel: Channel
    method: str
    path: str = ""
    about: Message
    stage: Stage = Stage.READ
    result: Reading = Reading.ON
    form: Form = Form.LIST
    items: tuple[str, ...] = ()
    may_be_empty: bool = True
    example: object = None
    errors: tuple[ErrorReading, ...] = ()
    points_at: Setting | None = None
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
    ErrorReading(code=1002, status=401, reading=Reading.OFF),
    ErrorReading(code=1004, status=401, reading=Reading.OFF),
)
_FORBIDDEN = (ErrorReading(code=1003, status=403, reading=Reading.OFF),)
BALANCE = ("currency", "available")
_FEE = ("symbol", "take_rate")
_HOLDING = [{"currency": "USDT", "available": "1", "reserved": "0"}]
_RATES = [{"symbol": "BTCUSDT", "take_rate": "0.0025", "make_rate": "0.001"}]

PROBES: tuple[Probe, ...] = (
    Probe(
        name="login-trading",
        setting=Setting.STATUS,
        channel=Channel.TRADING,
        method="login",
        about=Message("request.login"),
        stage=Stage.LOGIN,
        form=Form.TRUE,
        example=True,
        errors=_REFUSED,
    ),
    Probe(
        name="login-wallet",
        setting=Setting.STATUS,
        channel=Channel.WALLET,
        method="login",
        about=Message("request.login"),
        stage=Stage.LOGIN,
        form=Form.TRUE,
        example=True,
        errors=_REFUSED,
        points_at=Setting.PAYMENT,
    ),
    Probe(
        name="spot-balances",
        setting=Setting.READ,
        channel=Channel.TRADING,
        method="spot_balances",
        about=Message("request.spot-balances"),
        items=BALANCE,
        example=_HOLDING,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="spot-fees",
        setting=Setting.TRADE,
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
        setting=Setting.PAYMENT,
        channel=Channel.WALLET,
        method="wallet_balances",
        about=Message("request.wallet-balances"),
        items=BALANCE,
        example=_HOLDING,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="sub-account",
        setting=Setting.STATUS,
        channel=Channel.REST,
        method="GET",
        path="/api/3/sub-account",
        about=Message("request.sub-account"),
        stage=Stage.LOGIN,
        form=Form.OBJECT,
        example={"result": []},
        errors=_REFUSED,
        confidence=Confidence.MEDIUM,
    ),
    Probe(
        name="spot-balance",
        setting=Setting.READ,
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
        setting=Setting.TRADE,
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
        setting=Setting.PAYMENT,
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
        setting=Setting.WITHDRAW,
        channel=Channel.REST,
        method="DELETE",
        path="/api/3/wallet/crypto/withdraw/{id}",
        about=Message("request.rollback"),
        stage=Stage.ROLLBACK,
        result=Reading.ALARM,
        form=Form.DONE,
        example={"result": True},
        errors=(
            *_FORBIDDEN,
            ErrorReading(code=20004, status=400, reading=Reading.ON),
            ErrorReading(code=20005, status=400, reading=Reading.ON),
            ErrorReading(code=20006, status=400, reading=Reading.ON),
            ErrorReading(code=20007, status=400, reading=Reading.ON),
            ErrorReading(code=800, status=404, reading=Reading.ON),
        ),
        confidence=Confidence.LOW,
    ),
    Probe(
        name="reach",
        setting=Setting.STATUS,
        channel=Channel.PUBLIC,
        method="",
        about=Message("request.reach"),
        stage=Stage.PING,
        result=Reading.NOTHING,
        form=Form.NONE,
    ),
)
"""Every request a check can send, in the order in which it may be sent.

The last is sent only when no other socket opened: it tells "offline" from "HitBTC's trouble".
"""
