"""The report as the command prints it: a table for people, or JSON for programs.

Rules of this room: headline first, in the reader's language. The names and states of the JSON are
in no language.
"""

import json
import sys

from rich.console import Console
from rich.table import Table

from hitbtc_keycheck.outputs import Screen
from hitbtc_keycheck.render import HEADS, as_data, wanted
from hitbtc_keycheck.report import UNSEEN, Report
from hitbtc_keycheck.settings import SETTINGS, State
from hitbtc_keycheck.usage import API
from hitbtc_keycheck.words import Message, Words

_MARKS = {
    State.AS_REQUIRED: "[green]✓ {}[/]",
    State.NOT_AS_REQUIRED: "[red]✗ {}[/]",
    State.COULD_NOT_TELL: "[yellow]? {}[/]",
    State.CANNOT_BE_SEEN: "- {}",
}


def show(found: Report, api: str | None, words: Words, *, as_json: bool) -> None:
    """Print the report of a check at `api`, which is None for a rehearsal."""
    if as_json:
        print(json.dumps(as_data(found, words) | {"api": api}, indent=2))
    else:
        _print(Screen(file=sys.stdout, highlight=False), found, api, words)


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
        table.add_row(
            SETTINGS[row.setting].label, words.say(wanted(row)), words.say(row.found), shown
        )
    return table
