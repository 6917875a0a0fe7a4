"""The stand-in exchange: the oracle behind real sockets, with faults on the way.

It lives in a thread of its own. A test may change `accounts`, `cors`, `skew` and `newer_bodies` at
any time, `spoil` and `mend` the way back, and read `log` and `violations`, which only grow, and
`open_sockets`.
"""

import asyncio
import json
import math
import socket
import ssl
import struct
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from email.utils import formatdate
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import TracebackType
from typing import Final, NoReturn, Self

import trustme
from aiohttp import WSMessage, web

from tests.exchange.accounts import Account
from tests.exchange.faults import Close, Cut, Fault, Half, Step, Wait
from tests.exchange.oracle import Answer, Oracle, Session

HOSTS: Final = ("api.hitbtc.com", "api.demo.hitbtc.com", "localhost", "127.0.0.1")

ENDS_WITHIN: Final = 30  # seconds, then whoever waits is told instead of waiting for ever

_SOCKETS: Final = {f"/api/3/ws/{channel}": channel for channel in ("trading", "wallet", "public")}
_SWITCHING: Final = Answer(status=101, body="")
_PREFLIGHT: Final = Answer(
    status=204,
    body="",
    headers={
        "Access-Control-Allow-Methods": "GET, DELETE",
        "Access-Control-Allow-Headers": "Authorization",
    },
)
_NOT_FOUND: Final = Answer(status=404, body='{"error":"Not Found"}')


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One thing that reached the stand-in: a request, the opening of a socket, or a message.

    `channel` is "rest" or the last word of the socket's path. `what` is method and target, "open",
    or the message's method. `at` is Unix time in seconds.
    """

    at: float
    channel: str
    what: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def name(self) -> str:
        return f"{self.channel} {self.what}"


@dataclass(kw_only=True)
class Spoilt:
    """A fault in force: for which names, how many times more, and how often it has struck."""

    names: str
    fault: Fault
    left: float
    struck: int = 0


class StandIn:
    """An exchange on loopback, for as long as its `with` block.

    `skew` is how many milliseconds its clock, and so its Date header, is ahead. Without TLS it
    speaks plain http and ws.
    """

    def __init__(
        self,
        accounts: Iterable[Account] = (),
        *,
        cors: bool = False,
        tls: bool = True,
        port: int = 0,
        newer_bodies: bool = False,
    ) -> None:
        self.accounts = {account.api_key: account for account in accounts}
        self.cors = cors
        self.skew = 0
        self.port = port
        self.log: list[Heard] = []
        self.violations: list[str] = []
        self.open_sockets = 0
        self._tls = tls
        self._spoilt: list[Spoilt] = []
        self._folder = TemporaryDirectory(prefix="standin-")
        self._oracle = Oracle(
            accounts=self.accounts,
            violations=self.violations,
            newer_bodies=newer_bodies,
            now=lambda: time.time_ns() // 1_000_000 + self.skew,
        )

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    @property
    def ca_pem_path(self) -> Path:
        """The certificate of the authority to trust, there while the block lasts."""
        return Path(self._folder.name, "ca.pem")

    def spoil(self, names: str, fault: Fault, *, times: float = math.inf) -> Spoilt:
        """Let `fault` strike whatever is heard under `names`, a pattern as for file names.

        Names are "rest GET /api/3/spot/balance", "trading open", "wallet wallet_balances". Where
        several strike, the later one takes what the earlier one left.
        """
        spoilt = Spoilt(names=names, fault=fault, left=times)
        self._spoilt.append(spoilt)
        return spoilt

    def mend(self) -> None:
        """Take every fault back."""
        self._spoilt.clear()

    def __enter__(self) -> Self:
        started = Future[None]()
        serve = partial(asyncio.run, self._serve(started))
        self._thread = Thread(target=serve, name="stand-in", daemon=True)
        self._thread.start()
        try:
            started.result(ENDS_WITHIN)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._end()

    def _end(self) -> None:
        self._thread.join(ENDS_WITHIN)
        self._folder.cleanup()
        assert not self._thread.is_alive(), "the stand-in does not end"

    async def _serve(self, started: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            listener = socket.create_server(("127.0.0.1", self.port))
            self.port = listener.getsockname()[1]
            certificate = self._certificate()
            await web.SockSite(
                runner, listener, ssl_context=certificate if self._tls else None
            ).start()
            started.set_result(None)
            await self._stop.wait()
        except Exception as error:
            if started.done():
                raise
            started.set_exception(error)
        finally:
            for connection in runner.server.connections if runner.server else ():
                if connection.transport:
                    connection.transport.abort()
            await runner.cleanup()

    def _certificate(self) -> ssl.SSLContext:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_pem_path))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(*HOSTS).configure_cert(context)
        return context

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        channel = _SOCKETS.get(request.raw_path)
        try:
            if channel and request.headers.get("Upgrade", "").casefold() == "websocket":
                return await self._socket(request, channel)
            return await self._rest(request)
        except ConnectionError:
            raise
        except Exception as error:
            self.violations.append(f"the stand-in itself broke: {error!r}")
            raise

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        heard = self._hear("rest", f"{request.method} {request.raw_path}", body, request.headers)
        honest = self._rest_answer(request, body)
        answer = await _first_answer(request, iter(self._steps(heard, honest)))
        allowed = {"Access-Control-Allow-Origin": "*"} if self.cors else {}
        clock = {"Date": formatdate(time.time() + self.skew / 1000, usegmt=True)}
        return web.Response(
            status=answer.status,
            body=answer.body.encode(),
            headers={**clock, **answer.headers, **allowed},
        )

    def _rest_answer(self, request: web.Request, body: bytes) -> Answer:
        if request.method != "OPTIONS":
            return self._oracle.rest(request.method, request.raw_path, request.headers, body)
        wanted = request.headers.get("Access-Control-Request-Method", "OPTIONS")
        permitted = self._oracle.permits(f"{wanted} {request.raw_path}", request.headers)
        return _PREFLIGHT if self.cors and permitted else _NOT_FOUND

    async def _socket(self, request: web.Request, channel: str) -> web.StreamResponse:
        heard = self._hear(channel, "open", b"", request.headers)
        permitted = self._oracle.permits(heard.name, request.headers)
        steps = iter(self._steps(heard, _SWITCHING if permitted else _NOT_FOUND))
        answer = await _first_answer(request, steps)
        if answer.status != 101:
            return web.Response(
                status=answer.status, body=answer.body.encode(), headers=answer.headers
            )
        opened = web.WebSocketResponse(compress=False)
        await opened.prepare(request)
        await self._converse(request, opened, channel, steps)
        return opened

    async def _converse(
        self,
        request: web.Request,
        opened: web.WebSocketResponse,
        channel: str,
        steps: Iterator[Step],
    ) -> None:
        """Answer every message by itself, so that a late answer holds up no other."""
        session = Session(channel=channel)
        answers = [asyncio.create_task(_send(request, opened, steps))]
        self.open_sockets += 1
        try:
            async for message in opened:
                steps = self._steps_of_message(session, message)
                answers.append(asyncio.create_task(_send(request, opened, steps)))
        finally:
            self.open_sockets -= 1
            for task in answers:
                task.cancel()
            ended = await asyncio.gather(*answers, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception) and not isinstance(error, ConnectionError):
                raise error

    def _steps_of_message(self, session: Session, message: WSMessage) -> Iterator[Step]:
        data = message.data if isinstance(message.data, bytes) else str(message.data).encode()
        heard = self._hear(session.channel, _method_of(data), data)
        return iter(self._steps(heard, self._oracle.frame(session, data.decode(errors="replace"))))

    def _hear(
        self, channel: str, what: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Heard:
        heard = Heard(at=time.time(), channel=channel, what=what, headers=headers or {}, body=body)
        self.log.append(heard)
        return heard

    def _steps(self, heard: Heard, honest: Answer) -> list[Step]:
        steps: list[Step] = [honest]
        for spoilt in list(self._spoilt):
            if spoilt.left > 0 and fnmatchcase(heard.name, spoilt.names):
                spoilt.left -= 1
                spoilt.struck += 1
                steps = [
                    after
                    for step in steps
                    for after in (spoilt.fault(step) if isinstance(step, Answer) else [step])
                ]
        return steps


async def _first_answer(request: web.Request, steps: Iterator[Step]) -> Answer:
    """Take steps until there is something to say; where there never is, hang on."""
    for step in steps:
        match step:
            case Answer():
                return step
            case Wait():
                await asyncio.sleep(step.seconds)
            case Half():
                await _send_half(request, step.answer)
            case _:
                _cut(request, step)
    return await _forever()


async def _send(request: web.Request, opened: web.WebSocketResponse, steps: Iterator[Step]) -> None:
    for step in steps:
        match step:
            case Answer():
                await opened.send_str(step.body)
            case Wait():
                await asyncio.sleep(step.seconds)
            case Close():
                await opened.close(code=step.code)
            case Half():
                _write_half_frame(request, step.answer.body.encode())
                _cut(request, Cut.HALF_CLOSE)
            case _:
                _cut(request, step)


async def _send_half(request: web.Request, answer: Answer) -> NoReturn:
    body = answer.body.encode()
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    _cut(request, Cut.HALF_CLOSE)
    await _forever()


def _write_half_frame(request: web.Request, body: bytes) -> None:
    """Write the head of a WebSocket text frame (RFC 6455, 5.2) and half of its payload."""
    assert request.transport is not None
    head = b"\x81\x7e" + len(body).to_bytes(2)
    request.transport.write(head + body[: len(body) // 2])


def _cut(request: web.Request, how: Step) -> None:
    """Cut the connection under TLS and HTTP, which would both say goodbye first."""
    assert request.transport is not None
    connection = request.transport.get_extra_info("socket")
    if how is Cut.HALF_CLOSE:
        connection.shutdown(socket.SHUT_WR)
    else:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()


async def _forever() -> NoReturn:
    while True:
        await asyncio.sleep(3600)


def _method_of(data: bytes) -> str:
    try:
        return str(json.loads(data)["method"])
    except (ValueError, KeyError, TypeError):
        return "?"
