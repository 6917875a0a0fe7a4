"""The stand-in behind real sockets: what it hears, what it lets through, and every fault."""

import json
import signal
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidHandshake, InvalidStatus

from tests.command.command import ending
from tests.exchange import faults
from tests.exchange.accounts import NAMED
from tests.exchange.clients import ask, ask_signed, call, converse, login
from tests.exchange.standin import StandIn

ACCOUNT = NAMED["as-required"]
BALANCE = "/api/3/spot/balance"
PREFLIGHT = {
    "Origin": "https://example.org",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "authorization",
}


def ask_balance(exchange: StandIn) -> httpx.Response:
    return ask_signed(exchange, ACCOUNT, "GET", BALANCE)


def converse_twice(exchange: StandIn, until: int = 3) -> list[str]:
    """Log in and ask two things at once."""
    frames = login(ACCOUNT), call("spot_balances", 2), call("spot_fees", 3)
    return converse(exchange, "trading", *frames, until=until)


def ids(received: list[str]) -> list[Any]:
    return [json.loads(text).get("id") for text in received]


def code_of(text: str) -> Any:
    return json.loads(text)["error"]["code"]


def test_it_speaks_rest_over_tls_under_the_real_name(exchange: StandIn) -> None:
    context = ssl.create_default_context(cafile=exchange.ca_pem_path)
    with (
        socket.create_connection(("127.0.0.1", exchange.port)) as plain,
        context.wrap_socket(plain, server_hostname="api.hitbtc.com"),
    ):
        answer = ask_balance(exchange)
    assert (answer.status_code, answer.json()[0]["currency"]) == (200, "BTC")


def test_it_speaks_plain_http_and_ws_on_demand() -> None:
    with StandIn([ACCOUNT], tls=False) as exchange:
        assert exchange.url.startswith("http://127.0.0.1:")
        assert ask_balance(exchange).status_code == 200
        assert ids(converse_twice(exchange)) == [1, 2, 3]


def test_every_socket_opens_and_answers(exchange: StandIn) -> None:
    assert ids(converse_twice(exchange)) == [1, 2, 3]
    assert ids(converse(exchange, "wallet", login(ACCOUNT), call("wallet_balances", 2))) == [1, 2]
    assert converse(exchange, "public") == []
    assert exchange.violations == []


def test_it_remembers_what_it_heard_in_order_and_in_full(exchange: StandIn) -> None:
    before = time.time()
    ask(exchange, "GET", BALANCE, {"X-Mark": "seen"})
    sent = login(ACCOUNT)
    converse(exchange, "wallet", sent, "{")
    assert [heard.name for heard in exchange.log] == [
        f"rest GET {BALANCE}",
        "wallet open",
        "wallet login",
        "wallet ?",
    ]
    assert exchange.log[0].headers["x-mark"] == "seen"
    assert exchange.log[2].body == sent.encode()
    moments = [heard.at for heard in exchange.log]
    assert moments == sorted(moments)
    assert before <= moments[0]


def test_a_query_is_heard_as_it_was_sent(exchange: StandIn) -> None:
    ask(exchange, "GET", "/api/3/spot/fee?symbols=BTCUSDT")
    assert exchange.log[0].what == "GET /api/3/spot/fee?symbols=BTCUSDT"


def test_accounts_and_clock_may_change_between_two_requests(exchange: StandIn) -> None:
    assert ask_balance(exchange).status_code == 200
    exchange.accounts[ACCOUNT.api_key] = replace(ACCOUNT, rights=frozenset())
    assert ask_balance(exchange).status_code == 403
    exchange.skew = 60_000
    assert ask_balance(exchange).json()["error"]["description"] == "invalid timestamp"


def test_without_cors_no_answer_allows_another_origin(exchange: StandIn) -> None:
    asked = ask(exchange, "OPTIONS", BALANCE, PREFLIGHT)
    for answer in (asked, ask_balance(exchange)):
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_with_cors_every_answer_allows_another_origin(exchange: StandIn) -> None:
    exchange.cors = True
    asked = ask(exchange, "OPTIONS", BALANCE, PREFLIGHT)
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Headers"] == "Authorization"
    assert "DELETE" in asked.headers["Access-Control-Allow-Methods"]
    exchange.spoil("rest GET *", faults.html(403))
    for answer in (asked, ask_balance(exchange), ask(exchange, "GET", "/elsewhere")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("cors", [True, False])
def test_a_preflight_for_something_outside_the_table_is_a_violation(
    exchange: StandIn, cors: bool
) -> None:
    exchange.cors = cors
    wanted = PREFLIGHT | {"Access-Control-Request-Method": "POST"}
    answer = ask(exchange, "OPTIONS", "/api/3/wallet/crypto/withdraw", wanted)
    assert answer.status_code == 404
    assert exchange.violations == ["POST /api/3/wallet/crypto/withdraw"]


def test_a_socket_elsewhere_does_not_open(exchange: StandIn) -> None:
    with pytest.raises(InvalidStatus, match="404"):
        converse(exchange, "trading?key=1", login(ACCOUNT))
    assert exchange.violations == ["GET /api/3/ws/trading?key=1"]


def test_a_socket_does_not_open_to_the_secret(exchange: StandIn) -> None:
    told = {"Upgrade": "websocket", "X-Told": ACCOUNT.secret}
    assert ask(exchange, "GET", "/api/3/ws/wallet", told).status_code == 404
    assert exchange.violations == ["the secret: wallet open"]


def test_a_port_in_use_is_an_error_at_once(exchange: StandIn) -> None:
    with pytest.raises(OSError, match="in use"):
        StandIn(port=exchange.port).__enter__()


def test_a_failure_of_its_own_is_a_violation(exchange: StandIn) -> None:
    def broken(_answer: object) -> list[faults.Step]:
        raise LookupError("oh")

    exchange.spoil("rest *", broken)
    assert ask_balance(exchange).status_code == 500
    exchange.spoil("trading login", broken)
    assert converse_twice(exchange) == ["closed 1006"]
    assert exchange.violations == ["the stand-in itself broke: LookupError('oh')"] * 2


def test_a_fault_strikes_as_often_as_it_was_told_and_where(exchange: StandIn) -> None:
    once = exchange.spoil(f"rest GET {BALANCE}", faults.refused(429), times=1)
    assert ask(exchange, "GET", "/api/3/sub-account").status_code == 401
    assert [ask_balance(exchange).status_code for _ in range(3)] == [429, 200, 200]
    always = exchange.spoil("rest *", faults.refused(503))
    assert [ask_balance(exchange).status_code for _ in range(2)] == [503, 503]
    exchange.mend()
    assert ask_balance(exchange).status_code == 200
    assert (once.struck, always.struck) == (1, 2)


def test_faults_add_up(exchange: StandIn) -> None:
    exchange.spoil("trading spot_balances", faults.refused(1003))
    exchange.spoil("trading spot_*", faults.with_text_code)
    answers = converse_twice(exchange)
    assert (code_of(answers[1]), "result" in json.loads(answers[2])) == ("1003", True)


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (
            faults.refused(429, status=200),
            200,
            '{"error": {"code": 429, "message": "Too many requests"}}',
        ),
        (faults.refused(77777), 400, '{"error": {"code": 77777, "message": "Unheard of"}}'),
        (faults.refused(1003, as_text=True), 403, '"code": "1003"'),
        (faults.html(503), 503, "<!DOCTYPE html>"),
        (faults.answered(502, ""), 502, ""),
        (faults.answered(302, "", Location="https://example.org/"), 302, ""),
        (faults.truncated, 200, '[{"currency": "BTC"'),
        (faults.huge(2_000_000), 200, " " * 2_000_000 + "[{"),
        (faults.delayed(0.01), 200, '[{"currency": "BTC"'),
        (faults.with_text_code, 200, '[{"currency": "BTC"'),
    ],
)
def test_a_rest_answer_may_be_another(
    exchange: StandIn, fault: faults.Fault, status: int, body: str
) -> None:
    exchange.spoil("rest *", fault)
    answer = ask_balance(exchange)
    assert answer.status_code == status
    assert body in answer.text


def test_a_redirect_says_where_to(exchange: StandIn) -> None:
    exchange.spoil("rest *", faults.answered(302, "", Location="https://example.org/"))
    assert ask_balance(exchange).headers["Location"] == "https://example.org/"


@pytest.mark.parametrize(
    "fault",
    [
        faults.instead(faults.Cut.RESET),
        faults.instead(faults.Cut.HALF_CLOSE),
        faults.half_sent,
    ],
)
@pytest.mark.parametrize("tls", [True, False])
def test_a_rest_connection_may_be_cut(fault: faults.Fault, tls: bool) -> None:
    with StandIn([ACCOUNT], tls=tls) as exchange:
        exchange.spoil("rest *", fault)
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            ask_balance(exchange)
        exchange.mend()
        assert ask_balance(exchange).status_code == 200
        assert exchange.violations == []


def test_a_rest_request_may_never_be_answered(exchange: StandIn) -> None:
    exchange.spoil("rest *", faults.instead())
    context = ssl.create_default_context(cafile=exchange.ca_pem_path)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(exchange.url + BALANCE, verify=context, timeout=0.3)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (faults.delayed(0.2), [1, 3, 2]),
        (faults.twice, [1, 2, 2]),
        (faults.among_notifications(1), [1, None, 2]),
    ],
)
def test_the_answers_of_a_socket_may_come_otherwise(
    exchange: StandIn, fault: faults.Fault, expected: list[int | None]
) -> None:
    exchange.spoil("trading spot_balances", fault)
    assert ids(converse_twice(exchange)) == expected


def test_answers_may_come_out_of_order(exchange: StandIn) -> None:
    exchange.spoil("trading spot_*", faults.out_of_order())
    assert ids(converse_twice(exchange)) == [1, 3, 2]


def test_answers_may_come_with_each_others_ids(exchange: StandIn) -> None:
    exchange.spoil("trading spot_*", faults.ids_swapped())
    _, balances, fees = (json.loads(text) for text in converse_twice(exchange))
    assert (balances["id"], "currency" in balances["result"][0]) == (3, True)
    assert (fees["id"], "take_rate" in fees["result"][0]) == (2, True)


def test_a_notification_says_the_exchanges_time(exchange: StandIn) -> None:
    exchange.spoil("trading login", faults.among_notifications(1, skew=-3_600_000))
    notification = json.loads(converse(exchange, "trading", login(ACCOUNT))[0])
    moment = notification["data"]["BTCUSDT"]["t"]
    assert moment / 1000 == pytest.approx(time.time() - 3600, abs=5)


@pytest.mark.parametrize(
    ("fault", "received"),
    [
        (faults.instead(faults.Close(4000)), ["closed 4000"]),
        (faults.then(faults.Close(1001)), ["closed 1001"]),
        (faults.instead(faults.Cut.RESET), ["closed 1006"]),
        (faults.instead(faults.Cut.HALF_CLOSE), ["closed 1006"]),
        (faults.half_sent, ["closed 1006"]),
    ],
)
@pytest.mark.parametrize("tls", [True, False])
def test_a_socket_may_end(fault: faults.Fault, received: list[str], tls: bool) -> None:
    with StandIn([ACCOUNT], tls=tls) as exchange:
        exchange.spoil("trading spot_balances", fault)
        answers = converse(exchange, "trading", login(ACCOUNT), call("spot_balances", 2), until=9)
        assert answers[-1:] == received
        assert ids(answers[:1]) == [1]
        assert exchange.violations == []


def test_a_message_may_never_be_answered(exchange: StandIn) -> None:
    exchange.spoil("trading spot_balances", faults.instead())
    assert ids(converse_twice(exchange, until=2)) == [1, 3]


@pytest.mark.parametrize(
    ("fault", "status"), [(faults.html(403), "403"), (faults.refused(429), "429")]
)
def test_a_socket_may_be_refused(exchange: StandIn, fault: faults.Fault, status: str) -> None:
    exchange.spoil("wallet open", fault)
    with pytest.raises(InvalidStatus, match=status):
        converse(exchange, "wallet", login(ACCOUNT))


@pytest.mark.parametrize(
    "fault", [faults.instead(faults.Cut.RESET), faults.instead(faults.Cut.HALF_CLOSE)]
)
def test_a_socket_may_be_cut_before_it_opens(exchange: StandIn, fault: faults.Fault) -> None:
    exchange.spoil("wallet open", fault)
    with pytest.raises((OSError, InvalidHandshake)):
        converse(exchange, "wallet", login(ACCOUNT))


def test_a_socket_may_end_as_soon_as_it_opens(exchange: StandIn) -> None:
    exchange.spoil("wallet open", faults.then(faults.Close(1013)))
    assert converse(exchange, "wallet", until=1) == ["closed 1013"]


def test_it_ends_while_readers_still_wait() -> None:
    with StandIn([ACCOUNT]) as exchange:
        exchange.spoil("*", faults.instead())
        waiting = socket.create_connection(("127.0.0.1", exchange.port), timeout=10)
        context = ssl.create_default_context(cafile=exchange.ca_pem_path)
        inside = context.wrap_socket(waiting, server_hostname="localhost")
        inside.sendall(f"GET {BALANCE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        end = time.monotonic() + 10
        while not exchange.log:
            assert time.monotonic() < end, "nothing was heard"
            time.sleep(0.01)
    inside.close()


def test_it_runs_by_hand_until_interrupted() -> None:
    command = [sys.executable, "-u", "-m", "tests.exchange", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running, ending(running):
        assert running.stdout is not None
        address = running.stdout.readline().partition(",")[0]
        assert httpx.get(f"{address}{BALANCE}").json()["error"]["code"] == 1002
        shown = running.stdout.readline()
        while "host-resolver-rules" not in shown:  # the last that it says before it waits
            shown += running.stdout.readline() or "(it ended)"
        running.send_signal(signal.SIGINT)
        shown += running.stdout.read()
    assert running.returncode == 0
    assert all(account.secret in shown for account in NAMED.values())
