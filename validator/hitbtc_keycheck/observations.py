"""What the exchange was seen to do: answers to the doctor's requests, and a row for each unknown.

Rules of this room: for maintainers, so in English and not in the words' file; no I/O. What is kept
is statuses, codes and shapes, never the exchange's own words, which may name a key or an address;
no key, no secret, no amount. A row is settled only by what came back; how the key's settings stand
is the reader's word, since no request shows it. Asked are the table's requests and two reads that
no check sends: one of API v2, public and without a key, and one about the key itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hitbtc_keycheck.answers import Answer, Kind, parse, read_rest
from hitbtc_keycheck.readings import reading_of
from hitbtc_keycheck.requests import PATHS, PROBES, Channel, Probe, Reading
from hitbtc_keycheck.settings import Setting
from hitbtc_keycheck.words import Message

FOREIGN, OPAQUE = "https://keycheck.invalid", "null"
"""The origin of a page that is not HitBTC's, and the one that a page opened from a disk has."""

ON, OFF, OTHERS = "On", "Off", "Others only"
"""How a setting stands; the last is an IP whitelist that this machine's address is not in."""

PAGE = "page"


class Unknown(StrEnum):
    """What nobody could tell from public material."""

    CORS = "cors"
    ORIGIN = "origin"
    UNSIGNED = "unsigned"
    ROLLBACK = "rollback"
    DEAD_KEY = "dead-key"
    SUB_ACCOUNT = "sub-account"
    API_V2 = "api-v2"
    API_KEYS = "api-keys"


QUESTIONS = {
    Unknown.CORS: "Does HitBTC let a web page of somebody else's ask over REST?",
    Unknown.ORIGIN: "Does its WebSocket open to a page from any address, or from a disk?",
    Unknown.UNSIGNED: "What does an answer to an unsigned request look like?",
    Unknown.ROLLBACK: "What does it answer to undoing a withdrawal that never was?",
    Unknown.DEAD_KEY: "What does it answer a key that is off, or not allowed from this address?",
    Unknown.SUB_ACCOUNT: "Does GET /api/3/sub-account need no permission?",
    Unknown.API_V2: "Does API v2, the one before, still answer?",
    Unknown.API_KEYS: "Does GET /api/3/user/api-keys answer?",
}


class Manner(StrEnum):
    """How a request is asked."""

    PREFLIGHT = "preflight"
    UNSIGNED = "unsigned"
    OPEN = "open"
    SIGNED = "signed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A request for the sake of an unknown, as a page of `origin` would send it."""

    unknown: Unknown
    manner: Manner
    probe: Probe
    origin: str = ""

    @property
    def sent(self) -> str:
        """What is sent, the same each time: where an id is random it says so."""
        rest = self.probe.channel is Channel.REST
        return self.probe.target if rest else f"open {PATHS[self.probe.channel]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What came back: answered, opened, refused or closed, with an HTTP status where there was one.

    `kind` is an answer's sort (or a web page), `headers` are those about pages of others, `shape`
    the fields of an error with their types.
    """

    unknown: Unknown
    manner: Manner
    sent: str
    origin: str
    outcome: str
    status: int | None = None
    kind: str = ""
    code: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    shape: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What came back, in a few words."""
        code = f", code {self.code}" if self.code is not None else ""
        status = f"HTTP {self.status}" if self.status else self.outcome
        return f"{status}{code}" + (f", a {self.kind}" if self.kind in (Kind.RESULT, PAGE) else "")


Told = Mapping[Setting, str]
"""How the reader says that the settings stand on HitBTC's form; empty where there is no key."""

_UNSAID = Message("")  # no reader sees these requests

OWN = (
    Probe(
        name="v2-currency",
        setting=Setting.STATUS,
        channel=Channel.REST,
        method="GET",
        path="/api/2/public/currency/BTC",
        about=_UNSAID,
        result=Reading.NOTHING,
    ),
    Probe(
        name="api-keys",
        setting=Setting.STATUS,
        channel=Channel.REST,
        method="GET",
        path="/api/3/user/api-keys",
        about=_UNSAID,
        result=Reading.NOTHING,
    ),
)
"""The two reads that are the doctor's alone; no answer to them shows a check anything.

The old API let a key with Payment information pay other users, by its documentation. The list of
keys stood for one day, 2024-10-24, in the library of an exchange on the same software.
"""

_PROBES = {probe.name: probe for probe in (*PROBES, *OWN)}


def _step(unknown: Unknown, manner: Manner, probe: str, origin: str = "") -> Step:
    return Step(unknown=unknown, manner=manner, probe=_PROBES[probe], origin=origin)


WITHOUT_KEY = (
    _step(Unknown.CORS, Manner.PREFLIGHT, "spot-balance", FOREIGN),
    _step(Unknown.CORS, Manner.PREFLIGHT, "rollback", FOREIGN),
    _step(Unknown.UNSIGNED, Manner.UNSIGNED, "sub-account"),
    _step(Unknown.API_V2, Manner.UNSIGNED, "v2-currency"),
    *(
        _step(Unknown.ORIGIN, Manner.OPEN, probe, origin)
        for probe in ("login-trading", "login-wallet")
        for origin in ("", FOREIGN, OPAQUE)
    ),
)


def with_key(told: Told) -> tuple[Step, ...]:
    """Return what to ask with a key whose settings stand as `told`."""
    if dead(told):
        return (_step(Unknown.DEAD_KEY, Manner.SIGNED, "spot-balance"),)
    return (
        _step(Unknown.SUB_ACCOUNT, Manner.SIGNED, "sub-account"),
        _step(Unknown.ROLLBACK, Manner.SIGNED, "rollback"),
        _step(Unknown.API_KEYS, Manner.SIGNED, "api-keys"),
    )


def dead(told: Told) -> bool:
    """Whether a key whose settings stand so should be refused from here."""
    return told[Setting.STATUS] == OFF or told[Setting.IP_WHITELIST] == OTHERS


def refuses_the_pair(seen: Seen) -> bool:
    """Whether this answer says that key and secret do not belong together."""
    answer = Answer(kind=Kind.ERROR, status=seen.status, code=seen.code)
    known = seen.unknown is not Unknown.API_KEYS  # What that one answers is not known.
    return known and reading_of(_PROBES["sub-account"], answer) is Reading.OFF


# --- Reading ---


def socket_seen(step: Step, outcome: str, status: int | None = None) -> Seen:
    """Return what opening a socket came to."""
    return Seen(
        unknown=step.unknown,
        manner=step.manner,
        sent=step.sent,
        origin=step.origin,
        outcome=outcome,
        status=status,
    )


def rest_seen(step: Step, status: int, headers: Mapping[str, str], text: str) -> Seen:
    """Return what is kept of an answer over REST; `headers` have names in lower case."""
    answer = read_rest(status, text)
    return Seen(
        unknown=step.unknown,
        manner=step.manner,
        sent=step.sent,
        origin=step.origin,
        outcome="answered",
        status=status,
        kind=PAGE if "<html" in text.lower() else answer.kind,
        code=answer.code,
        headers={name: headers[name] for name in headers if name.startswith("access-control-")},
        shape=tuple(_shape(parse(text), "")) if answer.kind is Kind.ERROR else (),
    )


def _shape(body: object, above: str) -> Iterator[str]:
    """The fields of an error and their types: `error.code: number`."""
    for name, value in sorted(body.items()) if isinstance(body, dict) else ():
        if isinstance(value, dict):
            yield from _shape(value, f"{above}{name}.")
        else:
            yield f"{above}{name}: {_TYPES.get(type(value), 'more')}"


_TYPES = {str: "text", int: "number", float: "number", bool: "yes or no", type(None): "nothing"}
