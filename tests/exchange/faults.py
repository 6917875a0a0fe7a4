"""What may go wrong between an answer and its reader.

A fault is a function from the honest answer to the steps that are taken instead: nothing at all
leaves the reader waiting. Faults that touch one answer stand on their own; the two at the end
remember the answer before.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from tests.exchange.oracle import Answer
from tests.exchange.refusals import REFUSALS


class Cut(Enum):
    """Ways to end a connection without a word."""

    RESET = auto()
    """The connection is torn down."""
    HALF_CLOSE = auto()
    """The stand-in will not send any more, and goes on listening."""


@dataclass(frozen=True)
class Wait:
    """Let time pass."""

    seconds: float


@dataclass(frozen=True)
class Close:
    """Close a WebSocket in good order."""

    code: int


@dataclass(frozen=True)
class Half:
    """Send the first half of an answer that was announced whole, then stop sending."""

    answer: Answer


type Step = Answer | Half | Wait | Close | Cut
type Fault = Callable[[Answer], list[Step]]


def instead(*steps: Step) -> Fault:
    """Take these steps and never answer; with no step, say nothing."""
    return lambda _answer: list(steps)


def then(*steps: Step) -> Fault:
    """Answer, then take these steps."""
    return lambda answer: [answer, *steps]


def delayed(seconds: float) -> Fault:
    return lambda answer: [Wait(seconds), answer]


def half_sent(answer: Answer) -> list[Step]:
    return [Half(answer)]


def answered(status: int, body: str, **headers: str) -> Fault:
    """Answer this, whatever was asked; over WebSocket only the body counts."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return instead(Answer(status=status, body=body, headers=named))


def html(status: int) -> Fault:
    """A page from in front of the exchange, as Cloudflare sends one."""
    page = (
        f"<!DOCTYPE html><html><head><title>{status}</title></head><body>cloudflare</body></html>"
    )
    return answered(status, page, Content_Type="text/html; charset=UTF-8")


def refused(code: int, *, status: int | None = None, as_text: bool = False) -> Fault:
    """Refuse with this code; with the status that belongs to it unless another is given."""
    usual, message = REFUSALS.get(code, (400, "Unheard of"))
    error = {"code": str(code) if as_text else code, "message": message}

    def fault(answer: Answer) -> list[Step]:
        kept = {name: part for name, part in _parts(answer).items() if name in {"jsonrpc", "id"}}
        body = json.dumps(kept | {"error": error})
        return [replace(answer, status=status or usual, body=body)]

    return fault


def truncated(answer: Answer) -> list[Step]:
    """Half the text in a message that is whole."""
    return [replace(answer, body=answer.body[: len(answer.body) // 2])]


def huge(size: int) -> Fault:
    """The honest answer, after as many spaces."""
    return lambda answer: [replace(answer, body=" " * size + answer.body)]


def with_text_code(answer: Answer) -> list[Step]:
    """The code of an error as text, as some of the exchange's answers have it."""
    body = _parts(answer)
    if "error" not in body:
        return [answer]
    error = body["error"] | {"code": str(body["error"]["code"])}
    return [replace(answer, body=json.dumps(body | {"error": error}))]


def twice(answer: Answer) -> list[Step]:
    return [answer, answer]


def among_notifications(count: int, skew: int = 0) -> Fault:
    """The honest answer with as many notifications before it and after it.

    Each says the exchange's time, `skew` milliseconds ahead of ours.
    """

    def fault(answer: Answer) -> list[Step]:
        moment = time.time_ns() // 1_000_000 + skew
        ticker = {"ch": "ticker/1s", "data": {"BTCUSDT": {"t": moment, "a": "36000.1"}}}
        noise: list[Step] = [Answer(body=json.dumps(ticker))] * count
        return [*noise, answer, *noise]

    return fault


def out_of_order() -> Fault:
    """Two answers of one socket in the wrong order: the first waits for the second."""
    kept: list[Answer] = []

    def fault(answer: Answer) -> list[Step]:
        if kept:
            return [answer, kept.pop()]
        kept.append(answer)
        return []

    return fault


def ids_swapped() -> Fault:
    """Two answers of one socket, each with the other's id."""
    kept: list[Answer] = []

    def fault(answer: Answer) -> list[Step]:
        if not kept:
            kept.append(answer)
            return []
        first = kept.pop()
        return [_with_id_of(answer, on=first), _with_id_of(first, on=answer)]

    return fault


def _with_id_of(other: Answer, *, on: Answer) -> Answer:
    return replace(on, body=json.dumps(_parts(on) | {"id": _parts(other)["id"]}))


def _parts(answer: Answer) -> dict[str, Any]:
    """The parts of a JSON object; none for anything else, a list of balances for one."""
    data = json.loads(answer.body or "null")
    return data if isinstance(data, dict) else {}
