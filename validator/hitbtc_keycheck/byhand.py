"""What is pasted back from the reader's own terminal, where it asked about Withdraw.

Rules of this room: the page makes the command, and its id is fresh each time. Only the answer that
belongs to it counts; what came from an earlier command is refused in words. What is read is read by
the same table as any other answer. Terminals wrap lines, so line breaks mean nothing here.
"""

import json
import re
from dataclasses import dataclass

from hitbtc_keycheck.answers import MAX_DEPTH, MAX_SAID, Answer, nesting, read_rest
from hitbtc_keycheck.probes import Fault, Probe, trouble_of

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
    """Why what was pasted is no answer: whose doing, and what to do, in a reader's words."""

    fault: Fault
    text: str


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
    return Problem(fault=Fault.NETWORK, text=_CURL_ERRORS.get(code, _CURL_OTHER).format(code=code))


_CURL_OTHER = "curl could not finish (its code {code}). Make a fresh command and run it again."
_CERTIFICATE = (
    "curl did not trust the connection (its code {code}): something between you and HitBTC, or the "
    "device's date, is not as it should be. Do not switch the check off; use another network."
)
_CURL_ERRORS = {
    5: "curl could not find the proxy (its code {code}). Look at the proxy settings.",
    6: "curl could not find HitBTC (its code {code}). Is the device online?",
    7: "curl could not connect to HitBTC (its code {code}). Is the device online?",
    28: "HitBTC did not answer curl in time (its code {code}). Make a fresh command and try again.",
    35: _CERTIFICATE,
    51: _CERTIFICATE,
    60: _CERTIFICATE,
    77: _CERTIFICATE,
}
_NOTHING = Problem(
    fault=Fault.PASTE, text="Nothing was pasted. Copy what the command printed and paste it here."
)
_TOO_MUCH = Problem(
    fault=Fault.PASTE, text="That is far more than an answer. Copy only what the command printed."
)
_TOO_DEEP = Problem(
    fault=Fault.PASTE,
    text=(
        "That is no answer of HitBTC's: it has more brackets inside each other than any real one. "
        "Copy only what the command printed."
    ),
)
_MISSING = Problem(
    fault=Fault.PASTE,
    text=(
        "There is no answer of HitBTC's in what was pasted. Run the command, wait for its last "
        "line, and copy all that it printed."
    ),
)
_EARLIER = Problem(
    fault=Fault.PASTE,
    text=(
        "This answers an earlier command, and a box may have changed since. Run the command that "
        "is shown now and paste what it prints."
    ),
)
_PAGE = Problem(
    fault=Fault.EXCHANGE,
    text=(
        "A web page came back instead of HitBTC's answer. Wait a little, make a fresh command and "
        "run it again."
    ),
)
_NO_CURL = Problem(
    fault=Fault.PASTE,
    text=(
        "This terminal does not know curl. On Windows use the second form of the command; "
        "elsewhere install curl, or look at the box on HitBTC's form instead."
    ),
)
_ALIAS = Problem(
    fault=Fault.PASTE,
    text=(
        "PowerShell answered with a command of its own that is also named curl. Use the form for "
        "Windows: it begins with curl.exe."
    ),
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
    text=(
        "HitBTC did not accept the signature: most likely more than 60 seconds had passed. Press "
        "Fresh command, and run the new one at once."
    ),
)
_SIGNATURE = 1002
_RETRY = "Wait, then make a fresh command, or look at the setting on HitBTC's form."


def unsettled(probe: Probe, answer: Answer) -> Problem:
    """Say why an answer to the command settles nothing. The same pair logged in before."""
    if answer.code == _SIGNATURE:
        return _EXPIRED
    known = trouble_of(probe, answer)
    meaning = known.meaning if known else "HitBTC answered in a form this checker does not know."
    return Problem(
        fault=known.fault if known else Fault.EXCHANGE,
        text=f"{meaning} It shows nothing about Withdraw. {_RETRY}",
    )
