"""One check, without I/O: plan -> feed -> report.

Rules of this room: no socket, clock, randomness, key or secret; time comes in with each reply.
`plan` names what may be sent next, `feed` takes what came back, in any order and any number of
times. The first answer to a request counts. What gets no answer shows nothing. As soon as an answer
is read its amounts are dropped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from hitbtc_keycheck.answers import Answer, read_frame, read_rest
from hitbtc_keycheck.codes import code_of
from hitbtc_keycheck.readings import holds_anything, reading_of
from hitbtc_keycheck.requests import PROBES, Channel, Probe, Reading, Stage
from hitbtc_keycheck.settings import Setting

PAUSE = 1500
"""Milliseconds before asking once more after "too many requests" (HitBTC names no time itself)."""


class Via(StrEnum):
    """How the permissions to read are asked for. Withdraw is always asked for over REST."""

    SOCKETS = "sockets"
    REST = "rest"


class Event(StrEnum):
    """What happened to a request. UNSENT is this program's own failure to send it, DISTRUSTED a
    certificate that nobody trusts.
    """

    OPENED = "opened"
    ANSWERED = "answered"
    FAILED = "failed"
    CLOSED = "closed"
    SILENT = "silent"
    TOO_LONG = "too-long"
    UNSENT = "unsent"
    DISTRUSTED = "distrusted"
    CANCELLED = "cancelled"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request to send, `wait` milliseconds from now. Whoever holds the key and the secret signs.

    `number` is new for each request of a check; on a socket it is the id of the message.
    """

    number: int
    probe: Probe
    wait: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What came back, `at` Unix milliseconds.

    A REST reply names the request's `number`; a socket's message carries it inside. Trouble without
    a number is trouble of the whole channel. `online` is false where the device knows it is not.
    """

    channel: Channel
    event: Event
    at: int
    number: int | None = None
    status: int | None = None
    text: str = ""
    time: int | None = None
    online: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a probe showed, and the evidence: what was asked, what came back, when."""

    probe: Probe
    reading: Reading
    event: Event
    at: int
    answer: Answer | None = None
    holds: bool | None = None
    online: bool = True
    by_hand: bool = False


class Check:
    """A check of one key, begun at `now`, Unix milliseconds.

    `withdraw` false leaves the rollback out, so that nothing but reads is sent.
    """

    def __init__(self, *, now: int, via: Via, withdraw: bool = True) -> None:
        self.now = now
        self.via = via
        self.withdraw = withdraw
        self.looked: bool | None = None
        self._numbers = 0
        self._waiting = [probe for probe in PROBES if _belongs(probe, via, withdraw)]
        self._asked: dict[int, Request] = {}
        self._repeats: list[Request] = []
        self._repeated: set[str] = set()
        self._found: dict[str, Finding] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is known so far, in the table's order."""
        order = [probe.name for probe in PROBES]
        return tuple(sorted(self._found.values(), key=lambda found: order.index(found.probe.name)))

    @property
    def ended(self) -> bool:
        """Whether nothing is left to send or to wait for."""
        return not (self._waiting or self._asked or self._repeats)

    @property
    def progress(self) -> tuple[int, int]:
        """How many of the settings asked about are answered, and of how many."""
        left = [r.probe for r in (*self._asked.values(), *self._repeats)] + self._waiting
        open_rights = {probe.setting for probe in left} - {Setting.STATUS}
        done = {found.probe.setting for found in self._found.values()} - {Setting.STATUS}
        return len(done - open_rights), len(done | open_rights)

    def plan(self) -> tuple[Request, ...]:
        """Return what may be sent now. Each request is given out once."""
        turns = [(probe, self._turn(probe)) for probe in self._waiting]
        ready, self._repeats = self._repeats, []
        for probe, turn in turns:
            if turn is True:
                ready.append(self._request(probe))
            elif turn is False:
                self._find(probe, Event.NOT_ASKED)
            if turn is not None:
                self._waiting.remove(probe)
        self._asked.update((request.number, request) for request in ready)
        return tuple(ready)

    def feed(self, reply: Reply) -> None:
        """Take what came back. What answers nothing that was asked is passed over."""
        self.now = max(self.now, reply.at)
        if reply.event is Event.ANSWERED:
            self._answered(reply)
        elif reply.event is Event.OPENED:
            self._settle(reply, lambda request: request.probe.stage is Stage.PING)
        else:
            self._settle(reply, lambda request: reply.number in (None, request.number))

    def stop(self, event: Event, *, at: int, online: bool = True) -> None:
        """End the check here: what was asked gets `event`, the rest is not asked."""
        self.now = max(self.now, at)
        for request in (*self._asked.values(), *self._repeats):
            self._find(request.probe, event, online=online)
        for probe in self._waiting:
            self._find(probe, Event.NOT_ASKED, online=online)
        self._asked, self._repeats, self._waiting = {}, [], []

    def feed_by_hand(self, answer: Answer, *, at: int) -> Reading:
        """Take the answer to the command, read by the same table, and return what it shows.

        An answer that shows nothing does not unsettle what an earlier one showed.
        """
        self.now = max(self.now, at)
        known, shown = self._found.get(ROLLBACK.name), reading_of(ROLLBACK, answer)
        if shown is not Reading.NOTHING or known is None or known.reading is Reading.NOTHING:
            self._find(ROLLBACK, Event.ANSWERED, answer, by_hand=True)
        return shown

    def _turn(self, probe: Probe) -> bool | None:
        """Whether to ask now (True), never (False) or later (None)."""
        if probe.stage is Stage.LOGIN:
            return True
        if probe.stage is Stage.READ:
            return self._after_entering(probe.channel)
        entered = list(self._entries())
        if probe.stage is Stage.ROLLBACK and any(_is(found, Reading.ON) for found in entered):
            return True
        if None in entered:
            return None
        if probe.stage is Stage.ROLLBACK:
            return not any(_is(found, Reading.OFF) for found in entered)
        return all(found and found.event is Event.FAILED for found in entered)

    def _entries(self) -> Iterator[Finding | None]:
        """What entering showed, one for each way in; None while it is not known."""
        left = [r.probe for r in (*self._asked.values(), *self._repeats)] + self._waiting
        yield from (None for probe in left if probe.stage is Stage.LOGIN)
        yield from (f for f in self._found.values() if f.probe.stage is Stage.LOGIN)

    def _after_entering(self, channel: Channel) -> bool | None:
        """A socket is used once it is logged in; each REST request is signed by itself."""
        mine = [found for found in self._entries() if found and found.probe.channel is channel]
        if not mine:
            return None
        if channel is Channel.REST:
            return not _is(mine[0], Reading.OFF)
        return _is(mine[0], Reading.ON)

    def _request(self, probe: Probe, wait: int = 0) -> Request:
        self._numbers += 1
        return Request(number=self._numbers, probe=probe, wait=wait)

    def _answered(self, reply: Reply) -> None:
        if reply.channel is Channel.REST:
            answer: Answer | None = read_rest(reply.status, reply.text)
            number = reply.number
        else:
            answer = read_frame(reply.text)
            number = self._number(answer, reply.channel)
        request = self._asked.get(number or 0)
        if answer is None or request is None or request.probe.channel is not reply.channel:
            return
        del self._asked[request.number]
        if self._ask_again(request.probe, answer):
            self._repeats.append(self._request(request.probe, wait=PAUSE))
        else:
            timed = answer if answer.time else replace(answer, time=reply.time)
            self._find(request.probe, Event.ANSWERED, timed, online=reply.online)

    def _number(self, answer: Answer | None, channel: Channel) -> int | None:
        """What a socket's message answers; an error that names nothing, the login that is open."""
        if answer is None:
            return None
        if answer.number is not None:
            return answer.number
        logins = (
            request.number
            for request in self._asked.values()
            if request.probe.channel is channel and request.probe.stage is Stage.LOGIN
        )
        return next(logins, None)

    def _ask_again(self, probe: Probe, answer: Answer) -> bool:
        code = code_of(answer)
        if not (code and code.again) or probe.name in self._repeated:
            return False
        self._repeated.add(probe.name)
        return True

    def _settle(self, reply: Reply, concerns: Callable[[Request], bool]) -> None:
        for request in list(self._asked.values()):
            if request.probe.channel is reply.channel and concerns(request):
                del self._asked[request.number]
                self._find(request.probe, reply.event, online=reply.online)

    def _find(
        self,
        probe: Probe,
        event: Event,
        answer: Answer | None = None,
        *,
        online: bool = True,
        by_hand: bool = False,
    ) -> None:
        self._found[probe.name] = Finding(
            probe=probe,
            reading=reading_of(probe, answer) if answer else Reading.NOTHING,
            event=event,
            at=self.now,
            answer=replace(answer, result=None) if answer else None,
            holds=holds_anything(probe, answer) if answer else None,
            online=online,
            by_hand=by_hand,
        )


ROLLBACK = next(probe for probe in PROBES if probe.stage is Stage.ROLLBACK)
"""The one request that shows Withdraw."""


def _is(found: Finding | None, reading: Reading) -> bool:
    return found is not None and found.reading is reading


def _belongs(probe: Probe, via: Via, withdraw: bool) -> bool:
    if probe.stage is Stage.ROLLBACK:
        return withdraw
    return (probe.channel is Channel.REST) is (via is Via.REST)
