"""What a key could do in the wrong hands, by what the check showed of its settings.

Rules of this room: only an answer makes "could" or "could not", for Withdraw also the reader's own
word, which is named. What is not known is said to be so. Where no permission is known to be on,
nothing is said: an IP whitelist, which may not stop a thief, refuses everything alike.

Source: what HitBTC's documents let a key with each permission do (the page on the six settings),
and how stolen keys without Withdraw were used (the page that the line links to).
"""

from collections.abc import Iterator
from functools import reduce

from hitbtc_keycheck.evidence import Evidence
from hitbtc_keycheck.requests import Reading
from hitbtc_keycheck.settings import Setting
from hitbtc_keycheck.words import Line, Message

TRADED_AWAY = "about/withdraw-off/"
LEAKED = "guide/leaked-key/"


def wrong_hands(seen: Evidence) -> Line | None:
    """Return what the key could do in the wrong hands, or None where nothing is known of it."""
    if Reading.ON in (seen.readings[Setting.WITHDRAW], _by_eye(seen)):
        return Line(text=Message("hands.send-away"), link=LEAKED)
    could = _could(seen)
    if not could:
        return None
    sentences = (could, *_limits(seen))
    link = TRADED_AWAY if seen.readings[Setting.TRADE] is Reading.ON else LEAKED
    return Line(text=reduce(_and, sentences), link=link)


def _could(seen: Evidence) -> Message | None:
    """The most that the key is known to let anyone do, short of withdrawing."""
    on = {setting for setting, shown in seen.readings.items() if shown is Reading.ON}
    if {Setting.TRADE, Setting.PAYMENT} <= on:
        return Message("hands.trade-and-move")
    return next((said for setting, said in _COULD.items() if setting in on), None)


_COULD = {
    Setting.TRADE: Message("hands.trade"),
    Setting.PAYMENT: Message("hands.move"),
    Setting.READ: Message("hands.see"),
}
"""What each permission lets anyone do, the worst first."""


def _limits(seen: Evidence) -> Iterator[Message]:
    """What the key could not do, and what is not known."""
    trade, withdraw = seen.readings[Setting.TRADE], seen.readings[Setting.WITHDRAW]
    if trade is withdraw is Reading.OFF:
        yield Message("hands.neither")
        return
    if trade is Reading.OFF:
        yield Message("hands.no-trade")
    if withdraw is Reading.OFF:
        yield Message("hands.no-withdraw")
    elif _by_eye(seen) is Reading.OFF:
        yield Message("hands.no-withdraw-by-eye")
    else:
        yield Message("hands.withdraw-not-known")
    if trade is Reading.NOTHING:
        yield Message("hands.trade-not-known")


def _by_eye(seen: Evidence) -> Reading | None:
    """What the reader saw of Withdraw, where no answer settled it."""
    settled = seen.readings[Setting.WITHDRAW] in (Reading.ON, Reading.OFF)
    return None if settled else seen.looked


def _and(first: Message, second: Message) -> Message:
    return Message("hands.and", {"first": first, "second": second})
