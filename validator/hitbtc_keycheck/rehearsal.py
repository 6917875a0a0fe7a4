"""An exchange in memory, driven by the same table, and the made-up situations to rehearse.

Rules of this room: no connection, no key of anybody's, no signature. What is answered is built from
`requests.PROBES`; what each scenario must come to is written beside it, by the name of its case,
and unit tests, browser tests and the reference page read it from here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from hitbtc_keycheck.cases import Verdict, case_of
from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.codes import Fault
from hitbtc_keycheck.requests import Channel, Probe, Reading, Stage
from hitbtc_keycheck.settings import REQUIRED, SETTINGS, Setting, State
from hitbtc_keycheck.words import Message

API_KEY = "made-up-key-0000-0000-0000-00000"
"""The key of every rehearsal. It belongs to nobody."""

IDENTIFIER = "00000000-0000-4000-8000-000000000000"
"""The id in a rehearsed rollback, where a real one is random."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A made-up account: which permissions its key has, and what goes wrong on the way.

    `error` is a code every request meets, `asks` the probe names that meet it (empty: all).
    `event` is what happens instead of an answer. `cors` is whether a web page may ask over REST.
    """

    permissions: frozenset[Setting] = frozenset(REQUIRED)
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

    `states` names the settings that are not as required; `withdraw` is **Also check Withdraw**.
    """

    name: str
    account: Account
    case: str
    states: dict[Setting, State]
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

    def expected(self, setting: Setting) -> State:
        """Return the state that the setting must come out in."""
        usual = State.CANNOT_BE_SEEN if setting is Setting.IP_WHITELIST else State.AS_REQUIRED
        return self.states.get(setting, usual)


def _without(setting: Setting) -> Account:
    return Account(permissions=frozenset(REQUIRED) - {setting})


_UNKNOWN = dict.fromkeys((*REQUIRED, Setting.WITHDRAW), State.COULD_NOT_TELL)
_NOT = State.NOT_AS_REQUIRED
_OPEN = {Setting.WITHDRAW: State.COULD_NOT_TELL}
_DARK = {Setting.STATUS: State.COULD_NOT_TELL, **_UNKNOWN}

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="all-fine",
        account=Account(),
        case="connected",
        states={},
    ),
    Scenario(
        name="withdraw-on",
        account=Account(permissions=frozenset(SETTINGS)),
        case="withdraw-on",
        states={Setting.WITHDRAW: _NOT},
    ),
    Scenario(
        name="email-not-confirmed",
        account=_without(Setting.TRADE),
        case="trade-off",
        states={Setting.TRADE: _NOT},
    ),
    Scenario(
        name="wrong-secret",
        account=Account(known=False),
        case="invalid",
        states={Setting.STATUS: _NOT, **_UNKNOWN},
    ),
    Scenario(
        name="nothing-ticked",
        account=Account(permissions=frozenset()),
        case="all-refused",
        states={
            Setting.READ: _NOT,
            Setting.TRADE: _NOT,
            Setting.PAYMENT: _NOT,
            Setting.WITHDRAW: State.COULD_NOT_TELL,
        },
    ),
    Scenario(
        name="payment-off",
        account=_without(Setting.PAYMENT),
        case="setting-off",
        states={Setting.PAYMENT: _NOT},
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
    if probe.stage is Stage.LOGIN and account.known:
        return 200, {"result": probe.example}
    wanted = Reading.ON if account.known and probe.setting in account.permissions else Reading.OFF
    if wanted is probe.result:
        empty = account.empty and probe.setting is Setting.READ
        return 200, {"result": [] if empty else probe.example}
    shows = next(shows for shows in probe.errors if shows.reading is wanted)
    return _error(shows.code, shows.status, account, at)


def _error(code: int, status: int, account: Account, at: int) -> tuple[int, dict[str, object]]:
    error: dict[str, object] = {"code": code, "message": "Made up for this rehearsal"}
    if account.behind:
        error["timestamp"] = at + account.behind
    return status, {"error": error}
