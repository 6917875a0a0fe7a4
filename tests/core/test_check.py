"""One check: what is asked when, what counts as its answer, and how it ends."""

from collections.abc import Iterator
from dataclasses import fields

import pytest

from hitbtc_keycheck.answers import Answer, Kind
from hitbtc_keycheck.check import PAUSE, Check, Event, Finding, Reply, Request, Via
from hitbtc_keycheck.requests import Channel, Reading
from hitbtc_keycheck.settings import Setting
from tests.core.world import (
    NOW,
    Account,
    answer,
    begin,
    carry_on,
    error,
    honest,
    name_of,
    reply,
    said,
    trouble,
)


def names(requests: tuple[Request, ...]) -> list[str]:
    return [name_of(request) for request in requests]


def one(check: Check, name: str) -> Finding:
    return next(found for found in check.findings if found.probe.name == name)


def shown(check: Check) -> dict[str, Reading]:
    return {found.probe.name: found.reading for found in check.findings}


def answered(check: Check, requests: tuple[Request, ...], account: Account) -> None:
    for request in requests:
        check.feed(reply(request, *answer(account, name_of(request))))


def test_over_sockets_both_logins_come_first_then_all_questions_at_once() -> None:
    check = begin()
    logins = check.plan()
    assert names(logins) == ["login trading", "login wallet"]
    answered(check, logins, Account())
    questions = check.plan()
    assert names(questions) == [
        "spot_balances",
        "spot_fees",
        "wallet_balances",
        "DELETE /api/3/wallet/crypto/withdraw",
    ]
    assert not check.ended
    answered(check, questions, Account())
    assert check.ended
    assert check.plan() == ()


def test_over_rest_the_key_is_asked_for_first_then_all_questions_at_once() -> None:
    check = begin(Via.REST)
    door = check.plan()
    assert names(door) == ["GET /api/3/sub-account"]
    answered(check, door, Account())
    assert names(check.plan()) == [
        "GET /api/3/spot/balance",
        "GET /api/3/spot/fee",
        "GET /api/3/wallet/balance",
        "DELETE /api/3/wallet/crypto/withdraw",
    ]


def test_withdraw_is_asked_about_unless_it_is_left_out() -> None:
    assert Check(now=NOW, via=Via.REST).withdraw


def test_nothing_is_given_out_twice() -> None:
    check = begin()
    assert len(check.plan()) == 2
    assert check.plan() == ()
    assert not check.ended


def test_each_socket_is_asked_as_soon_as_it_is_logged_in() -> None:
    check = begin()
    _, wallet = check.plan()
    check.feed(reply(wallet, 200, True))
    assert names(check.plan()) == ["wallet_balances", "DELETE /api/3/wallet/crypto/withdraw"]


def test_left_out_the_rollback_is_never_planned() -> None:
    for via in Via:
        planned: list[str] = []
        check = begin(via, withdraw=False)

        def watch(request: Request, planned: list[str] = planned) -> Iterator[Reply]:
            planned.append(request.probe.method)
            yield from honest(Account())(request)

        carry_on(check, watch)
        assert "DELETE" not in planned
        assert "rollback" not in shown(check)
        assert set(planned) <= {"login", "spot_balances", "spot_fees", "wallet_balances", "GET"}


@pytest.mark.parametrize("via", Via)
def test_a_refused_pair_is_asked_nothing_more(via: Via) -> None:
    check = begin(via)
    asked: list[str] = []

    def watch(request: Request) -> Iterator[Reply]:
        asked.append(name_of(request))
        yield from honest(Account(works=False))(request)

    carry_on(check, watch)
    assert len(asked) == {Via.SOCKETS: 2, Via.REST: 1}[via]
    assert one(check, "rollback").event is Event.NOT_ASKED
    assert {reading for name, reading in shown(check).items() if "balance" in name} == {
        Reading.NOTHING
    }


def test_a_request_names_what_to_send_and_holds_nothing_else() -> None:
    check = begin()
    trading, wallet = check.plan()
    answered(check, (trading, wallet), Account())
    spot, _, _, rollback = check.plan()
    assert (trading.number, wallet.number, spot.number, rollback.number) == (1, 2, 3, 6)
    assert {field.name for field in fields(Request)} == {"number", "probe", "wait"}


def test_without_a_login_the_reach_of_the_public_socket_is_tried_last() -> None:
    check = begin()
    for login in check.plan():
        check.feed(trouble(login, Event.FAILED))
    last = check.plan()
    assert names(last) == ["DELETE /api/3/wallet/crypto/withdraw", "open public"]
    check.feed(trouble(last[1], Event.OPENED))
    assert one(check, "reach").event is Event.OPENED
    assert one(check, "reach").reading is Reading.NOTHING


@pytest.mark.parametrize("event", [Event.CLOSED, Event.SILENT, Event.TOO_LONG])
def test_one_socket_that_was_reached_leaves_the_public_one_alone(event: Event) -> None:
    check = begin()
    trading, wallet = check.plan()
    check.feed(trouble(trading, Event.FAILED))
    check.feed(trouble(wallet, event))
    assert names(check.plan()) == ["DELETE /api/3/wallet/crypto/withdraw"]
    assert one(check, "reach").event is Event.NOT_ASKED


def test_while_one_login_is_open_neither_rollback_nor_reach_is_decided() -> None:
    check = begin()
    trading, _ = check.plan()
    check.feed(trouble(trading, Event.FAILED))
    assert check.plan() == ()
    assert {found.event for found in check.findings} == {Event.FAILED, Event.NOT_ASKED}
    assert one(check, "spot-fees").event is Event.NOT_ASKED
    assert not check.ended


def test_one_login_refused_and_the_other_lost_means_no_rollback() -> None:
    check = begin()
    trading, wallet = check.plan()
    check.feed(reply(trading, *error(1002)))
    check.feed(trouble(wallet, Event.FAILED))
    assert check.plan() == ()
    assert one(check, "rollback").event is Event.NOT_ASKED
    assert check.ended


def test_one_login_accepted_is_enough_for_the_rollback() -> None:
    check = begin()
    trading, wallet = check.plan()
    check.feed(reply(trading, 200, True))
    check.feed(reply(wallet, *error(1002)))
    assert "DELETE /api/3/wallet/crypto/withdraw" in names(check.plan())
    assert one(check, "wallet-balances").event is Event.NOT_ASKED


def test_an_opened_socket_answers_no_question() -> None:
    check = begin()
    login, _ = check.plan()
    check.feed(trouble(login, Event.OPENED))
    assert check.findings == ()


def test_trouble_of_a_socket_befalls_all_that_was_asked_there_and_nothing_else() -> None:
    check = begin()
    answered(check, check.plan(), Account())
    spot, _, wallet, rollback = check.plan()
    check.feed(trouble(spot, Event.CLOSED, online=False))
    for name in ("spot-balances", "spot-fees"):
        assert (one(check, name).event, one(check, name).online) == (Event.CLOSED, False)
    assert not check.ended
    answered(check, (wallet, rollback), Account())
    assert check.ended
    assert shown(check)["wallet-balances"] is Reading.ON


def test_trouble_of_one_rest_request_leaves_the_others_waiting() -> None:
    check = begin(Via.REST)
    answered(check, check.plan(), Account())
    spot, *others = check.plan()
    check.feed(trouble(spot, Event.TOO_LONG))
    assert one(check, "spot-balance").event is Event.TOO_LONG
    answered(check, tuple(others), Account())
    assert shown(check)["spot-fee"] is Reading.ON


def test_trouble_of_a_whole_rest_channel_befalls_every_request() -> None:
    check = begin(Via.REST)
    answered(check, check.plan(), Account())
    check.plan()
    check.feed(Reply(channel=Channel.REST, event=Event.FAILED, at=NOW))
    assert check.ended


def test_answers_may_come_in_any_order() -> None:
    check = begin()
    for login in reversed(check.plan()):
        check.feed(reply(login, 200, True))
    for request in reversed(check.plan()):
        check.feed(reply(request, *answer(Account(), name_of(request))))
    assert check.ended
    assert [found.probe.name for found in check.findings] == [
        "login-trading",
        "login-wallet",
        "spot-balances",
        "spot-fees",
        "wallet-balances",
        "rollback",
        "reach",
    ]


def test_the_first_answer_counts() -> None:
    check = begin()
    login, _ = check.plan()
    check.feed(reply(login, *error(1002)))
    check.feed(reply(login, 200, True))
    assert shown(check)["login-trading"] is Reading.OFF


def test_an_answer_to_what_was_not_asked_yet_is_passed_over() -> None:
    check = begin()
    check.plan()
    for number in range(-1, 9):
        text = f'{{"id": {number}, "result": []}}'
        early = Reply(channel=Channel.PUBLIC, event=Event.ANSWERED, at=NOW, text=text)
        check.feed(early)
    assert check.findings == ()


def test_an_answer_without_a_number_of_ours_is_passed_over() -> None:
    check = begin()
    login, _ = check.plan()
    check.feed(said(login, '{"id": 0, "result": true}'))
    assert check.findings == ()
    check = begin(Via.REST)
    check.plan()
    check.feed(Reply(channel=Channel.REST, event=Event.ANSWERED, at=NOW, status=200, text="[]"))
    assert check.findings == ()


def test_an_answer_that_comes_by_another_channel_is_passed_over() -> None:
    check = begin()
    trading, wallet = check.plan()
    text = f'{{"id": {trading.number}, "result": true}}'
    check.feed(said(wallet, text))
    assert check.findings == ()
    crossed = Reply(
        channel=Channel.REST, event=Event.ANSWERED, at=NOW, number=1, status=200, text="[]"
    )
    check.feed(crossed)
    assert check.findings == ()


def test_notifications_between_answers_change_nothing() -> None:
    check = begin()
    login, _ = check.plan()
    check.feed(said(login, '{"ch": "ticker", "data": {}}'))
    check.feed(said(login, "not even JSON"))
    assert check.findings == ()
    check.feed(reply(login, 200, True))
    assert shown(check)["login-trading"] is Reading.ON


def test_too_many_requests_is_asked_once_more_after_a_pause() -> None:
    check = begin()
    trading, wallet = check.plan()
    check.feed(reply(wallet, 200, True))
    check.feed(reply(trading, *error(429)))
    again = check.plan()[0]
    assert (again.probe, again.wait) == (trading.probe, PAUSE)
    assert again.number not in (trading.number, wallet.number)
    assert trading.wait == 0
    check.feed(reply(trading, 200, True))
    assert "login-trading" not in shown(check)
    check.feed(reply(again, 200, True))
    assert shown(check)["login-trading"] is Reading.ON


def test_too_many_requests_twice_is_taken_as_the_answer() -> None:
    check = begin(Via.REST)
    for _ in range(2):
        (request,) = check.plan()
        check.feed(reply(request, *error("429", 200)))
    assert shown(check)["sub-account"] is Reading.NOTHING
    assert one(check, "sub-account").answer == Answer(
        kind=Kind.ERROR, status=200, code=429, said="No."
    )
    assert "GET /api/3/spot/balance" in names(check.plan())


def test_a_429_without_a_readable_body_is_asked_again_too() -> None:
    check = begin(Via.REST)
    (request,) = check.plan()
    check.feed(said(request, "<html>slow down</html>", 429))
    assert [again.wait for again in check.plan()] == [PAUSE]


@pytest.mark.parametrize("code", [500, 503, 504, 1003, 20018])
def test_other_errors_are_not_asked_again(code: int) -> None:
    check = begin(Via.REST)
    (request,) = check.plan()
    check.feed(reply(request, *error(code, 500)))
    assert all(planned.wait == 0 for planned in check.plan())


def test_a_repeat_is_waited_for() -> None:
    check = begin(Via.REST, withdraw=False)
    answered(check, check.plan(), Account())
    spot, fees, wallet = check.plan()
    answered(check, (fees, wallet), Account())
    check.feed(reply(spot, *error(429)))
    assert not check.ended
    assert check.progress == (2, 3)
    (again,) = check.plan()
    assert not check.ended
    assert check.progress == (2, 3)
    check.feed(reply(again, 200, []))
    assert check.ended


def test_progress_counts_boxes() -> None:
    check = begin()
    assert check.progress == (0, 4)
    logins = check.plan()
    assert check.progress == (0, 4)
    answered(check, logins, Account())
    spot, fees, wallet, rollback = check.plan()
    answered(check, (spot, fees), Account())
    assert check.progress == (2, 4)
    answered(check, (wallet, rollback), Account())
    assert check.progress == (4, 4)
    assert begin(withdraw=False).progress == (0, 3)


def test_progress_counts_a_box_whose_repeat_is_not_planned_yet_as_open() -> None:
    check = begin(Via.REST)
    answered(check, check.plan(), Account())
    spot, *_ = check.plan()
    check.feed(reply(spot, *error(429)))
    assert check.progress == (0, 4)


def test_stopping_settles_what_was_asked_and_drops_the_rest() -> None:
    check = begin()
    trading, _ = check.plan()
    check.feed(reply(trading, *error(429)))
    check.stop(Event.CANCELLED, at=NOW + 5, online=False)
    assert check.ended
    assert check.plan() == ()
    events = {found.probe.name: found.event for found in check.findings}
    assert events == {
        "login-trading": Event.CANCELLED,
        "login-wallet": Event.CANCELLED,
        "spot-balances": Event.NOT_ASKED,
        "spot-fees": Event.NOT_ASKED,
        "wallet-balances": Event.NOT_ASKED,
        "rollback": Event.NOT_ASKED,
        "reach": Event.NOT_ASKED,
    }
    assert {(found.at, found.online) for found in check.findings} == {(NOW + 5, False)}


def test_what_comes_after_the_end_changes_nothing() -> None:
    check = begin()
    login, _ = check.plan()
    check.stop(Event.SILENT, at=NOW)
    before = check.findings
    check.feed(reply(login, 200, True))
    check.feed(trouble(login, Event.CLOSED))
    check.stop(Event.CANCELLED, at=NOW)
    assert check.findings == before
    assert {found.online for found in before} == {True}


def test_time_goes_forward_only() -> None:
    check = begin()
    check.plan()
    late = Reply(channel=Channel.TRADING, event=Event.CLOSED, at=NOW + 70)
    early = Reply(channel=Channel.WALLET, event=Event.CLOSED, at=NOW - 70)
    check.feed(late)
    check.feed(early)
    assert check.now == NOW + 70
    assert [one(check, name).at for name in ("login-trading", "login-wallet")] == [NOW + 70] * 2
    check.stop(Event.SILENT, at=NOW + 80)
    assert check.now == NOW + 80
    check.feed_by_hand(Answer(kind=Kind.UNREADABLE), at=NOW + 95)
    assert one(check, "rollback").at == NOW + 95


def test_a_finding_carries_its_evidence_without_amounts() -> None:
    check = begin()
    answered(check, check.plan(), Account())
    spot, *_ = check.plan()
    check.feed(reply(spot, 200, [{"currency": "BTC", "available": "123.456", "reserved": "0"}]))
    found = one(check, "spot-balances")
    assert found.answer == Answer(kind=Kind.RESULT, number=spot.number)
    assert (found.holds, found.event, found.by_hand) == (True, Event.ANSWERED, False)
    assert "123.456" not in repr(check.findings)
    assert one(check, "login-trading").holds is None


def test_the_exchanges_own_time_is_kept_or_else_the_sockets() -> None:
    check = begin()
    trading, wallet = check.plan()
    own = {"error": {"code": 1002, "timestamp": NOW - 9}}
    check.feed(timed(reply(trading, 401, own), NOW - 5))
    check.feed(timed(reply(wallet, *error(1002)), NOW - 5))
    first, second = one(check, "login-trading").answer, one(check, "login-wallet").answer
    assert first
    assert second
    assert (first.time, second.time) == (NOW - 9, NOW - 5)


def timed(back: Reply, time: int) -> Reply:
    return Reply(
        channel=back.channel, event=back.event, at=back.at, text=back.text, time=time, online=False
    )


def test_an_answer_that_came_offline_says_so() -> None:
    check = begin()
    login, _ = check.plan()
    check.feed(timed(reply(login, 200, True), NOW))
    assert not one(check, "login-trading").online


def settled(check: Check, account: Account) -> Check:
    return carry_on(check, honest(account))


def refused_rollback(request: Request) -> Iterator[Reply]:
    if request.probe.channel is Channel.REST:
        yield trouble(request, Event.FAILED)
    else:
        yield from honest(Account())(request)


@pytest.mark.parametrize(
    ("code", "reading"), [(20004, Reading.ON), (1003, Reading.OFF), (429, Reading.NOTHING)]
)
def test_an_answer_by_hand_is_read_by_the_same_table(code: int, reading: Reading) -> None:
    check = carry_on(begin(), refused_rollback)
    assert check.feed_by_hand(Answer(kind=Kind.ERROR, code=code), at=NOW) is reading
    found = one(check, "rollback")
    assert (found.reading, found.by_hand, found.event) == (reading, True, Event.ANSWERED)


def test_an_answer_by_hand_counts_where_withdraw_was_left_out() -> None:
    check = settled(begin(withdraw=False), Account())
    check.feed_by_hand(Answer(kind=Kind.ERROR, code=429), at=NOW)
    assert one(check, "rollback").reading is Reading.NOTHING


def test_an_answer_by_hand_that_shows_nothing_unsettles_nothing() -> None:
    check = settled(begin(), Account(permissions=frozenset(Setting)))
    shows = check.feed_by_hand(Answer(kind=Kind.ERROR, code=1002), at=NOW)
    assert shows is Reading.NOTHING
    assert one(check, "rollback").reading is Reading.ON
    assert not one(check, "rollback").by_hand


def test_a_later_answer_by_hand_that_shows_something_takes_the_place_of_an_earlier() -> None:
    check = settled(begin(), Account(permissions=frozenset(Setting)))
    check.feed_by_hand(Answer(kind=Kind.ERROR, code=1003), at=NOW)
    assert one(check, "rollback").reading is Reading.OFF
