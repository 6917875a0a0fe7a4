"""The bridge: plain data in and out of the page's Python, as JSON text.

Rules of this room: no secret ever comes in; signatures do. No promise, no DOM, no network: the
worker's JavaScript sends and receives, and hands each reply in. One check at a time.
`handle` takes ``{"do": NAME, …}`` and returns what NAME gives; times are Unix milliseconds.
"""

import json
from collections.abc import Callable
from typing import Any

from hitbtc_keycheck import byhand, rehearsal
from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.credentials import Shape, advice
from hitbtc_keycheck.probes import Channel, Means
from hitbtc_keycheck.report import as_data, as_markdown, report

Data = dict[str, Any]

_NO_ID = "00000000-0000-4000-8000-000000000000"


class _Session:
    """The check under way or last made, and what the shape of the pair said."""

    def __init__(self) -> None:
        self.check: Check | None = None
        self.hints: tuple[str, ...] = ()

    def advise(self, data: Data) -> Data:
        """What the shapes ``key`` and ``secret`` say, before anything is sent."""
        found = advice(Shape(**data["key"]), Shape(**data["secret"]))
        self.hints = tuple(item.text for item in found)
        return {
            "advice": [{"field": a.field, "text": a.text, "stops": a.stops} for a in found],
        }

    def begin(self, data: Data) -> Data:
        """Begin a check of a key that ends in ``key_ends_in``; the answer is the first step."""
        tail = data["key_ends_in"]
        self.check = Check(
            api_key="*" * 28 + tail if tail else "",
            now=data["now"],
            fresh_id=_NO_ID,
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

    def paste(self, data: Data) -> Data:
        """Read the ``text`` pasted from the terminal; gives the report, or a problem in words."""
        hand = self._current.by_hand(now=data["now"], fresh_id=data["awaited"])
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

        self.hints = ()
        self.check = rehearsal.run(entry, now=data["now"], via=Via.SOCKETS, watch=watch)
        return {"seen": seen, "report": self._report()}

    @property
    def _current(self) -> Check:
        if self.check is None:
            raise LookupError("no check has begun")
        return self.check

    def _step(self) -> Data:
        requests = self._current.plan()
        return {
            "requests": [
                {"number": each.number, "probe": each.probe.name, "wait": each.wait}
                for each in requests
            ],
            "progress": self._current.progress,
            "ended": self._current.ended,
            "report": self._report() if self._current.ended else None,
        }

    def _report(self) -> Data:
        return as_data(report(self._current, self.hints))


def _request(request: Request) -> Data:
    return {
        "probe": request.probe.name,
        "number": request.number,
        "channel": request.probe.channel.value,
        "method": request.probe.method,
        "path": request.path,
        "about": request.probe.about,
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
