"""Mouth 1: plain data in and out of the sealed worker, as JSON text.

Rules of this room: no secret ever comes in; signatures do. No promise, no DOM, no network: the
worker's JavaScript sends and receives, and hands each reply in. One check at a time.
`handle` takes ``{"do": NAME, …}`` and returns what NAME gives; times are Unix milliseconds.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from hitbtc_keycheck import byhand, rehearsal, signing
from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.credentials import Shape, advice
from hitbtc_keycheck.probes import Channel, Means
from hitbtc_keycheck.report import as_data, as_markdown, in_short, report

Data = dict[str, Any]

_API = "https://api.hitbtc.com"


class _Session:
    """The check under way or last made, and what the shape of the pair said."""

    def __init__(self) -> None:
        self.check: Check | None = None
        self.hints: tuple[str, ...] = ()
        self.requests: dict[int, Request] = {}
        self.hand: Request | None = None
        self.told: set[int] = set()

    def advise(self, data: Data) -> Data:
        """What the shapes ``key`` and ``secret`` say, before anything is sent."""
        found = advice(Shape(**data["key"]), Shape(**data["secret"]))
        self.hints = tuple(item.text for item in found)
        return {
            "advice": [{"field": a.field, "text": a.text, "stops": a.stops} for a in found],
        }

    def begin(self, data: Data) -> Data:
        """Begin a check of ``api_key``; the answer is the first step."""
        self.requests, self.hand, self.told = {}, None, set()
        self.check = Check(
            api_key=data["api_key"],
            now=data["now"],
            fresh_id=data["fresh_id"],
            via=Via.SOCKETS,
            withdraw=data["withdraw"],
        )
        return self._step()

    def feed(self, data: Data) -> Data:
        """Hand in a reply; the answer is the next step."""
        reply = Reply(
            **{
                **data["reply"],
                "channel": Channel(data["reply"]["channel"]),
                "event": Event(data["reply"]["event"]),
            }
        )
        self._current.feed(reply)
        return self._step()

    def stop(self, data: Data) -> Data:
        """End the check with ``event`` for whatever is still open."""
        self._current.stop(Event(data["event"]), at=data["now"], online=data["online"])
        return self._step()

    def compose(self, data: Data) -> Data:
        """Put ``signature`` into request ``number``: a frame, or an Authorization header."""
        request = self.requests[data["number"]]
        if request.probe.channel is Channel.REST:
            return {"authorization": request.authorization(data["signature"])}
        return {"frame": request.frame(data["signature"])}

    def prepare(self, data: Data) -> Data:
        """Make ready the command for the reader's own terminal; gives the message to sign."""
        self.hand = self._current.by_hand(now=data["now"], fresh_id=data["fresh_id"])
        return {"message": self.hand.message}

    def command(self, data: Data) -> Data:
        """Put ``signature`` into the command; gives it for both shells and when it dies."""
        request = self._awaited
        authorization = request.authorization(data["signature"])
        commands = {
            shell.value: byhand.command(request, authorization, _API, shell)
            for shell in byhand.Shell
        }
        return {**commands, "expires": request.timestamp + signing.WINDOW}

    def paste(self, data: Data) -> Data:
        """Read the ``text`` pasted from the terminal; gives the report, or a problem in words."""
        hand = self._awaited
        found = byhand.read(data["text"], hand.identifier)
        if isinstance(found, byhand.Problem):
            problem: byhand.Problem | None = found
        else:
            shows = self._current.feed_by_hand(found, at=data["now"])
            problem = byhand.unsettled(hand.probe, found) if shows is Means.NOTHING else None
        shown = {"fault": problem.fault.value, "text": problem.text} if problem else None
        return {"problem": shown, "report": self._report()}

    def look(self, data: Data) -> Data:
        """Take the reader's own word that the Withdraw box is ``on`` or not."""
        self._current.looked = data["on"]
        return {"report": self._report()}

    def markdown(self, _: Data) -> Data:
        """The report for a support ticket."""
        return {"markdown": as_markdown(report(self._current, self.hints))}

    def rehearse(self, data: Data) -> Data:
        """Check a made-up key in memory; gives every message and answer, and the report."""
        entry, seen = rehearsal.scenario(data["name"]), []

        def watch(request: Request, reply: Reply) -> None:
            seen.append(
                {
                    **_request(request),
                    "frame": _shown(request),
                    "answer": reply.text or reply.event.value,
                }
            )

        self.hints, self.requests, self.hand = (), {}, None
        self.check = rehearsal.run(entry, now=data["now"], via=Via.SOCKETS, watch=watch)
        return {"seen": seen, "report": self._report()}

    @property
    def _current(self) -> Check:
        if self.check is None:
            raise LookupError("no check has begun")
        return self.check

    @property
    def _awaited(self) -> Request:
        if self.hand is None:
            raise LookupError("no command was made")
        return self.hand

    def _step(self) -> Data:
        requests = self._current.plan()
        self.requests.update((request.number, request) for request in requests)
        return {
            "requests": [_request(request) for request in requests],
            "told": list(self._told()),
            "progress": self._current.progress,
            "ended": self._current.ended,
            "report": self._report() if self._current.ended else None,
        }

    def _told(self) -> Iterator[Data]:
        """What each request came to, in words, once: for the ledger."""
        found = {finding.probe.name: finding for finding in self._current.findings}
        for number, request in self.requests.items():
            if request.probe.name in found and number not in self.told:
                self.told.add(number)
                yield {"number": number, "words": in_short(found[request.probe.name])}

    def _report(self) -> Data:
        return as_data(report(self._current, self.hints))


def _request(request: Request) -> Data:
    unsigned = request.message is None and request.probe.method
    return {
        "number": request.number,
        "channel": request.probe.channel.value,
        "method": request.probe.method,
        "path": request.path,
        "about": request.probe.about,
        "message": request.message,
        "frame": request.frame("") if unsigned else None,
        "wait": request.wait,
    }


def _shown(request: Request) -> str:
    """What a rehearsed request would look like, the signature left out."""
    if request.probe.channel is Channel.REST:
        return f"{request.probe.method} {request.path}"
    return request.frame("…")


_session = _Session()

_DOES: dict[str, Callable[[Data], Data]] = {
    act.__name__: act
    for act in (
        _session.advise,
        _session.begin,
        _session.feed,
        _session.stop,
        _session.compose,
        _session.prepare,
        _session.command,
        _session.paste,
        _session.look,
        _session.markdown,
        _session.rehearse,
    )
}


def handle(text: str) -> str:
    """Do what the JSON `text` says and return JSON (see the module's rules).

    Raises KeyError or LookupError where the worker asks for what there is not: a fault of ours.
    """
    data = json.loads(text)
    return json.dumps(_DOES[data.pop("do")](data))
