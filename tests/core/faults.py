"""Every trouble that can befall one answer, by name. None of them is a lie about the key.

An answer of the table (1002, 1003, 20004, …) where it is not true would be a lie, and no program
could tell; everything else that is documented, seen or imaginable is here.
"""

import json
from collections.abc import Callable, Iterable, Iterator

from hitbtc_keycheck.check import Event, Reply, Request
from hitbtc_keycheck.requests import Channel
from tests.core.world import FOREIGN, error, reply, said, trouble

Fault = Callable[[Request, Reply], Iterable[Reply]]
"""What comes back instead of an honest reply."""

TROUBLES = (403, 500, 503, 504, 600, 1001, 1005, 1006, 10001, 10021, 20018, 20044, 1, 404, 2003)
TEXTS = {
    "empty": "",
    "null": "null",
    "html": "<!DOCTYPE html><html><title>Just a moment...</title></html>",
    "half": '{"jsonrpc":"2.0","error":{"code":1003',
    "deep": "[" * 5000,
    "long": '"' + "x" * (1 << 20) + '"',
    "maintenance": '{"status":"maintenance"}',
    "text error": '{"error":"Not Found"}',
    "null error": '{"error":null}',
    "foreign id": f'{{"id":"{FOREIGN}","result":[]}}',
    "another service": '{"ret_code":33004,"ret_msg":"permission denied"}',
    "another gateway": '{"code":"InvalidContent","message":"Missing apikey parameter"}',
    "unauthorized": '{"error":"Unauthorized"}',
    "list of errors": '{"error":[{"code":"1003"}]}',
    "blocked": "error code: 1020",
}
STATUSES = (200, 302, 401, 403, 404, 451, 502, 520)


def event(kind: Event, *, online: bool = True) -> Fault:
    return lambda request, _: [trouble(request, kind, online=online)]


def code(number: int | str, status: int | None = None) -> Fault:
    return lambda request, _: [reply(request, *error(number, status))]


def text(words: str, status: int) -> Fault:
    """An answer of any text; on a socket it carries the request's number, where it is an object."""
    head, brace, tail = words.partition("{")

    def instead(request: Request, _: Reply) -> Iterator[Reply]:
        socket = brace and not head and request.probe.channel is not Channel.REST
        yield said(request, f'{{"id":{request.number},{tail}' if socket else words, status)

    return instead


def unnamed(number: object) -> Fault:
    """An error on a socket that names no request, or names it otherwise."""
    body = {"jsonrpc": "2.0", "error": {"code": 10021, "message": "No."}, "id": number}
    return lambda request, _: [said(request, json.dumps(body), 400)]


def shape(result: object) -> Fault:
    return lambda request, _: [reply(request, 200, result)]


def once(fault: Fault) -> Fault:
    """A fault that a repeat does not meet."""

    def first_time(request: Request, honest: Reply) -> Iterable[Reply]:
        return [honest] if request.wait else fault(request, honest)

    return first_time


def never(_request: Request, _honest: Reply) -> Iterable[Reply]:
    return []


def twice(_request: Request, honest: Reply) -> Iterable[Reply]:
    return [honest, honest]


def among_notifications(request: Request, honest: Reply) -> Iterable[Reply]:
    return (
        [said(request, '{"ch":"ticker","data":{}}'), honest, said(request, "[1]")]
        if (honest.number is None)
        else [honest]
    )


def then_closed(request: Request, honest: Reply) -> Iterable[Reply]:
    return [honest, trouble(request, Event.CLOSED)]


HARMLESS = {
    "as documented": lambda _, honest: [honest],
    "twice": twice,
    "among notifications": among_notifications,
    "too many requests, once": once(code(429)),
    "too many requests inside a 200, once": once(code("429", 200)),
}
FAULTS: dict[str, Fault] = {
    **HARMLESS,
    **{kind.value: event(kind) for kind in Event if kind is not Event.ANSWERED},
    **{
        f"{kind.value}, offline": event(kind, online=False) for kind in (Event.FAILED, Event.CLOSED)
    },
    "nothing comes": never,
    "then closed": then_closed,
    "too many requests": code(429),
    "too many requests inside a 200": code("429", 200),
    "unknown code": code(77_777),
    "code as text": code("10021"),
    **{f"code {number}": code(number) for number in TROUBLES},
    **{
        f"{name}, {status}": text(words, status)
        for name, words in TEXTS.items()
        for status in STATUSES
    },
    "error without an id": unnamed(None),
    "error with a text as its id": unnamed("1"),
    "no content": lambda request, _: [said(request, "", 204)],
    "true": shape(True),
    "false": shape(False),
    "strangers": shape([{"stranger": 1}]),
    "numbers": shape([1, 2]),
}


LIES = {
    "login trading": {"true"},
    "login wallet": {"true"},
    "GET /api/3/sub-account": {"strangers", "numbers", "foreign id, 200"},
}
"""Faults that are a result of the documented form."""


def befalls(name: str, message: str) -> bool:
    """Whether a fault can befall a message: it is no lie, and a status only comes over REST."""
    socket = not message.startswith(("GET", "DELETE"))
    repeated = socket and name.endswith(tuple(f", {status}" for status in STATUSES[1:]))
    return not repeated and name not in LIES.get(message, ())


DONE = shape({"result": True})
"""A success of the rollback, as HitBTC would tell it: neither truth nor lie, never a tick."""
