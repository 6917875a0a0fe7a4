"""An exchange in memory, driven by the same table, and the made-up situations to rehearse.

Rules of this room: no connection, no key of anybody's, no signature. What is answered is built from
`probes.PROBES`; what each scenario must come to is written beside it, and unit tests, browser tests
and the reference page read it from here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from hitbtc_keycheck.cases import Verdict, case_of
from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.probes import Channel, Fault, Means, Probe, Stage
from hitbtc_keycheck.rights import BOXES, REQUIRED, Right, State
from hitbtc_keycheck.words import Message

API_KEY = "made-up-key-0000-0000-0000-00000"
"""The key of every rehearsal. It belongs to nobody."""

IDENTIFIER = "00000000-0000-4000-8000-000000000000"
"""The id in a rehearsed rollback, where a real one is random."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A made-up account: which rights its key has, and what goes wrong on the way.

    `error` is a code every request meets, `asks` the probe names that meet it (empty: all).
    `event` is what happens instead of an answer. `cors` is whether a web page may ask over REST.
    """

    rights: frozenset[Right] = frozenset({Right.READ, Right.TRADE, Right.PAYMENT})
    known: bool = True
    error: int | None = None
    asks: frozenset[str] = frozenset()
    event: Event | None = None
    online: bool = True
    cors: bool = True
    empty: bool = False
    behind: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A made-up situation, and what a check of it must come to: `case` is a name in report.CASES,
    which says the rest.

    `states` names the boxes that are not as required; `withdraw` is the box "Also check Withdraw".
    """

    name: str
    account: Account
    case: str
    states: dict[Right, State]
    withdraw: bool = True
    page_only: bool = False

    @property
    def title(self) -> Message:
        """The situation in a few words."""
        return Message(f"scenario.{self.name}")

    @property
    def verdict(self) -> Verdict:
        """The verdict of its case."""
        return case_of(self.case).verdict

    @property
    def fault(self) -> Fault:
        """The fault of its case."""
        return case_of(self.case).fault

    def expected(self, right: Right) -> State:
        """Return the state that the box must come out in."""
        usual = State.CANNOT_BE_SEEN if right is Right.IP_WHITELIST else State.AS_REQUIRED
        return self.states.get(right, usual)


def _without(right: Right) -> Account:
    return Account(rights=frozenset({Right.READ, Right.TRADE, Right.PAYMENT}) - {right})


_UNKNOWN = dict.fromkeys((*REQUIRED, Right.WITHDRAW), State.COULD_NOT_TELL)
_NOT = State.NOT_AS_REQUIRED
_OPEN = {Right.WITHDRAW: State.COULD_NOT_TELL}
_DARK = {Right.STATUS: State.COULD_NOT_TELL, **_UNKNOWN}

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="all-fine",
        account=Account(),
        case="connected",
        states={},
    ),
    Scenario(
        name="withdraw-on",
        account=Account(rights=frozenset(BOXES)),
        case="withdraw-on",
        states={Right.WITHDRAW: _NOT},
    ),
    Scenario(
        name="email-not-confirmed",
        account=_without(Right.TRADE),
        case="trade-off",
        states={Right.TRADE: _NOT},
    ),
    Scenario(
        name="wrong-secret",
        account=Account(known=False),
        case="invalid",
        states={Right.STATUS: _NOT, **_UNKNOWN},
    ),
    Scenario(
        name="nothing-ticked",
        account=Account(rights=frozenset()),
        case="all-refused",
        states={
            Right.READ: _NOT,
            Right.TRADE: _NOT,
            Right.PAYMENT: _NOT,
            Right.WITHDRAW: State.COULD_NOT_TELL,
        },
    ),
    Scenario(
        name="payment-off",
        account=_without(Right.PAYMENT),
        case="setting-off",
        states={Right.PAYMENT: _NOT},
    ),
    Scenario(
        name="spot-empty",
        account=Account(empty=True),
        case="connected",
        states={},
    ),
    Scenario(
        name="withdraw-by-hand",
        account=Account(cors=False),
        case="withdraw-not-from-a-page",
        states=_OPEN,
        page_only=True,
    ),
    Scenario(
        name="withdraw-left-out",
        account=Account(),
        case="withdraw-left-out",
        states=_OPEN,
        withdraw=False,
    ),
    Scenario(
        name="withdrawals-stopped",
        account=Account(error=20018, asks=frozenset({"rollback"})),
        case="withdraw-open",
        states=_OPEN,
    ),
    Scenario(
        name="clock-wrong",
        account=Account(known=False, behind=2 * 3_600_000),
        case="clock",
        states=_DARK,
    ),
    Scenario(
        name="account-frozen",
        account=Account(error=10021),
        case="account",
        states=_DARK,
    ),
    Scenario(
        name="exchange-busy",
        account=Account(error=429),
        case="exchange-trouble",
        states=_DARK,
    ),
    Scenario(
        name="no-answer",
        account=Account(event=Event.SILENT),
        case="not-known",
        states=_DARK,
    ),
    Scenario(
        name="unreachable",
        account=Account(event=Event.FAILED),
        case="unreachable",
        states=_DARK,
    ),
    Scenario(
        name="offline",
        account=Account(event=Event.FAILED, online=False),
        case="offline",
        states=_DARK,
    ),
)
"""The situations, the likeliest first."""


def scenario(name: str) -> Scenario:
    """Return the scenario of that name; KeyError where there is none."""
    return {entry.name: entry for entry in SCENARIOS}[name]


def reply(account: Account, request: Request, via: Via, *, now: int) -> Reply:
    """Return what the made-up exchange answers to `request`, sent at `now`."""
    probe, at = request.probe, now + request.wait + 40
    blocked = probe.stage is Stage.ROLLBACK and via is Via.SOCKETS and not account.cors
    event = Event.FAILED if blocked else account.event
    if event:
        return Reply(
            channel=probe.channel,
            event=event,
            at=at,
            number=request.number,
            online=account.online,
        )
    status, body = _body(account, probe, at)
    rest = probe.channel is Channel.REST
    shown = body.get("result", body) if rest else {**body, "id": request.number}
    return Reply(
        channel=probe.channel,
        event=Event.ANSWERED,
        at=at,
        number=request.number,
        status=status if rest else None,
        text=json.dumps(shown),
    )


def run(
    entry: Scenario, *, now: int, via: Via, watch: Callable[[Request, Reply], None] | None = None
) -> Check:
    """Check the made-up key of a scenario to its end; `watch` sees each request and its answer."""
    check = Check(now=now, via=via, withdraw=entry.withdraw)
    while requests := check.plan():
        for request in requests:
            answer = reply(entry.account, request, via, now=check.now)
            if watch:
                watch(request, answer)
            check.feed(answer)
    return check


def _body(account: Account, probe: Probe, at: int) -> tuple[int, dict[str, object]]:
    if account.error and (not account.asks or probe.name in account.asks):
        return _error(account.error, 429 if account.error == 429 else 400, account, at)  # noqa: PLR2004
    if probe.stage is Stage.ENTER and account.known:
        return 200, {"result": probe.example}
    wanted = Means.ON if account.known and probe.right in account.rights else Means.OFF
    if wanted is probe.result:
        empty = account.empty and probe.right is Right.READ
        return 200, {"result": [] if empty else probe.example}
    shows = next(shows for shows in probe.errors if shows.means is wanted)
    return _error(shows.code, shows.status, account, at)


def _error(code: int, status: int, account: Account, at: int) -> tuple[int, dict[str, object]]:
    error: dict[str, object] = {"code": code, "message": "Made up for this rehearsal"}
    if account.behind:
        error["timestamp"] = at + account.behind
    return status, {"error": error}
