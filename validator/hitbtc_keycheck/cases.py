"""Every situation that a check can end in: when it applies, its verdict and cause, what to do next.

Rules of this room: the first case in CASES that applies is the verdict, so their order is the order
of what matters. That the key is not at fault is said only where an answer shows whose trouble it
is. What a case says stands under its name in words/en.json. Links are paths on the site.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hitbtc_keycheck.check import Event, Via
from hitbtc_keycheck.codes import Code, Fault
from hitbtc_keycheck.evidence import Evidence
from hitbtc_keycheck.requests import Reading, Stage
from hitbtc_keycheck.settings import Setting
from hitbtc_keycheck.words import Line, Message, Value

type Facts = Mapping[str, Value]
"""What stands in the braces of a case's sentences: `settings` that are off, `clock`."""


class Verdict(StrEnum):
    """How a check ends."""

    CONNECTED = "connected"
    INCORRECT_PERMISSIONS = "incorrect-permissions"
    WITHDRAWAL_ENABLED = "withdrawal-enabled"
    INVALID = "invalid"
    UNDECIDED = "undecided"


BITSGAP = {
    Verdict.CONNECTED: "Connected",
    Verdict.INCORRECT_PERMISSIONS: "Incorrect permissions",
    Verdict.WITHDRAWAL_ENABLED: "Withdrawal enabled",
    Verdict.INVALID: "Invalid",
    Verdict.UNDECIDED: "",
}
"""The status that Bitsgap will probably show, in its own words; empty where it is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A situation: when it applies, and what to do. Its headline and sentence go by its name.

    Where it has the same headline or sentence as another case, it names that one. `if_off` where
    Bitsgap accepts the key if only Withdraw is off.
    """

    name: str
    applies: Callable[[Evidence], bool]
    verdict: Verdict
    fault: Fault
    headline_of: str = ""
    sentence_of: str = ""
    if_off: bool = False
    steps: tuple[Line, ...]

    @property
    def headline(self) -> Message:
        """The result in a few words."""
        return Message(f"case.{self.headline_of or self.name}.headline")

    def sentence(self, facts: Facts) -> Message:
        """The result in a sentence."""
        return Message(f"case.{self.sentence_of or self.name}.sentence", facts)

    @property
    def bitsgap(self) -> Message | str:
        """The status that Bitsgap will probably show, or nothing."""
        if self.if_off:
            return Message("report.if-withdraw-is-off", {"shown": BITSGAP[Verdict.CONNECTED]})
        return BITSGAP[self.verdict]


def _step(name: str, link: str = "") -> Line:
    return Line(text=Message(f"step.{name}"), link=link)


_AGAIN = _step("again")
_FORM = "guide/make-the-key/#restrictions"
_BY_HAND = _step("look-or-run", "guide/check-the-key/#settle-withdraw")
_LOOK = _step("look", "guide/make-the-key/#withdraw-off")
_TURN_OFF = (
    _step("turn-withdraw-off", "guide/make-the-key/#withdraw-off"),
    _step("delete-if-given", "guide/leaked-key/"),
    _AGAIN,
)
_EMAIL = _step("email-for-trade", "guide/make-the-key/#confirm-email")
_CONNECT = _step("connect-device", "troubleshooting/#no-connection")
_WAIT = _step("again-later", "troubleshooting/#exchange-trouble")
_NETWORK = _step("other-sites", "troubleshooting/#no-connection")
_SWAPPED = _step("compare", "troubleshooting/#swapped")
_COPY = _step("copy", "troubleshooting/#wrong-key-or-secret")
_TELL_US = _step("tell-us", "troubleshooting/#exchange-trouble")

CASES: tuple[Case, ...] = (
    Case(
        name="alarm",
        applies=lambda seen: seen.readings[Setting.WITHDRAW] is Reading.ALARM,
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        steps=(
            _step("delete", "guide/leaked-key/"),
            _step("look-at-withdrawals"),
            _TELL_US,
        ),
    ),
    Case(
        name="withdraw-on",
        applies=lambda seen: seen.readings[Setting.WITHDRAW] is Reading.ON,
        verdict=Verdict.WITHDRAWAL_ENABLED,
        fault=Fault.KEY,
        steps=_TURN_OFF,
    ),
    Case(
        name="withdraw-seen-on",
        applies=lambda seen: (
            seen.check.looked is True and seen.readings[Setting.WITHDRAW] is Reading.NOTHING
        ),
        verdict=Verdict.WITHDRAWAL_ENABLED,
        fault=Fault.KEY,
        headline_of="withdraw-on",
        steps=_TURN_OFF,
    ),
    Case(
        name="clock",
        applies=lambda seen: seen.wrong_clock and seen.readings[Setting.STATUS] is Reading.NOTHING,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(_step("set-clock", "troubleshooting/#wrong-clock"),),
    ),
    Case(
        name="invalid",
        applies=lambda seen: seen.readings[Setting.STATUS] is Reading.OFF,
        verdict=Verdict.INVALID,
        fault=Fault.PASTE,
        steps=(
            _SWAPPED,
            _COPY,
            _step("make-new", "guide/make-the-key/#create-key"),
            _step("see-on-hitbtc"),
        ),
    ),
    Case(
        name="all-refused",
        applies=lambda seen: seen.refused_all,
        verdict=Verdict.INCORRECT_PERMISSIONS,
        fault=Fault.KEY,
        steps=(
            _step("turn-permissions-on", _FORM),
            _step("email", "guide/make-the-key/#confirm-email"),
            _step("no-whitelist", "guide/make-the-key/#ip-whitelist"),
            _AGAIN,
        ),
    ),
    Case(
        name="trade-off",
        applies=lambda seen: (
            seen.readings[Setting.TRADE] is Reading.OFF
            and seen.readings[Setting.READ] is Reading.ON
        ),
        verdict=Verdict.INCORRECT_PERMISSIONS,
        fault=Fault.KEY,
        steps=(
            _EMAIL,
            _step("turn-on-if-clicked", _FORM),
            _step("again-after-email"),
        ),
    ),
    Case(
        name="wallet-refused",
        applies=lambda seen: bool(seen.pointed_at) and seen.off == seen.pointed_at,
        verdict=Verdict.INCORRECT_PERMISSIONS,
        fault=Fault.KEY,
        steps=(
            _step("turn-on-and-save", "troubleshooting/#payment-login-refused"),
            _AGAIN,
        ),
    ),
    Case(
        name="setting-off",
        applies=lambda seen: bool(seen.off),
        verdict=Verdict.INCORRECT_PERMISSIONS,
        fault=Fault.KEY,
        steps=(_step("turn-on-and-confirm", _FORM), _AGAIN),
    ),
    Case(
        name="connected",
        applies=lambda seen: seen.all_on and seen.readings[Setting.WITHDRAW] is Reading.OFF,
        verdict=Verdict.CONNECTED,
        fault=Fault.NONE,
        steps=(
            _step("connect", "guide/connect/#connect"),
            _step("read-withdraw-off", "about/withdraw-off/"),
        ),
    ),
    Case(
        name="withdraw-seen-off",
        applies=lambda seen: seen.all_on and seen.check.looked is False,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NONE,
        headline_of="connected",
        if_off=True,
        steps=(
            _step("connect", "guide/connect/#connect"),
            _step("run-optional", "guide/check-the-key/#settle-withdraw"),
        ),
    ),
    Case(
        name="withdraw-left-out",
        applies=lambda seen: seen.all_on and not seen.check.withdraw,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NONE,
        if_off=True,
        steps=(
            _LOOK,
            _step("again-with-withdraw"),
        ),
    ),
    Case(
        name="withdraw-offline",
        applies=lambda seen: seen.all_on and not seen.online,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_CONNECT, _LOOK),
    ),
    Case(
        name="withdraw-cancelled",
        applies=lambda seen: seen.all_on and seen.happened(Event.CANCELLED),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NONE,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_AGAIN, _LOOK),
    ),
    Case(
        name="withdraw-unsent",
        applies=lambda seen: seen.all_on and seen.happened(Event.UNSENT),
        verdict=Verdict.UNDECIDED,
        fault=Fault.OURS,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_LOOK, _TELL_US),
    ),
    Case(
        name="withdraw-connection-failed",
        applies=lambda seen: seen.all_on and seen.cut_off,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_LOOK, _AGAIN),
    ),
    Case(
        name="withdraw-something-else-answered",
        applies=lambda seen: seen.all_on and seen.sign("elsewhere"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(
            _LOOK,
            _step("other-network-or", "troubleshooting/#something-else-answered"),
        ),
    ),
    Case(
        name="withdraw-not-from-a-page",
        applies=lambda seen: (
            seen.all_on
            and seen.check.via is Via.SOCKETS
            and seen.ended(Event.FAILED, stage=Stage.ROLLBACK)
        ),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_BY_HAND, _LOOK),
    ),
    Case(
        name="withdraw-open",
        applies=lambda seen: seen.all_on and seen.check.via is Via.SOCKETS,
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_BY_HAND, _LOOK),
    ),
    Case(
        name="withdraw-open-at-the-terminal",
        applies=lambda seen: seen.all_on,
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline_of="withdraw-left-out",
        sentence_of="withdraw-open",
        if_off=True,
        steps=(_AGAIN, _LOOK),
    ),
    Case(
        name="account",
        applies=lambda seen: any(isinstance(it, Code) and it.account for it in seen.troubles),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        steps=(
            _step("account", "troubleshooting/#account-restricted"),
            _AGAIN,
        ),
    ),
    Case(
        name="offline",
        applies=lambda seen: not seen.online,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(_CONNECT,),
    ),
    Case(
        name="cancelled",
        applies=lambda seen: seen.happened(Event.CANCELLED),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NONE,
        steps=(_AGAIN,),
    ),
    Case(
        name="gateway",
        applies=lambda seen: seen.ended(Event.OPENED, stage=Stage.PING),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        steps=(_WAIT,),
    ),
    Case(
        name="distrusted",
        applies=lambda seen: not seen.heard and seen.happened(Event.DISTRUSTED),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(
            _step("other-network-and-date", "troubleshooting/#certificate"),
            _AGAIN,
        ),
    ),
    Case(
        name="unreachable",
        applies=lambda seen: not seen.heard and seen.ended(Event.FAILED, stage=Stage.LOGIN),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(_NETWORK, _AGAIN),
    ),
    Case(
        name="unsent",
        applies=lambda seen: seen.happened(Event.UNSENT),
        verdict=Verdict.UNDECIDED,
        fault=Fault.OURS,
        steps=(_AGAIN, _TELL_US),
    ),
    Case(
        name="ours",
        applies=lambda seen: any(trouble.fault is Fault.OURS for trouble in seen.troubles),
        verdict=Verdict.UNDECIDED,
        fault=Fault.OURS,
        headline_of="unsent",
        steps=(_TELL_US,),
    ),
    Case(
        name="blocked",
        applies=lambda seen: not seen.heard and seen.sign("blocked"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(_step("address-blocked", "troubleshooting/#address-blocked"),),
    ),
    Case(
        name="refused",
        applies=lambda seen: (
            seen.sign("refused") and seen.readings[Setting.STATUS] is not Reading.ON
        ),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        steps=(
            _SWAPPED,
            _COPY,
            _step("other-connection-if-right", "troubleshooting/#refused-without-a-reason"),
        ),
    ),
    Case(
        name="request-refused",
        applies=lambda seen: seen.sign("refused"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        steps=(
            _AGAIN,
            _step("other-connection-if-again", "troubleshooting/#refused-without-a-reason"),
        ),
    ),
    Case(
        name="exchange-trouble",
        applies=lambda seen: any(it.fault is Fault.EXCHANGE for it in seen.troubles),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        sentence_of="account",
        steps=(_WAIT,),
    ),
    Case(
        name="something-else-answered",
        applies=lambda seen: seen.sign("elsewhere"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(_step("other-network", "troubleshooting/#something-else-answered"),),
    ),
    Case(
        name="broken-off",
        applies=lambda seen: seen.broken_off,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        sentence_of="cancelled",
        steps=(_NETWORK, _AGAIN),
    ),
    Case(
        name="not-known",
        applies=lambda seen: True,  # noqa: ARG005 - the last case takes what is left
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        steps=(
            _AGAIN,
            _step("what-to-compare", "troubleshooting/#exchange-trouble"),
        ),
    ),
)
"""Every situation, in the order of what matters; the first that applies is the verdict."""


def case_of(name: str) -> Case:
    """Return the case of that name; KeyError where there is none."""
    return {case.name: case for case in CASES}[name]
