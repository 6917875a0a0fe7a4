"""Mouth 2: the command line, the same check over REST for people who will not paste.

Rules of this room: key and secret come from a prompt that does not echo, from two variables or
from standard input, never from arguments, and no message repeats an argument, since it might be
one. The secret stays in the closure that signs. Every request has a thread of its own that nobody
waits for, so that the command ends in time whatever the network does.
"""

import argparse
import hashlib
import hmac
import json
import os
import queue
import sys
import threading
import time
import uuid
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from getpass import getpass
from typing import NoReturn
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.table import Table

from hitbtc_keycheck import __version__, rehearsal
from hitbtc_keycheck.answers import MAX_TEXT
from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.credentials import advice, clean, shape_of
from hitbtc_keycheck.probes import Channel
from hitbtc_keycheck.report import BITSGAP, FAULTS, UNSEEN, Report, Verdict, as_data, report
from hitbtc_keycheck.rights import BOXES, State

API = "https://api.hitbtc.com"
KEY_VARIABLE, SECRET_VARIABLE = "HITBTC_API_KEY", "HITBTC_SECRET_KEY"
USAGE = 64  # EX_USAGE of sysexits.h
DEADLINE = 12.0  # seconds; a check ends within 15 of the start
INTERRUPTED = 130

Signer = Callable[[str], str]

_MARKS = {
    State.AS_REQUIRED: "[green]✓ as required[/]",
    State.NOT_AS_REQUIRED: "[red]✗ not as required[/]",
    State.COULD_NOT_TELL: "[yellow]? could not tell[/]",
    State.CANNOT_BE_SEEN: "- cannot be seen from here",
}


class UsageError(Exception):
    """The command was not called as it can be; the text is a sentence for the reader."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 1, 2 or 64 (see the contract)."""
    try:
        given = sys.argv[1:] if arguments is None else arguments
        return _doctor(given[1:]) if given[:1] == ["doctor"] else _run(_parse(given))
    except UsageError as error:
        print(error, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED


def _doctor(arguments: list[str]) -> int:
    """The maintainer's command, which needs more than the readers'."""
    try:
        from hitbtc_keycheck import doctor  # noqa: PLC0415
    except ModuleNotFoundError:
        raise UsageError("doctor needs more: pip install 'hitbtc-keycheck[doctor]'.") from None
    return doctor.main(arguments)


class Parser(argparse.ArgumentParser):
    """Refuses what it does not know in one sentence, without repeating it."""

    def error(self, message: str) -> NoReturn:  # noqa: ARG002 - it may repeat a secret
        raise UsageError(
            "There is an argument this command does not know. Key and secret are never taken "
            "from arguments; see --help."
        )


def _parse(arguments: list[str]) -> argparse.Namespace:
    names = [entry.name for entry in rehearsal.SCENARIOS if not entry.page_only]
    parser = Parser(
        prog="hitbtc-keycheck",
        allow_abbrev=False,
        description="Check the permissions of a HitBTC API key before you hand it to a bot.",
        epilog=(
            f"Asks for key and secret without showing them, or takes them from {KEY_VARIABLE} and "
            f"{SECRET_VARIABLE}, or from two lines on standard input. Exit status: 0 connected, "
            "1 not as required, 2 undecided, 64 wrong usage."
        ),
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--no-withdraw",
        action="store_true",
        help="send nothing but reads; whether the key can withdraw stays open",
    )
    parser.add_argument(
        "--api", metavar="URL", default=API, help=f"another base address (default {API})"
    )
    parser.add_argument(
        "--rehearse",
        metavar="NAME",
        help=f"check a made-up key, with no connection: {', '.join(names)}",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    options = parser.parse_args(arguments)
    if options.rehearse is not None and options.rehearse not in names:
        raise UsageError(f"There is no rehearsal of that name; there are: {', '.join(names)}.")
    options.api = base_address(options.api)
    return options


def base_address(address: str) -> str:
    """Return the base address without a slash at its end; https, except on loopback."""
    try:
        parts = urlsplit(address)
        loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
        secure = parts.scheme == "https" or (parts.scheme == "http" and loopback)
        usable = secure and parts.hostname and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise UsageError("--api takes an https address (http only on this machine itself).")
    return address.rstrip("/")


def _run(options: argparse.Namespace) -> int:
    if options.rehearse is not None:
        entry = rehearsal.scenario(options.rehearse)
        check = rehearsal.run(entry, now=_now(), via=Via.REST)
        return _show(report(check), as_json=options.json)
    api_key, secret = _pair()
    found = advice(shape_of(api_key, secret, public=True), shape_of(secret, api_key, public=False))
    if found and found[0].stops:
        raise UsageError(found[0].text)
    check = Check(
        api_key=clean(api_key),
        now=_now(),
        fresh_id=str(uuid.uuid4()),
        via=Via.REST,
        withdraw=not options.no_withdraw,
    )
    _conduct(check, signer(clean(secret)), options.api)
    hints = tuple(item.text for item in found)
    return _show(report(check, hints), as_json=options.json)


def _pair() -> tuple[str, str]:
    """Return key and secret as they came: from the variables, standard input or a prompt."""
    given = [os.environ.get(name) for name in (KEY_VARIABLE, SECRET_VARIABLE)]
    if given[0] is not None and given[1] is not None:
        return given[0], given[1]
    if given != [None, None]:
        missing = SECRET_VARIABLE if given[1] is None else KEY_VARIABLE
        raise UsageError(f"The variable {missing} is missing: set both, or neither.")
    try:
        if sys.stdin.isatty():
            return getpass("API key: "), getpass("Secret key: ")
        lines = sys.stdin.read(MAX_TEXT).splitlines()
    except (EOFError, UnicodeDecodeError):
        lines = []
    filled = [line for line in lines if line.strip()]
    if len(filled) != 2:  # noqa: PLR2004
        raise UsageError("Standard input must hold two lines: the API key, then the secret key.")
    return filled[0], filled[1]


def signer(secret: str) -> Signer:
    return lambda message: hmac.new(
        secret.encode(errors="surrogatepass"), message.encode(), hashlib.sha256
    ).hexdigest()


def _conduct(check: Check, sign: Signer, api: str) -> None:
    """Send what the check plans and feed it what comes back, until it ends or time is up."""
    replies: queue.Queue[Reply] = queue.Queue()
    until = time.monotonic() + DEADLINE
    client = httpx.Client()  # never closed: threads that nobody waits for may still use it
    with Console(stderr=True).status("Checking ...") as status:
        while not check.ended:
            for request in check.plan():
                authorization = request.authorization(sign(request.message or ""))
                threading.Thread(
                    target=lambda *args: replies.put(_ask(*args)),
                    args=(client, api, request, authorization),
                    daemon=True,
                ).start()
            done, of = check.progress
            status.update(f"Checking: {done} of {of} answered ...")
            try:
                check.feed(replies.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                check.stop(Event.SILENT, at=_now())


def _ask(client: httpx.Client, api: str, request: Request, authorization: str) -> Reply:
    """Send one request and return what came of it; never raises."""
    time.sleep(request.wait / 1000)
    event, status, text, moment = Event.FAILED, None, "", None
    try:
        with client.stream(
            request.probe.method,
            f"{api}{request.path}",
            headers={"Authorization": authorization, "User-Agent": f"keycheck/{__version__}"},
            timeout=DEADLINE,
            follow_redirects=False,
        ) as response:
            body = _limited(response)
            event = Event.TOO_LONG if body is None else Event.ANSWERED
            status, text = response.status_code, (body or b"").decode(errors="replace")
            moment = _date(response.headers.get("Date", ""))
    except httpx.TimeoutException:
        event = Event.SILENT
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
        event = Event.FAILED
    return Reply(
        channel=Channel.REST,
        event=event,
        at=_now(),
        number=request.number,
        status=status,
        text=text,
        time=moment,
    )


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
        return int(parsedate_to_datetime(header).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _now() -> int:
    return time.time_ns() // 1_000_000


def _show(found: Report, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(as_data(found), indent=2))
    else:
        _print(Console(highlight=False), found)
    return {Verdict.CONNECTED: 0, Verdict.UNDECIDED: 2}.get(found.verdict, 1)


def _print(console: Console, found: Report) -> None:
    console.print(f"[bold]{found.sentence}[/]")
    status = BITSGAP[found.verdict] or "cannot be said yet"
    console.print(f"Bitsgap would most likely show: {status}. Whose doing: {FAULTS[found.fault]}.")
    table = Table("Box", "Wanted", "Found", "")
    for row in found.rows:
        mark = f"{_MARKS[row.state]}\n{row.reason}" if row.reason else _MARKS[row.state]
        table.add_row(BOXES[row.right].label, row.wanted, row.found, mark)
    console.print(table)
    for note in found.notes:
        console.print(f"Note: {note}", markup=False)
    console.print("[bold]Next[/]")
    for place, step in enumerate(found.next_steps, 1):
        console.print(f"{place}. {step.text}", markup=False)
    console.print("[bold]What cannot be seen from here[/]")
    for step in UNSEEN:
        console.print(f"- {step.text}", markup=False)
