"""THE TABLE: right x request x how each answer reads, and what every code means.

Rules of this room: this is the only place that knows which request shows which right, and what
each answer to it means. The check, the rehearsal, the transport's list (by a test) and the
reference pages read these tables; nothing repeats them.

* A reading that is not in the table shows nothing. There is no "otherwise on", no "otherwise off".
* Every request is a read, except one: rolling back a withdrawal that was never made. No documented
  read needs the Withdraw right, so that one request is the only way to see it.
* Never here: making, committing or moving a withdrawal, transfers, conversion, sub-account
  changes, orders, Basic authorization, anything of API v2.

Source: HitBTC's API v3 documentation and independent clients; nothing was tried on the live
exchange. What the table says of the rollback is inferred and marked so.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from hitbtc_keycheck.answers import Answer, Kind
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


class Fault(StrEnum):
    """Whose doing a trouble is."""

    NONE = "none"
    PASTE = "paste"
    KEY = "key"
    EXCHANGE = "exchange"
    NETWORK = "network"
    OURS = "ours"


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
_BALANCE = ("currency", "available")
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
        items=_BALANCE,
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
        items=_BALANCE,
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
        items=_BALANCE,
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
        items=_BALANCE,
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """What an error code means to a reader.

    `status` is the HTTP status it is documented with (None: WebSocket only), `meaning` one
    sentence, `fault` whose doing it is, `advice` what to do next. `account` marks trouble with the
    account rather than the key, `again` an answer worth asking for once more.
    """

    code: int
    status: int | None
    meaning: Message
    fault: Fault
    advice: Message
    account: bool = False
    again: bool = False


_ASK_HITBTC = Message("advice.ask-hitbtc")
_WAIT = Message("advice.wait")
_COMPARE = Message("advice.compare")
_UNTICK = Message("advice.turn-withdraw-off")
_TELL_US = Message("advice.tell-us")

CODES: dict[int, Code] = {
    entry.code: entry
    for entry in (
        Code(
            code=1001,
            status=401,
            meaning=Message("meaning.no-authorization"),
            fault=Fault.OURS,
            advice=_TELL_US,
        ),
        Code(
            code=1002,
            status=401,
            meaning=Message("meaning.pair-refused"),
            fault=Fault.PASTE,
            advice=_COMPARE,
        ),
        Code(
            code=1003,
            status=403,
            meaning=Message("meaning.not-allowed"),
            fault=Fault.KEY,
            advice=Message("advice.turn-on"),
        ),
        Code(
            code=1004,
            status=401,
            meaning=Message("meaning.unreadable-authorization"),
            fault=Fault.PASTE,
            advice=_COMPARE,
        ),
        Code(
            code=1005,
            status=401,
            meaning=Message("meaning.device"),
            fault=Fault.EXCHANGE,
            advice=_ASK_HITBTC,
            account=True,
        ),
        Code(
            code=1006,
            status=400,
            meaning=Message("meaning.upgrade"),
            fault=Fault.EXCHANGE,
            advice=_ASK_HITBTC,
            account=True,
        ),
        Code(
            code=403,
            status=401,
            meaning=Message("meaning.account-may-not"),
            fault=Fault.EXCHANGE,
            advice=_ASK_HITBTC,
            account=True,
        ),
        Code(
            code=600,
            status=400,
            meaning=Message("meaning.restricted"),
            fault=Fault.EXCHANGE,
            advice=_ASK_HITBTC,
            account=True,
        ),
        Code(
            code=800,
            status=404,
            meaning=Message("meaning.not-there"),
            fault=Fault.KEY,
            advice=_UNTICK,
        ),
        Code(
            code=10001,
            status=400,
            meaning=Message("meaning.form-first"),
            fault=Fault.OURS,
            advice=_TELL_US,
        ),
        Code(
            code=10021,
            status=400,
            meaning=Message("meaning.disabled"),
            fault=Fault.EXCHANGE,
            advice=_ASK_HITBTC,
            account=True,
        ),
        Code(
            code=20004,
            status=400,
            meaning=Message("meaning.no-transaction"),
            fault=Fault.KEY,
            advice=_UNTICK,
        ),
        Code(
            code=20005,
            status=400,
            meaning=Message("meaning.no-payout"),
            fault=Fault.KEY,
            advice=_UNTICK,
        ),
        Code(
            code=20006,
            status=400,
            meaning=Message("meaning.made-already"),
            fault=Fault.KEY,
            advice=_UNTICK,
        ),
        Code(
            code=20007,
            status=400,
            meaning=Message("meaning.rolled-back-already"),
            fault=Fault.KEY,
            advice=_UNTICK,
        ),
        Code(
            code=20018,
            status=400,
            meaning=Message("meaning.withdrawals-stopped"),
            fault=Fault.EXCHANGE,
            advice=_WAIT,
        ),
        Code(
            code=20044,
            status=400,
            meaning=Message("meaning.trading-stopped"),
            fault=Fault.EXCHANGE,
            advice=_WAIT,
        ),
        Code(
            code=429,
            status=429,
            meaning=Message("meaning.too-many"),
            fault=Fault.EXCHANGE,
            advice=_WAIT,
            again=True,
        ),
        *(
            Code(
                code=code,
                status=code,
                meaning=Message("meaning.trouble"),
                fault=Fault.EXCHANGE,
                advice=_WAIT,
            )
            for code in (500, 503, 504)
        ),
        Code(
            code=1,
            status=None,
            meaning=Message("meaning.unreadable-message"),
            fault=Fault.OURS,
            advice=_TELL_US,
        ),
        Code(
            code=404,
            status=None,
            meaning=Message("meaning.no-request"),
            fault=Fault.OURS,
            advice=_TELL_US,
        ),
        Code(
            code=2003,
            status=None,
            meaning=Message("meaning.no-channel"),
            fault=Fault.OURS,
            advice=_TELL_US,
        ),
    )
}
"""Every code the checker can meet, in a reader's words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """What an answer without a code that is known points at, for a reader.

    It fits an HTTP status in `statuses`, of a web page only where `page`, and one whose text has
    `words` in it, whatever its status; without `statuses`, all that is no error. The other fields
    are those of a `Code`.
    """

    name: str
    statuses: tuple[int, ...] = ()
    page: bool = False
    words: str = ""
    meaning: Message
    fault: Fault
    advice: Message


_BLOCKED = Message("meaning.blocked")
SIGNS: tuple[Sign, ...] = (
    Sign(
        name="blocked",
        statuses=(451,),
        words="error code: 10",
        meaning=_BLOCKED,
        fault=Fault.NETWORK,
        advice=Message("advice.no-waiting"),
    ),
    Sign(
        name="blocked",
        statuses=(403,),
        page=True,
        meaning=_BLOCKED,
        fault=Fault.NETWORK,
        advice=Message("advice.no-waiting"),
    ),
    Sign(
        name="trouble",
        statuses=tuple(range(500, 600)),
        meaning=Message("meaning.trouble"),
        fault=Fault.EXCHANGE,
        advice=_WAIT,
    ),
    Sign(
        name="refused",
        statuses=(401, 403),
        meaning=Message("meaning.refused"),
        fault=Fault.EXCHANGE,
        advice=Message("advice.compare-and-reconnect"),
    ),
    Sign(
        name="elsewhere",
        meaning=Message("meaning.elsewhere"),
        fault=Fault.NETWORK,
        advice=Message("advice.proxy"),
    ),
)
"""What answers without a known code point at; the first that fits counts."""


def means(probe: Probe, answer: Answer) -> Means:
    """Return what `answer` to `probe` shows; NOTHING unless the table says otherwise.

    An alarm also needs an HTTP status of success.
    """
    if answer.kind is Kind.ERROR:
        return _error_means(probe, answer)
    if probe.result is Means.ALARM and answer.status not in range(200, 300):
        return Means.NOTHING
    return probe.result if _fits(probe, answer) else Means.NOTHING


def _error_means(probe: Probe, answer: Answer) -> Means:
    for shows in probe.errors:
        if answer.code == shows.code and answer.status in (None, shows.status):
            return shows.means
    return Means.NOTHING


def _fits(probe: Probe, answer: Answer) -> bool:
    result = answer.result
    if answer.kind is not Kind.RESULT or probe.form is Form.NONE:
        return False
    if probe.form is Form.TRUE:
        return result is True
    if probe.form is Form.DONE:
        return isinstance(result, dict) and len(result) == 1 and result.get("result") is True
    if probe.form is Form.OBJECT:
        return isinstance(result, dict) and isinstance(result.get("result"), list)
    if not isinstance(result, list) or not (result or probe.may_be_empty):
        return False
    return all(_known(item, probe.items) for item in result)


def _known(item: object, keys: tuple[str, ...]) -> bool:
    return isinstance(item, dict) and any(key in item for key in keys)


def holds_anything(probe: Probe, answer: Answer) -> bool | None:
    """Whether a list of balances holds anything; None where the answer does not say.

    Amounts go no further than this.
    """
    if probe.items is not _BALANCE or not _fits(probe, answer):
        return None
    items = answer.result if isinstance(answer.result, list) else []
    amounts = [_amount(item.get("available")) for item in items]
    amounts += [_amount(item.get("reserved", "0")) for item in items]
    if any(amount > 0 for amount in amounts):
        return True
    return None if any(map(math.isnan, amounts)) else False


def _amount(value: object) -> float:
    """The amount as a number; not-a-number where it is none."""
    try:
        return float(str(value))
    except ValueError:
        return math.nan


def trouble_of(probe: Probe, answer: Answer) -> Code | Sign | None:
    """Return what is known of an answer to `probe` that shows nothing."""
    return code_for(probe, answer) or sign_of(answer)


def sign_of(answer: Answer) -> Sign | None:
    """Return what an answer over REST without a known code points at."""
    if answer.status is None:
        return None
    return next((sign for sign in SIGNS if _shows(sign, answer)), None)


def _shows(sign: Sign, answer: Answer) -> bool:
    if sign.words and sign.words in answer.said.lower():
        return True
    if not sign.statuses:
        return answer.kind is not Kind.ERROR or (answer.code is None and answer.status != 404)  # noqa: PLR2004
    page = answer.kind is Kind.UNREADABLE and answer.said.startswith("<")
    return answer.status in sign.statuses and (page or not sign.page)


def code_for(probe: Probe, answer: Answer) -> Code | None:
    """Return what is known of an error as an answer to `probe`.

    That is nothing where the table reads the code, but with another HTTP status.
    """
    code = code_of(answer)
    read = code and code.code in {shows.code for shows in probe.errors}
    return None if read and means(probe, answer) is Means.NOTHING else code


def code_of(answer: Answer) -> Code | None:
    """Return what is known of an error: by its code, or by an HTTP status that is a code too.

    A code counts with the status that it is documented with. "Too many requests" was once seen
    inside a 200.
    """
    if answer.code is not None:
        entry = CODES.get(answer.code)
        fits = entry and (answer.status in (None, entry.status) or entry.again)
        return entry if fits else None
    entry = CODES.get(answer.status or 0)
    return entry if entry and entry.status == entry.code else None
