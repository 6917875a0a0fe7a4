"""What is pasted back from the reader's own terminal, where it asked about Withdraw.

Rules of this room: the page makes the command, and its id is fresh each time. Only the answer that
belongs to it counts; what came from an earlier command is refused in words. What is read is read by
the same table as any other answer. Terminals wrap lines, so line breaks mean nothing here.
"""

import json
import re
from dataclasses import dataclass

from hitbtc_keycheck.answers import MAX_DEPTH, MAX_SAID, Answer, nesting, read_rest
from hitbtc_keycheck.codes import Fault
from hitbtc_keycheck.readings import trouble_of
from hitbtc_keycheck.requests import Probe
from hitbtc_keycheck.words import Message

MAX_PASTE = 1 << 16
"""Characters read of what was pasted; a real answer has a few hundred."""

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_ID = re.compile(_UUID)
_TAIL = re.compile(rf"([1-5][0-9]{{2}}) https?://\S*?({_UUID})")
_STATUS = re.compile(r"HTTP/[0-9.]+ ([1-5][0-9]{2})")
_CURL = re.compile(r"curl: \(([0-9]{1,3})\)")
_PAGE_START = re.compile(r"<html|<!doctype", re.IGNORECASE)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why what was pasted is no answer: its cause, and what to do, in a reader's words."""

    fault: Fault
    text: Message


def read(text: str, awaited: str) -> Answer | Problem:
    """Return the answer to the command with the id `awaited`, or why there is none."""
    if len(text) > MAX_PASTE:
        return _TOO_MUCH
    if nesting(text) > MAX_DEPTH:
        return _TOO_DEEP
    joined = re.sub(r"[\r\n]+", "", _ESCAPES.sub("", text))
    found = _last_object(joined)
    if found is None:
        return _without_body(joined, awaited)
    start, end = found
    before, after = joined[:start], joined[end:].lstrip()
    tail = _TAIL.match(after)
    if not tail and _ID.search(after):
        return _MISSING if awaited in after else _EARLIER
    if _owner(before, tail) not in (None, awaited):
        return _EARLIER
    status = tail or _last(_STATUS, before)
    answer = read_rest(int(status[1]) if status else None, joined[start:end])
    return _EARLIER if _foreign(answer.path, awaited) else answer


def _last_object(text: str) -> tuple[int, int] | None:
    """Where the last JSON object that answers something stands in `text`."""
    found, place = None, text.find("{")
    while place >= 0:
        try:
            body, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            found = (place, end) if "error" in body or "result" in body else found
        place = text.find("{", end)
    return found


_DECODER = json.JSONDecoder()


def _owner(before: str, tail: re.Match[str] | None) -> str | None:
    """The id of the command that an answer belongs to, where the paste tells."""
    if tail:
        return tail[2]
    named = _last(_ID, before)
    return named[0] if named else None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _foreign(path: str, awaited: str) -> bool:
    named = _ID.search(path)
    return named is not None and named[0] != awaited


def _without_body(joined: str, awaited: str) -> Answer | Problem:
    """Read a paste in which there is no object of HitBTC's."""
    error, tail, page = _last(_CURL, joined), _last(_TAIL, joined), _PAGE_START.search(joined)
    if error:
        return _curl_problem(int(error[1]))
    if tail and tail[2] != awaited:
        return _EARLIER
    if tail:
        start = page.start() if page else max(0, tail.start() - MAX_SAID)
        return read_rest(int(tail[1]), joined[start : tail.start()])
    return next((problem for sign, problem in _SIGNS if sign.search(joined)), _MISSING)


def _curl_problem(code: int) -> Problem:
    name = CURL_CODES.get(code, "other")
    return Problem(fault=Fault.NETWORK, text=Message(f"byhand.curl-{name}", {"code": code}))


CURL_CODES = {
    5: "proxy",
    6: "lookup",
    7: "connect",
    28: "silent",
    35: "certificate",
    51: "certificate",
    60: "certificate",
    77: "certificate",
}
"""What curl's own codes mean (curl's manual, "Exit codes")."""

_NOTHING = Problem(
    fault=Fault.PASTE,
    text=Message("byhand.nothing"),
)
_TOO_MUCH = Problem(
    fault=Fault.PASTE,
    text=Message("byhand.too-much"),
)
_TOO_DEEP = Problem(
    fault=Fault.PASTE,
    text=Message("byhand.too-deep"),
)
_MISSING = Problem(
    fault=Fault.PASTE,
    text=Message("byhand.missing"),
)
_EARLIER = Problem(
    fault=Fault.PASTE,
    text=Message("byhand.earlier"),
)
_PAGE = Problem(
    fault=Fault.EXCHANGE,
    text=Message("byhand.page"),
)
_NO_CURL = Problem(
    fault=Fault.PASTE,
    text=Message("byhand.no-curl"),
)
_ALIAS = Problem(
    fault=Fault.PASTE,
    text=Message("byhand.alias"),
)
_SIGNS = (
    (re.compile(r"\A\s*\Z"), _NOTHING),
    (_PAGE_START, _PAGE),
    (re.compile("Invoke-WebRequest"), _ALIAS),  # named so in every language
    (re.compile("not found|not recognized|CommandNotFoundException"), _NO_CURL),
)
"""What a paste without an answer shows."""

_EXPIRED = Problem(
    fault=Fault.PASTE,
    text=Message("byhand.expired"),
)
_SIGNATURE = 1002


def unsettled(probe: Probe, answer: Answer) -> Problem:
    """Say why an answer to the command settles nothing. The same pair logged in before."""
    if answer.code == _SIGNATURE:
        return _EXPIRED
    known = trouble_of(probe, answer)
    return Problem(
        fault=known.fault if known else Fault.EXCHANGE,
        text=Message(
            "byhand.unsettled",
            {"meaning": known.meaning if known else Message("reason.unknown-form")},
        ),
    )
