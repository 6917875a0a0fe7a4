"""What HitBTC's error codes mean, and what an answer without a known code points at.

Rules of this room: tables for the reader. Whether a code also shows a setting is the table's of
requests. What caused it is said only as far as the code tells.
"""

from dataclasses import dataclass
from enum import StrEnum

from hitbtc_keycheck.answers import Answer, Kind
from hitbtc_keycheck.words import Message


class Fault(StrEnum):
    """What caused a problem."""

    NONE = "none"
    PASTE = "paste"
    KEY = "key"
    EXCHANGE = "exchange"
    NETWORK = "network"
    OURS = "ours"


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """What an error code means to a reader.

    `status` is the HTTP status it is documented with (None: WebSocket only), `meaning` one
    sentence, `fault` what caused it, `advice` what to do next. `account` marks trouble with the
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
_TURN_OFF = Message("advice.turn-withdraw-off")
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
            advice=_TURN_OFF,
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
            advice=_TURN_OFF,
        ),
        Code(
            code=20005,
            status=400,
            meaning=Message("meaning.no-payout"),
            fault=Fault.KEY,
            advice=_TURN_OFF,
        ),
        Code(
            code=20006,
            status=400,
            meaning=Message("meaning.made-already"),
            fault=Fault.KEY,
            advice=_TURN_OFF,
        ),
        Code(
            code=20007,
            status=400,
            meaning=Message("meaning.rolled-back-already"),
            fault=Fault.KEY,
            advice=_TURN_OFF,
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
