"""The connection to the exchange over REST, for the command.

Rules of this room: every request has a thread of its own that nobody waits for, so that the command
ends in time whatever the network does. The key is left out of an answer that repeats it.
"""

import queue
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx

from hitbtc_keycheck import __version__, surroundings
from hitbtc_keycheck.answers import MAX_TEXT
from hitbtc_keycheck.check import Event, Reply, Request
from hitbtc_keycheck.requests import Channel
from hitbtc_keycheck.signing import Signer, authorized
from hitbtc_keycheck.words import Message

DEADLINE = 12.0  # seconds; a check ends within 15 of the start


@dataclass(kw_only=True)
class Connection:
    """The connection to the exchange; `causes` say why some answers did not come, if known."""

    api: str
    client: httpx.Client  # never closed: threads that nobody waits for may still use it
    api_key: str
    sign: Signer
    causes: list[Message] = field(default_factory=list)
    _came: queue.Queue[Reply | Exception] = field(default_factory=queue.Queue)

    def send(self, request: Request) -> None:
        """Send a request, without waiting for its answer."""
        threading.Thread(target=self._put, args=(request,), daemon=True).start()

    def next(self, until: float) -> Reply:
        """Return the next answer; queue.Empty where there is none until then."""
        came = self._came.get(timeout=max(0.0, until - time.monotonic()))
        if isinstance(came, Exception):
            raise came
        return came

    def _put(self, request: Request) -> None:
        try:
            self._came.put(self._ask(request))
        except Exception as error:  # Raised again where somebody listens.
            self._came.put(error)

    def _ask(self, request: Request) -> Reply:
        """Send one request and return what came of it, the key left out where it is repeated."""
        time.sleep(request.wait / 1000)
        event, status, text, moment = Event.FAILED, None, "", None
        method, path = request.probe.method, request.probe.asked_of(str(uuid.uuid4()))
        authorization = authorized(self.api_key, self.sign, method, path, now())
        try:
            with self.client.stream(
                method,
                f"{self.api}{path}",
                headers={"Authorization": authorization, "User-Agent": f"keycheck/{__version__}"},
                timeout=DEADLINE,
                follow_redirects=False,
            ) as response:
                body = _limited(response)
                event = Event.TOO_LONG if body is None else Event.ANSWERED
                status, text = response.status_code, (body or b"").decode(errors="replace")
                moment = _date(response.headers.get("Date", ""))
        except (httpx.HTTPError, UnicodeError) as error:
            event = self._event(error)
        return Reply(
            channel=Channel.REST,
            event=event,
            at=now(),
            number=request.number,
            status=status,
            text=text.replace(self.api_key, "…"),
            time=moment,
        )

    def _event(self, error: Exception) -> Event:
        """What an error came to; its cause is kept, once, where it is known."""
        if isinstance(error, httpx.TimeoutException):
            return Event.SILENT
        known = surroundings.cause(error, self.api)
        if known and known not in self.causes:
            self.causes.append(known)
        return Event.DISTRUSTED if surroundings.distrusted(error) else Event.FAILED


def _limited(response: httpx.Response) -> bytes | None:
    """The body, or None where it is longer than any real answer."""
    body = b""
    for part in response.iter_bytes():
        body += part
        if len(body) > MAX_TEXT:
            return None
    return body


def _date(header: str) -> int | None:
    """The exchange's clock as its Date header tells it, in Unix milliseconds."""
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment  # "-0000" names none
    return int(utc.timestamp() * 1000) if utc.year > _EARLIEST else None


_EARLIEST = 2020  # a date before it is no clock's


def now() -> int:
    return time.time_ns() // 1_000_000
