"""Plain clients for the stand-in's own tests: sign, ask, converse.

No TLS connection is shared by two threads, which CPython does not keep apart: one that reads while
another writes may wait for ever (python/cpython#143756).

The signature comes from `hs256`, which the published vectors hold to the truth.
"""

import asyncio
import base64
import json
import ssl
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.exchange.accounts import Account
from tests.exchange.hs256 import signature_of
from tests.exchange.standin import StandIn


def milliseconds() -> int:
    return time.time_ns() // 1_000_000


def header(
    account: Account,
    method: str,
    target: str,
    *,
    body: str = "",
    at: int | None = None,
    window: int | str = "",
) -> dict[str, str]:
    """Return the Authorization header of a signed request, made now unless `at` says when."""
    moment = milliseconds() if at is None else at
    message = f"{method}{target}{body}{moment}{window}"
    parts = [account.api_key, signature_of(account.secret, message.encode()), str(moment)]
    shown = ":".join(parts + ([str(window)] if window else []))
    return {"Authorization": f"HS256 {base64.b64encode(shown.encode()).decode()}"}


def login(account: Account, *, at: int | None = None, window: int | None = None) -> str:
    moment = milliseconds() if at is None else at
    signed = f"{moment}{window or ''}"
    params: dict[str, object] = {
        "type": "HS256",
        "api_key": account.api_key,
        "timestamp": moment,
        "signature": signature_of(account.secret, signed.encode()),
    }
    return call("login", 1, params | ({"window": window} if window else {}))


def call(method: str, number: int, params: Mapping[str, object] | None = None) -> str:
    return json.dumps({"method": method, "params": params or {}, "id": number})


def ask(
    exchange: StandIn, method: str, target: str, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    with httpx.Client(base_url=exchange.url, verify=_trust(exchange), timeout=5) as client:
        return client.request(method, target, headers=headers)


def ask_signed(exchange: StandIn, account: Account, method: str, target: str) -> httpx.Response:
    return ask(exchange, method, target, header(account, method, target))


def converse(exchange: StandIn, channel: str, *frames: str, until: int = 0) -> list[str]:
    """Send all frames at once; return what comes back, as much as was sent or `until` as much.

    A socket that ends too soon ends the list with "closed" and the code.
    """
    wanted = until or len(frames)
    with ThreadPoolExecutor(1) as apart:  # Playwright may have a loop in this thread.
        return apart.submit(asyncio.run, _converse(exchange, channel, frames, wanted)).result()


async def _converse(
    exchange: StandIn, channel: str, frames: Sequence[str], wanted: int
) -> list[str]:
    url = f"{exchange.socket_url}/api/3/ws/{channel}"
    context = _trust(exchange) if url.startswith("wss") else None
    received: list[str] = []
    async with (
        asyncio.timeout(10),
        connect(url, ssl=context, proxy=None, close_timeout=1, max_size=None) as opened,
    ):
        try:
            for frame in frames:
                await opened.send(frame)
            while len(received) < wanted:
                received.append(str(await opened.recv()))
        except ConnectionClosed as closed:
            received.append(f"closed {closed.rcvd.code if closed.rcvd else 1006}")
    return received


def _trust(exchange: StandIn) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=exchange.ca_pem_path)
