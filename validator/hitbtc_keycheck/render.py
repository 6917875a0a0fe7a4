"""The report in words: as plain data for the page and for scripts, and as Markdown for a ticket.

Rules of this room: the names and states of the data are fixed and are in no language; only its
sentences are. The Markdown is for people, and all of it is in the reader's language.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from hitbtc_keycheck.check import Finding
from hitbtc_keycheck.codes import Fault
from hitbtc_keycheck.report import REHEARSED, UNSEEN, Report, Row, explain
from hitbtc_keycheck.settings import SETTINGS
from hitbtc_keycheck.words import Line, Message, Words


def as_data(report: Report, words: Words) -> dict[str, object]:
    """Return the report as plain data, in the words of the contract and some for people."""
    say = words.say
    return {
        "verdict": report.verdict.value,
        "fault": report.fault.value,
        "headline": say(report.headline),
        "sentence": say(report.sentence),
        "bitsgap_status": say(report.bitsgap),
        "rights": {row.setting.value: _row_data(row, words) for row in report.rows},
        "wrong_hands": _line_data(report.wrong_hands, words) if report.wrong_hands else None,
        "next_steps": [_line_data(step, words) for step in report.next_steps],
        "notes": [say(note) for note in report.notes],
        "cannot_be_seen": [_line_data(line, words) for line in UNSEEN],
        "key_ends_in": report.key_tail,
        "checked_at": _moment(report.checked_at),
    }


def _row_data(row: Row, words: Words) -> dict[str, object]:
    return {
        "state": row.state.value,
        "label": SETTINGS[row.setting].label,
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
        "shows": found.reading.value,
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
            say(report.sentence),
            "",
            *(f"- {say(fact)}" for fact in _facts(report)),
            "",
            f"| {' | '.join(say(head) for head in HEADS)} |",
            f"| {' | '.join('---' for _ in HEADS)} |",
            *(_markdown_row(row, words) for row in report.rows),
            "",
            *((say(report.wrong_hands.text), "") if report.wrong_hands else ()),
            f"{say(Message('report.next'))}:",
            "",
            *(f"{place}. {say(step.text)}" for place, step in enumerate(report.next_steps, 1)),
            "",
            f"{say(Message('report.requests'))}:",
            "",
            *(_markdown_line(found, words) for row in report.rows for found in row.findings),
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
    headline = report.headline
    if REHEARSED in report.notes:
        return Message("report.title-rehearsed", {"headline": headline})
    if report.key_tail:
        tail = f"`{report.key_tail}`"
        return Message("report.title-with-tail", {"tail": tail, "headline": headline})
    return Message("report.title", {"headline": headline})


def _facts(report: Report) -> Iterator[Message]:
    if report.bitsgap:
        yield Message("report.bitsgap", {"shown": report.bitsgap})
    if report.fault is not Fault.NONE:
        yield Message("report.cause", {"cause": Message(f"cause.{report.fault}")})
    yield Message("report.checked-at", {"time": _moment(report.checked_at)})
    yield from (Message("report.note", {"note": note}) for note in report.notes)


def _markdown_row(row: Row, words: Words) -> str:
    found = Message("report.confirmed", {"found": row.found}) if row.confirmed else row.found
    state = Message(f"state.{row.state}")
    cells = (SETTINGS[row.setting].label, wanted(row), found, state)
    return f"| {' | '.join(words.say(cell) for cell in cells)} |"


def _markdown_line(found: Finding, words: Words) -> str:
    return f"- `{found.probe.target}`: {words.say(in_short(found))}"


def in_short(found: Finding) -> Message | str:
    """Return what came back for one request: its numbers, or a sentence where there are none."""
    codes = (found.answer.status, found.answer.code) if found.answer else ()
    return " / ".join(str(code) for code in codes if code is not None) or explain(found)
