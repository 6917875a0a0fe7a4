"""The verdict, what Bitsgap would likely show, and what to do next; as data and as Markdown.

Rules of this room: the first case in CASES that applies is the verdict, so their order is the
order of what matters. A tick needs an answer that earned it: Withdraw counts as off only where
another right answered "on", because a refusal of everything (an IP whitelist, say) looks the same.
An alarm needs HitBTC's own hand, so it counts only where HitBTC was heard otherwise. That the key
is not at fault is said only where an answer shows whose trouble it is. A measured clock counts more
than a word in an error. No full key, no secret and no amount can be in a report, and of the key
nothing at all unless it logged in: it may be the secret, swapped. Links are paths on the site.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from hitbtc_keycheck import probes, signing
from hitbtc_keycheck.answers import Answer
from hitbtc_keycheck.check import Check, Event, Finding, Via
from hitbtc_keycheck.probes import CODES, Channel, Code, Fault, Means, Sign, Stage, code_of
from hitbtc_keycheck.rights import BOXES, REQUIRED, Right, State, Wanted
from hitbtc_keycheck.words import Message, Value, Words

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
class Line:
    """Something to do or to know; `link` is a path on the site, or empty."""

    text: Message
    link: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A setting: how it is wanted, how it was found and why that is not known, and the evidence."""

    right: Right
    state: State
    wanted: Wanted
    found: Message
    reason: Message | None
    findings: tuple[Finding, ...]
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a check came to: `case` is the name of a situation in CASES.

    `bitsgap` is the status that Bitsgap will probably show, or empty; `checked_at` is Unix
    milliseconds, `key_tail` the key's last four characters.
    """

    case: str
    verdict: Verdict
    fault: Fault
    headline: Message
    sentence: Message
    bitsgap: Message | str
    next_steps: tuple[Line, ...]
    rows: tuple[Row, ...]
    notes: tuple[Message, ...]
    key_tail: str
    checked_at: int


UNSEEN = (
    Line(text=Message("unseen.whitelist"), link="guide/make-the-key/#ip-whitelist"),
    Line(text=Message("unseen.earlier-use"), link="troubleshooting/#key-used-elsewhere"),
    Line(text=Message("unseen.account"), link="troubleshooting/#account-restricted"),
    Line(text=Message("unseen.sub-accounts"), link="about/withdraw-off/"),
)
"""What no API answer shows, always said with a verdict."""


class _View:
    """What a check shows so far, as the cases ask for it."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.heard = any(_heard(found) for found in check.findings)
        self.findings = check.findings if self.heard else _without_alarm(check.findings)
        self.means = {right: self._merged(right) for right in BOXES}
        self.refused_all = self._refused_all()
        self.pointed_at = self._pointed_at()
        self.means.update(dict.fromkeys(self.pointed_at, Means.OFF))
        works = any(self.means[right] is Means.ON for right in REQUIRED)
        if self.means[Right.WITHDRAW] is Means.OFF and not works:
            self.means[Right.WITHDRAW] = Means.NOTHING
        self.wrong_clock = self._wrong_clock()
        if works:
            self.means[Right.STATUS] = Means.ON
        elif self.wrong_clock:
            self.means[Right.STATUS] = Means.NOTHING

    def of(self, right: Right) -> tuple[Finding, ...]:
        """The findings that bear on a right."""
        return tuple(found for found in self.findings if found.probe.right is right)

    def _merged(self, right: Right) -> Means:
        seen = [found.means for found in self.of(right)]
        return next((m for m in (Means.ALARM, Means.ON, Means.OFF) if m in seen), Means.NOTHING)

    def _refused_all(self) -> bool:
        """Whether every answer was 1003 (a login may have succeeded).

        A login or a read that got no answer was not refused. The rollback alone shows nothing: it
        is refused to a key as it should be, and from most pages it gets no answer at all; what
        came back by hand was asked from elsewhere.
        """
        asked = [
            found
            for found in self.findings
            if found.means is not Means.ON
            and found.event is not Event.NOT_ASKED
            and not found.by_hand
            and (found.answer or found.probe.stage is not Stage.ROLLBACK)
        ]
        refused = [f for f in asked if f.answer and code_of(f.answer) is CODES[_MISSING_RIGHT]]
        none_on = all(self.means[right] is not Means.ON for right in (*REQUIRED, Right.WITHDRAW))
        return bool(refused) and len(refused) == len(asked) and none_on

    def _pointed_at(self) -> list[Right]:
        """The rights whose absence a login points at, that was refused while another was not."""
        if self.means[Right.STATUS] is not Means.ON:
            return []
        return [
            found.probe.points_at
            for found in self.findings
            if found.probe.points_at and found.answer and found.answer.code == _MISSING_RIGHT
        ]

    @property
    def off(self) -> list[Right]:
        """The required rights that are off."""
        return [right for right in REQUIRED if self.means[right] is Means.OFF]

    @property
    def all_on(self) -> bool:
        """Whether every required right is on."""
        return all(self.means[right] is Means.ON for right in (Right.STATUS, *REQUIRED))

    @property
    def troubles(self) -> list[Code | Sign]:
        """What is known of the answers that settled nothing."""
        known = (
            probes.trouble_of(found.probe, found.answer)
            for found in self.findings
            if found.answer and found.means is Means.NOTHING
        )
        return [trouble for trouble in known if trouble]

    def sign(self, name: str) -> bool:
        """Whether an answer shows the sign of that name."""
        return any(isinstance(one, Sign) and one.name == name for one in self.troubles)

    @property
    def looked(self) -> Means | None:
        """What the reader saw of Withdraw on the form; None where nobody looked."""
        return {None: None, True: Means.ON, False: Means.OFF}[self.check.looked]

    @property
    def skew(self) -> int | None:
        """Milliseconds by which the exchange's clock is ahead of this device's; None if unknown."""
        gaps = [
            found.answer.time - found.at
            for found in self.findings
            if found.answer and found.answer.time and not found.by_hand
        ]
        return max(gaps, key=abs, default=None)

    def _wrong_clock(self) -> bool:
        """Whether a refused pair may be a wrong clock: by measure, or else by HitBTC's words."""
        refused = [f.answer for f in self.of(Right.STATUS) if f.means is Means.OFF and f.answer]
        if refused and self.skew is not None:
            return abs(self.skew) > signing.WINDOW
        return any(_CLOCK.search(a.said) and not _NO_CLOCK.search(a.said) for a in refused)

    def happened(self, event: Event) -> bool:
        """Whether this befell any request."""
        return any(found.event is event for found in self.findings)

    @property
    def cut_off(self) -> bool:
        """Whether the question about Withdraw did not get through to HitBTC.

        To a page that is what it looks like, too, where HitBTC does not answer pages.
        """
        terminal = self.check.via is Via.REST and self.ended(Event.FAILED, stage=Stage.ROLLBACK)
        return terminal or self.happened(Event.DISTRUSTED) or self.sign("blocked")

    @property
    def broken_off(self) -> bool:
        """Whether the way failed: a request in a terminal, or every socket there is on a page.

        A single socket that fails while others work is the exchange's doing.
        """
        terminal = self.check.via is Via.REST and (
            self.happened(Event.FAILED) or self.happened(Event.DISTRUSTED)
        )
        return terminal or self.ended(Event.FAILED, stage=Stage.REACH)

    def ended(self, *events: Event, stage: Stage) -> bool:
        """Whether all requests of a stage ended in one of `events`."""
        mine = [found.event for found in self.findings if found.probe.stage is stage]
        return bool(mine) and all(event in events for event in mine)


_MISSING_RIGHT = 1003
_OWN_CODES = 600  # from here on a code is no HTTP status
_HOURS = 120  # minutes, from which hours are told
_CLOCK = re.compile(r"timestamp|time ?window|recvwindow", re.ASCII | re.IGNORECASE)
_NO_CLOCK = re.compile(r"key|secret|signature|hmac", re.ASCII | re.IGNORECASE)
"""A text that names other causes too does not say that it is the clock."""


def _without_alarm(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings, an alarm among them taken for nothing: HitBTC was not heard otherwise."""
    return tuple(
        replace(found, means=Means.NOTHING) if found.means is Means.ALARM else found
        for found in findings
    )


def _heard(found: Finding) -> bool:
    """Whether an answer is one that only HitBTC would give, an alarm aside.

    An empty list over REST, or a code that is but an HTTP status, may come from anybody.
    """
    if found.means is Means.ON:
        named = found.probe.channel is not Channel.REST or found.probe.right is Right.TRADE
        return named or (found.holds is not None and found.holds)
    known = code_of(found.answer) if found.answer else None
    return known is not None and known.code >= _OWN_CODES


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A situation: when it applies, and what to do. Its headline and sentence go by its name.

    Where it has the same headline or sentence as another case, it names that one. `if_off` where
    Bitsgap accepts the key if only Withdraw is off.
    """

    name: str
    applies: Callable[[_View], bool]
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
        applies=lambda view: view.means[Right.WITHDRAW] is Means.ALARM,
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
        applies=lambda view: view.means[Right.WITHDRAW] is Means.ON,
        verdict=Verdict.WITHDRAWAL_ENABLED,
        fault=Fault.KEY,
        steps=_TURN_OFF,
    ),
    Case(
        name="withdraw-seen-on",
        applies=lambda view: (
            view.check.looked is True and view.means[Right.WITHDRAW] is Means.NOTHING
        ),
        verdict=Verdict.WITHDRAWAL_ENABLED,
        fault=Fault.KEY,
        headline_of="withdraw-on",
        steps=_TURN_OFF,
    ),
    Case(
        name="clock",
        applies=lambda view: view.wrong_clock and view.means[Right.STATUS] is Means.NOTHING,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(_step("set-clock", "troubleshooting/#wrong-clock"),),
    ),
    Case(
        name="invalid",
        applies=lambda view: view.means[Right.STATUS] is Means.OFF,
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
        applies=lambda view: view.refused_all,
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
        applies=lambda view: (
            view.means[Right.TRADE] is Means.OFF and view.means[Right.READ] is Means.ON
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
        applies=lambda view: bool(view.pointed_at) and view.off == view.pointed_at,
        verdict=Verdict.INCORRECT_PERMISSIONS,
        fault=Fault.KEY,
        steps=(
            _step("turn-on-and-save", "troubleshooting/#payment-login-refused"),
            _AGAIN,
        ),
    ),
    Case(
        name="setting-off",
        applies=lambda view: bool(view.off),
        verdict=Verdict.INCORRECT_PERMISSIONS,
        fault=Fault.KEY,
        steps=(_step("turn-on-and-confirm", _FORM), _AGAIN),
    ),
    Case(
        name="connected",
        applies=lambda view: view.all_on and view.means[Right.WITHDRAW] is Means.OFF,
        verdict=Verdict.CONNECTED,
        fault=Fault.NONE,
        steps=(
            _step("connect", "guide/connect/#connect"),
            _step("read-withdraw-off", "about/withdraw-off/"),
        ),
    ),
    Case(
        name="withdraw-seen-off",
        applies=lambda view: view.all_on and view.check.looked is False,
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
        applies=lambda view: view.all_on and not view.check.withdraw,
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
        applies=lambda view: view.all_on and not _online(view),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_CONNECT, _LOOK),
    ),
    Case(
        name="withdraw-cancelled",
        applies=lambda view: view.all_on and view.happened(Event.CANCELLED),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NONE,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_AGAIN, _LOOK),
    ),
    Case(
        name="withdraw-unsent",
        applies=lambda view: view.all_on and view.happened(Event.UNSENT),
        verdict=Verdict.UNDECIDED,
        fault=Fault.OURS,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_LOOK, _TELL_US),
    ),
    Case(
        name="withdraw-connection-failed",
        applies=lambda view: view.all_on and view.cut_off,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_LOOK, _AGAIN),
    ),
    Case(
        name="withdraw-something-else-answered",
        applies=lambda view: view.all_on and view.sign("elsewhere"),
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
        applies=lambda view: (
            view.all_on
            and view.check.via is Via.SOCKETS
            and view.ended(Event.FAILED, stage=Stage.ROLLBACK)
        ),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_BY_HAND, _LOOK),
    ),
    Case(
        name="withdraw-open",
        applies=lambda view: view.all_on and view.check.via is Via.SOCKETS,
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline_of="withdraw-left-out",
        if_off=True,
        steps=(_BY_HAND, _LOOK),
    ),
    Case(
        name="withdraw-open-at-the-terminal",
        applies=lambda view: view.all_on,
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline_of="withdraw-left-out",
        sentence_of="withdraw-open",
        if_off=True,
        steps=(_AGAIN, _LOOK),
    ),
    Case(
        name="account",
        applies=lambda view: any(isinstance(it, Code) and it.account for it in view.troubles),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        steps=(
            _step("account", "troubleshooting/#account-restricted"),
            _AGAIN,
        ),
    ),
    Case(
        name="offline",
        applies=lambda view: not _online(view),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(_CONNECT,),
    ),
    Case(
        name="cancelled",
        applies=lambda view: view.happened(Event.CANCELLED),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NONE,
        steps=(_AGAIN,),
    ),
    Case(
        name="gateway",
        applies=lambda view: view.ended(Event.OPENED, stage=Stage.REACH),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        steps=(_WAIT,),
    ),
    Case(
        name="distrusted",
        applies=lambda view: not view.heard and view.happened(Event.DISTRUSTED),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(
            _step("other-network-and-date", "troubleshooting/#certificate"),
            _AGAIN,
        ),
    ),
    Case(
        name="unreachable",
        applies=lambda view: not view.heard and view.ended(Event.FAILED, stage=Stage.ENTER),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(_NETWORK, _AGAIN),
    ),
    Case(
        name="unsent",
        applies=lambda view: view.happened(Event.UNSENT),
        verdict=Verdict.UNDECIDED,
        fault=Fault.OURS,
        steps=(_AGAIN, _TELL_US),
    ),
    Case(
        name="ours",
        applies=lambda view: any(trouble.fault is Fault.OURS for trouble in view.troubles),
        verdict=Verdict.UNDECIDED,
        fault=Fault.OURS,
        headline_of="unsent",
        steps=(_TELL_US,),
    ),
    Case(
        name="blocked",
        applies=lambda view: not view.heard and view.sign("blocked"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(_step("address-blocked", "troubleshooting/#address-blocked"),),
    ),
    Case(
        name="refused",
        applies=lambda view: view.sign("refused") and view.means[Right.STATUS] is not Means.ON,
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
        applies=lambda view: view.sign("refused"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        steps=(
            _AGAIN,
            _step("other-connection-if-again", "troubleshooting/#refused-without-a-reason"),
        ),
    ),
    Case(
        name="exchange-trouble",
        applies=lambda view: any(it.fault is Fault.EXCHANGE for it in view.troubles),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        sentence_of="account",
        steps=(_WAIT,),
    ),
    Case(
        name="something-else-answered",
        applies=lambda view: view.sign("elsewhere"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        steps=(_step("other-network", "troubleshooting/#something-else-answered"),),
    ),
    Case(
        name="broken-off",
        applies=lambda view: view.broken_off,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        sentence_of="cancelled",
        steps=(_NETWORK, _AGAIN),
    ),
    Case(
        name="not-known",
        applies=lambda view: True,  # noqa: ARG005 - the last case takes what is left
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


def report(check: Check, hints: tuple[Message, ...] = (), key_ends_in: str = "") -> Report:
    """Return what `check` shows at this moment.

    `hints` say what the pasted pair's shape said, `key_ends_in` is the end of the key.
    """
    view = _View(check)
    case = next(case for case in CASES if case.applies(view))
    facts: Facts = {
        "settings": tuple(BOXES[right].label for right in view.off),
        "clock": _clock(view.skew),
    }
    return Report(
        case=case.name,
        verdict=case.verdict,
        fault=case.fault,
        headline=case.headline,
        sentence=case.sentence(facts),
        bitsgap=case.bitsgap,
        next_steps=tuple(replace(step, text=Message(step.text.id, facts)) for step in case.steps),
        rows=tuple(_row(view, right) for right in BOXES),
        notes=(*hints, *_notes(view)),
        key_tail=key_ends_in if view.means[Right.STATUS] is Means.ON else "",
        checked_at=check.now,
    )


def _online(view: _View) -> bool:
    return all(found.online for found in view.findings)


def _clock(skew: int | None) -> Message:
    if skew is None:
        return Message("clock.unknown")
    amount = _amount(round(abs(skew) / 60_000))
    if skew > 0:
        return Message("clock.behind", {"amount": amount})
    return Message("clock.ahead", {"amount": amount})


def _amount(minutes: int) -> Message:
    if minutes < _HOURS:
        return Message("clock.minutes", {"number": minutes})
    return Message("clock.hours", {"number": round(minutes / 60)})


def _notes(view: _View) -> Iterator[Message]:
    if any(found.holds is False for found in view.of(Right.READ)):
        yield Message("report.spot-empty")


def _row(view: _View, right: Right) -> Row:
    wanted, means = BOXES[right].wanted, view.means[right]
    if right is Right.WITHDRAW and means is Means.NOTHING and view.looked:
        return _row_looked_at(view, view.looked)
    state = _state(wanted, means)
    return Row(
        right=right,
        state=state,
        wanted=wanted,
        found=_found(view, right, means),
        reason=_reason(view, right, state),
        findings=view.of(right),
    )


def _row_looked_at(view: _View, seen: Means) -> Row:
    """The row of Withdraw by the reader's own word, which earns no tick."""
    return Row(
        right=Right.WITHDRAW,
        state=State.NOT_AS_REQUIRED if seen is Means.ON else State.COULD_NOT_TELL,
        wanted=BOXES[Right.WITHDRAW].wanted,
        found=Message(f"setting.{seen}"),
        reason=Message(f"reason.seen-{seen}"),
        findings=view.of(Right.WITHDRAW),
        confirmed=True,
    )


def _found(view: _View, right: Right, means: Means) -> Message:
    alike = right in view.pointed_at or (view.refused_all and right in REQUIRED)
    if alike and means is Means.OFF:
        # Off, or on and not allowed from this address: nobody can tell.
        return Message("setting.refused")
    return Message(f"setting.{means}") if means in _SETTLED else Message("setting.not-known")


_SETTLED = (Means.ON, Means.OFF)


def _state(wanted: Wanted, means: Means) -> State:
    if wanted is Wanted.DISABLED:
        return State.CANNOT_BE_SEEN
    if means not in _SETTLED:
        return State.COULD_NOT_TELL
    return State.AS_REQUIRED if means.value == wanted.value else State.NOT_AS_REQUIRED


def _reason(view: _View, right: Right, state: State) -> Message | None:
    if state is State.CANNOT_BE_SEEN:
        return Message("reason.no-request")
    if right is Right.WITHDRAW and not view.check.withdraw and not view.of(right):
        return Message("reason.left-out")
    if state is not State.COULD_NOT_TELL:
        return None
    if right is Right.WITHDRAW and view.refused_all and any(f.answer for f in view.of(right)):
        return Message("reason.refused-all")
    return next((explain(found) for found in view.of(right)), Message("reason.not-asked"))


def explain(found: Finding) -> Message:
    """Return what came of one request."""
    if found.answer is None:
        return _unanswered(found)
    code = probes.code_for(found.probe, found.answer)
    if code:
        return code.meaning
    if found.answer.code is not None and found.answer.code not in CODES:
        return Message("reason.unknown-code", {"code": found.answer.code})
    return _unread(found.answer) if found.means is Means.NOTHING else Message("event.answered")


def _unanswered(found: Finding) -> Message:
    if found.event is Event.FAILED and found.probe.stage is Stage.ROLLBACK:
        return Message("reason.not-from-here")
    return Message(f"event.{found.event}")


def _unread(answer: Answer) -> Message:
    sign = probes.sign_of(answer)
    return sign.meaning if sign else Message("reason.unknown-form")


def as_data(report: Report, words: Words) -> dict[str, object]:
    """Return the report as plain data, in the words of the contract and some for people."""
    say = words.say
    return {
        "verdict": report.verdict.value,
        "fault": report.fault.value,
        "headline": say(report.headline),
        "sentence": say(report.sentence),
        "bitsgap_status": say(report.bitsgap),
        "rights": {row.right.value: _row_data(row, words) for row in report.rows},
        "next_steps": [_line_data(step, words) for step in report.next_steps],
        "notes": [say(note) for note in report.notes],
        "cannot_be_seen": [_line_data(line, words) for line in UNSEEN],
        "key_ends_in": report.key_tail,
        "checked_at": _moment(report.checked_at),
    }


def _row_data(row: Row, words: Words) -> dict[str, object]:
    return {
        "state": row.state.value,
        "label": BOXES[row.right].label,
        "wanted": words.say(wanted(row)),
        "found": words.say(row.found),
        "reason": words.say(row.reason or ""),
        "confirmed_by_you": row.confirmed,
        "evidence": [_evidence(found, words) for found in row.findings],
    }


def wanted(row: Row) -> Message:
    """Return how Bitsgap's instructions want a setting."""
    return Message(f"setting.{row.wanted}")


def _evidence(found: Finding, words: Words) -> dict[str, object]:
    answer = found.answer
    return {
        "asked": found.probe.target,
        "by": words.say(Message("report.by-hand" if found.by_hand else "report.by-check")),
        "outcome": found.event.value,
        "shows": found.means.value,
        "status": answer.status if answer else None,
        "code": answer.code if answer else None,
        "said": answer.said if answer else "",
        "meaning": words.say(explain(found)),
        "at": _moment(found.at),
    }


def _line_data(line: Line, words: Words) -> dict[str, str]:
    return {"text": words.say(line.text), "link": line.link}


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")


def as_markdown(report: Report, words: Words) -> str:
    """Return the report for a support ticket: no secret, of the key its last four characters."""
    say = words.say
    return "\n".join(
        [
            f"## {say(_title(report))}",
            "",
            f"**{say(report.headline)}** {say(report.sentence)}",
            "",
            *(f"- {say(fact)}" for fact in _facts(report)),
            "",
            f"| {' | '.join(say(head) for head in HEADS)} |",
            f"| {' | '.join('---' for _ in HEADS)} |",
            *(_markdown_row(row, words) for row in report.rows),
            "",
            f"{say(Message('report.next'))}:",
            "",
            *(f"{place}. {say(step.text)}" for place, step in enumerate(report.next_steps, 1)),
            "",
            f"{say(Message('report.requests'))}:",
            "",
            *(_markdown_line(found) for row in report.rows for found in row.findings),
        ]
    )


HEADS = (
    Message("report.setting"),
    Message("report.needed"),
    Message("report.found"),
    Message("report.state"),
)
"""The heads of the table of settings."""


def _title(report: Report) -> Message:
    verdict, tail = report.verdict.value, f"`{report.key_tail}`"
    if report.key_tail:
        return Message("report.title-with-tail", {"tail": tail, "verdict": verdict})
    return Message("report.title", {"verdict": verdict})


def _facts(report: Report) -> Iterator[Message]:
    if report.bitsgap:
        yield Message("report.bitsgap", {"shown": report.bitsgap})
    if report.fault is not Fault.NONE:
        yield Message("report.cause", {"cause": Message(f"cause.{report.fault}")})
    yield Message("report.checked-at", {"time": _moment(report.checked_at)})
    yield from (Message("report.note", {"note": note}) for note in report.notes)


def _markdown_row(row: Row, words: Words) -> str:
    found = Message("report.confirmed", {"found": row.found}) if row.confirmed else row.found
    cells = (BOXES[row.right].label, wanted(row), found, row.state.value)
    return f"| {' | '.join(words.say(cell) for cell in cells)} |"


def _markdown_line(found: Finding) -> str:
    return f"- `{found.probe.target}`: {in_short(found)}"


def in_short(found: Finding) -> str:
    """Return what came back for one request, in a word or two numbers."""
    if not found.answer:
        return found.event.value
    codes = (found.answer.status, found.answer.code)
    return " / ".join(str(code) for code in codes if code is not None) or found.answer.kind.value
