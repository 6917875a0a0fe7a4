"""What a check's findings show together: what each setting is, and what went wrong on the way.

Rules of this room: no verdict and no words. Withdraw counts as off only where another permission
answered "on", because a refusal of everything (an IP whitelist, say) looks the same. An alarm needs
HitBTC's own hand, so it counts only where HitBTC was heard otherwise. A measured clock counts more
than a word in an error.
"""

import re
from dataclasses import replace

from hitbtc_keycheck import probes, signing
from hitbtc_keycheck.check import Check, Event, Finding, Via
from hitbtc_keycheck.probes import CODES, Channel, Code, Means, Sign, Stage, code_of
from hitbtc_keycheck.rights import BOXES, REQUIRED, Right

_MISSING_RIGHT = 1003
_OWN_CODES = 600  # from here on a code is no HTTP status
_CLOCK = re.compile(r"timestamp|time ?window|recvwindow", re.ASCII | re.IGNORECASE)
_NO_CLOCK = re.compile(r"key|secret|signature|hmac", re.ASCII | re.IGNORECASE)
"""A text that names other causes too does not say that it is the clock."""


class Evidence:
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
    def online(self) -> bool:
        """Whether the device was never known to be offline."""
        return all(found.online for found in self.findings)

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
