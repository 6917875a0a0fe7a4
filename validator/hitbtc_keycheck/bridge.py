"""The bridge to the page: plain data in and out of Python's worker, as JSON text.

Rules of this room: neither the secret nor the API key ever comes in, nor a signature; of the key
its last four characters. What is asked is told by the names of the table's requests, and the page,
the vault and the transport do the rest. No promise, no DOM, no network. One check at a time.
`handle` takes ``{"do": NAME, …}`` and returns what NAME gives, in English or in the `language` that
is asked for; times are Unix milliseconds. The
messages' types stand in page/messages.d.ts.
"""

import json
from collections.abc import Callable
from typing import Any

from hitbtc_keycheck import byhand, rehearsal, signing
from hitbtc_keycheck.advice import advice
from hitbtc_keycheck.check import ROLLBACK, Check, Event, Reply, Request, Via
from hitbtc_keycheck.render import as_data, as_markdown
from hitbtc_keycheck.report import REHEARSED, Report, report
from hitbtc_keycheck.requests import Channel, Reading, Stage
from hitbtc_keycheck.shapes import Shape
from hitbtc_keycheck.words import ENGLISH, Message, Words, load

Data = dict[str, Any]


class _Session:
    """The check under way or last made, and what the shape of the pair said."""

    def __init__(self) -> None:
        self.check: Check | None = None
        self.hints: tuple[Message, ...] = ()
        self.rehearsed = False
        self.key_ends_in = ""
        self.words = load()

    def advise(self, data: Data) -> Data:
        """What the shapes ``key`` and ``secret`` say, before anything is sent."""
        found = advice(Shape(**data["key"]), Shape(**data["secret"]))
        self.hints = tuple(item.text for item in found)
        say = self.words.say
        return {
            "advice": [{"field": a.field, "text": say(a.text), "stops": a.stops} for a in found],
        }

    def begin(self, data: Data) -> Data:
        """Begin a check of a key that ``key_ends_in`` so; the answer is the first step."""
        self.rehearsed, self.key_ends_in = False, data["key_ends_in"]
        self.check = Check(now=data["now"], via=Via.SOCKETS, withdraw=data["withdraw"])
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
        """Read the ``text`` pasted from the terminal, as the answer to the command whose id is
        ``awaited``; gives the report, or a problem in words.
        """
        found = byhand.read(data["text"], data["awaited"])
        if isinstance(found, byhand.Problem):
            problem: byhand.Problem | None = found
        else:
            shows = self._current.feed_by_hand(found, at=data["now"])
            problem = byhand.unsettled(ROLLBACK, found) if shows is Reading.NOTHING else None
        return {"problem": problem and self._problem(problem), "report": self._report()}

    def look(self, data: Data) -> Data:
        """Take the reader's own word that Withdraw is ``on`` or not."""
        self._current.looked = data["on"]
        return {"report": self._report()}

    def markdown(self, _: Data) -> Data:
        """The report for a support ticket."""
        return {"markdown": as_markdown(self._shown(), self.words)}

    def rehearse(self, data: Data) -> Data:
        """Check a made-up key in memory; gives every message and answer, and the report."""
        entry, seen = rehearsal.scenario(data["name"]), []

        def watch(request: Request, reply: Reply) -> None:
            told = reply.text or self.words.say(Message(f"event.{reply.event}"))
            seen.append({**_rehearsed(request, self.words), "answer": told})

        self.rehearsed, self.key_ends_in = True, rehearsal.API_KEY[-4:]
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
                {"number": request.number, "probe": request.probe.name, "wait": request.wait}
                for request in requests
            ],
            "progress": self._current.progress,
            "ended": self._current.ended,
            "report": self._report() if self._current.ended else None,
        }

    def _report(self) -> Data:
        return as_data(self._shown(), self.words)

    def _shown(self) -> Report:
        hints = (REHEARSED,) if self.rehearsed else self.hints
        return report(self._current, hints, self.key_ends_in)

    def _problem(self, problem: byhand.Problem) -> Data:
        return {"fault": problem.fault.value, "text": self.words.say(problem.text)}


def _rehearsed(request: Request, words: Words) -> Data:
    """What a rehearsed request would look like, the signature left out."""
    probe = request.probe
    path = probe.asked_of(rehearsal.IDENTIFIER)
    return {
        "number": request.number,
        "probe": probe.name,
        "channel": probe.channel.value,
        "method": probe.method,
        "path": path,
        "about": words.say(probe.about),
        "frame": f"{probe.method} {path}" if probe.channel is Channel.REST else _frame(request),
    }


def _frame(request: Request) -> str:
    if request.probe.stage is not Stage.LOGIN:
        return signing.call_frame(request.number, request.probe.method)
    return signing.login_frame(request.number, rehearsal.API_KEY, "…", 0, signing.WINDOW)


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

    Raises KeyError, LookupError, TypeError or ValueError where the page asks for what there is not:
    a fault of ours.
    """
    data = json.loads(text)
    _session.words = load(data.pop("language", ENGLISH))
    return json.dumps(_DOES[data.pop("do")](data))
