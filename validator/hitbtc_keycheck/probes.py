"""THE TABLE: right x request x how each answer reads, and what every code means.

Rules of this room: this is the only place that knows which request shows which right, and what
each answer to it means. The check, the rehearsal, the vault's grammar (by a test) and the
reference pages read these tables; nothing repeats them.

* A reading that is not in the table shows nothing. There is no "otherwise on", no "otherwise off".
* Every request is a read, except one: rolling back a withdrawal that was never made. No documented
  read needs the Withdraw right, so that one request is the only way to see it.
* Never here: making, committing or moving a withdrawal, transfers, conversion, sub-account
  changes, orders, Basic authorization, anything of API v2.

Source: HitBTC's API v3 documentation and independent clients; nothing was tried on the live
exchange. What the table says of the rollback is inferred and marked so.
"""

from dataclasses import dataclass
from enum import StrEnum

from hitbtc_keycheck.answers import Answer, Kind
from hitbtc_keycheck.rights import Right


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
    and, in a list, each item has one of the keys in `items`. `example` is a result as the rehearsal
    gives it, `about` what the request asks, in a reader's words.
    """

    name: str
    right: Right
    channel: Channel
    method: str
    path: str = ""
    about: str
    stage: Stage = Stage.ASK
    result: Means = Means.ON
    form: Form = Form.LIST
    items: tuple[str, ...] = ()
    example: object = None
    errors: tuple[Shows, ...] = ()
    confidence: Confidence = Confidence.HIGH

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
        about="Log in with a signature: does the key work at all?",
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
        about="Log in with a signature: does the key work at all?",
        stage=Stage.ENTER,
        form=Form.TRUE,
        example=True,
        errors=_REFUSED,
    ),
    Probe(
        name="spot-balances",
        right=Right.READ,
        channel=Channel.TRADING,
        method="spot_balances",
        about="Read the spot balances.",
        items=_BALANCE,
        example=_HOLDING,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="spot-fees",
        right=Right.TRADE,
        channel=Channel.TRADING,
        method="spot_fees",
        about="Read your own trading fees, which needs the right to trade.",
        items=_FEE,
        example=_RATES,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="wallet-balances",
        right=Right.PAYMENT,
        channel=Channel.WALLET,
        method="wallet_balances",
        about="Read the wallet balances.",
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
        about="List the sub-accounts: does the key work at all?",
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
        about="Read the spot balances.",
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
        about="Read your own trading fees, which needs the right to trade.",
        items=_FEE,
        example=_RATES,
        errors=_FORBIDDEN,
    ),
    Probe(
        name="wallet-balance",
        right=Right.PAYMENT,
        channel=Channel.REST,
        method="GET",
        path="/api/3/wallet/balance",
        about="Read the wallet balances.",
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
        about="Roll back a withdrawal that was never made: would the key be allowed to?",
        stage=Stage.ROLLBACK,
        result=Means.ALARM,
        errors=(
            *_FORBIDDEN,
            Shows(code=20004, status=400, means=Means.ON),
            Shows(code=20005, status=400, means=Means.ON),
            Shows(code=800, status=404, means=Means.ON),
        ),
        confidence=Confidence.LOW,
    ),
    Probe(
        name="reach",
        right=Right.STATUS,
        channel=Channel.PUBLIC,
        method="",
        about="Open the public socket and send nothing: can HitBTC be reached from here?",
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
    meaning: str
    fault: Fault
    advice: str
    account: bool = False
    again: bool = False


_ASK_HITBTC = "Log in at HitBTC and see what it says about the account, or ask its support."
_WAIT = "Wait a few minutes and check again. Nothing about the key needs to change."
_COMPARE = "Compare both parts with what HitBTC showed, or make a new key and paste it whole."
_UNTICK = "Turn Withdraw cryptocurrencies off on HitBTC's form, and save."
_TELL_US = "Copy the report and tell the makers of this checker."

CODES: dict[int, Code] = {
    entry.code: entry
    for entry in (
        Code(
            code=1001,
            status=401,
            meaning="HitBTC saw no authorization.",
            fault=Fault.OURS,
            advice=_TELL_US,
        ),
        Code(
            code=1002,
            status=401,
            meaning=(
                "HitBTC does not accept this pair: the key, the secret or the clock is wrong, "
                "or the key is off or deleted."
            ),
            fault=Fault.PASTE,
            advice=_COMPARE,
        ),
        Code(
            code=1003,
            status=403,
            meaning="The key lacks the right, or is not allowed from this address.",
            fault=Fault.KEY,
            advice="Tick the box on HitBTC's form and confirm it; look at the IP whitelist.",
        ),
        Code(
            code=1004,
            status=401,
            meaning="HitBTC could not read the authorization made from this key.",
            fault=Fault.PASTE,
            advice=_COMPARE,
        ),
        Code(
            code=1005,
            status=401,
            meaning="HitBTC does not recognise this device.",
            fault=Fault.EXCHANGE,
            advice=_ASK_HITBTC,
            account=True,
        ),
        Code(
            code=1006,
            status=400,
            meaning="HitBTC asks for the key's rights to be upgraded.",
            fault=Fault.EXCHANGE,
            advice=_ASK_HITBTC,
            account=True,
        ),
        Code(
            code=403,
            status=401,
            meaning="The account may not do this.",
            fault=Fault.EXCHANGE,
            advice=_ASK_HITBTC,
            account=True,
        ),
        Code(
            code=600,
            status=400,
            meaning="The account is restricted.",
            fault=Fault.EXCHANGE,
            advice=_ASK_HITBTC,
            account=True,
        ),
        Code(
            code=800,
            status=404,
            meaning=(
                "What was asked about does not exist. Of a rollback, only a key that may withdraw "
                "is told so."
            ),
            fault=Fault.KEY,
            advice=_UNTICK,
        ),
        Code(
            code=10001,
            status=400,
            meaning="HitBTC checked the form of the request before the key's rights.",
            fault=Fault.OURS,
            advice=_TELL_US,
        ),
        Code(
            code=10021,
            status=400,
            meaning="The account is disabled: a sub-account that was frozen.",
            fault=Fault.EXCHANGE,
            advice=_ASK_HITBTC,
            account=True,
        ),
        Code(
            code=20004,
            status=400,
            meaning=(
                "There is no such transaction. Of a rollback, only a key that may withdraw is "
                "told so."
            ),
            fault=Fault.KEY,
            advice=_UNTICK,
        ),
        Code(
            code=20005,
            status=400,
            meaning=(
                "There is no such payout. Of a rollback, only a key that may withdraw is told so."
            ),
            fault=Fault.KEY,
            advice=_UNTICK,
        ),
        Code(
            code=20018,
            status=400,
            meaning="HitBTC has stopped withdrawals for everybody at the moment.",
            fault=Fault.EXCHANGE,
            advice=_WAIT,
        ),
        Code(
            code=20044,
            status=400,
            meaning="HitBTC has stopped trading for everybody at the moment.",
            fault=Fault.EXCHANGE,
            advice=_WAIT,
        ),
        Code(
            code=429,
            status=429,
            meaning="HitBTC had too many requests from this address.",
            fault=Fault.EXCHANGE,
            advice=_WAIT,
            again=True,
        ),
        *(
            Code(
                code=code,
                status=code,
                meaning="HitBTC's own systems have trouble.",
                fault=Fault.EXCHANGE,
                advice=_WAIT,
            )
            for code in (500, 503, 504)
        ),
        Code(
            code=1,
            status=None,
            meaning="HitBTC could not read the message.",
            fault=Fault.OURS,
            advice=_TELL_US,
        ),
        Code(
            code=404,
            status=None,
            meaning="HitBTC does not know this question any more.",
            fault=Fault.OURS,
            advice=_TELL_US,
        ),
        Code(
            code=2003,
            status=None,
            meaning="HitBTC does not know this channel any more.",
            fault=Fault.OURS,
            advice=_TELL_US,
        ),
    )
}
"""Every code the checker can meet, in a reader's words."""


def means(probe: Probe, answer: Answer) -> Means:
    """Return what `answer` to `probe` shows; NOTHING unless the table says otherwise."""
    if answer.kind is Kind.ERROR:
        return _error_means(probe, answer)
    if probe.result is Means.ALARM:
        succeeded = answer.kind is Kind.RESULT or str(answer.status).startswith("2")
        return Means.ALARM if succeeded else Means.NOTHING
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
    if probe.form is Form.OBJECT:
        inside = result.get("result") if isinstance(result, dict) else result
        return isinstance(inside, list)
    return isinstance(result, list) and all(_known(item, probe.items) for item in result)


def _known(item: object, keys: tuple[str, ...]) -> bool:
    return isinstance(item, dict) and any(key in item for key in keys)


def holds_anything(probe: Probe, answer: Answer) -> bool | None:
    """Whether a list of balances holds anything; None where the answer does not say.

    Amounts go no further than this.
    """
    if probe.items is not _BALANCE or not _fits(probe, answer):
        return None
    items = answer.result if isinstance(answer.result, list) else []
    return any(_positive(item.get(key)) for item in items for key in ("available", "reserved"))


def _positive(amount: object) -> bool:
    try:
        return float(str(amount)) > 0
    except ValueError:
        return False


def code_for(probe: Probe, answer: Answer) -> Code | None:
    """Return what is known of an error as an answer to `probe`.

    That is nothing where the table reads the code, but with another HTTP status.
    """
    code = code_of(answer)
    read = code and code.code in {shows.code for shows in probe.errors}
    return None if read and means(probe, answer) is Means.NOTHING else code


def code_of(answer: Answer) -> Code | None:
    """Return what is known of an error: by its code, or by an HTTP status that is a code too."""
    if answer.code is not None:
        return CODES.get(answer.code)
    entry = CODES.get(answer.status or 0)
    return entry if entry and entry.status == entry.code else None
