"""What a key could do in the wrong hands, by what the check showed of its settings.

Rules of this room: only an answer makes "could" or "could not", for Withdraw also the reader's own
word, which is named. What is not known is said to be so; where nothing is known, nothing is said. A
refusal that an IP whitelist may have made shows nothing here: a thief may not be stopped by it.

Source: what HitBTC's documents let a key with each permission do (the page on the six settings),
and how stolen keys without Withdraw were used (the page that the line links to).
"""

from collections.abc import Iterator
from functools import reduce

from hitbtc_keycheck.evidence import Evidence
from hitbtc_keycheck.probes import Means
from hitbtc_keycheck.rights import Right
from hitbtc_keycheck.words import Line, Message

_TRADED_AWAY = "about/withdraw-off/"
_LEAKED = "guide/leaked-key/"


def wrong_hands(seen: Evidence) -> Line | None:
    """Return what the key could do in the wrong hands, or None where nothing is known of it."""
    if Means.ON in (seen.means[Right.WITHDRAW], _by_eye(seen)):
        return Line(text=Message("hands.send-away"), link=_LEAKED)
    could = _could(seen)
    if not could:
        return None
    sentences = (could, *_limits(seen))
    link = _TRADED_AWAY if _known(seen, Right.TRADE) is Means.ON else _LEAKED
    return Line(text=reduce(_and, sentences), link=link)


def _could(seen: Evidence) -> Message | None:
    """The most that the key is known to let anyone do, short of withdrawing."""
    on = {right for right in Right if _known(seen, right) is Means.ON}
    if {Right.TRADE, Right.PAYMENT} <= on:
        return Message("hands.trade-and-move")
    return next((said for right, said in _COULD.items() if right in on), None)


_COULD = {
    Right.TRADE: Message("hands.trade"),
    Right.PAYMENT: Message("hands.move"),
    Right.READ: Message("hands.see"),
}
"""What each permission lets anyone do, the worst first."""


def _limits(seen: Evidence) -> Iterator[Message]:
    """What the key could not do, and what is not known."""
    trade, withdraw = (_known(seen, right) for right in (Right.TRADE, Right.WITHDRAW))
    if trade is withdraw is Means.OFF:
        yield Message("hands.neither")
        return
    if trade is Means.OFF:
        yield Message("hands.no-trade")
    if withdraw is Means.OFF:
        yield Message("hands.no-withdraw")
    elif _by_eye(seen) is Means.OFF:
        yield Message("hands.no-withdraw-by-eye")
    else:
        yield Message("hands.withdraw-not-known")
    if trade is Means.NOTHING:
        yield Message("hands.trade-not-known")


def _known(seen: Evidence, right: Right) -> Means:
    """What is known of a setting from anywhere, not only from this address."""
    if seen.refused_all or right in seen.pointed_at:
        return Means.NOTHING
    shown = seen.means[right]
    return shown if shown in (Means.ON, Means.OFF) else Means.NOTHING


def _by_eye(seen: Evidence) -> Means | None:
    """What the reader saw of Withdraw, where no answer settled it."""
    settled = seen.means[Right.WITHDRAW] in (Means.ON, Means.OFF)
    return None if settled else seen.looked


def _and(first: Message, second: Message) -> Message:
    return Message("hands.and", {"first": first, "second": second})
