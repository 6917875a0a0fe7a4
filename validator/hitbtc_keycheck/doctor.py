"""`hitbtc-keycheck doctor`: asks the exchange itself what public material leaves open.

Rules of this room: for maintainers and volunteers, so in English and not in the words' file; never
run by a test against the live exchange. Every request is one of the checker's table or one of the
two reads that `observations` adds, is shown before it is sent, and is sent only after a yes. A key
is typed at a prompt and kept nowhere. What is written down is `observations`' choice.
It takes `websockets`, the extra `doctor`, which the command for everybody does without.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
from websockets.exceptions import InvalidHandshake, InvalidProxy, InvalidStatus, ProxyError
from websockets.sync.client import connect

from hitbtc_keycheck import __version__, surroundings
from hitbtc_keycheck.answers import MAX_TEXT
from hitbtc_keycheck.credentials import clean
from hitbtc_keycheck.observations import (
    OWN,
    QUESTIONS,
    WITHOUT_KEY,
    Manner,
    Seen,
    Step,
    Told,
    Unknown,
    dead,
    refuses_the_pair,
    rest_seen,
    rows,
    socket_seen,
    with_key,
)
from hitbtc_keycheck.rights import BOXES, Right
from hitbtc_keycheck.signing import Signer, authorized
from hitbtc_keycheck.surroundings import SurroundingsError, is_loopback
from hitbtc_keycheck.terminal import (
    API,
    Parser,
    UsageError,
    base_address,
    hidden,
    hints_on,
    signer,
)
from hitbtc_keycheck.words import load

FOLDER = "docs/en/maintainers/observations"
AS_BEFORE, UNSEEN, NEW = 0, 2, 3
"""How it ends; 1 is none of them, because that is how Python ends what crashed."""

PATIENCE = 10.0  # seconds for one answer
AGENT = f"keycheck/{__version__}"

type Found = dict[str, object]
"""An observation, as plain data."""


class UnseenError(Exception):
    """Nothing could be seen; the text is a sentence that says why."""


def main(arguments: list[str]) -> int:
    """Ask, write down, and say what is new. Returns the exit status: 0, 2 or 3."""
    options = _parser().parse_args(arguments)
    folder = Path(options.into)
    earlier = _earlier(folder)
    api = base_address(options.api)
    agrees = _unasked if options.yes else _agreed
    try:
        with surroundings.client(api) as client:
            sender = Sender(api=api, client=client, agrees=agrees)
            found = _observation(*_ask_all(sender, without_key=options.without_key))
    except UnseenError as error:
        print(f"\n{error}")
        return UNSEEN
    return _conclude(folder, found, earlier)


def _parser() -> Parser:
    parser = Parser(
        prog="hitbtc-keycheck doctor",
        allow_abbrev=False,
        description="Ask HitBTC what nobody could tell from public material, and write it down.",
        epilog=(
            "Exit status: 0 as before, 2 nothing could be seen, 3 something is new, 64 usage, or "
            "a pair that was not sent, 70 a fault of the command or of its surroundings."
        ),
    )
    parser.add_argument("--yes", action="store_true", help="show each request and do not ask")
    parser.add_argument("--without-key", action="store_true", help="only what needs no key")
    parser.add_argument("--api", metavar="URL", default=API, help=f"default {API}")
    parser.add_argument("--into", metavar="FOLDER", default=FOLDER, help=f"default {FOLDER}")
    return parser


def _unasked() -> bool:
    return True


def _agreed() -> bool:
    return _choice("Send it?", "y", "n") == "y"


def _choice(question: str, *choices: str) -> str:
    """Ask until one of the choices is given; where nobody answers, it is the last."""
    try:
        given = ""
        while given not in choices:
            given = input(f"{question} [{'/'.join(choices)}] ").strip().lower()
    except EOFError:
        return choices[-1]
    return given


def _ask_all(sender: "Sender", *, without_key: bool) -> tuple[str, Told, list[Seen]]:
    """Ask what there is to ask; the pair is looked at before anything is sent."""
    if without_key:
        return sender.api, {}, list(sender.send_all(WITHOUT_KEY))
    told = _ask_about_the_form()
    api_key, secret = _pair()
    seen = list(sender.send_all(WITHOUT_KEY))
    keyed = replace(sender, api_key=api_key, sign=signer(secret))
    for one in keyed.send_all(with_key(told)):
        if refuses_the_pair(one) and not dead(told):
            raise UnseenError(_DEAD)
        seen.append(one)
    return sender.api, told, seen


_DEAD = (
    "HitBTC does not accept this pair, though its form shows the key as on and allowed from here: "
    "a part was mistyped, or the key is gone. No more was sent with it, and nothing was written."
)


def _ask_about_the_form() -> Told:
    print("\nHow HitBTC's form shows the key that you are about to type:")
    boxes = [box for box in BOXES.values() if box.right is not Right.IP_WHITELIST]
    told = {box.right: _choice(box.label, "on", "off").capitalize() for box in boxes}
    whitelist = _choice("IP whitelist", "disabled", "this address", "others only")
    return told | {Right.IP_WHITELIST: whitelist.capitalize()}


def _pair() -> tuple[str, str]:
    try:
        api_key, secret = hidden("API key: "), hidden("Secret key: ")
    except EOFError:
        api_key = secret = ""
    if not clean(api_key) or not clean(secret):
        raise UnseenError("No key was typed. For what needs none there is --without-key.")
    for hint in hints_on(api_key, secret):
        print(f"Note: {load().say(hint)}")
    return clean(api_key), clean(secret)


# --- Sending ---


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Shows requests, and sends those that are agreed to."""

    api: str
    client: httpx.Client
    agrees: Callable[[], bool]
    api_key: str = ""
    sign: Signer = str

    def send_all(self, steps: Iterable[Step]) -> Iterator[Seen]:
        """Yield what came back, for each request that was sent."""
        for step in steps:
            print(f"\n{QUESTIONS[step.unknown]}", *self.lines(step), sep="\n    ")
            if self.agrees():
                seen = self._open(step) if step.manner is Manner.OPEN else self._ask(step)
                print(f"    It came back: {seen.words}.")
                yield seen

    def lines(self, step: Step) -> list[str]:
        """Return the request as it will be sent, but for what is secret or random in it."""
        verb = {Manner.OPEN: "open", Manner.PREFLIGHT: "OPTIONS"}.get(
            step.manner, step.probe.method
        )
        headers = _headers(step)
        if step.manner is Manner.SIGNED:
            headers["Authorization"] = "HS256 (key, signature and time; never the secret)"
        path = step.probe.asked_of("{a random id}")
        first = f"{verb} {self._base(step)}{path}"
        return [first, *(f"{name}: {value}" for name, value in headers.items())]

    def _base(self, step: Step) -> str:
        return self.api.replace("http", "ws", 1) if step.manner is Manner.OPEN else self.api

    def _ask(self, step: Step) -> Seen:
        path = step.probe.asked_of(str(uuid.uuid4()))
        headers = _headers(step) | {"User-Agent": AGENT}
        if step.manner is Manner.SIGNED:
            now = time.time_ns() // 1_000_000
            headers["Authorization"] = authorized(
                self.api_key, self.sign, step.probe.method, path, now
            )
        method = "OPTIONS" if step.manner is Manner.PREFLIGHT else step.probe.method
        address = f"{self.api}{path}"
        try:
            came = self.client.request(method, address, headers=headers, timeout=PATIENCE)
        except httpx.HTTPError as error:
            raise UnseenError(_why(error, self.api)) from None
        if came.status_code in _TROUBLE and step.probe not in OWN:  # Theirs may be gone for good.
            raise UnseenError(
                f"The exchange has trouble or too much to do (HTTP {came.status_code})."
            )
        return rest_seen(step, came.status_code, dict(came.headers), came.text[:MAX_TEXT])

    def _open(self, step: Step) -> Seen:
        """Open a socket, say nothing on it, close it."""
        address = f"{self._base(step)}{step.probe.asked_of('')}"
        try:
            with connect(
                address,
                additional_headers=_headers(step),
                user_agent_header=AGENT,
                open_timeout=PATIENCE,
                proxy=None if is_loopback(self.api) else True,
            ):
                return socket_seen(step, "opened")
        except InvalidStatus as refused:
            return socket_seen(step, "refused", refused.response.status_code)
        except ProxyError as error:
            raise UnseenError(_why(error, self.api)) from None
        except (ImportError, InvalidProxy):  # SOCKS, for which websockets needs python-socks.
            raise SurroundingsError(
                "The doctor's WebSockets cannot go through this proxy: name one that begins with "
                "http:// in HTTPS_PROXY, and unset ALL_PROXY."
            ) from None
        except (OSError, InvalidHandshake):
            return socket_seen(step, "closed")


_TROUBLE = (429, *range(500, 600))


def _headers(step: Step) -> dict[str, str]:
    origin = {"Origin": step.origin} if step.origin else {}
    if step.manner is not Manner.PREFLIGHT:
        return origin
    return origin | {
        "Access-Control-Request-Method": step.probe.method,
        "Access-Control-Request-Headers": "authorization",
    }


def _why(error: Exception, api: str) -> str:
    """Say why nothing came back."""
    if isinstance(error, httpx.TimeoutException):
        return f"The exchange did not answer within {PATIENCE:.0f} s."
    known = surroundings.cause(error, api)
    return load().say(known or "The exchange could not be reached: is this machine online?")


# --- Writing down ---


def _earlier(folder: Path) -> list[Found]:
    """The observations in the folder, oldest first."""
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder}: run this in a copy of the source, or name one (--into)."
        )
    try:
        return [_read(file) for file in sorted(folder.glob("*.json"))]
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"In {folder} there is a file that is no observation.") from None


def _read(file: Path) -> Found:
    found = json.loads(file.read_text(encoding="utf-8"))
    return {name: found[name] for name in ("observed_at", "api", "key", "rows")}


def _observation(api: str, told: Told, seen: list[Seen]) -> Found:
    if not seen:
        raise UnseenError("Nothing was sent, so nothing was written.")
    return {
        "observed_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "api": api,
        "by": f"hitbtc-keycheck {__version__}",
        "key": {str(right): state for right, state in told.items()} or None,
        "rows": [asdict(row) for row in rows(told, seen)],
        "answers": [asdict(one) for one in seen],
    }


def _conclude(folder: Path, found: Found, earlier: list[Found]) -> int:
    """Write the observation, tell each row, and return whether any is new."""
    file = folder / f"{str(found['observed_at']).replace(':', '')}.json"
    file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    alike = [one for one in earlier if (one["api"], one["key"]) == (found["api"], found["key"])]
    before = {row["unknown"]: row["answer"] for one in alike for row in _rows(one) if row["answer"]}
    new = [_told_new(row, before) for row in _rows(found)]
    print(f"\nWritten to {file}. Read it before you publish it.")
    return NEW if any(new) else AS_BEFORE


def _rows(found: Found) -> list[dict[str, str]]:
    rows = found["rows"]
    return rows if isinstance(rows, list) else []


def _told_new(row: dict[str, str], before: dict[str, str]) -> bool:
    """Tell a row; return whether it is new."""
    known = before.get(row["unknown"])
    new = row["answer"] is not None and row["answer"] != known
    print(f"\n{QUESTIONS[Unknown(row['unknown'])]}\n    {row['answer'] or 'Not settled.'}")
    if new:
        print(f"    New: {f'before it was {known}' if known else 'it was never settled'}.")
    return new
