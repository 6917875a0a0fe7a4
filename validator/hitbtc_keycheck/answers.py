"""Bytes from the exchange become an Answer.

Rules of this room: nothing that arrives may raise; what cannot be read is UNREADABLE, which
settles nothing. What the exchange says is kept as short plain text. An answer larger or deeper
than any real one is not parsed at all, so that memory and stack stay bounded.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

MAX_TEXT = 1 << 20
"""Characters read of one answer. Fees of every symbol, the longest real one, take about 60 kB."""

MAX_DEPTH = 32
MAX_SAID = 200

# Possessive, and the end may be missing, so that a hostile text is walked through once.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")
_LONG_RUN = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_CODE = re.compile(r"[0-9]{1,6}", re.ASCII)
_LAST_MS = 32_503_680_000_000  # the year 3000: beyond it a number is no time of ours


class Kind(StrEnum):
    """What sort of answer it is."""

    RESULT = "result"
    ERROR = "error"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer, read.

    `status` is the HTTP status where the answer had one, `code` the number in an error object,
    `said` what the exchange wrote about it, `result` the parsed result, `time` the exchange's own
    clock in Unix milliseconds and `path` the request's path where the answer names them, `number`
    the id of the WebSocket message that it answers.
    """

    kind: Kind
    status: int | None = None
    code: int | None = None
    said: str = ""
    result: object = None
    time: int | None = None
    path: str = ""
    number: int | None = None


def read_rest(status: int | None, text: str) -> Answer:
    """Read the body of an HTTP answer; `status` is None where only the body is known.

    An error object counts as an error whatever the status: a 429 was once seen inside a 200.
    """
    body = parse(text)
    if isinstance(body, dict) and "error" in body:
        return _error(body, status)
    if body is _UNREADABLE or status not in _FINE:
        return Answer(kind=Kind.UNREADABLE, status=status, said=_plain(text))
    return Answer(kind=Kind.RESULT, status=status, result=body)


def read_frame(text: str) -> Answer | None:
    """Read a WebSocket message; None for a notification, which answers nothing.

    An error whose id is null, missing or no number was seen in public: it has no `number`.
    """
    body = parse(text)
    number = body.get("id") if isinstance(body, dict) else None
    if isinstance(body, dict) and "error" in body and type(number) is not int:
        return _error(body, None)
    if not isinstance(body, dict) or type(number) is not int:
        return None
    if "error" in body and "result" not in body:
        return _error(body, None, number)
    if "result" in body and "error" not in body:
        return Answer(kind=Kind.RESULT, result=body["result"], number=number)
    return Answer(kind=Kind.UNREADABLE, said=_plain(text), number=number)


_UNREADABLE = object()
_FINE = (None, *range(200, 300))


def parse(text: str) -> object:
    """Return the JSON in `text`; `_UNREADABLE` for none, or one larger or deeper than real ones."""
    if len(text) > MAX_TEXT or nesting(_STRING.sub("", text)) > MAX_DEPTH:
        return _UNREADABLE
    try:
        body: object = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return _UNREADABLE
    return body


def nesting(text: str) -> int:
    """Return how deep the brackets in `text` lie inside each other."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(text):
        depth = depth + 1 if bracket in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _error(body: dict[object, object], status: int | None, number: int | None = None) -> Answer:
    error = body["error"]
    if not isinstance(error, dict):
        said = _plain(str(error)) if isinstance(error, str) else ""
        return Answer(kind=Kind.ERROR, status=status, said=said, number=number)
    parts = [error.get(name) for name in ("message", "description")]
    moment = _first(error, body, "timestamp")
    path = _first(error, body, "path")
    return Answer(
        kind=Kind.ERROR,
        status=status,
        code=_code(error.get("code")),
        said=_plain(": ".join(part for part in parts if isinstance(part, str) and part)),
        time=_milliseconds(moment),
        path=path if isinstance(path, str) else "",
        number=number,
    )


def _first(error: dict[object, object], body: dict[object, object], name: str) -> object:
    return error.get(name, body.get(name))


def _code(value: object) -> int | None:
    """A code may be a number or a string; anything else is none."""
    if type(value) is int and 0 <= value < 10**6:
        return value
    if isinstance(value, str) and _CODE.fullmatch(value):
        return int(value)
    return None


def _milliseconds(value: object) -> int | None:
    """A time as a number of milliseconds or as ISO 8601; None where it is neither."""
    moment = _from_iso(value) if isinstance(value, str) else value
    return moment if type(moment) is int and 0 < moment < _LAST_MS else None


def _from_iso(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _plain(text: str) -> str:
    """Short, on one line, without characters that could reorder or hide text.

    Nor with a long run of letters and digits: it may be a key, a signature or a whole header, which
    some servers repeat.
    """
    shown = "".join(c if c.isprintable() else " " for c in text[: 4 * MAX_SAID])
    return " ".join(_LONG_RUN.sub("…", shown).split())[:MAX_SAID]
