"""The verdict and its words. The rehearsal's scenarios are the table of truth, everywhere alike."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from hitbtc_keycheck import cases, rehearsal, render, report
from hitbtc_keycheck.answers import Answer, Kind
from hitbtc_keycheck.cases import BITSGAP, CASES, Verdict
from hitbtc_keycheck.check import Check, Event, Finding, Reply, Request, Via
from hitbtc_keycheck.codes import CODES, SIGNS, Code, Fault, Sign
from hitbtc_keycheck.rehearsal import SCENARIOS, Scenario
from hitbtc_keycheck.report import UNSEEN, Report
from hitbtc_keycheck.requests import PROBES, Channel, Reading, Stage
from hitbtc_keycheck.settings import REQUIRED, SETTINGS, Setting, State
from hitbtc_keycheck.words import Message, load
from tests.core.world import (
    ENGLISH,
    KEY,
    NOW,
    ROLLBACK,
    Account,
    answer,
    begin,
    carry_on,
    english,
    error,
    honest,
    name_of,
    reply,
    said,
    trouble,
)

HOUR = 3_600_000
RUNS = [
    (entry, via) for entry in SCENARIOS for via in Via if via is Via.SOCKETS or not entry.page_only
]
ALL = frozenset(Setting)
EMPTY, HINT = Message("report.spot-empty"), Message("pair.gap", {"field": "API key"})
NOTE = (
    "The spot balance is empty. If you expected a balance, it may be in your HitBTC wallet. "
    "Bots see only the spot balance."
)

Respond = Callable[[Request], Iterator[Reply]]


def told(check: Check) -> Report:
    return report.report(check, (), KEY[-4:])


def row(shown: Report, setting: Setting) -> report.Row:
    return next(row for row in shown.rows if row.setting is setting)


def but(name: str, instead: Respond, account: Account | None = None) -> Respond:
    """An honest exchange but for one request, named as in HitBTC's documentation."""
    usual = honest(account or Account())

    def respond(request: Request) -> Iterator[Reply]:
        yield from (instead if name_of(request) == name else usual)(request)

    return respond


def everything(*, event: Event | None = None, code: int = 0, online: bool = True) -> Respond:
    def respond(request: Request) -> Iterator[Reply]:
        if event:
            yield trouble(request, event, online=online)
        else:
            yield reply(request, *error(code))

    return respond


def failing(event: Event, *, online: bool = True) -> Respond:
    return everything(event=event, online=online)


def refusing(code: int, **fields: object) -> Respond:
    def respond(request: Request) -> Iterator[Reply]:
        status, _ = error(code)
        yield reply(request, status, {"error": {"code": code, **fields}})

    return respond


def looked(check: Check, *, on: bool) -> Check:
    check.looked = on
    return check


@pytest.mark.parametrize(("entry", "via"), RUNS, ids=lambda it: getattr(it, "name", ""))
def test_a_scenario_comes_to_what_is_written_beside_it(entry: Scenario, via: Via) -> None:
    check = rehearsal.run(entry, now=NOW, via=via)
    shown = told(check)
    assert check.ended
    case = shown.case.removesuffix("-at-the-terminal")  # there a reader is told what to run
    assert (shown.verdict, shown.fault, case) == (entry.verdict, entry.fault, entry.case)
    assert {row.setting: row.state for row in shown.rows} == {
        setting: entry.expected(setting) for setting in SETTINGS
    }


def test_the_situations_that_issue_and_contract_name_are_all_rehearsed() -> None:
    assert {entry.verdict for entry in SCENARIOS} == set(Verdict)
    assert {"all-fine", "withdraw-on", "email-not-confirmed", "wrong-secret"} <= {
        entry.name for entry in SCENARIOS
    }
    assert len({entry.name for entry in SCENARIOS}) == len(SCENARIOS)
    assert all(rehearsal.scenario(entry.name) is entry for entry in SCENARIOS)
    with pytest.raises(KeyError):
        rehearsal.scenario("no such situation")


def test_a_rehearsal_shows_every_request_and_answer_to_who_watches() -> None:
    seen: list[tuple[str, str]] = []
    rehearsal.run(
        rehearsal.scenario("all-fine"),
        now=NOW,
        via=Via.SOCKETS,
        watch=lambda request, back: seen.append((request.probe.name, back.text)),
    )
    assert [name for name, _ in seen] == [
        "login-trading",
        "login-wallet",
        "spot-balances",
        "spot-fees",
        "wallet-balances",
        "rollback",
    ]
    assert json.loads(seen[0][1]) == {"result": True, "id": 1}
    assert json.loads(seen[5][1]) == {
        "error": {"code": 1003, "message": "Made up for this rehearsal"}
    }


def rehearsed(name: str, account: rehearsal.Account) -> Reply:
    probe = next(probe for probe in PROBES if probe.name == name)
    request = Request(number=3, probe=probe)
    return rehearsal.reply(account, request, Via.SOCKETS, now=NOW)


def test_rehearsed_answers_have_the_shape_of_real_ones() -> None:
    account = rehearsal.Account(behind=HOUR, permissions=frozenset({Setting.WITHDRAW}))
    back = rehearsed("rollback", account)
    assert (back.status, back.at, back.number) == (400, NOW + 40, 3)
    assert json.loads(back.text) == {
        "error": {
            "code": 20004,
            "message": "Made up for this rehearsal",
            "timestamp": NOW + 40 + HOUR,
        }
    }
    assert rehearsed("spot-balance", account).status == 403
    assert rehearsed("sub-account", account).text == '{"result": []}'
    assert rehearsed("sub-account", account).status == 200
    assert rehearsed("spot-balance", rehearsal.Account()).status == 200
    assert rehearsed("login-wallet", account).status is None
    assert json.loads(rehearsed("login-wallet", account).text) == {"result": True, "id": 3}


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        ("spot-balances", True),
        ("spot-fees", False),
        ("wallet-balances", False),
        ("spot-balance", True),
    ],
)
def test_a_rehearsed_empty_balance_is_the_spot_one_alone(name: str, empty: bool) -> None:
    assert ("[]" in rehearsed(name, rehearsal.Account(empty=True)).text) == empty
    assert "[]" not in rehearsed(name, rehearsal.Account()).text


@pytest.mark.parametrize("via", Via)
def test_the_rehearsal_of_an_empty_balance_says_so(via: Via) -> None:
    assert told(rehearsal.run(rehearsal.scenario("spot-empty"), now=NOW, via=via)).notes == (EMPTY,)


@pytest.mark.parametrize(("error_code", "status"), [(429, 429), (600, 400), (10021, 400)])
def test_a_rehearsed_trouble_has_the_status_of_a_real_one(error_code: int, status: int) -> None:
    back = rehearsed("spot-balance", rehearsal.Account(error=error_code, behind=HOUR))
    told_error = json.loads(back.text)["error"]
    assert (back.status, told_error["code"]) == (status, error_code)
    assert told_error["timestamp"] == NOW + 40 + HOUR


def test_a_rehearsed_repeat_is_answered_after_its_pause() -> None:
    probe = next(probe for probe in PROBES if probe.name == "spot-balance")
    again = Request(number=3, probe=probe, wait=1500)
    back = rehearsal.reply(rehearsal.Account(), again, Via.REST, now=NOW)
    assert back.at == NOW + 1540


def test_a_rehearsed_loss_names_the_request_it_befalls() -> None:
    back = rehearsed("spot-balance", rehearsal.Account(event=Event.FAILED, online=False))
    assert (back.event, back.number, back.online) == (Event.FAILED, 3, False)


def test_a_page_may_be_kept_from_asking_over_rest_while_a_terminal_is_not() -> None:
    request = next(asked for asked in rolled_back() if asked.probe.channel is Channel.REST)
    account = rehearsal.Account(cors=False)
    ways = ((account, Via.SOCKETS), (account, Via.REST), (rehearsal.Account(), Via.SOCKETS))
    events = [rehearsal.reply(of, request, via, now=NOW).event for of, via in ways]
    assert events == [Event.FAILED, Event.ANSWERED, Event.ANSWERED]


def rolled_back() -> list[Request]:
    check = begin()
    for login in check.plan():
        check.feed(reply(login, 200, True))
    return list(check.plan())


def by_hand(check: Check, code: int) -> Check:
    check.feed_by_hand(Answer(kind=Kind.ERROR, code=code), at=NOW)
    return check


def blocked(account: Account | None = None) -> Check:
    """A check whose rollback the browser refused to send."""
    return carry_on(begin(), but(ROLLBACK, failing(Event.FAILED), account))


def alarming(request: Request) -> Iterator[Reply]:
    yield said(request, '{"result":true}', 200)


def text(words: str, status: int) -> Respond:
    """Whatever is asked over REST gets this text; a socket does not open."""

    def respond(request: Request) -> Iterator[Reply]:
        rest = request.probe.channel is Channel.REST
        yield said(request, words, status) if rest else trouble(request, Event.FAILED)

    return respond


def over_rest(words: str, status: int) -> Check:
    return carry_on(begin(Via.REST), text(words, status))


def only_public_opens(request: Request) -> Iterator[Reply]:
    public = request.probe.channel is Channel.PUBLIC
    yield trouble(request, Event.OPENED if public else Event.FAILED)


def without(setting: Setting) -> Account:
    return Account(permissions=frozenset(REQUIRED) - {setting})


def cancelled() -> Check:
    check = begin()
    check.plan()
    check.stop(Event.CANCELLED, at=NOW)
    return check


WAYS: dict[str, Callable[[], Check]] = {
    "alarm": lambda: carry_on(begin(), but(ROLLBACK, alarming)),
    "withdraw-on": lambda: carry_on(begin(), honest(Account(permissions=ALL))),
    "withdraw-seen-on": lambda: looked(blocked(), on=True),
    "clock": lambda: carry_on(begin(), refusing(1002, timestamp=NOW + 3 * HOUR)),
    "invalid": lambda: carry_on(begin(), honest(Account(works=False))),
    "all-refused": lambda: carry_on(begin(), honest(Account(shut_out=True))),
    "trade-off": lambda: carry_on(begin(), honest(without(Setting.TRADE))),
    "wallet-refused": lambda: carry_on(begin(), but("login wallet", refusing(1003))),
    "setting-off": lambda: carry_on(begin(), honest(without(Setting.READ))),
    "connected": lambda: carry_on(begin(), honest(Account())),
    "withdraw-seen-off": lambda: looked(blocked(), on=False),
    "withdraw-left-out": lambda: carry_on(begin(withdraw=False), honest(Account())),
    "withdraw-offline": lambda: carry_on(
        begin(), but(ROLLBACK, failing(Event.FAILED, online=False))
    ),
    "withdraw-cancelled": lambda: carry_on(begin(), but(ROLLBACK, failing(Event.CANCELLED))),
    "withdraw-unsent": lambda: carry_on(begin(), but(ROLLBACK, failing(Event.UNSENT))),
    "withdraw-connection-failed": lambda: carry_on(
        begin(Via.REST), but(ROLLBACK, failing(Event.FAILED))
    ),
    "withdraw-something-else-answered": lambda: carry_on(
        begin(Via.REST), but(ROLLBACK, text("<html>Sign in", 200))
    ),
    "withdraw-not-from-a-page": blocked,
    "withdraw-open": lambda: carry_on(begin(), but(ROLLBACK, failing(Event.SILENT))),
    "withdraw-open-at-the-terminal": lambda: carry_on(
        begin(Via.REST), but(ROLLBACK, failing(Event.SILENT))
    ),
    "account": lambda: carry_on(begin(), everything(code=10021)),
    "offline": lambda: carry_on(begin(), failing(Event.FAILED, online=False)),
    "cancelled": cancelled,
    "gateway": lambda: carry_on(begin(), only_public_opens),
    "distrusted": lambda: carry_on(begin(Via.REST), failing(Event.DISTRUSTED)),
    "unreachable": lambda: carry_on(begin(), failing(Event.FAILED)),
    "unsent": lambda: carry_on(begin(), but("spot_fees", failing(Event.UNSENT))),
    "ours": lambda: carry_on(begin(), everything(code=2003)),
    "blocked": lambda: over_rest("error code: 1020", 403),
    "refused": lambda: over_rest('{"error":"Unauthorized"}', 401),
    "request-refused": lambda: carry_on(
        begin(Via.REST), but("GET /api/3/spot/fee", text('{"error":"Unauthorized"}', 401))
    ),
    "exchange-trouble": lambda: over_rest("<html>Bad gateway", 502),
    "something-else-answered": lambda: over_rest("<html>Sign in to the hotel's network", 200),
    "broken-off": lambda: carry_on(
        begin(Via.REST), but("GET /api/3/spot/fee", failing(Event.FAILED))
    ),
    "not-known": lambda: carry_on(begin(), but("spot_fees", failing(Event.SILENT))),
}


@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_every_case_can_be_reached(name: str) -> None:
    assert told(WAYS[name]()).case == name


def test_no_case_is_left_without_a_way_to_it_nor_a_next_step() -> None:
    assert list(WAYS) == [case.name for case in CASES]
    assert all(case.steps for case in CASES)
    for case in CASES:
        assert all(words[0].isupper() for words in sentences(case))


def sentences(case: cases.Case) -> list[str]:
    """All that a case says."""
    facts: cases.Facts = {"settings": ("Payment information",), "clock": Message("clock.unknown")}
    steps = (Message(step.text.id, facts) for step in case.steps)
    return [english(said) for said in (case.headline, case.sentence(facts), *steps)]


def test_each_verdict_has_a_status_of_bitsgaps() -> None:
    assert BITSGAP == {
        Verdict.CONNECTED: "Connected",
        Verdict.INCORRECT_PERMISSIONS: "Incorrect permissions",
        Verdict.WITHDRAWAL_ENABLED: "Withdrawal enabled",
        Verdict.INVALID: "Invalid",
        Verdict.UNDECIDED: "",
    }


# Innocence needs evidence, an alarm needs HitBTC's own hand.

INNOCENCE = re.compile(r"not the key|about the key needs to change|nothing is wrong", re.IGNORECASE)


def test_nowhere_is_it_said_that_the_key_is_not_at_fault_where_nobody_knows() -> None:
    for case in CASES:
        for words in sentences(case):
            assert not INNOCENCE.search(words), case.name
    table: list[Code | Sign] = [*CODES.values(), *SIGNS]
    for known in table:
        assert not INNOCENCE.search(f"{english(known.meaning)} {english(known.advice)}")


FOREIGN_ANSWERS = [
    ('{"ret_code":33004,"ret_msg":"permission denied"}', 200),
    ("<!DOCTYPE html><title>Sign in</title>", 200),
    ('{"result":false}', 200),
    ("true", 200),
    ("", 204),
    ("done", 202),
]


@pytest.mark.parametrize(("words", "status"), FOREIGN_ANSWERS)
@pytest.mark.parametrize("via", Via)
def test_what_is_not_hitbtcs_on_the_rollback_is_no_alarm(via: Via, words: str, status: int) -> None:
    shown = told(carry_on(begin(via), but(ROLLBACK, text(words, status))))
    assert (shown.verdict, shown.fault) == (Verdict.UNDECIDED, Fault.NETWORK)
    assert shown.case == "withdraw-something-else-answered"
    assert english(row(shown, Setting.WITHDRAW).reason) == (
        "What came back is not in the form of HitBTC's answers: something else may have answered "
        "in its place."
    )
    assert not any("delete" in english(step.text).lower() for step in shown.next_steps)


@pytest.mark.parametrize("others", ["<html>Sign in", '{"ok":true}', '{"result":true}'])
def test_a_success_of_the_rollback_is_no_alarm_where_hitbtc_was_never_heard(others: str) -> None:
    def respond(request: Request) -> Iterator[Reply]:
        name = name_of(request)
        yield said(request, '{"result":true}' if name == ROLLBACK else others, 200)

    shown = told(carry_on(begin(Via.REST), respond))
    assert shown.case == "something-else-answered"
    (evidence,) = rights_data(shown)["withdraw"]["evidence"]
    assert evidence["shows"] == "nothing"


@pytest.mark.parametrize("words", ['{"error":{"code":500}}', '{"error":{"code":404}}', "[]"])
def test_what_anybody_may_answer_is_not_heard_as_hitbtcs(words: str) -> None:
    def respond(request: Request) -> Iterator[Reply]:
        rollback = name_of(request) == ROLLBACK
        status = {"{": 200 if words == "[]" else int(words[17:20]), "[": 200}[words[0]]
        yield said(request, '{"result":true}', 200) if rollback else said(request, words, status)

    assert told(carry_on(begin(Via.REST), respond)).case != "alarm"


def test_an_empty_list_of_fees_is_no_tick_for_trading() -> None:
    def respond(request: Request) -> Iterator[Reply]:
        yield said(request, "[]", 200)

    shown = told(carry_on(begin(Via.REST), respond))
    assert row(shown, Setting.TRADE).state is State.COULD_NOT_TELL


@pytest.mark.parametrize("event", [Event.FAILED, Event.DISTRUSTED])
def test_what_other_answers_refute_is_not_said_of_the_way(event: Event) -> None:
    shown = told(carry_on(begin(Via.REST), but("GET /api/3/spot/fee", failing(event))))
    assert (shown.case, shown.fault) == ("broken-off", Fault.NETWORK)
    page = told(carry_on(begin(Via.REST), but("GET /api/3/spot/fee", text("<html>", 403))))
    assert page.case == "not-known"


def test_a_page_blames_the_way_only_where_no_socket_opens() -> None:
    def respond(request: Request) -> Iterator[Reply]:
        over_rest = request.probe.channel is Channel.REST
        yield from (honest(Account()) if over_rest else failing(Event.FAILED))(request)

    assert told(carry_on(begin(), respond)).fault is Fault.NETWORK
    one = told(carry_on(begin(), but("spot_fees", failing(Event.FAILED))))
    assert (one.case, one.fault) == ("not-known", Fault.EXCHANGE)


def test_a_status_that_does_not_belong_to_a_code_makes_it_no_word_of_hitbtcs() -> None:
    generic = told(over_rest('{"error":{"code":403,"message":"Forbidden"}}', 403))
    assert generic.case == "refused"
    missing = told(over_rest('{"error":{"code":1003}}', 401))
    assert (missing.case, missing.fault) == ("refused", Fault.EXCHANGE)


def test_read_off_beside_a_refused_wallet_names_both() -> None:
    shown = told(carry_on(begin(), but("login wallet", refusing(1003), without(Setting.READ))))
    assert shown.case == "setting-off"
    assert "Order book" in english(shown.sentence)
    assert "Payment information" in english(shown.sentence)


def test_one_answer_of_hitbtcs_is_enough_for_an_alarm() -> None:
    def respond(request: Request) -> Iterator[Reply]:
        if name_of(request) == ROLLBACK:
            yield from alarming(request)
        elif request.probe.stage is Stage.LOGIN:
            yield reply(request, *error(600))
        else:
            yield said(request, "<html>", 200)

    assert told(carry_on(begin(Via.REST), respond)).case == "alarm"


@pytest.mark.parametrize(
    ("words", "status", "fault", "case", "first"),
    [
        ('{"error":"Unauthorized"}', 401, Fault.EXCHANGE, "refused", "Compare first"),
        ('{"error":[1]}', 403, Fault.EXCHANGE, "refused", "Compare first"),
        ("", 401, Fault.EXCHANGE, "refused", "Compare first"),
        (
            '{"code":"InvalidContent","message":"Missing apikey parameter"}',
            401,
            Fault.EXCHANGE,
            "refused",
            "Compare first",
        ),
        ('{"error":{"code":77777}}', 401, Fault.EXCHANGE, "refused", "Compare first"),
        ("<html>", 403, Fault.NETWORK, "blocked", "Waiting does not"),
        ("", 451, Fault.NETWORK, "blocked", "Waiting does not"),
        ("error code: 1020", 403, Fault.NETWORK, "blocked", "Waiting does not"),
        ("", 502, Fault.EXCHANGE, "exchange-trouble", "Wait a few minutes"),
        ("<html>", 520, Fault.EXCHANGE, "exchange-trouble", "Wait a few minutes"),
        ("<html>", 200, Fault.NETWORK, "something-else-answered", "Use another network"),
        ('{"code":"InvalidContent"}', 400, Fault.NETWORK, "something-else-answered", "Use another"),
        ("<html>", 405, Fault.NETWORK, "something-else-answered", "Use another network"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_by_what_it_is(
    words: str, status: int, fault: Fault, case: str, first: str
) -> None:
    shown = told(over_rest(words, status))
    assert (shown.verdict, shown.fault) == (Verdict.UNDECIDED, fault)
    assert shown.case == case
    assert english(shown.next_steps[0].text).startswith(first)


def test_one_slow_answer_is_nobodys_knowledge() -> None:
    for name in ("spot_fees", "spot_balances", "wallet_balances", "login wallet"):
        shown = told(carry_on(begin(), but(name, failing(Event.SILENT))))
        assert shown.case == "not-known"


def test_a_refused_wallet_beside_a_working_socket_points_at_payment_information() -> None:
    shown = told(carry_on(begin(), but("login wallet", refusing(1003))))
    assert (shown.verdict, shown.fault) == (Verdict.INCORRECT_PERMISSIONS, Fault.KEY)
    assert (shown.case, english(shown.sentence)) == (
        "wallet-refused",
        "Most likely, Payment information is off.",
    )
    payment = row(shown, Setting.PAYMENT)
    assert (payment.state, english(payment.found)) == (State.NOT_AS_REQUIRED, "Refused")


def test_a_wallet_refused_beside_a_trading_socket_that_is_not_heard_points_at_nothing() -> None:
    def respond(request: Request) -> Iterator[Reply]:
        wallet = request.probe.channel is Channel.WALLET
        yield from (refusing(1003) if wallet else failing(Event.SILENT))(request)

    shown = told(carry_on(begin(), respond))
    assert row(shown, Setting.PAYMENT).state is State.COULD_NOT_TELL
    assert shown.fault is not Fault.KEY


@pytest.mark.parametrize("number", ['"id":null,', '"id":"1",', ""])
@pytest.mark.parametrize("code", [1002, 10021])
def test_an_error_without_a_usable_id_belongs_to_the_login_that_is_open(
    code: int, number: str
) -> None:
    def respond(request: Request) -> Iterator[Reply]:
        yield said(request, f'{{"jsonrpc":"2.0",{number}"error":{{"code":{code}}}}}')

    shown = told(carry_on(begin(), respond))
    assert shown.verdict is {1002: Verdict.INVALID, 10021: Verdict.UNDECIDED}[code]
    assert shown.case == {1002: "invalid", 10021: "account"}[code]


def test_an_error_without_an_id_after_the_login_belongs_to_nothing() -> None:
    def unnamed(request: Request) -> Iterator[Reply]:
        yield said(request, '{"id":null,"error":{"code":1003}}')

    shown = told(carry_on(begin(), but("spot_balances", unnamed)))
    assert row(shown, Setting.READ).state is State.COULD_NOT_TELL


def test_three_ticks_are_not_denied_where_only_the_wallet_is_limited() -> None:
    shown = told(carry_on(begin(), but("wallet_balances", refusing(600))))
    assert shown.case == "account"
    assert english(row(shown, Setting.PAYMENT).reason).startswith("The account is restricted.")


def test_the_row_of_status_tells_of_the_login_not_of_what_was_not_asked() -> None:
    shown = told(carry_on(begin(), failing(Event.SILENT)))
    assert english(row(shown, Setting.STATUS).reason) == "HitBTC did not answer in time."
    shown = told(WAYS["gateway"]())
    assert english(row(shown, Setting.STATUS).reason) == "The connection to HitBTC failed."


# What stands above what, where more than one case applies.


def test_withdraw_on_stands_above_everything() -> None:
    def respond(request: Request) -> Iterator[Reply]:
        if request.probe.setting is Setting.STATUS:
            yield reply(request, 200, True)
        elif name_of(request) == ROLLBACK:
            yield reply(request, *error(20004))
        else:
            yield reply(request, *error(1003))

    assert told(carry_on(begin(), respond)).verdict is Verdict.WITHDRAWAL_ENABLED


def test_an_alarm_is_no_tick_and_no_reading_of_the_box() -> None:
    shown = told(WAYS["alarm"]())
    withdraw = row(shown, Setting.WITHDRAW)
    assert (withdraw.state, english(withdraw.found)) == (State.COULD_NOT_TELL, "Not known")
    assert shown.case == "alarm"


def test_an_answer_stands_above_what_the_reader_saw() -> None:
    for account, state, found in (
        (Account(permissions=ALL), State.NOT_AS_REQUIRED, "On"),
        (Account(), State.AS_REQUIRED, "Off"),
    ):
        for on in (True, False):
            shown = told(looked(carry_on(begin(), honest(account)), on=on))
            withdraw = row(shown, Setting.WITHDRAW)
            assert (withdraw.state, english(withdraw.found)) == (state, found)
            assert (withdraw.confirmed, english(withdraw.reason)) == (False, "")


@pytest.mark.parametrize(
    ("on", "state", "found", "reason"),
    [
        (
            True,
            State.NOT_AS_REQUIRED,
            "On",
            "Confirmed by you: on. HitBTC's own answer did not show it.",
        ),
        (
            False,
            State.COULD_NOT_TELL,
            "Off",
            "Confirmed by you: off. HitBTC's own answer did not show it.",
        ),
    ],
)
def test_what_the_reader_saw_is_confirmed_by_them_and_earns_no_tick(
    on: bool, state: State, found: str, reason: str
) -> None:
    shown = told(looked(blocked(), on=on))
    withdraw = row(shown, Setting.WITHDRAW)
    assert (withdraw.state, english(withdraw.found), english(withdraw.reason)) == (
        state,
        found,
        reason,
    )
    assert withdraw.confirmed
    assert [finding.event for finding in withdraw.findings] == [Event.FAILED]
    assert not any(other.confirmed for other in shown.rows if other is not withdraw)
    assert f"| {found} (confirmed by you) | {state.replace('-', ' ')} |" in render.as_markdown(
        shown, ENGLISH
    )


def test_seen_off_settles_nothing_while_a_required_box_is_off() -> None:
    shown = told(looked(blocked(without(Setting.PAYMENT)), on=False))
    assert shown.verdict is Verdict.INCORRECT_PERMISSIONS


def test_withdraw_refused_counts_as_off_only_where_another_right_answered() -> None:
    shown = told(carry_on(begin(), honest(Account(permissions=frozenset()))))
    withdraw = row(shown, Setting.WITHDRAW)
    assert withdraw.state is State.COULD_NOT_TELL
    assert english(withdraw.reason) == "HitBTC refused every request, so this one proves nothing."
    one = told(carry_on(begin(), honest(Account(permissions=frozenset({Setting.PAYMENT})))))
    assert row(one, Setting.WITHDRAW).state is State.AS_REQUIRED


def test_refused_everywhere_the_boxes_are_not_called_off() -> None:
    shown = told(carry_on(begin(), honest(Account(permissions=frozenset()))))
    assert [english(row(shown, setting).found) for setting in REQUIRED] == ["Refused"] * 3
    assert english(row(shown, Setting.STATUS).found) == "On"
    one = told(carry_on(begin(), honest(without(Setting.READ))))
    assert [english(row(one, setting).found) for setting in REQUIRED] == ["Off", "On", "On"]
    links = [step.link.partition("#")[2] for step in shown.next_steps]
    assert links == ["restrictions", "confirm-email", "ip-whitelist", ""]


def test_one_other_answer_among_refusals_is_not_refused_everywhere() -> None:
    def respond(request: Request) -> Iterator[Reply]:
        code = 500 if name_of(request) == "spot_fees" else 1003
        enter = request.probe.method == "login"
        yield reply(request, 200, True) if enter else reply(request, *error(code))

    shown = told(carry_on(begin(), respond))
    assert (
        english(shown.sentence)
        == "Turn on Order book, History, Spot balance and Payment information."
    )
    assert english(shown.next_steps[0].text) == (
        "On HitBTC, turn on Order book, History, Spot balance and Payment information and save. If "
        "HitBTC sends an email, click the link in it."
    )


@pytest.mark.parametrize("code", [1002, 429, 1003])
def test_an_answer_by_hand_does_not_change_what_was_refused_here(code: int) -> None:
    shown = told(by_hand(blocked(Account(permissions=frozenset())), code))
    assert shown.case == "all-refused"
    assert english(row(shown, Setting.READ).found) == "Refused"


def test_a_read_that_got_no_answer_was_not_refused() -> None:
    lost = but("spot_fees", failing(Event.SILENT), Account(permissions=frozenset()))
    shown = told(carry_on(begin(), lost))
    assert shown.case == "setting-off"
    assert english(row(shown, Setting.READ).found) == "Off"


def test_a_rollback_that_a_page_may_not_send_does_not_change_what_was_refused() -> None:
    shown = told(blocked(Account(permissions=frozenset())))
    assert shown.case == "all-refused"


def test_seen_on_counts_where_the_refusal_of_the_rollback_says_nothing() -> None:
    check = looked(carry_on(begin(), honest(Account(permissions=frozenset()))), on=True)
    assert told(check).verdict is Verdict.WITHDRAWAL_ENABLED
    assert row(told(check), Setting.WITHDRAW).confirmed


@pytest.mark.parametrize("code", [500, 1003])
def test_the_time_in_another_answer_to_the_login_is_no_matter_of_the_clock(code: int) -> None:
    shown = told(carry_on(begin(), refusing(code, timestamp=NOW + 3 * HOUR)))
    assert "clock" not in english(shown.sentence)


def test_withdraw_on_among_refusals_is_not_refused_everywhere() -> None:
    shown = told(carry_on(begin(), honest(Account(permissions=frozenset({Setting.WITHDRAW})))))
    assert shown.verdict is Verdict.WITHDRAWAL_ENABLED
    assert english(row(shown, Setting.READ).found) == "Off"


def test_trade_off_while_read_is_on_asks_about_the_email_first() -> None:
    shown = told(carry_on(begin(), honest(Account(permissions=frozenset({Setting.READ})))))
    assert english(shown.next_steps[0].text).startswith("Click the link in HitBTC's email.")
    assert english(shown.next_steps[1].text) == (
        "If you already did, turn on Place/cancel orders and Payment information and save."
    )


def test_a_login_refused_for_the_right_says_nothing_of_the_key() -> None:
    shown = told(carry_on(begin(), honest(Account(shut_out=True))))
    assert row(shown, Setting.STATUS).state is State.COULD_NOT_TELL
    assert english(row(shown, Setting.READ).reason) == (
        "Not asked, because the login before it did not succeed."
    )


def test_a_right_that_answers_shows_that_the_key_works() -> None:
    via_rest = but("GET /api/3/sub-account", failing(Event.SILENT))
    shown = told(carry_on(begin(Via.REST), via_rest))
    assert row(shown, Setting.STATUS).state is State.AS_REQUIRED
    assert shown.verdict is Verdict.CONNECTED
    lost_wallet = but("login wallet", refusing(1002))
    assert english(row(told(carry_on(begin(), lost_wallet)), Setting.STATUS).found) == "On"


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (61_000, "this device's clock is about 1 min behind"),
        (-61_000, "this device's clock is about 1 min ahead"),
        (2 * HOUR - 31_000, "this device's clock is about 119 min behind"),
        (2 * HOUR - 1000, "this device's clock is about 2 h behind"),
        (3 * HOUR - 1000, "this device's clock is about 3 h behind"),
        (2 * HOUR, "this device's clock is about 2 h behind"),
        (-25 * HOUR, "this device's clock is about 25 h ahead"),
    ],
)
def test_a_wrong_clock_is_told_from_a_wrong_secret_and_how_far_it_is_off(
    ahead: int, words: str
) -> None:
    shown = told(carry_on(begin(), refusing(1002, timestamp=NOW + ahead)))
    assert english(shown.sentence) == f"HitBTC refused the login because of the time: {words}."
    assert shown.fault is Fault.NETWORK
    assert row(shown, Setting.STATUS).state is State.COULD_NOT_TELL


@pytest.mark.parametrize("ahead", [0, 60_000, -60_000])
def test_a_clock_within_the_window_is_no_excuse(ahead: int) -> None:
    shown = told(carry_on(begin(), refusing(1002, timestamp=NOW + ahead)))
    assert shown.verdict is Verdict.INVALID


def test_of_a_refused_pairs_status_nothing_is_said_but_that_the_login_was_refused() -> None:
    """The key may be off, and as well the pair may not match: only one of the two is the status."""
    status = row(told(WAYS["invalid"]()), Setting.STATUS)
    assert (status.state, english(status.found)) == (State.NOT_AS_REQUIRED, "Login refused")


@pytest.mark.parametrize("word", ["invalid timestamp", "Time WINDOW", "recvWindow"])
def test_hitbtcs_own_word_for_the_clock_counts(word: str) -> None:
    shown = told(carry_on(begin(), refusing(1002, description=word)))
    assert english(shown.sentence) == (
        "HitBTC refused the login because of the time: this device's clock seems to be wrong."
    )


@pytest.mark.parametrize("ahead", [0, 60_000, -60_000])
def test_a_clock_measured_right_is_not_blamed_whatever_the_error_says(ahead: int) -> None:
    late = refusing(1002, message="invalid timestamp", timestamp=NOW + ahead)
    assert told(carry_on(begin(), late)).verdict is Verdict.INVALID


def test_the_date_header_is_a_measurement_too() -> None:
    def respond(request: Request) -> Iterator[Reply]:
        (back,) = refusing(1002, message="Timestamp expired")(request)
        yield replace(back, time=NOW + 900)

    assert told(carry_on(begin(Via.REST), respond)).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "words",
    [
        "invalid API key, HMAC signature or time window value",
        "API key has expired",
        "Session expired",
        "Signature or timestamp",
    ],
)
def test_a_text_that_names_other_causes_too_does_not_say_it_is_the_clock(words: str) -> None:
    assert told(carry_on(begin(), refusing(1002, message=words))).verdict is Verdict.INVALID


def test_a_wrong_clock_is_forgotten_where_a_right_answered() -> None:
    late = but("login wallet", refusing(1002, timestamp=NOW + 3 * HOUR))
    shown = told(carry_on(begin(), late))
    assert row(shown, Setting.STATUS).state is State.AS_REQUIRED


def test_a_clock_is_only_asked_about_where_the_pair_was_refused() -> None:
    odd = but("spot_balances", refusing(1003, timestamp=NOW + 3 * HOUR))
    assert told(carry_on(begin(), odd)).verdict is Verdict.INCORRECT_PERMISSIONS


def test_an_answer_by_hand_says_nothing_of_this_devices_clock() -> None:
    check = blocked(Account(works=False))
    late = Answer(kind=Kind.ERROR, code=1002, time=NOW + 3 * HOUR)
    check.feed_by_hand(late, at=NOW)
    assert told(check).verdict is Verdict.INVALID


def test_the_farthest_clock_counts() -> None:
    def respond(request: Request) -> Iterator[Reply]:
        trading = request.probe.channel is Channel.TRADING
        yield from refusing(1002, timestamp=NOW + (HOUR if trading else -3 * HOUR))(request)

    assert "3 h ahead" in english(told(carry_on(begin(), respond)).sentence)


@pytest.mark.parametrize("code", sorted(code for code, known in CODES.items() if known.account))
def test_trouble_of_the_account_is_never_called_the_keys(code: int) -> None:
    for via in Via:
        shown = told(carry_on(begin(via), everything(code=code)))
        assert (shown.verdict, shown.fault) == (Verdict.UNDECIDED, Fault.EXCHANGE)
        assert shown.case == "account"


def test_an_empty_spot_balance_says_where_funds_may_lie() -> None:
    for via in Via:
        assert told(carry_on(begin(via), honest(Account()))).notes == (EMPTY,)
        assert told(carry_on(begin(via), honest(Account(funded=True)))).notes == ()
    assert report.report(WAYS["invalid"](), (HINT,)).notes == (HINT,)
    both = report.report(carry_on(begin(), honest(Account())), (HINT,)).notes
    assert both == (HINT, EMPTY)


REASONS: dict[Event, str] = {
    Event.FAILED: "The connection to HitBTC failed.",
    Event.UNSENT: "This checker failed to send the request.",
    Event.DISTRUSTED: "The certificate that came is not trusted, so nothing was sent.",
    Event.CLOSED: "HitBTC closed the connection before it answered.",
    Event.SILENT: "HitBTC did not answer in time.",
    Event.TOO_LONG: "HitBTC's answer was longer than any real one and was cut off.",
    Event.CANCELLED: "You stopped the check.",
}


@pytest.mark.parametrize(("event", "reason"), REASONS.items())
def test_a_box_without_an_answer_says_what_happened(event: Event, reason: str) -> None:
    shown = told(carry_on(begin(), but("wallet_balances", failing(event))))
    payment = row(shown, Setting.PAYMENT)
    assert (payment.state, english(payment.reason)) == (State.COULD_NOT_TELL, reason)


def test_the_rows_reasons_are_in_a_readers_words() -> None:
    assert english(row(told(begin()), Setting.READ).reason) == "Not asked."
    assert english(row(told(blocked()), Setting.WITHDRAW).reason) == (
        "HitBTC does not let this be asked from here, or the connection failed."
    )
    assert english(row(told(WAYS["withdraw-left-out"]()), Setting.WITHDRAW).reason) == (
        "Not asked, as you chose."
    )
    assert english(row(told(WAYS["connected"]()), Setting.IP_WHITELIST).reason) == (
        "No API request shows this. Look at it on HitBTC."
    )
    fine = told(WAYS["connected"]())
    assert all(row(fine, setting).reason is None for setting in (*REQUIRED, Setting.WITHDRAW))


def test_left_out_and_then_asked_by_hand_the_reason_is_the_answers() -> None:
    check = by_hand(WAYS["withdraw-left-out"](), 20018)
    assert english(row(told(check), Setting.WITHDRAW).reason) == english(CODES[20018].meaning)
    assert row(told(by_hand(check, 1003)), Setting.WITHDRAW).state is State.AS_REQUIRED
    assert told(check).verdict is Verdict.CONNECTED


def finding(reading: Reading = Reading.NOTHING, **fields: Any) -> Finding:
    return Finding(
        probe=PROBES[2], reading=reading, event=Event.ANSWERED, at=NOW, answer=Answer(**fields)
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (finding(kind=Kind.ERROR, code=20018), english(CODES[20018].meaning)),
        (finding(Reading.OFF, kind=Kind.ERROR, code=1003), english(CODES[1003].meaning)),
        (
            finding(kind=Kind.ERROR, code=77_777),
            "HitBTC answered with code 77777, which this checker does not know.",
        ),
        (
            finding(kind=Kind.ERROR, status=400, code=1003),
            "HitBTC answered in a form this checker does not know.",
        ),
        (finding(kind=Kind.ERROR), "HitBTC answered in a form this checker does not know."),
        (finding(kind=Kind.UNREADABLE), "HitBTC answered in a form this checker does not know."),
        (finding(kind=Kind.RESULT), "HitBTC answered in a form this checker does not know."),
        (finding(Reading.ON, kind=Kind.RESULT), "HitBTC answered."),
    ],
)
def test_an_answer_is_explained_in_a_readers_words(found: Finding, words: str) -> None:
    assert english(report.explain(found)) == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (finding(kind=Kind.ERROR, status=403, code=1003), "403 / 1003"),
        (finding(kind=Kind.ERROR, code=0), "0"),
        (finding(kind=Kind.UNREADABLE, status=502), "502"),
        (finding(kind=Kind.RESULT, reading=Reading.ON), "HitBTC answered."),
        (
            Finding(probe=PROBES[0], reading=Reading.NOTHING, event=Event.SILENT, at=NOW),
            "HitBTC did not answer in time.",
        ),
    ],
)
def test_in_short_an_answer_is_its_numbers_or_a_sentence(found: Finding, words: str) -> None:
    assert ENGLISH.say(render.in_short(found)) == words


def test_of_a_socket_that_was_not_needed_no_failed_login_is_told() -> None:
    (reach,) = [found for found in WAYS["connected"]().findings if found.probe.name == "reach"]
    assert english(report.explain(reach)) == "Not asked."


# The report as data and as Markdown.


def test_the_data_has_the_shape_of_the_contract() -> None:
    data = render.as_data(told(carry_on(begin(), honest(Account()))), ENGLISH)
    assert list(data) == [
        "verdict",
        "fault",
        "headline",
        "sentence",
        "bitsgap_status",
        "rights",
        "wrong_hands",
        "next_steps",
        "notes",
        "cannot_be_seen",
        "key_ends_in",
        "checked_at",
    ]
    assert data["verdict"] == "connected"
    assert data["fault"] == "none"
    assert data["headline"] == "Ready to connect"
    assert data["sentence"] == "Every setting is as Bitsgap needs it, and the key cannot withdraw."
    assert data["bitsgap_status"] == "Connected"
    assert data["next_steps"] == [
        {"text": "Connect it at Bitsgap.", "link": "guide/connect/#connect"},
        {
            "text": "Read how a key that cannot withdraw can still lose money.",
            "link": "about/withdraw-off/",
        },
    ]
    assert data["cannot_be_seen"] == [{"text": english(s.text), "link": s.link} for s in UNSEEN]
    assert data["wrong_hands"] == {
        "text": (
            "In the wrong hands, this key could make your account trade at a loss, and move money "
            "inside it. It could not withdraw your coins."
        ),
        "link": "about/withdraw-off/",
    }
    assert render.as_data(told(WAYS["invalid"]()), ENGLISH)["wrong_hands"] is None
    assert data["key_ends_in"] == "6789"
    assert data["checked_at"] == "2026-11-18T11:06:40+00:00"
    json.dumps(data)


def rights_data(shown: Report) -> dict[str, Any]:
    data: dict[str, Any] = render.as_data(shown, ENGLISH)
    permissions: dict[str, Any] = data["rights"]
    return permissions


def rights_of(check: Check) -> dict[str, Any]:
    return rights_data(told(check))


def test_each_right_of_the_data_has_its_state_and_evidence() -> None:
    check = carry_on(begin(), honest(Account()))
    permissions = rights_of(check)
    assert list(permissions) == ["status", "read", "trade", "payment", "withdraw", "ip-whitelist"]
    assert permissions["ip-whitelist"] == {
        "state": "cannot-be-seen",
        "label": "IP whitelist",
        "wanted": "Disabled",
        "found": "Not known",
        "reason": "No API request shows this. Look at it on HitBTC.",
        "confirmed_by_you": False,
        "evidence": [],
    }
    assert permissions["withdraw"]["evidence"] == [
        {
            "asked": "DELETE /api/3/wallet/crypto/withdraw/{id}",
            "by": "this check",
            "outcome": "answered",
            "shows": "off",
            "status": 403,
            "code": 1003,
            "said": "No.",
            "meaning": english(CODES[1003].meaning),
            "at": "2026-11-18T11:06:40+00:00",
        }
    ]
    assert [one["asked"] for one in permissions["status"]["evidence"]] == [
        "login on /api/3/ws/trading",
        "login on /api/3/ws/wallet",
        "open on /api/3/ws/public",
    ]


def test_evidence_without_an_answer_says_so_and_by_hand_is_named() -> None:
    permissions = rights_of(blocked())
    (evidence,) = permissions["withdraw"]["evidence"]
    assert (evidence["outcome"], evidence["status"], evidence["code"], evidence["said"]) == (
        "failed",
        None,
        None,
        "",
    )
    permissions = rights_of(by_hand(blocked(), 1003))
    (evidence,) = permissions["withdraw"]["evidence"]
    assert (evidence["by"], evidence["shows"]) == ("your terminal", "off")


def test_of_the_key_a_report_has_the_last_four_characters_at_most() -> None:
    for name, way in WAYS.items():
        shown = told(way())
        for text in (
            render.as_markdown(shown, ENGLISH),
            json.dumps(render.as_data(shown, ENGLISH)),
        ):
            assert KEY not in text, name
            assert KEY[:-4] not in text, name
    assert report.report(WAYS["connected"]()).key_tail == ""


@pytest.mark.parametrize("way", WAYS)
def test_of_a_key_that_did_not_log_in_no_report_has_the_tail(way: str) -> None:
    """It may be the secret, pasted into the wrong field."""
    shown = told(WAYS[way]())
    logged_in = row(shown, Setting.STATUS).state is State.AS_REQUIRED
    assert shown.key_tail == (KEY[-4:] if logged_in else "")
    assert (KEY[-4:] in render.as_markdown(shown, ENGLISH)) == logged_in


def test_no_amount_is_in_a_report() -> None:
    rich = [{"currency": "BTC", "available": "31415.926", "reserved": "27182.8"}]

    def respond(request: Request) -> Iterator[Reply]:
        yield reply(request, 200, rich)

    for via in Via:
        name = {Via.SOCKETS: "spot_balances", Via.REST: "GET /api/3/spot/balance"}[via]
        shown = told(carry_on(begin(via), but(name, respond)))
        for text in (
            render.as_markdown(shown, ENGLISH),
            json.dumps(render.as_data(shown, ENGLISH)),
        ):
            assert "31415" not in text
            assert "27182" not in text


def test_the_markdown_is_fit_for_a_support_ticket() -> None:
    check = carry_on(begin(), honest(without(Setting.TRADE)))
    assert render.as_markdown(report.report(check, (HINT,), KEY[-4:]), ENGLISH) == (
        f"""\
## HitBTC API key ending in `6789`: This key can read but cannot trade

Most often, the link in HitBTC's email was not clicked.

- Bitsgap will probably show: Incorrect permissions
- Cause: The key's settings
- Checked at: 2026-11-18T11:06:40+00:00
- Note: {english(HINT)}
- Note: {NOTE}

| Setting | Needed | Found | State |
| --- | --- | --- | --- |
| Status | On | On | as required |
| Order book, History, Spot balance | On | On | as required |
| Place/cancel orders | On | Off | not as required |
| Payment information | On | On | as required |
| Withdraw cryptocurrencies | Off | Off | as required |
| IP whitelist | Disabled | Not known | cannot be seen from here |

In the wrong hands, this key could move and convert money inside your account. It could neither \
trade nor withdraw your coins.

Next:

1. Click the link in HitBTC's email. Until you do, Place/cancel orders stays off.
2. If you already did, turn on Place/cancel orders and save.
3. Then check again, with Withdraw: the same link also activates Withdraw if it was turned on.

Requests and answers:

- `login on /api/3/ws/trading`: HitBTC answered.
- `login on /api/3/ws/wallet`: HitBTC answered.
- `open on /api/3/ws/public`: Not asked.
- `spot_balances on /api/3/ws/trading`: HitBTC answered.
- `spot_fees on /api/3/ws/trading`: 1003
- `wallet_balances on /api/3/ws/wallet`: HitBTC answered.
- `DELETE /api/3/wallet/crypto/withdraw/{{id}}`: 403 / 1003"""
    )


def test_nothing_in_the_markdown_is_in_the_words_of_the_data() -> None:
    """They are English, and stay so in JSON."""
    for name, way in WAYS.items():
        shown = told(way())
        spanish = render.as_markdown(shown, load("es"))
        ends = {found.event for line in shown.rows for found in line.findings}
        fixed = {shown.verdict, *(line.state for line in shown.rows), *ends} - {Verdict.INVALID}
        assert not [word for word in fixed if word in spanish], name


def test_markdown_without_a_tail_or_a_status_says_so() -> None:
    check = begin(Via.REST)
    lines = render.as_markdown(told(check), ENGLISH).splitlines()
    assert lines[0] == "## HitBTC API key: HitBTC did not answer everything"
    assert not [line for line in lines if line.startswith("- Bitsgap will")]


def test_a_report_may_be_asked_for_at_any_time() -> None:
    check = begin()
    assert told(check).verdict is Verdict.UNDECIDED
    for request in check.plan():
        check.feed(reply(request, *answer(Account(), name_of(request))))
        shown = told(check)
        assert shown.verdict is Verdict.UNDECIDED
        assert all(row(shown, setting).state is State.COULD_NOT_TELL for setting in REQUIRED)
