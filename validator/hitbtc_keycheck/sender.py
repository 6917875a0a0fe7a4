"""Shows the doctor's requests one by one, and sends those that are agreed to.

Rules of this room: for maintainers, so in English and not in the words' file. Nothing is sent that
was not shown; what is shown leaves out what is secret or random, and what every request of a client
says or every opening of a WebSocket.
"""

import base64
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import httpx

from hitbtc_keycheck import __version__, surroundings
from hitbtc_keycheck.answers import MAX_TEXT
from hitbtc_keycheck.observations import OWN, QUESTIONS, Manner, Seen, Step, rest_seen, socket_seen
from hitbtc_keycheck.signing import Signer, authorized
from hitbtc_keycheck.words import load

PATIENCE = 10.0  # seconds for one answer
AGENT = f"keycheck/{__version__}"


class UnseenError(Exception):
    """Nothing could be seen; the text is a sentence that says why."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Shows requests, and sends those that are agreed to."""

    api: str
    client: httpx.Client
    agrees: Callable[[], bool]
    api_key: str = ""
    sign: Signer = str

    def send_all(self, steps: Iterable[Step]) -> Iterator[Seen]:
        """Yield what came back, for each request that was sent."""
        for step in steps:
            print(f"\n{QUESTIONS[step.unknown]}", *self.lines(step), sep="\n    ")
            if self.agrees():
                seen = self._open(step) if step.manner is Manner.OPEN else self._ask(step)
                print(f"    It came back: {seen.words}.")
                yield seen

    def lines(self, step: Step) -> list[str]:
        """Return the request as it will be sent, but for what is secret or random in it."""
        verb = {Manner.OPEN: "open", Manner.PREFLIGHT: "OPTIONS"}.get(
            step.manner, step.probe.method
        )
        headers = _headers(step)
        if step.manner is Manner.SIGNED:
            headers["Authorization"] = "HS256 (key, signature and time; never the secret)"
        path = step.probe.asked_of("{a random id}")
        base = self.api.replace("http", "ws", 1) if step.manner is Manner.OPEN else self.api
        return [f"{verb} {base}{path}", *(f"{name}: {value}" for name, value in headers.items())]

    def _ask(self, step: Step) -> Seen:
        path = step.probe.asked_of(str(uuid.uuid4()))
        headers = _headers(step) | {"User-Agent": AGENT}
        if step.manner is Manner.SIGNED:
            now = time.time_ns() // 1_000_000
            headers["Authorization"] = authorized(
                self.api_key, self.sign, step.probe.method, path, now
            )
        method = "OPTIONS" if step.manner is Manner.PREFLIGHT else step.probe.method
        address = f"{self.api}{path}"
        try:
            came = self.client.request(method, address, headers=headers, timeout=PATIENCE)
        except httpx.HTTPError as error:
            raise UnseenError(_why(error, self.api)) from None
        if step.probe not in OWN:  # Theirs may be gone for good.
            _expect_no_trouble(came.status_code)
        return rest_seen(step, came.status_code, dict(came.headers), came.text[:MAX_TEXT])

    def _open(self, step: Step) -> Seen:
        """Open a socket on a connection of its own, say nothing on it, close it."""
        nonce = base64.b64encode(os.urandom(16)).decode()
        try:
            with (
                surroundings.client(self.api) as client,
                client.stream(
                    "GET",
                    f"{self.api}{step.probe.asked_of('')}",
                    headers=_headers(step) | {"User-Agent": AGENT} | _upgrade(nonce),
                    timeout=PATIENCE,
                ) as came,
            ):
                status, accepted = came.status_code, came.headers.get("Sec-WebSocket-Accept")
        except (httpx.ProxyError, httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise UnseenError(_why(error, self.api)) from None
        except httpx.TransportError:
            return socket_seen(step, "closed")
        if status == httpx.codes.SWITCHING_PROTOCOLS:
            return socket_seen(step, "opened" if accepted == _accepting(nonce) else "closed")
        _expect_no_trouble(status)
        return socket_seen(step, "refused", status)


_TROUBLE = (429, *range(500, 600))


def _expect_no_trouble(status: int) -> None:
    if status in _TROUBLE:
        raise UnseenError(f"The exchange has trouble or too much to do (HTTP {status}).")


def _upgrade(nonce: str) -> dict[str, str]:
    """How a WebSocket is asked for (RFC 6455, 4.1)."""
    return {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": nonce,
    }


def _accepting(nonce: str) -> str:
    """What a server that means to open it answers (RFC 6455, 4.2.2)."""
    whole = f"{nonce}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(whole.encode(), usedforsecurity=False).digest()).decode()


def _headers(step: Step) -> dict[str, str]:
    origin = {"Origin": step.origin} if step.origin else {}
    if step.manner is not Manner.PREFLIGHT:
        return origin
    return origin | {
        "Access-Control-Request-Method": step.probe.method,
        "Access-Control-Request-Headers": "authorization",
    }


def _why(error: Exception, api: str) -> str:
    """Say why nothing came back."""
    if isinstance(error, httpx.TimeoutException):
        return f"The exchange did not answer within {PATIENCE:.0f} s."
    known = surroundings.cause(error, api)
    return load().say(known or "The exchange could not be reached: is this machine online?")
