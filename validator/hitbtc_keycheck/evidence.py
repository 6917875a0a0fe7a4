"""What a check's findings show together: what each setting is, and what went wrong on the way.

Rules of this room: no verdict and no words. Withdraw counts as off only where another permission
answered "on", because a refusal of everything (an IP whitelist, say) looks the same. An alarm needs
HitBTC's own hand, so it counts only where HitBTC was heard otherwise. A measured clock counts more
than a word in an error.
"""

import re
from dataclasses import replace

from hitbtc_keycheck import signing
from hitbtc_keycheck.check import Check, Event, Finding, Via
from hitbtc_keycheck.codes import CODES, Code, Sign, code_of
from hitbtc_keycheck.readings import trouble_of
from hitbtc_keycheck.requests import Channel, Reading, Stage
from hitbtc_keycheck.settings import REQUIRED, SETTINGS, Setting

_MISSING_PERMISSION = 1003
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
        self.readings = {setting: self._merged(setting) for setting in SETTINGS}
        self.refused_all = self._refused_all()
        self.pointed_at = self._pointed_at()
        self.readings.update(dict.fromkeys(self.pointed_at, Reading.OFF))
        works = any(self.readings[setting] is Reading.ON for setting in REQUIRED)
        if self.readings[Setting.WITHDRAW] is Reading.OFF and not works:
            self.readings[Setting.WITHDRAW] = Reading.NOTHING
        self.wrong_clock = self._wrong_clock()
        if works:
            self.readings[Setting.STATUS] = Reading.ON
        elif self.wrong_clock:
            self.readings[Setting.STATUS] = Reading.NOTHING

    def of(self, setting: Setting) -> tuple[Finding, ...]:
        """The findings that bear on a setting."""
        return tuple(found for found in self.findings if found.probe.setting is setting)

    def _merged(self, setting: Setting) -> Reading:
        seen = [found.reading for found in self.of(setting)]
        return next(
            (m for m in (Reading.ALARM, Reading.ON, Reading.OFF) if m in seen), Reading.NOTHING
        )

    def _refused_all(self) -> bool:
        """Whether every answer was 1003 (a login may have succeeded).

        A login or a read that got no answer was not refused. The rollback alone shows nothing: it
        is refused to a key as it should be, and from most pages it gets no answer at all; what
        came back by hand was asked from elsewhere.
        """
        asked = [
            found
            for found in self.findings
            if found.reading is not Reading.ON
            and found.event is not Event.NOT_ASKED
            and not found.by_hand
            and (found.answer or found.probe.stage is not Stage.ROLLBACK)
        ]
        refused = [f for f in asked if f.answer and code_of(f.answer) is CODES[_MISSING_PERMISSION]]
        none_on = all(
            self.readings[setting] is not Reading.ON for setting in (*REQUIRED, Setting.WITHDRAW)
        )
        return bool(refused) and len(refused) == len(asked) and none_on

    def _pointed_at(self) -> list[Setting]:
        """The permissions that a login shows to be off, refused while another was not."""
        if self.readings[Setting.STATUS] is not Reading.ON:
            return []
        return [
            found.probe.points_at
            for found in self.findings
            if found.probe.points_at and found.answer and found.answer.code == _MISSING_PERMISSION
        ]

    @property
    def off(self) -> list[Setting]:
        """The required permissions that are off."""
        return [setting for setting in REQUIRED if self.readings[setting] is Reading.OFF]

    @property
    def all_on(self) -> bool:
        """Whether every required permission is on."""
        return all(self.readings[setting] is Reading.ON for setting in (Setting.STATUS, *REQUIRED))

    @property
    def troubles(self) -> list[Code | Sign]:
        """What is known of the answers that settled nothing."""
        known = (
            trouble_of(found.probe, found.answer)
            for found in self.findings
            if found.answer and found.reading is Reading.NOTHING
        )
        return [trouble for trouble in known if trouble]

    def sign(self, name: str) -> bool:
        """Whether an answer shows the sign of that name."""
        return any(isinstance(one, Sign) and one.name == name for one in self.troubles)

    @property
    def looked(self) -> Reading | None:
        """What the reader saw of Withdraw on the form; None where nobody looked."""
        return {None: None, True: Reading.ON, False: Reading.OFF}[self.check.looked]

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
        refused = [
            f.answer for f in self.of(Setting.STATUS) if f.reading is Reading.OFF and f.answer
        ]
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
        return terminal or self.ended(Event.FAILED, stage=Stage.PING)

    def ended(self, *events: Event, stage: Stage) -> bool:
        """Whether all requests of a stage ended in one of `events`."""
        mine = [found.event for found in self.findings if found.probe.stage is stage]
        return bool(mine) and all(event in events for event in mine)


def _without_alarm(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings, an alarm among them taken for nothing: HitBTC was not heard otherwise."""
    return tuple(
        replace(found, reading=Reading.NOTHING) if found.reading is Reading.ALARM else found
        for found in findings
    )


def _heard(found: Finding) -> bool:
    """Whether an answer is one that only HitBTC would give, an alarm aside.

    An empty list over REST, or a code that is but an HTTP status, may come from anybody.
    """
    if found.reading is Reading.ON:
        named = found.probe.channel is not Channel.REST or found.probe.setting is Setting.TRADE
        return named or (found.holds is not None and found.holds)
    known = code_of(found.answer) if found.answer else None
    return known is not None and known.code >= _OWN_CODES
