"""Plays what people reported through the layer in which a reader meets it.

Rules of this room: a row of reports.json says what came in, never what the code is called; the
terminal's rows run the real command beside the stand-in; a paste is played on the page and in the
terminal; key and secret are the stand-in's, put in for `{key}` and `{secret}`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from hitbtc_keycheck import byhand
from hitbtc_keycheck.check import Reply, Request, Via
from hitbtc_keycheck.render import as_data
from hitbtc_keycheck.report import report
from tests.command.command import ending
from tests.core import world
from tests.exchange.accounts import NAMED
from tests.exchange.faults import Fault, answered, instead, refused
from tests.exchange.standin import StandIn

GOOD = NAMED["as-required"]
NOWHERE = "https://exchange.invalid"
"""An address that no proxy and no name server knows."""

REPORTS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("reports.json").read_text(encoding="utf-8")
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a reader got: the verdict or the sentence, what else was said, if anything was sent.

    `leaked` where the stand-in saw something that nobody may send it, the secret above all.
    """

    exit: int | None = None
    verdict: str = ""
    fault: str = ""
    headline: str = ""
    said: str = ""
    sent: bool = False
    leaked: bool = False
    seconds: float = 0


def filled(text: str) -> str:
    """Return a row's text with the made-up key and secret in it."""
    return text.replace("{key}", GOOD.api_key).replace("{secret}", GOOD.secret)


def in_terminal(row: Mapping[str, Any]) -> Outcome:
    """Run the command with what the row says of pastes, answers and surroundings."""
    given = row["input"]
    accounts = [] if given.get("unknown") else [GOOD]
    with StandIn(accounts, tls=given.get("certificate") == "untrusted") as exchange:
        exchange.skew = given.get("skew", 0)
        for spoilt in given.get("answers", ()):
            exchange.spoil(spoilt["asked"], fault(spoilt))
        address = NOWHERE if given.get("address") == "nowhere" else exchange.url
        return _run(given, address, exchange)


def _run(given: Mapping[str, Any], address: str, exchange: StandIn) -> Outcome:
    table = [] if given.get("printed") else ["--json"]
    command = [sys.executable, "-m", "hitbtc_keycheck", "--api", address, *table]
    typed, began = _typed(given), time.monotonic()
    running = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_surroundings(given),
    )
    with running, ending(running):
        if given.get("printed") == "to a closed pipe" and running.stdout:
            running.stdout.close()
            running.stdout = None
        out, err = running.communicate(typed)
    seconds = time.monotonic() - began
    printed, complained = ((text or b"").decode(errors="replace") for text in (out, err))
    found = json.loads(printed) if printed.startswith("{") else {}
    return Outcome(
        exit=running.returncode,
        verdict=found.get("verdict", ""),
        fault=found.get("fault", ""),
        headline=found.get("headline") or found.get("sentence") or _last_line(complained),
        said=printed + complained,
        sent=bool(exchange.log),
        leaked=bool(exchange.violations),
        seconds=seconds,
    )


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def _typed(given: Mapping[str, Any]) -> bytes:
    if "key" in given:
        return b""
    encoding = given.get("encoding", "utf-8")
    return f"{GOOD.api_key}\n{GOOD.secret}\n".encode(encoding)


def _surroundings(given: Mapping[str, Any]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HITBTC_") and not name.lower().endswith("_proxy")
    }
    pasted = (
        {"HITBTC_API_KEY": filled(given["key"]), "HITBTC_SECRET_KEY": filled(given["secret"])}
        if "key" in given
        else {}
    )
    return kept | {"PYTHONPATH": "validator"} | pasted | dict(given.get("variables", {}))


def fault(spoilt: Mapping[str, Any]) -> Fault:
    """Return what the stand-in does in the place of an answer."""
    if "code" in spoilt:
        return refused(spoilt["code"])
    if "body" in spoilt:
        return answered(spoilt.get("status", 200), spoilt["body"])
    return instead()


def by_sockets(row: Mapping[str, Any]) -> Outcome:
    """Let the core check over sockets, as the page does, with the row's answers in between."""
    honest = world.honest(world.Account())

    def respond(request: Request) -> Iterator[Reply]:
        name = f"{request.probe.channel} {request.probe.method}"
        spoilt = [one for one in row["input"]["answers"] if fnmatchcase(name, one["asked"])]
        if not spoilt:
            yield from honest(request)
        elif "code" in spoilt[0]:
            yield world.reply(request, *world.error(spoilt[0]["code"]))
        elif "body" in spoilt[0]:
            yield world.said(request, spoilt[0]["body"], spoilt[0].get("status", 200))

    shown = report(world.carry_on(world.begin(Via.SOCKETS), respond))
    found: dict[str, Any] = as_data(shown, world.ENGLISH)
    return Outcome(
        verdict=found["verdict"],
        fault=found["fault"],
        headline=found.get("headline") or found["sentence"],
        said=json.dumps(found),
    )


def pasted_back(row: Mapping[str, Any]) -> Outcome:
    """Paste into **Answer from your terminal**."""
    text = row["input"]["answer"] * row["input"].get("times", 1)
    found = byhand.read(text, world.BY_HAND)
    if isinstance(found, byhand.Problem):
        words = world.english(found.text)
        return Outcome(fault=found.fault.value, headline=words, said=words)
    return Outcome(headline=str(found))


PLAYERS = {"terminal": in_terminal, "page": by_sockets, "by hand": pasted_back}
