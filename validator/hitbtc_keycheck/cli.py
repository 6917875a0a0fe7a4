"""The command line: the same check over REST, for people who will not paste into a page.

Rules of this room: no message repeats an argument, since it might be a secret, but for the address
that was asked. Whatever goes wrong ends in a sentence and a status that is no verdict's.
"""

import argparse
import queue
import sys
import time
import traceback
from pathlib import Path

from hitbtc_keycheck import __version__, doctor, outputs, rehearsal, surroundings
from hitbtc_keycheck.cases import Verdict
from hitbtc_keycheck.check import Check, Event, Via
from hitbtc_keycheck.connection import DEADLINE, Connection, now
from hitbtc_keycheck.language import languages, spoken
from hitbtc_keycheck.outputs import Screen, is_output, say
from hitbtc_keycheck.pair import KEY_VARIABLE, SECRET_VARIABLE, hints_on, pair, signer
from hitbtc_keycheck.printing import show
from hitbtc_keycheck.report import REHEARSED, Report, report
from hitbtc_keycheck.shapes import clean
from hitbtc_keycheck.surroundings import FAULT, SurroundingsError
from hitbtc_keycheck.usage import API, USAGE, Parser, UsageError, base_address
from hitbtc_keycheck.words import Message, Value, Words, load

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 1, 2, 64 or 70 (see the contract)."""
    outputs.let_outputs_take_everything()
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
        if given[:1] == ["doctor"]:
            return doctor.main(given[1:])
        return _run(_parse(given, words), words)
    finally:
        outputs.flush(sys.stdout)


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


def _run(options: argparse.Namespace, words: Words) -> int:
    if options.rehearse is not None:
        entry = rehearsal.scenario(options.rehearse)
        check = rehearsal.run(entry, now=now(), via=Via.REST)
        return _shown(report(check, (REHEARSED,)), None, words, as_json=options.json)
    api_key, secret = pair(words)
    hints = hints_on(api_key, secret)
    connection = Connection(
        api=options.api,
        client=surroundings.client(options.api),
        api_key=clean(api_key),
        sign=signer(clean(secret)),
    )
    check = Check(now=now(), via=Via.REST, withdraw=not options.no_withdraw)
    _conduct(check, connection, words)
    found = report(check, (*hints, *connection.causes), _end_of(connection.api_key))
    return _shown(found, options.api, words, as_json=options.json)


def _shown(found: Report, api: str | None, words: Words, *, as_json: bool) -> int:
    show(found, api, words, as_json=as_json)
    return {Verdict.CONNECTED: 0, Verdict.UNDECIDED: 2}.get(found.verdict, 1)


def _end_of(api_key: str) -> str:
    """The last four characters of a key that is long enough not to be told by them."""
    return api_key[-4:] if len(api_key) > 8 else ""  # noqa: PLR2004


def _conduct(check: Check, connection: Connection, words: Words) -> None:
    """Send what the check plans and feed it what comes back, until it ends or time is up."""
    until = time.monotonic() + DEADLINE
    beside = Screen(stderr=True)
    beside.quiet = not beside.is_terminal
    with beside.status(words.say(Message("command.checking")), spinner="line") as status:
        while True:
            for request in check.plan():
                connection.send(request)
            if check.ended:  # Only now, as planning also settles what is never asked.
                return
            done, of = check.progress
            status.update(words.say(Message("command.progress", {"done": done, "all": of})))
            try:
                check.feed(connection.next(until))
            except queue.Empty:
                check.stop(Event.SILENT, at=now())
