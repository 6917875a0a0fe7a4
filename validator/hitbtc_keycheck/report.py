"""The report: the verdict, and a row for each setting with its evidence.

Rules of this room: a tick needs an answer that earned it. No full key, no secret and no amount can
be in a report, and of the key nothing at all unless it logged in: it may be the secret, swapped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hitbtc_keycheck.answers import Answer
from hitbtc_keycheck.cases import CASES, Facts, Verdict
from hitbtc_keycheck.check import Check, Event, Finding
from hitbtc_keycheck.codes import CODES, Fault, sign_of
from hitbtc_keycheck.evidence import Evidence
from hitbtc_keycheck.hands import LEAKED, TRADED_AWAY, wrong_hands
from hitbtc_keycheck.readings import code_for
from hitbtc_keycheck.requests import Reading, Stage
from hitbtc_keycheck.settings import REQUIRED, SETTINGS, Setting, State, Wanted
from hitbtc_keycheck.words import Line, Message

_HOURS = 120  # minutes, from which hours are told


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A setting: how it is wanted, how it was found and why that is not known, and the evidence."""

    setting: Setting
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
    wrong_hands: Line | None
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

LINKS = frozenset(
    {line.link for case in CASES for line in case.steps}
    | {line.link for line in UNSEEN}
    | {TRADED_AWAY, LEAKED}
) - {""}
"""Where a report may lead, as paths on the site."""

REHEARSED = Message("report.rehearsal")
"""The note on a made-up key, so that nobody takes its report for that of a real one."""


def report(check: Check, hints: tuple[Message, ...] = (), key_ends_in: str = "") -> Report:
    """Return what `check` shows at this moment.

    `hints` say what the pasted pair's shape said, `key_ends_in` is the end of the key.
    """
    seen = Evidence(check)
    case = next(case for case in CASES if case.applies(seen))
    facts: Facts = {
        "settings": tuple(SETTINGS[setting].label for setting in seen.off),
        "clock": _clock(seen.skew),
    }
    return Report(
        case=case.name,
        verdict=case.verdict,
        fault=case.fault,
        headline=case.headline,
        sentence=case.sentence(facts),
        bitsgap=case.bitsgap,
        next_steps=tuple(replace(step, text=Message(step.text.id, facts)) for step in case.steps),
        rows=tuple(_row(seen, setting) for setting in SETTINGS),
        wrong_hands=wrong_hands(seen),
        notes=(*hints, *_notes(seen)),
        key_tail=key_ends_in if seen.readings[Setting.STATUS] is Reading.ON else "",
        checked_at=check.now,
    )


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


def _notes(seen: Evidence) -> Iterator[Message]:
    if any(found.holds is False for found in seen.of(Setting.READ)):
        yield Message("report.spot-empty")


def _row(seen: Evidence, setting: Setting) -> Row:
    wanted, reading = SETTINGS[setting].wanted, seen.readings[setting]
    if setting is Setting.WITHDRAW and reading is Reading.NOTHING and seen.looked:
        return _row_looked_at(seen, seen.looked)
    state = _state(wanted, reading)
    return Row(
        setting=setting,
        state=state,
        wanted=wanted,
        found=_found(seen, setting, reading),
        reason=_reason(seen, setting, state),
        findings=seen.of(setting),
    )


def _row_looked_at(seen: Evidence, looked: Reading) -> Row:
    """The row of Withdraw by the reader's own word, which earns no tick."""
    return Row(
        setting=Setting.WITHDRAW,
        state=State.NOT_AS_REQUIRED if looked is Reading.ON else State.COULD_NOT_TELL,
        wanted=SETTINGS[Setting.WITHDRAW].wanted,
        found=Message(f"setting.{looked}"),
        reason=Message(f"reason.seen-{looked}"),
        findings=seen.of(Setting.WITHDRAW),
        confirmed=True,
    )


def _found(seen: Evidence, setting: Setting, reading: Reading) -> Message:
    alike = setting in (*seen.pointed_at, Setting.STATUS) or (
        seen.refused_all and setting in REQUIRED
    )
    if alike and reading is Reading.OFF:
        # Off, or a pair that does not match, or not allowed from this address: nobody can tell.
        return Message("setting.login-refused" if setting is Setting.STATUS else "setting.refused")
    return Message(f"setting.{reading}") if reading in _SETTLED else Message("setting.not-known")


_SETTLED = (Reading.ON, Reading.OFF)


def _state(wanted: Wanted, reading: Reading) -> State:
    if wanted is Wanted.DISABLED:
        return State.CANNOT_BE_SEEN
    if reading not in _SETTLED:
        return State.COULD_NOT_TELL
    return State.AS_REQUIRED if reading.value == wanted.value else State.NOT_AS_REQUIRED


def _reason(seen: Evidence, setting: Setting, state: State) -> Message | None:
    if state is State.CANNOT_BE_SEEN:
        return Message("reason.no-request")
    if setting is Setting.WITHDRAW and not seen.check.withdraw and not seen.of(setting):
        return Message("reason.left-out")
    if state is not State.COULD_NOT_TELL:
        return None
    if setting is Setting.WITHDRAW and seen.refused_all and any(f.answer for f in seen.of(setting)):
        return Message("reason.refused-all")
    return next((explain(found) for found in seen.of(setting)), Message("reason.not-asked"))


def explain(found: Finding) -> Message:
    """Return what came of one request."""
    if found.answer is None:
        return _unanswered(found)
    code = code_for(found.probe, found.answer)
    if code:
        return code.meaning
    if found.answer.code is not None and found.answer.code not in CODES:
        return Message("reason.unknown-code", {"code": found.answer.code})
    return _unread(found.answer) if found.reading is Reading.NOTHING else Message("event.answered")


def _unanswered(found: Finding) -> Message:
    if found.event is Event.NOT_ASKED and found.probe.stage is Stage.PING:
        return Message("reason.not-asked")  # It was not needed: a login was answered.
    if found.event is Event.FAILED and found.probe.stage is Stage.ROLLBACK:
        return Message("reason.not-from-here")
    return Message(f"event.{found.event}")


def _unread(answer: Answer) -> Message:
    sign = sign_of(answer)
    return sign.meaning if sign else Message("reason.unknown-form")
