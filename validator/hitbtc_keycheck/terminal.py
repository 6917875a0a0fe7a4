"""Mouth 2: the command line, the same check over REST for people who will not paste.

Rules of this room: key and secret come from a prompt that does not echo, from two variables or
from standard input, never from arguments, and no message repeats an argument, since it might be
one, but for the address that was asked. The secret stays in the closure that signs. Every request
has a thread of its own that nobody waits for, so that the command ends in time whatever the network
does. Whatever goes wrong ends in a sentence and a status that is no verdict's.
"""

import argparse
import codecs
import hashlib
import hmac
import json
import os
import queue
import sys
import threading
import time
import traceback
import uuid
import warnings
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from getpass import GetPassWarning, getpass
from pathlib import Path
from typing import NoReturn

import httpx
from rich.console import Console
from rich.table import Table

from hitbtc_keycheck import __version__, rehearsal, surroundings
from hitbtc_keycheck.answers import MAX_TEXT
from hitbtc_keycheck.cases import Verdict
from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.credentials import advice, clean, shape_of
from hitbtc_keycheck.language import languages, spoken
from hitbtc_keycheck.probes import Channel
from hitbtc_keycheck.render import HEADS, as_data, wanted
from hitbtc_keycheck.report import UNSEEN, Report, report
from hitbtc_keycheck.rights import BOXES, State
from hitbtc_keycheck.signing import Signer, authorized
from hitbtc_keycheck.surroundings import (
    FAULT,
    Screen,
    SurroundingsError,
    flush,
    is_loopback,
    is_output,
    say,
)
from hitbtc_keycheck.words import Message, Value, Words, load

API = "https://api.hitbtc.com"
KEY_VARIABLE, SECRET_VARIABLE = "HITBTC_API_KEY", "HITBTC_SECRET_KEY"
USAGE = 64  # EX_USAGE of sysexits.h
DEADLINE = 12.0  # seconds; a check ends within 15 of the start
MOMENT = 1.0  # seconds in which a pipe has usually brought what it brings
INTERRUPTED = 130

_MARKS = {
    State.AS_REQUIRED: "[green]✓ {}[/]",
    State.NOT_AS_REQUIRED: "[red]✗ {}[/]",
    State.COULD_NOT_TELL: "[yellow]? {}[/]",
    State.CANNOT_BE_SEEN: "- {}",
}


class UsageError(Exception):
    """Wrong usage; it holds a message for the reader, or several."""

    def __init__(self, *messages: Value) -> None:
        super().__init__()
        self.messages = messages


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 1, 2, 64 or 70 (see the contract)."""
    surroundings.let_outputs_take_everything()
    given = sys.argv[1:] if arguments is None else arguments
    words = load(spoken(given))
    try:
        return _to_the_end(given, words)
    except UsageError as error:
        return _ended(USAGE, *map(words.say, error.messages))
    except KeyboardInterrupt:
        return _ended(INTERRUPTED, words.say(Message("command.stopped")))
    except SurroundingsError as error:
        return _ended(FAULT, words.say(error.message))
    except Exception as error:  # A traceback's status, 1, would read as a verdict.
        return _ended(FAULT, words.say(_failed(error)))


def _to_the_end(given: list[str], words: Words) -> int:
    """Run the command, and see that what it printed is written."""
    try:
        return _doctor(given[1:]) if given[:1] == ["doctor"] else _run(_parse(given, words), words)
    finally:
        flush(sys.stdout)


def _ended(status: int, *sentences: str) -> int:
    say("\n".join(sentences))
    return status


def _failed(error: Exception) -> Message:
    """Say what failed and where, without the error's own words: they may hold anything."""
    if isinstance(error, OSError) and is_output(error):
        return Message("command.output", {"why": error.strerror or ""})
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
    why = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return Message("command.failed", {"where": f"{where}{why}"})


def _doctor(arguments: list[str]) -> int:
    """The maintainer's command, which needs more than the readers'."""
    try:
        from hitbtc_keycheck import doctor  # noqa: PLC0415
    except ModuleNotFoundError:
        raise UsageError(Message("command.doctor-needs-more")) from None
    return doctor.main(arguments)


class Parser(argparse.ArgumentParser):
    """Refuses what it does not know in one sentence, without repeating it."""

    usage_word = "usage:"

    def format_help(self) -> str:
        """Return the help; argparse itself has no way to name the usage otherwise."""
        return f"{self.usage_word}{super().format_help().removeprefix('usage:')}"

    def error(self, message: str) -> NoReturn:  # noqa: ARG002 - it may repeat a secret
        raise UsageError(Message("command.unknown-argument"))


def _parse(arguments: list[str], words: Words) -> argparse.Namespace:
    names = [entry.name for entry in rehearsal.SCENARIOS if not entry.page_only]
    options = _parser(words, names).parse_args(arguments)
    if options.lang not in (None, *languages()):
        raise UsageError(Message("command.no-language", {"names": ", ".join(languages())}))
    if options.rehearse not in (None, *names):
        raise UsageError(Message("command.no-rehearsal", {"names": ", ".join(names)}))
    options.api = base_address(options.api)
    return options


def _parser(words: Words, names: list[str]) -> Parser:
    def told(name: str, **values: Value) -> str:
        return words.say(Message(f"help.{name}", values)).replace("%", "%%")

    parser = Parser(
        prog="hitbtc-keycheck",
        allow_abbrev=False,
        add_help=False,
        description=told("description"),
        epilog=told("epilog", key=KEY_VARIABLE, secret=SECRET_VARIABLE),
    )
    parser.usage_word = told("usage")
    add = parser.add_argument_group(told("options")).add_argument
    add("-h", "--help", action="help", help=told("help"))
    add("--json", action="store_true", help=told("json"))
    add("--no-withdraw", action="store_true", help=told("no-withdraw"))
    add("--api", metavar="URL", default=API, help=told("api", usual=API))
    rehearse = told("rehearse", names=", ".join(names))
    add("--rehearse", metavar=told("name"), help=rehearse)
    lang = told("lang", names=", ".join(languages()))
    add("--lang", metavar=told("language"), help=lang)
    version = f"%(prog)s {__version__}"
    add("--version", action="version", version=version, help=told("version"))
    return parser


def base_address(address: str) -> str:
    """Return the base address without a slash at its end; https, except on loopback."""
    try:
        parts = httpx.URL(address)
        secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(address))
        usable = secure and parts.host and not parts.userinfo
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable or parts.query or parts.fragment:
        raise UsageError(Message("command.api-https"))
    return address.rstrip("/")


def _run(options: argparse.Namespace, words: Words) -> int:
    if options.rehearse is not None:
        entry = rehearsal.scenario(options.rehearse)
        check = rehearsal.run(entry, now=_now(), via=Via.REST)
        return _show(report(check), None, words, as_json=options.json)
    api_key, secret = _pair(words)
    hints = hints_on(api_key, secret)
    line = Line(
        api=options.api,
        client=surroundings.client(options.api),
        api_key=clean(api_key),
        sign=signer(clean(secret)),
    )
    check = Check(now=_now(), via=Via.REST, withdraw=not options.no_withdraw)
    _conduct(check, line, words)
    found = report(check, (*hints, *line.causes), _end_of(line.api_key))
    return _show(found, options.api, words, as_json=options.json)


def _end_of(api_key: str) -> str:
    """The last four characters of a key that is long enough not to be told by them."""
    return api_key[-4:] if len(api_key) > 8 else ""  # noqa: PLR2004


def hints_on(api_key: str, secret: str) -> tuple[Message, ...]:
    """Return what to say of a pair as it came; what must not be sent raises UsageError."""
    found = advice(shape_of(api_key, secret, public=True), shape_of(secret, api_key, public=False))
    if stopping := [item.text for item in found if item.stops]:
        raise UsageError(*stopping)
    return tuple(item.text for item in found)


def _pair(words: Words) -> tuple[str, str]:
    """Return key and secret as they came: from the variables, standard input or a prompt."""
    given = [os.environ.get(name) for name in (KEY_VARIABLE, SECRET_VARIABLE)]
    if given[0] is not None and given[1] is not None:
        return given[0], given[1]
    if given != [None, None]:
        missing = SECRET_VARIABLE if given[1] is None else KEY_VARIABLE
        raise UsageError(Message("command.variable-missing", {"name": missing}))
    if sys.stdin and sys.stdin.isatty():
        return _prompted(words)
    lines = [line for line in _piped(words).splitlines() if line.strip()]
    if len(lines) != 2:  # noqa: PLR2004
        raise UsageError(_TWO_LINES)
    return lines[0], lines[1]


_TWO_LINES = Message("command.two-lines")


def _prompted(words: Words) -> tuple[str, str]:
    asked = [Message("command.prompt", {"field": Message(f"field.{name}")}) for name in _FIELDS]
    try:
        api_key, secret = (hidden(f"{words.say(question)} ") for question in asked)
        return api_key, secret
    except (EOFError, UnicodeDecodeError):
        raise UsageError(_TWO_LINES) from None


_FIELDS = ("key", "secret")


def hidden(question: str) -> str:
    """Ask without showing what is typed, or not at all."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)
            return getpass(question)
    except GetPassWarning:
        raise SurroundingsError(Message("command.echo")) from None


def _piped(words: Words) -> str:
    """All of standard input, as text. Where it does not end, say after a moment what is awaited."""
    if not sys.stdin:
        return ""
    awaited = words.say(Message("command.awaited"))
    reminder = threading.Timer(MOMENT, say, [awaited])
    reminder.daemon = True
    reminder.start()
    try:
        return _text(sys.stdin.buffer.read(MAX_TEXT), sys.stdin.encoding)
    finally:
        reminder.cancel()


def _text(came: bytes, encoding: str) -> str:
    """Read what came by its byte order mark; PowerShell, for one, may write UTF-16."""
    marked = (name for mark, name in _BYTE_ORDER_MARKS.items() if came.startswith(mark))
    try:
        text = came.decode(next(marked, encoding))
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise UsageError(Message("command.no-text"))
    return text


_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def signer(secret: str) -> Signer:
    return lambda message: hmac.new(
        secret.encode(errors="surrogatepass"), message.encode(), hashlib.sha256
    ).hexdigest()


@dataclass(kw_only=True)
class Line:
    """The line to the exchange; `causes` say why some answers did not come, where it is known."""

    api: str
    client: httpx.Client  # never closed: threads that nobody waits for may still use it
    api_key: str
    sign: Signer
    causes: list[Message] = field(default_factory=list)
    _came: queue.Queue[Reply | Exception] = field(default_factory=queue.Queue)

    def send(self, request: Request) -> None:
        """Send a request, without waiting for its answer."""
        threading.Thread(target=self._put, args=(request,), daemon=True).start()

    def next(self, until: float) -> Reply:
        """Return the next answer; queue.Empty where there is none until then."""
        came = self._came.get(timeout=max(0.0, until - time.monotonic()))
        if isinstance(came, Exception):
            raise came
        return came

    def _put(self, request: Request) -> None:
        try:
            self._came.put(self._ask(request))
        except Exception as error:  # Raised again where somebody listens.
            self._came.put(error)

    def _ask(self, request: Request) -> Reply:
        """Send one request and return what came of it, the key left out where it is repeated."""
        time.sleep(request.wait / 1000)
        event, status, text, moment = Event.FAILED, None, "", None
        method, path = request.probe.method, request.probe.asked_of(str(uuid.uuid4()))
        authorization = authorized(self.api_key, self.sign, method, path, _now())
        try:
            with self.client.stream(
                method,
                f"{self.api}{path}",
                headers={"Authorization": authorization, "User-Agent": f"keycheck/{__version__}"},
                timeout=DEADLINE,
                follow_redirects=False,
            ) as response:
                body = _limited(response)
                event = Event.TOO_LONG if body is None else Event.ANSWERED
                status, text = response.status_code, (body or b"").decode(errors="replace")
                moment = _date(response.headers.get("Date", ""))
        except (httpx.HTTPError, UnicodeError) as error:
            event = self._event(error)
        return Reply(
            channel=Channel.REST,
            event=event,
            at=_now(),
            number=request.number,
            status=status,
            text=text.replace(self.api_key, "…"),
            time=moment,
        )

    def _event(self, error: Exception) -> Event:
        """What an error came to; its cause is kept, once, where it is known."""
        if isinstance(error, httpx.TimeoutException):
            return Event.SILENT
        known = surroundings.cause(error, self.api)
        if known and known not in self.causes:
            self.causes.append(known)
        return Event.DISTRUSTED if surroundings.distrusted(error) else Event.FAILED


def _conduct(check: Check, line: Line, words: Words) -> None:
    """Send what the check plans and feed it what comes back, until it ends or time is up."""
    until = time.monotonic() + DEADLINE
    beside = Screen(stderr=True)
    beside.quiet = not beside.is_terminal
    with beside.status(words.say(Message("command.checking")), spinner="line") as status:
        while True:
            for request in check.plan():
                line.send(request)
            if check.ended:  # Only now, as planning also settles what is never asked.
                return
            done, of = check.progress
            status.update(words.say(Message("command.progress", {"done": done, "all": of})))
            try:
                check.feed(line.next(until))
            except queue.Empty:
                check.stop(Event.SILENT, at=_now())


def _limited(response: httpx.Response) -> bytes | None:
    """The body, or None where it is longer than any real answer."""
    body = b""
    for part in response.iter_bytes():
        body += part
        if len(body) > MAX_TEXT:
            return None
    return body


def _date(header: str) -> int | None:
    """The exchange's clock as its Date header tells it, in Unix milliseconds."""
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment  # "-0000" names none
    return int(utc.timestamp() * 1000) if utc.year > _EARLIEST else None


_EARLIEST = 2020  # a date before it is no clock's


def _now() -> int:
    return time.time_ns() // 1_000_000


def _show(found: Report, api: str | None, words: Words, *, as_json: bool) -> int:
    """Print the report of a check at `api`, which is None for a rehearsal."""
    if as_json:
        print(json.dumps(as_data(found, words) | {"api": api}, indent=2))
    else:
        _print(Screen(file=sys.stdout, highlight=False), found, api, words)
    return {Verdict.CONNECTED: 0, Verdict.UNDECIDED: 2}.get(found.verdict, 1)


def _print(console: Console, found: Report, api: str | None, words: Words) -> None:
    say = words.say
    console.print(say(found.headline), style="bold", markup=False)
    console.print(say(found.sentence), markup=False)
    if found.bitsgap:
        console.print(say(Message("command.bitsgap", {"shown": found.bitsgap})), markup=False)
    if api and api != API:
        asked_at = Message("command.asked-at", {"address": api, "usual": API})
        console.print(say(asked_at), markup=False)
    console.print(_table(found, words))
    if found.wrong_hands:
        console.print(say(found.wrong_hands.text), markup=False)
    for note in found.notes:
        console.print(say(Message("report.note", {"note": note})), markup=False)
    console.print(say(Message("report.next")), style="bold", markup=False)
    for place, step in enumerate(found.next_steps, 1):
        console.print(f"{place}. {say(step.text)}", markup=False)
    console.print(say(Message("report.unseen")), style="bold", markup=False)
    for line in UNSEEN:
        console.print(f"- {say(line.text)}", markup=False)


def _table(found: Report, words: Words) -> Table:
    *heads, _ = HEADS
    table = Table(*map(words.say, heads), "")
    for row in found.rows:
        mark = _MARKS[row.state].format(words.say(Message(f"state.{row.state}")))
        shown = f"{mark}\n{words.say(row.reason)}" if row.reason else mark
        table.add_row(BOXES[row.right].label, words.say(wanted(row)), words.say(row.found), shown)
    return table
