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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from hitbtc_keycheck import probes, signing
from hitbtc_keycheck.answers import Answer
from hitbtc_keycheck.check import Check, Event, Finding, Via
from hitbtc_keycheck.probes import CODES, Channel, Code, Fault, Means, Sign, Stage, code_of
from hitbtc_keycheck.rights import BOXES, REQUIRED, Right, State, Wanted


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
"""The status Bitsgap would most likely show; empty where nobody can say yet."""

CAUSES = {
    Fault.NONE: "",
    Fault.PASTE: "What was pasted",
    Fault.KEY: "The key's settings",
    Fault.EXCHANGE: "HitBTC",
    Fault.NETWORK: "This device or its connection",
    Fault.OURS: "The checker",
}
"""What caused it, in a reader's words; empty where nothing did."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Something to do next; `link` is a path on the site, or empty."""

    text: str
    link: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A box: how it is wanted, how it was found, in words, and the evidence."""

    right: Right
    state: State
    wanted: Wanted
    found: str
    reason: str
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
    headline: str
    sentence: str
    bitsgap: str
    next_steps: tuple[Step, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    key_tail: str
    checked_at: int


UNSEEN = (
    Step(
        text="IP whitelist: look at it on HitBTC. For Bitsgap it stays disabled.",
        link="guide/make-the-key/#ip-whitelist",
    ),
    Step(
        text=(
            "Earlier use: Bitsgap refuses a key that was connected to another Bitsgap account. If "
            "you are not sure, make a new key."
        ),
        link="troubleshooting/#key-used-elsewhere",
    ),
    Step(
        text="The account's own limits: HitBTC shows them when you log in.",
        link="troubleshooting/#account-restricted",
    ),
    Step(
        text=(
            "Sub-accounts: each has its own keys. This check covers only the account that this key "
            "belongs to."
        ),
        link="about/withdraw-off/",
    ),
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
    """A situation: when it applies, and what is said of it: a headline, a sentence, what to do."""

    name: str
    applies: Callable[[_View], bool]
    verdict: Verdict
    fault: Fault
    headline: str
    sentence: str
    bitsgap: str = ""
    steps: tuple[Step, ...] = ()


_IF_OFF = "Connected, if Withdraw is off"
_AGAIN = Step(text="Check again.")
_FORM = "guide/make-the-key/#restrictions"
_BY_HAND = Step(
    text="Look at Withdraw cryptocurrencies on HitBTC, or run the command shown below.",
    link="guide/check-the-key/#settle-withdraw",
)
_LOOK = Step(
    text="Before you connect, look on HitBTC: Withdraw cryptocurrencies must be off.",
    link="guide/make-the-key/#withdraw-off",
)
_UNTICK = (
    Step(
        text="On HitBTC, open this key, turn Withdraw cryptocurrencies off and save.",
        link="guide/make-the-key/#withdraw-off",
    ),
    Step(text="If the key was already given to anyone, delete it.", link="guide/leaked-key/"),
    _AGAIN,
)
_EMAIL = Step(
    text="Click the link in HitBTC's email. Until you do, Place/cancel orders stays off.",
    link="guide/make-the-key/#confirm-email",
)
_CONNECT = Step(text="Connect it and check again.", link="troubleshooting/#no-connection")
_WAIT = Step(text="Wait a few minutes, then check again.", link="troubleshooting/#exchange-trouble")
_NETWORK = Step(
    text="See whether other sites open; a firewall, VPN or blocker may be in the way.",
    link="troubleshooting/#no-connection",
)
_SWAPPED = Step(
    text="Compare first: is the API key in API key, and the Secret key in Secret key?",
    link="troubleshooting/#swapped",
)
_COPY = Step(
    text="Copy the API key and the secret key again, from the first character to the last.",
    link="troubleshooting/#wrong-key-or-secret",
)
_TELL_US = Step(
    text="Copy the report and send it to us. It contains no secret key.",
    link="troubleshooting/#exchange-trouble",
)

CASES: tuple[Case, ...] = (
    Case(
        name="alarm",
        applies=lambda view: view.means[Right.WITHDRAW] is Means.ALARM,
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline="Stop. Do not use this key.",
        sentence=(
            "HitBTC accepted a request to cancel a withdrawal that does not exist. That should "
            "be impossible."
        ),
        steps=(
            Step(text="Do not give this key to anyone; delete it.", link="guide/leaked-key/"),
            Step(text="Log in at HitBTC and look at your withdrawals."),
            _TELL_US,
        ),
    ),
    Case(
        name="withdraw-on",
        applies=lambda view: view.means[Right.WITHDRAW] is Means.ON,
        verdict=Verdict.WITHDRAWAL_ENABLED,
        fault=Fault.KEY,
        headline="This key can withdraw your coins",
        sentence="Turn off Withdraw cryptocurrencies before you give the key to anyone.",
        steps=_UNTICK,
    ),
    Case(
        name="withdraw-seen-on",
        applies=lambda view: (
            view.check.looked is True and view.means[Right.WITHDRAW] is Means.NOTHING
        ),
        verdict=Verdict.WITHDRAWAL_ENABLED,
        fault=Fault.KEY,
        headline="This key can withdraw your coins",
        sentence=(
            "You saw that Withdraw cryptocurrencies is on. Turn it off before you give the key "
            "to anyone."
        ),
        steps=_UNTICK,
    ),
    Case(
        name="clock",
        applies=lambda view: view.wrong_clock and view.means[Right.STATUS] is Means.NOTHING,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline="This device's clock is wrong",
        sentence="HitBTC refused the login because of the time: {clock}.",
        steps=(
            Step(
                text="Set this device's clock to automatic, then check again.",
                link="troubleshooting/#wrong-clock",
            ),
        ),
    ),
    Case(
        name="invalid",
        applies=lambda view: view.means[Right.STATUS] is Means.OFF,
        verdict=Verdict.INVALID,
        fault=Fault.PASTE,
        headline="HitBTC does not recognise this key",
        sentence=(
            "The API key and the secret key do not match, or the key is off, expired or deleted."
        ),
        steps=(
            _SWAPPED,
            _COPY,
            Step(
                text="If the secret is no longer shown, make a new key.",
                link="guide/make-the-key/#create-key",
            ),
            Step(
                text=(
                    "If both are right, see on HitBTC whether the key is off, expired or deleted; "
                    "a key of another exchange, or of HitBTC's demo, is refused too."
                )
            ),
        ),
    ),
    Case(
        name="all-refused",
        applies=lambda view: view.refused_all,
        verdict=Verdict.INCORRECT_PERMISSIONS,
        fault=Fault.KEY,
        headline="HitBTC refused every request",
        sentence="Either no permission is on, or an IP whitelist blocks this address.",
        steps=(
            Step(text="Turn on the permissions and save.", link=_FORM),
            Step(
                text="Click the link in HitBTC's email.",
                link="guide/make-the-key/#confirm-email",
            ),
            Step(
                text="Make sure that the IP whitelist is disabled.",
                link="guide/make-the-key/#ip-whitelist",
            ),
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
        headline="This key can read but cannot trade",
        sentence="Most often, the link in HitBTC's email was not clicked.",
        steps=(
            _EMAIL,
            Step(text="If you already did, turn on {boxes} and save.", link=_FORM),
            Step(
                text=(
                    "Then check again, with Withdraw: the same link also activates Withdraw if it "
                    "was turned on."
                )
            ),
        ),
    ),
    Case(
        name="wallet-refused",
        applies=lambda view: bool(view.pointed_at) and view.off == view.pointed_at,
        verdict=Verdict.INCORRECT_PERMISSIONS,
        fault=Fault.KEY,
        headline="HitBTC refuses this key the wallet",
        sentence="Most likely, {boxes} is off.",
        steps=(
            Step(
                text="On HitBTC, turn {boxes} on and save.",
                link="troubleshooting/#payment-login-refused",
            ),
            _AGAIN,
        ),
    ),
    Case(
        name="box-off",
        applies=lambda view: bool(view.off),
        verdict=Verdict.INCORRECT_PERMISSIONS,
        fault=Fault.KEY,
        headline="Bitsgap needs a setting that is off",
        sentence="Turn on {boxes}.",
        steps=(Step(text="On HitBTC, turn on {boxes}, save and confirm.", link=_FORM), _AGAIN),
    ),
    Case(
        name="connected",
        applies=lambda view: view.all_on and view.means[Right.WITHDRAW] is Means.OFF,
        verdict=Verdict.CONNECTED,
        fault=Fault.NONE,
        headline="Ready to connect",
        sentence="Every setting is as Bitsgap needs it, and the key cannot withdraw.",
        steps=(
            Step(text="Connect it at Bitsgap.", link="guide/connect/#connect"),
            Step(
                text="Read how a key that cannot withdraw can still lose money.",
                link="about/withdraw-off/",
            ),
        ),
    ),
    Case(
        name="withdraw-seen-off",
        applies=lambda view: view.all_on and view.check.looked is False,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NONE,
        headline="Ready to connect",
        sentence="HitBTC confirmed everything except Withdraw; you confirmed that Withdraw is off.",
        bitsgap=_IF_OFF,
        steps=(
            Step(text="Connect it at Bitsgap.", link="guide/connect/#connect"),
            Step(
                text="Optional: run the command to have HitBTC confirm it.",
                link="guide/check-the-key/#settle-withdraw",
            ),
        ),
    ),
    Case(
        name="withdraw-left-out",
        applies=lambda view: view.all_on and not view.check.withdraw,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NONE,
        headline="One thing left: Withdraw",
        sentence=(
            "Everything Bitsgap needs is on. You chose not to ask whether the key can withdraw."
        ),
        bitsgap=_IF_OFF,
        steps=(
            _LOOK,
            Step(text="Or check again with the Withdraw request included."),
        ),
    ),
    Case(
        name="withdraw-offline",
        applies=lambda view: view.all_on and not _online(view),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline="One thing left: Withdraw",
        sentence=(
            "Everything Bitsgap needs is on. This device went offline before HitBTC answered "
            "about Withdraw."
        ),
        bitsgap=_IF_OFF,
        steps=(_CONNECT, _LOOK),
    ),
    Case(
        name="withdraw-cancelled",
        applies=lambda view: view.all_on and view.happened(Event.CANCELLED),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NONE,
        headline="One thing left: Withdraw",
        sentence=(
            "Everything Bitsgap needs is on. You stopped the check before HitBTC answered about "
            "Withdraw."
        ),
        bitsgap=_IF_OFF,
        steps=(_AGAIN, _LOOK),
    ),
    Case(
        name="withdraw-unsent",
        applies=lambda view: view.all_on and view.happened(Event.UNSENT),
        verdict=Verdict.UNDECIDED,
        fault=Fault.OURS,
        headline="One thing left: Withdraw",
        sentence="Everything Bitsgap needs is on. The checker failed to ask about Withdraw.",
        bitsgap=_IF_OFF,
        steps=(_LOOK, _TELL_US),
    ),
    Case(
        name="withdraw-connection-failed",
        applies=lambda view: view.all_on and view.cut_off,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline="One thing left: Withdraw",
        sentence=(
            "Everything Bitsgap needs is on. The connection failed before HitBTC answered about "
            "Withdraw."
        ),
        bitsgap=_IF_OFF,
        steps=(_LOOK, _AGAIN),
    ),
    Case(
        name="withdraw-something-else-answered",
        applies=lambda view: view.all_on and view.sign("elsewhere"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline="One thing left: Withdraw",
        sentence=(
            "Everything Bitsgap needs is on. About Withdraw, something else seems to have "
            "answered in HitBTC's place."
        ),
        bitsgap=_IF_OFF,
        steps=(
            _LOOK,
            Step(
                text="Or use another network, and check again.",
                link="troubleshooting/#something-else-answered",
            ),
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
        headline="One thing left: Withdraw",
        sentence=(
            "Everything Bitsgap needs is on. HitBTC does not answer web pages about Withdraw, "
            "so look at it yourself."
        ),
        bitsgap=_IF_OFF,
        steps=(_BY_HAND, _LOOK),
    ),
    Case(
        name="withdraw-open",
        applies=lambda view: view.all_on and view.check.via is Via.SOCKETS,
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline="One thing left: Withdraw",
        sentence=(
            "Everything Bitsgap needs is on, but HitBTC's answer about Withdraw was not clear."
        ),
        bitsgap=_IF_OFF,
        steps=(_BY_HAND, _LOOK),
    ),
    Case(
        name="withdraw-open-at-the-terminal",
        applies=lambda view: view.all_on,
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline="One thing left: Withdraw",
        sentence=(
            "Everything Bitsgap needs is on, but HitBTC's answer about Withdraw was not clear."
        ),
        bitsgap=_IF_OFF,
        steps=(_AGAIN, _LOOK),
    ),
    Case(
        name="account",
        applies=lambda view: any(isinstance(it, Code) and it.account for it in view.troubles),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline="HitBTC has restricted this account",
        sentence="So the key could not be checked in full.",
        steps=(
            Step(
                text="Log in at HitBTC and see what it says about the account.",
                link="troubleshooting/#account-restricted",
            ),
            _AGAIN,
        ),
    ),
    Case(
        name="offline",
        applies=lambda view: not _online(view),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline="This device is offline",
        sentence="The check could not be finished.",
        steps=(_CONNECT,),
    ),
    Case(
        name="cancelled",
        applies=lambda view: view.happened(Event.CANCELLED),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NONE,
        headline="You stopped the check",
        sentence="HitBTC had not answered everything yet.",
        steps=(_AGAIN,),
    ),
    Case(
        name="gateway",
        applies=lambda view: view.ended(Event.OPENED, stage=Stage.REACH),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline="HitBTC accepts no logins right now",
        sentence="HitBTC can be reached, so this is not your connection.",
        steps=(_WAIT,),
    ),
    Case(
        name="distrusted",
        applies=lambda view: not view.heard and view.happened(Event.DISTRUSTED),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline="The connection is not safe",
        sentence=(
            "The certificate that came is not trusted as HitBTC's, so nothing was sent to "
            "whoever answered."
        ),
        steps=(
            Step(
                text="Use another network, and see that this device's date is right.",
                link="troubleshooting/#certificate",
            ),
            _AGAIN,
        ),
    ),
    Case(
        name="unreachable",
        applies=lambda view: not view.heard and view.ended(Event.FAILED, stage=Stage.ENTER),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline="Could not reach HitBTC",
        sentence="The connection from this device failed.",
        steps=(_NETWORK, _AGAIN),
    ),
    Case(
        name="unsent",
        applies=lambda view: view.happened(Event.UNSENT),
        verdict=Verdict.UNDECIDED,
        fault=Fault.OURS,
        headline="The checker failed",
        sentence="It could not send a request, so the key could not be checked in full.",
        steps=(_AGAIN, _TELL_US),
    ),
    Case(
        name="ours",
        applies=lambda view: any(trouble.fault is Fault.OURS for trouble in view.troubles),
        verdict=Verdict.UNDECIDED,
        fault=Fault.OURS,
        headline="The checker failed",
        sentence="HitBTC did not understand a request. This says nothing about your key.",
        steps=(_TELL_US,),
    ),
    Case(
        name="blocked",
        applies=lambda view: not view.heard and view.sign("blocked"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline="This address is blocked",
        sentence=(
            "HitBTC, or something on the way, lets nobody in from this address, so the key "
            "could not be checked."
        ),
        steps=(
            Step(
                text="Waiting does not help: see what may block an address or a country.",
                link="troubleshooting/#address-blocked",
            ),
        ),
    ),
    Case(
        name="refused",
        applies=lambda view: view.sign("refused") and view.means[Right.STATUS] is not Means.ON,
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline="The login was refused",
        sentence="The answer gives no reason that can be read.",
        steps=(
            _SWAPPED,
            _COPY,
            Step(
                text="If both are right, try another connection: something on the way may refuse.",
                link="troubleshooting/#refused-without-a-reason",
            ),
        ),
    ),
    Case(
        name="request-refused",
        applies=lambda view: view.sign("refused"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline="A request was refused",
        sentence="The answer gives no reason that can be read, though the key itself works.",
        steps=(
            _AGAIN,
            Step(
                text="If it stays so, try another connection: something on the way may refuse.",
                link="troubleshooting/#refused-without-a-reason",
            ),
        ),
    ),
    Case(
        name="exchange-trouble",
        applies=lambda view: any(it.fault is Fault.EXCHANGE for it in view.troubles),
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline="HitBTC has a problem",
        sentence="So the key could not be checked in full.",
        steps=(_WAIT,),
    ),
    Case(
        name="something-else-answered",
        applies=lambda view: view.sign("elsewhere"),
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline="This was not HitBTC's answer",
        sentence="Something else seems to have answered in HitBTC's place.",
        steps=(
            Step(
                text="Use another network, or sign in to this one first, then check again.",
                link="troubleshooting/#something-else-answered",
            ),
        ),
    ),
    Case(
        name="broken-off",
        applies=lambda view: view.broken_off,
        verdict=Verdict.UNDECIDED,
        fault=Fault.NETWORK,
        headline="The connection failed",
        sentence="HitBTC had not answered everything yet.",
        steps=(_NETWORK, _AGAIN),
    ),
    Case(
        name="not-known",
        applies=lambda view: True,  # noqa: ARG005 - the last case takes what is left
        verdict=Verdict.UNDECIDED,
        fault=Fault.EXCHANGE,
        headline="HitBTC did not answer everything",
        sentence="So it is not known whether the key is right.",
        steps=(
            _AGAIN,
            Step(
                text="If it stays so, see what to compare.",
                link="troubleshooting/#exchange-trouble",
            ),
        ),
    ),
)
"""Every situation, in the order of what matters; the first that applies is the verdict."""


def report(check: Check, hints: tuple[str, ...] = (), key_ends_in: str = "") -> Report:
    """Return what `check` shows at this moment.

    `hints` say what the pasted pair's shape said, `key_ends_in` is the end of the key.
    """
    view = _View(check)
    case = next(case for case in CASES if case.applies(view))
    words = {"boxes": _listed(view.off), "clock": _clock(view.skew)}
    steps = (Step(text=step.text.format(**words), link=step.link) for step in case.steps)
    return Report(
        case=case.name,
        verdict=case.verdict,
        fault=case.fault,
        headline=case.headline,
        sentence=case.sentence.format(**words),
        bitsgap=case.bitsgap or BITSGAP[case.verdict],
        next_steps=tuple(steps),
        rows=tuple(_row(view, right) for right in BOXES),
        notes=(*hints, *_notes(view)),
        key_tail=key_ends_in if view.means[Right.STATUS] is Means.ON else "",
        checked_at=check.now,
    )


def _online(view: _View) -> bool:
    return all(found.online for found in view.findings)


def _listed(rights: list[Right]) -> str:
    return ", ".join(BOXES[right].label for right in rights)


def _clock(skew: int | None) -> str:
    if skew is None:
        return "this device's clock seems to be wrong"
    minutes = round(abs(skew) / 60_000)
    amount = f"{minutes} min" if minutes < _HOURS else f"{round(minutes / 60)} h"
    return f"this device's clock is about {amount} {'behind' if skew > 0 else 'ahead'}"


def _notes(view: _View) -> Iterator[str]:
    if any(found.holds is False for found in view.of(Right.READ)):
        yield (
            "The spot balance is empty. If you expected a balance, it may be in your HitBTC "
            "wallet. Bots see only the spot balance."
        )


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
        found=_FOUND[seen],
        reason=f"Confirmed by you: {seen}. HitBTC's own answer did not show it.",
        findings=view.of(Right.WITHDRAW),
        confirmed=True,
    )


_FOUND = {Means.ON: "On", Means.OFF: "Off"}


def _found(view: _View, right: Right, means: Means) -> str:
    alike = right in view.pointed_at or (view.refused_all and right in REQUIRED)
    if alike and means is Means.OFF:
        return "Refused"  # off, or on and not allowed from this address: nobody can tell
    return _FOUND.get(means, "Not known")


def _state(wanted: Wanted, means: Means) -> State:
    if wanted is Wanted.DISABLED:
        return State.CANNOT_BE_SEEN
    if means not in _FOUND:
        return State.COULD_NOT_TELL
    return State.AS_REQUIRED if _FOUND[means] == wanted else State.NOT_AS_REQUIRED


def _reason(view: _View, right: Right, state: State) -> str:
    if state is State.CANNOT_BE_SEEN:
        return "No API request shows this. Look at it on HitBTC."
    if right is Right.WITHDRAW and not view.check.withdraw and not view.of(right):
        return "Not asked, as you chose."
    if state is not State.COULD_NOT_TELL:
        return ""
    if right is Right.WITHDRAW and view.refused_all and any(f.answer for f in view.of(right)):
        return "HitBTC refused every request, so this one proves nothing."
    return next((explain(found) for found in view.of(right)), "Not asked.")


_EVENTS = {
    Event.FAILED: "The connection to HitBTC failed.",
    Event.CLOSED: "HitBTC closed the connection before it answered.",
    Event.SILENT: "HitBTC did not answer in time.",
    Event.TOO_LONG: "HitBTC's answer was longer than any real one and was cut off.",
    Event.UNSENT: "This checker failed to send the request.",
    Event.DISTRUSTED: "The certificate that came is not trusted, so nothing was sent.",
    Event.CANCELLED: "You stopped the check.",
    Event.NOT_ASKED: "Not asked, because the login before it did not succeed.",
    Event.OPENED: "HitBTC can be reached.",
}


def explain(found: Finding) -> str:
    """Return, in a reader's words, what came of one request."""
    if found.answer is None:
        return _unanswered(found)
    code = probes.code_for(found.probe, found.answer)
    if code:
        return code.meaning
    if found.answer.code not in (None, *CODES):
        return f"HitBTC answered with code {found.answer.code}, which this checker does not know."
    return _unread(found.answer) if found.means is Means.NOTHING else "HitBTC answered."


def _unanswered(found: Finding) -> str:
    if found.event is Event.FAILED and found.probe.stage is Stage.ROLLBACK:
        return "HitBTC does not let this be asked from here, or the connection failed."
    return _EVENTS[found.event]


def _unread(answer: Answer) -> str:
    sign = probes.sign_of(answer)
    return sign.meaning if sign else "HitBTC answered in a form this checker does not know."


def as_data(report: Report) -> dict[str, object]:
    """Return the report as plain data, in the words of the contract and some for people."""
    return {
        "verdict": report.verdict.value,
        "fault": report.fault.value,
        "headline": report.headline,
        "sentence": report.sentence,
        "bitsgap_status": report.bitsgap,
        "rights": {row.right.value: _row_data(row) for row in report.rows},
        "next_steps": [_step_data(step) for step in report.next_steps],
        "notes": list(report.notes),
        "cannot_be_seen": [_step_data(step) for step in UNSEEN],
        "key_ends_in": report.key_tail,
        "checked_at": _moment(report.checked_at),
    }


def _row_data(row: Row) -> dict[str, object]:
    return {
        "state": row.state.value,
        "label": BOXES[row.right].label,
        "wanted": row.wanted.value,
        "found": row.found,
        "reason": row.reason,
        "confirmed_by_you": row.confirmed,
        "evidence": [_evidence(found) for found in row.findings],
    }


def _evidence(found: Finding) -> dict[str, object]:
    answer = found.answer
    return {
        "asked": found.probe.target,
        "by": "your terminal" if found.by_hand else "this check",
        "outcome": found.event.value,
        "shows": found.means.value,
        "status": answer.status if answer else None,
        "code": answer.code if answer else None,
        "said": answer.said if answer else "",
        "meaning": explain(found),
        "at": _moment(found.at),
    }


def _step_data(step: Step) -> dict[str, str]:
    return {"text": step.text, "link": step.link}


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")


def as_markdown(report: Report) -> str:
    """Return the report for a support ticket: no secret, of the key its last four characters."""
    tail = f" ending in `{report.key_tail}`" if report.key_tail else ""
    facts = {
        "Bitsgap will probably show": report.bitsgap,
        "Cause": CAUSES[report.fault],
        "Checked at": _moment(report.checked_at),
    }
    return "\n".join(
        [
            f"## HitBTC API key{tail}: {report.verdict.value}",
            "",
            f"**{report.headline}** {report.sentence}",
            "",
            *(f"- {name}: {fact}" for name, fact in facts.items() if fact),
            *(f"- Note: {note}" for note in report.notes),
            "",
            "| Setting | Needed | Found | State |",
            "| --- | --- | --- | --- |",
            *(_markdown_row(row) for row in report.rows),
            "",
            "Next:",
            "",
            *(f"{place}. {step.text}" for place, step in enumerate(report.next_steps, 1)),
            "",
            "Requests and answers:",
            "",
            *(_markdown_line(found) for row in report.rows for found in row.findings),
        ]
    )


def _markdown_row(row: Row) -> str:
    found = f"{row.found} (confirmed by you)" if row.confirmed else row.found
    return f"| {BOXES[row.right].label} | {row.wanted} | {found} | {row.state} |"


def _markdown_line(found: Finding) -> str:
    return f"- `{found.probe.target}`: {in_short(found)}"


def in_short(found: Finding) -> str:
    """Return what came back for one request, in a word or two numbers."""
    if not found.answer:
        return found.event.value
    codes = (found.answer.status, found.answer.code)
    return " / ".join(str(code) for code in codes if code is not None) or found.answer.kind.value
