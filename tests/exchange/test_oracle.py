"""The oracle against what is documented, request by request; no socket is opened here."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, combinations
from typing import Any

import pytest

from tests.exchange.accounts import RIGHTS, Account, made_up
from tests.exchange.clients import call, header, login, milliseconds
from tests.exchange.hs256 import signature_of
from tests.exchange.oracle import Answer, Oracle, Session

OLD_DOCS_SECRET = "2deb570ab58fd553a4ed3ee249fd2d51"
ROLLBACK = "/api/3/wallet/crypto/withdraw/0d1f4c5e-4b1c-4a55-9a0e-6f1f9c7f3b21"
ACCOUNT = replace(made_up("test"), rights=RIGHTS)

REST = [
    ("GET", "/api/3/sub-account", None, 200),
    ("GET", "/api/3/spot/balance", "read", 200),
    ("GET", "/api/3/spot/fee", "trade", 200),
    ("GET", "/api/3/spot/fee/BTCUSDT", "trade", 200),
    ("GET", "/api/3/spot/order", "trade", 200),
    ("GET", "/api/3/wallet/balance", "payment", 200),
    ("DELETE", ROLLBACK, "withdraw", 400),
]
FRAMES = [
    ("trading", call("spot_balances", 2), "read"),
    ("trading", call("spot_fees", 2), "trade"),
    ("trading", call("spot_fee", 2, {"symbol": "BTCUSDT"}), "trade"),
    ("wallet", call("wallet_balances", 2), "payment"),
]
SUBSETS = [
    frozenset(rights)
    for rights in chain.from_iterable(combinations(sorted(RIGHTS), n) for n in range(5))
]


def oracle_for(account: Account) -> Oracle:
    return Oracle(accounts={account.api_key: account})


def ask(account: Account, method: str, target: str) -> Answer:
    return oracle_for(account).rest(method, target, header(account, method, target))


def code_of(answer: Answer) -> Any:
    body = json.loads(answer.body)
    return body["error"]["code"] if "error" in body else None


def frame(account: Account, channel: str, text: str) -> Answer:
    """Log in and send one message more."""
    oracle, session = oracle_for(account), Session(channel=channel)
    oracle.frame(session, login(account))
    return oracle.frame(session, text)


@pytest.mark.parametrize(
    ("message", "signature"),
    [
        (
            "GET/api/3/spot/balance1700000000000",
            "12925a6472edaa62a8278d7a2feae169c0f2162629fa9e541329148ed9073d2e",
        ),
        (
            "GET/api/3/spot/fee?symbols=BTCUSDT170000000000010000",
            "628ce963bd845afc29eb0bbc026c1da6d608cbf3b3bc98b770adb8521051ae96",
        ),
        ("1700000000000", "33b25b13b7bef3e7b6f0fc9080bb346b57010546e64cc74b73a917b35ee75d37"),
        ("170000000000010000", "e48fcfedd68bb5dcda413a941512b6eb03ca6cea18b906674ba09185cb186066"),
    ],
)
def test_signatures_are_the_published_ones(message: str, signature: str) -> None:
    assert signature_of(OLD_DOCS_SECRET, message.encode()) == signature


@pytest.mark.parametrize(
    ("target", "window", "signature"),
    [
        (
            "/api/3/spot/balance",
            "",
            "12925a6472edaa62a8278d7a2feae169c0f2162629fa9e541329148ed9073d2e",
        ),
        (
            "/api/3/spot/fee?symbols=BTCUSDT",
            ":10000",
            "628ce963bd845afc29eb0bbc026c1da6d608cbf3b3bc98b770adb8521051ae96",
        ),
    ],
)
def test_a_header_with_a_published_signature_is_let_in(
    target: str, window: str, signature: str
) -> None:
    account = Account(api_key="3ef4a9f8c8bf04bd8f09884b98403eae", secret=OLD_DOCS_SECRET)
    oracle = Oracle(accounts={account.api_key: account}, now=lambda: 1_700_000_000_000)
    shown = f"{account.api_key}:{signature}:1700000000000{window}"
    headers = {"Authorization": f"HS256 {base64.b64encode(shown.encode()).decode()}"}
    assert oracle.rest("GET", target, headers).status == 200


@pytest.mark.parametrize("confirmed", [True, False])
@pytest.mark.parametrize("rights", SUBSETS, ids=lambda rights: "+".join(sorted(rights)) or "none")
def test_a_request_opens_with_its_own_right_only(rights: frozenset[str], confirmed: bool) -> None:
    account = replace(ACCOUNT, rights=rights, email_confirmed=confirmed)
    works = {None} | (rights if confirmed else rights & {"read", "payment"})
    for method, target, right, opened in REST:
        answer = ask(account, method, target)
        assert answer.status == (opened if right in works else 403)
        assert (code_of(answer) == 1003) == (right not in works)
    for channel, text, right in FRAMES:
        assert code_of(frame(account, channel, text)) == (None if right in works else 1003)


def test_answers_have_the_documented_shapes() -> None:
    account = replace(ACCOUNT, spot={"BTC": "0.5"}, wallet={})
    fee = {"take_rate": "0.0009", "make_rate": "0.0009"}
    for target, shape in {
        "/api/3/sub-account": {"result": []},
        "/api/3/spot/balance": [{"currency": "BTC", "available": "0.5", "reserved": "0"}],
        "/api/3/wallet/balance": [],
        "/api/3/spot/fee?symbols=BTCUSDT": [{"symbol": "BTCUSDT", **fee}],
        "/api/3/spot/fee/BTCUSDT": fee,
        "/api/3/spot/order": [],
    }.items():
        assert json.loads(ask(account, "GET", target).body) == shape
    assert json.loads(frame(account, "wallet", call("wallet_balances", 2)).body) == {
        "jsonrpc": "2.0",
        "result": [],
        "id": 2,
    }


@pytest.mark.parametrize(
    ("headers", "code", "description"),
    [
        ({}, 1002, None),
        ({"Authorization": "Bearer abc"}, 1004, None),
        ({"Authorization": "HS256 not base64"}, 1004, None),
        ({"Authorization": "HS256 YTpi"}, 1004, None),
        ({"Authorization": "HS256 YTpiOjU6NTo1"}, 1004, None),
        ({"Authorization": "HS256 gIGCgw=="}, 1004, None),
        (header(made_up("nobody"), "GET", "/api/3/spot/balance"), 1002, "invalid API key"),
        (header(ACCOUNT, "GET", "/api/3/spot/fee"), 1002, "invalid HMAC signature value"),
        (header(ACCOUNT, "GET", "/api/3/spot/balance", at=5), 1002, "invalid timestamp"),
        (
            header(ACCOUNT, "GET", "/api/3/spot/balance", window=60_001),
            1002,
            "invalid time window value",
        ),
        (
            {
                "Authorization": "HS256 "
                + base64.b64encode(f"{ACCOUNT.api_key}:ABC:{5}".encode()).decode()
            },
            1002,
            "invalid HMAC signature format",
        ),
    ],
)
def test_an_authorization_that_is_wrong_is_refused_with_401(
    headers: dict[str, str], code: int, description: str | None
) -> None:
    answer = oracle_for(ACCOUNT).rest("GET", "/api/3/spot/balance", headers)
    assert (answer.status, code_of(answer)) == (401, code)
    assert json.loads(answer.body)["error"].get("description") == description


@pytest.mark.parametrize(
    ("age", "window", "status"),
    [
        (10_000, "", 200),
        (10_001, "", 401),
        (-10_001, "", 401),
        (60_000, 60_000, 200),
        (60_001, 60_000, 401),
        (-60_001, 60_000, 401),
    ],
)
def test_a_signature_lives_as_long_as_its_window(age: int, window: int | str, status: int) -> None:
    now = milliseconds()
    oracle = Oracle(accounts={ACCOUNT.api_key: ACCOUNT}, now=lambda: now)
    headers = header(ACCOUNT, "GET", "/api/3/spot/balance", at=now - age, window=window)
    assert oracle.rest("GET", "/api/3/spot/balance", headers).status == status
    given = window if isinstance(window, int) else None
    answer = oracle.frame(Session(channel="wallet"), login(ACCOUNT, at=now - age, window=given))
    assert code_of(answer) == (None if status == 200 else 1002)


def test_the_body_is_signed_too() -> None:
    oracle = oracle_for(ACCOUNT)
    headers = header(ACCOUNT, "DELETE", ROLLBACK, body='{"id":1}')
    assert code_of(oracle.rest("DELETE", ROLLBACK, headers, b'{"id":1}')) == 20004
    assert code_of(oracle.rest("DELETE", ROLLBACK, headers, b'{"id":2}')) == 1002


@pytest.mark.parametrize("code", [600, 1005, 1006, 10021])
def test_an_accounts_trouble_is_the_answer_to_everything(code: int) -> None:
    account = replace(ACCOUNT, trouble=code, rights=frozenset())
    assert {code_of(ask(account, method, target)) for method, target, *_ in REST} == {code}
    assert code_of(oracle_for(account).frame(Session(channel="trading"), login(account))) == code


@pytest.mark.parametrize(("code", "right"), [(20018, "withdraw"), (20044, "trade")])
def test_trouble_of_the_whole_platform_hides_one_right(code: int, right: str) -> None:
    account = replace(ACCOUNT, trouble=code)
    for method, target, needed, _ in REST:
        assert (code_of(ask(account, method, target)) == code) == (needed == right)


def test_an_ip_whitelist_is_1003_to_everything() -> None:
    account = replace(ACCOUNT, ip_whitelisted=True)
    assert {code_of(ask(account, method, target)) for method, target, *_ in REST} == {1003}
    assert code_of(oracle_for(account).frame(Session(channel="wallet"), login(account))) == 1003


def test_a_key_that_is_off_is_1002_to_everything() -> None:
    account = replace(ACCOUNT, enabled=False)
    assert {code_of(ask(account, method, target)) for method, target, *_ in REST} == {1002}
    assert code_of(oracle_for(account).frame(Session(channel="wallet"), login(account))) == 1002


def test_a_key_switched_off_is_1002_on_a_socket_that_is_open() -> None:
    oracle, session = oracle_for(ACCOUNT), Session(channel="trading")
    oracle.frame(session, login(ACCOUNT))
    oracle.accounts[ACCOUNT.api_key] = replace(ACCOUNT, enabled=False)
    assert code_of(oracle.frame(session, call("spot_balances", 2))) == 1002


@pytest.mark.parametrize(
    ("rollback", "status", "code"),
    [(20004, 400, 20004), (20005, 400, 20005), (800, 404, 800), (200, 200, None)],
)
def test_a_rollback_answers_as_the_account_says_once_the_right_is_there(
    rollback: int, status: int, code: int | None
) -> None:
    able = ask(replace(ACCOUNT, rollback=rollback), "DELETE", ROLLBACK)
    unable = ask(
        replace(ACCOUNT, rollback=rollback, rights=RIGHTS - {"withdraw"}), "DELETE", ROLLBACK
    )
    assert (able.status, code_of(able)) == (status, code)
    assert (unable.status, code_of(unable)) == (403, 1003)


@pytest.mark.parametrize("rights", [RIGHTS, frozenset[str]()])
def test_a_rollback_validated_first_says_nothing_about_the_right(rights: frozenset[str]) -> None:
    account = replace(ACCOUNT, rollback=10001, rights=rights)
    assert code_of(ask(account, "DELETE", ROLLBACK)) == 10001


def test_newer_bodies_say_time_path_and_request_id() -> None:
    oracle = Oracle(accounts={}, newer_bodies=True, now=lambda: 1_700_000_000_123)
    body = json.loads(oracle.rest("GET", "/api/3/spot/fee?symbols=BTCUSDT", {}).body)
    assert body["timestamp"] == "2023-11-14T22:13:20.123+00:00"
    assert (body["path"], body["error"]["code"]) == ("/api/3/spot/fee", 1002)
    assert body["requestId"]


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("POST", "/api/3/wallet/crypto/withdraw", 418),
        ("PUT", ROLLBACK, 418),
        ("DELETE", ROLLBACK.replace("-4a55-", "-1a55-"), 418),
        ("DELETE", ROLLBACK + "?x=1", 418),
        ("DELETE", "/api/3/wallet/crypto/withdraw", 418),
        ("DELETE", "/api/3/spot/order", 418),
        ("POST", "/api/3/spot/order", 418),
        ("POST", "/api/3/wallet/transfer", 418),
        ("POST", "/api/3/wallet/convert", 418),
        ("POST", "/api/3/wallet/internal/withdraw", 418),
        ("POST", "/api/3/sub-account/freeze", 418),
        ("GET", "/api/2/trading/balance", 418),
        ("GET", "/api/3/spot/../spot/balance", 404),
        ("GET", "/api/3/spot%2Fbalance", 404),
        ("GET", "/api/3/wallet/crypto/withdraw", 404),
        ("HEAD", "/api/3/spot/balance", 418),
    ],
)
def test_whatever_is_outside_the_table_is_refused_and_recorded(
    method: str, target: str, status: int
) -> None:
    oracle = oracle_for(ACCOUNT)
    assert oracle.rest(method, target, header(ACCOUNT, method, target)).status == status
    assert oracle.violations == [f"{method} {target}"]
    assert not oracle.permits(f"{method} {target}", {})
    assert len(oracle.violations) == 2


def test_an_unknown_path_is_not_found_in_a_word() -> None:
    assert ask(ACCOUNT, "GET", "/api/3/nothing").body == '{"error": "Not Found"}'


def test_nothing_of_the_table_is_a_violation() -> None:
    oracle = oracle_for(ACCOUNT)
    for method, target, *_ in REST:
        oracle.rest(method, target, header(ACCOUNT, method, target))
        assert oracle.permits(f"{method} {target}", {})
    for channel, text, _ in FRAMES:
        session = Session(channel=channel)
        oracle.frame(session, login(ACCOUNT))
        oracle.frame(session, text)
        assert oracle.permits(f"{channel} open", {})
    assert oracle.violations == []


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_basic_authorization_is_refused_and_recorded(scheme: str) -> None:
    oracle = oracle_for(ACCOUNT)
    pair = base64.b64encode(f"{ACCOUNT.api_key}:a wrong secret".encode()).decode()
    answer = oracle.rest("GET", "/api/3/spot/balance", {"Authorization": f"{scheme} {pair}"})
    assert (answer.status, oracle.violations) == (
        418,
        ["Basic authorization: GET /api/3/spot/balance"],
    )


def test_a_login_of_another_type_is_refused_and_recorded() -> None:
    oracle = oracle_for(ACCOUNT)
    text = call("login", 1, {"type": "BASIC", "api_key": ACCOUNT.api_key, "secret_key": "wrong"})
    assert code_of(oracle.frame(Session(channel="trading"), text)) == 404
    assert oracle.violations == ["trading login of type BASIC"]


@pytest.mark.parametrize(
    "disguise",
    [
        lambda secret: secret,
        str.upper,
        lambda secret: secret[::-1],
        lambda secret: secret.encode().hex(),
        lambda secret: base64.b64encode(secret.encode()).decode(),
        lambda secret: base64.b64encode(f"k{secret}".encode()).decode(),
        lambda secret: base64.b64encode(f"ke{secret}".encode()).decode(),
        lambda secret: base64.urlsafe_b64encode(f"key:{secret}:1".encode()).decode(),
    ],
)
def test_the_secret_is_found_wherever_it_hides(disguise: Callable[[str], str]) -> None:
    oracle, hidden = oracle_for(ACCOUNT), disguise(ACCOUNT.secret)
    oracle.rest("GET", f"/api/3/spot/balance?{hidden}", {})
    oracle.rest("GET", "/api/3/spot/balance", {"Referer": hidden})
    oracle.rest("GET", "/api/3/spot/balance", {}, hidden.encode())
    oracle.permits("wallet open", {"Sec-WebSocket-Protocol": hidden})
    oracle.frame(Session(channel="public"), call("login", 1, {"api_key": hidden}))
    assert [violation.startswith("the secret: ") for violation in oracle.violations] == [True] * 5


@pytest.mark.parametrize(
    ("channel", "text", "code"),
    [
        ("trading", "{", 1),
        ("trading", "[]", 1),
        ("trading", call("spot_new_order", 2), 404),
        ("trading", call("wallet_balances", 2), 404),
        ("wallet", call("spot_balances", 2), 404),
        ("public", call("login", 2), 404),
        ("public", call("subscribe", 2), 2003),
    ],
)
def test_a_message_outside_the_table_is_refused_and_recorded(
    channel: str, text: str, code: int
) -> None:
    oracle, session = oracle_for(ACCOUNT), Session(channel=channel)
    assert code_of(oracle.frame(session, text)) == code
    assert len(oracle.violations) == 1


@pytest.mark.parametrize(
    "text",
    [
        login(made_up("nobody")),
        login(replace(ACCOUNT, secret="another")),
        login(ACCOUNT, window=60_001),
        login(ACCOUNT, at=5),
        login(ACCOUNT).replace('"timestamp": ', '"timestamp": -'),
        login(ACCOUNT).replace('"timestamp": ', '"timestamp": true, "at": '),
        call("login", 1, {"type": "HS256"}),
        call("spot_balances", 1),
    ],
)
def test_a_socket_without_a_good_login_answers_1002_and_stays_closed(text: str) -> None:
    oracle, session = oracle_for(ACCOUNT), Session(channel="trading")
    assert code_of(oracle.frame(session, text)) == 1002
    assert code_of(oracle.frame(session, call("spot_balances", 2))) == 1002
    assert oracle.violations == []


def test_a_fee_needs_a_symbol_that_exists() -> None:
    assert code_of(frame(ACCOUNT, "trading", call("spot_fee", 2))) == 10001
    assert code_of(frame(ACCOUNT, "trading", call("spot_fee", 2, {"symbol": "NO"}))) == 800
    assert code_of(ask(ACCOUNT, "GET", "/api/3/spot/fee/NO")) == 800


def test_an_answer_carries_the_id_of_its_message_or_none() -> None:
    oracle, session = oracle_for(ACCOUNT), Session(channel="trading")
    assert "id" not in json.loads(oracle.frame(session, '{"method": "spot_fees"}').body)
    assert json.loads(oracle.frame(session, call("spot_fees", 7)).body)["id"] == 7


def test_an_account_with_a_right_nobody_has_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no such right: reed"):
        replace(ACCOUNT, rights=frozenset({"reed"}))
