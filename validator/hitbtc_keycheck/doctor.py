"""`hitbtc-keycheck doctor`: asks the exchange itself what public material leaves open.

Rules of this room: for maintainers and volunteers, so in English and not in the words' file; never
run by a test against the live exchange. Every request is one of the checker's table or one of the
two reads that `observations` adds, is shown before it is sent, and is sent only after a yes. A key
is typed at a prompt and kept nowhere. What is written down is `observations`' choice.
"""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from hitbtc_keycheck import __version__, surroundings
from hitbtc_keycheck.observations import (
    QUESTIONS,
    WITHOUT_KEY,
    Seen,
    Told,
    Unknown,
    dead,
    refuses_the_pair,
    with_key,
)
from hitbtc_keycheck.observed import rows
from hitbtc_keycheck.pair import hidden, hints_on, signer
from hitbtc_keycheck.sender import Sender, UnseenError
from hitbtc_keycheck.settings import SETTINGS, Setting
from hitbtc_keycheck.shapes import clean
from hitbtc_keycheck.usage import API, Parser, UsageError, base_address
from hitbtc_keycheck.words import load

FOLDER = "docs/en/maintainers/observations"
AS_BEFORE, UNSEEN, NEW = 0, 2, 3
"""How it ends; 1 is none of them, because that is how Python ends what crashed."""

type Found = dict[str, object]
"""An observation, as plain data."""


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


def _ask_all(sender: Sender, *, without_key: bool) -> tuple[str, Told, list[Seen]]:
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
    settings = [entry for entry in SETTINGS.values() if entry.setting is not Setting.IP_WHITELIST]
    told = {entry.setting: _choice(entry.label, "on", "off").capitalize() for entry in settings}
    whitelist = _choice("IP whitelist", "disabled", "this address", "others only")
    return told | {Setting.IP_WHITELIST: whitelist.capitalize()}


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
        "key": {str(setting): state for setting, state in told.items()} or None,
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
