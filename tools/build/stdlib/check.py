"""A whole check, as the worker runs it: JSON in and JSON out of the package's bridge.

Runs inside Pyodide. tools/build/runtime.mjs measures what it loads; a test runs it again on the standard
library that was made from that.
"""

import json

from hitbtc_keycheck.bridge import Data, handle
from hitbtc_keycheck.rehearsal import IDENTIFIER, SCENARIOS, Scenario
from hitbtc_keycheck.settings import Setting

NOW = 1_700_000_000_000


def check() -> list[str]:
    """Go through every situation, each to its report; name those that came out otherwise."""
    return [entry.name for entry in SCENARIOS if not _as_expected(entry)]


def _as_expected(entry: Scenario) -> bool:
    report = _do("rehearse", name=entry.name, now=NOW)["report"]
    _ask_by_hand()
    _do("markdown")
    states = {setting: row["state"] for setting, row in report["rights"].items()}
    expected = {setting: entry.expected(Setting(setting)) for setting in states}
    return bool(report["verdict"] == entry.verdict and states == expected)


def _ask_by_hand() -> None:
    text = 'HTTP/2 403\r\n\r\n{"error":{"code":1003,"message":"Forbidden"}}'
    _do("paste", now=NOW, awaited=IDENTIFIER, text=text)


def _do(act: str, **data: object) -> Data:
    found: Data = json.loads(handle(json.dumps({"do": act, **data})))
    return found
