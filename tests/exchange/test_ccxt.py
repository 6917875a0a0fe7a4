"""ccxt's hitbtc class, a client that trades with the real exchange, talks to the stand-in.

It shows that the stand-in verifies what a real client signs. And where ccxt's reading of HitBTC's
errors, addresses or requests changes, a test here says so: HitBTC may have changed.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ccxt  # type: ignore[import-untyped]
import ccxt.pro  # type: ignore[import-untyped]
import pytest

from tests.exchange import faults
from tests.exchange.accounts import NAMED, Account, made_up
from tests.exchange.refusals import REFUSALS
from tests.exchange.standin import StandIn

ROLLBACK = "0d1f4c5e-4b1c-4a55-9a0e-6f1f9c7f3b21"
READINGS = {
    429: "RateLimitExceeded",
    500: "ExchangeError",
    503: "ExchangeNotAvailable",
    504: "ExchangeNotAvailable",
    600: "PermissionDenied",
    800: "ExchangeError",
    1002: "AuthenticationError",
    1003: "PermissionDenied",
    1004: "AuthenticationError",
    1005: "AuthenticationError",
    2003: "BadRequest",
    10001: "BadRequest",
    10021: "AccountSuspended",
    20004: "ExchangeError",
    20005: "ExchangeError",
    20018: "ExchangeError",
    20044: "PermissionDenied",
}
NOT_IN_CCXT = {1, 403, 404, 1001, 1006}
CALLS: dict[str, Callable[[Any], Any]] = {
    "read": lambda client: client.fetch_balance(),
    "trade": lambda client: client.fetch_open_orders(),
    "payment": lambda client: client.fetch_balance({"type": "wallet"}),
    "withdraw": lambda client: client.privateDeleteWalletCryptoWithdrawId({"id": ROLLBACK}),
}

Connect = Callable[[Account], Any]


def settings(account: Account, **more: object) -> dict[str, object]:
    return {"apiKey": account.api_key, "secret": account.secret, "enableRateLimit": False, **more}


@pytest.fixture
def connect(exchange: StandIn, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Return a maker of clients that take the stand-in for HitBTC and know one market."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(exchange.ca_pem_path))
    base = f"{exchange.url}/api/3"

    def connected(account: Account) -> Any:
        urls = {"api": {"public": base, "private": base}}
        client = ccxt.hitbtc(settings(account, urls=urls, requests_trust_env=True))
        market = {"id": "BTCUSDT", "symbol": "BTC/USDT", "base": "BTC", "quote": "USDT"}
        client.set_markets([client.safe_market_structure(market | {"type": "spot", "spot": True})])
        return client

    return connected


def test_its_signed_calls_pass(exchange: StandIn, connect: Connect) -> None:
    client = connect(NAMED["as-required"])
    assert client.fetch_balance()["BTC"]["free"] == 0.015
    assert client.fetch_balance({"type": "wallet"})["USDT"]["free"] == 40.5
    assert client.fetch_trading_fee("BTC/USDT")["taker"] == 0.0009
    assert client.fetch_trading_fees()["BTC/USDT"]["maker"] == 0.0009
    assert client.fetch_open_orders() == []
    assert client.privateGetSubAccount() == {"result": []}
    assert exchange.violations == []


def test_it_signs_with_hs256_and_never_sends_basic(exchange: StandIn, connect: Connect) -> None:
    connect(NAMED["as-required"]).fetch_balance()
    assert exchange.log[0].headers["Authorization"].startswith("HS256 ")


def test_its_signature_over_a_body_passes(exchange: StandIn, connect: Connect) -> None:
    with pytest.raises(ccxt.ExchangeError, match="20004"):
        CALLS["withdraw"](connect(NAMED["withdraw-on"]))
    assert exchange.log[0].body == f'{{"id":"{ROLLBACK}"}}'.encode()
    assert exchange.violations == []


@pytest.mark.parametrize("right", CALLS)
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("nothing-ticked", "PermissionDenied"),
        ("ip-whitelisted", "PermissionDenied"),
        ("switched-off", "AuthenticationError"),
        ("frozen", "AccountSuspended"),
    ],
)
def test_an_account_that_is_refused_gets_the_right_error(
    connect: Connect, name: str, error: str, right: str
) -> None:
    with pytest.raises(ccxt.BaseError) as raised:
        CALLS[right](connect(NAMED[name]))
    assert type(raised.value).__name__ == error


@pytest.mark.parametrize(
    ("right", "refused"), [("read", False), ("payment", False), ("trade", True), ("withdraw", True)]
)
def test_before_the_email_is_confirmed_some_rights_are_denied(
    connect: Connect, right: str, refused: bool
) -> None:
    client = connect(NAMED["email-not-confirmed"])
    if refused:
        with pytest.raises(ccxt.PermissionDenied, match="1003"):
            CALLS[right](client)
    else:
        assert CALLS[right](client)


def test_a_wrong_secret_fails_to_authenticate(connect: Connect) -> None:
    client = connect(NAMED["as-required"])
    client.secret = made_up("another").secret
    with pytest.raises(ccxt.AuthenticationError, match="signature"):
        client.fetch_balance()


def test_a_wrong_clock_fails_to_authenticate(exchange: StandIn, connect: Connect) -> None:
    exchange.skew = 10_500
    with pytest.raises(ccxt.AuthenticationError, match="timestamp"):
        connect(NAMED["as-required"]).fetch_balance()


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize(("code", "error"), READINGS.items())
def test_every_documented_code_becomes_its_error(
    exchange: StandIn, connect: Connect, code: int, error: str, as_text: bool
) -> None:
    exchange.spoil("rest *", faults.refused(code, as_text=as_text))
    with pytest.raises(ccxt.BaseError) as raised:
        connect(NAMED["as-required"]).fetch_balance()
    assert type(raised.value).__name__ == error


def test_basic_authorization_is_refused_and_recorded(exchange: StandIn, connect: Connect) -> None:
    client = connect(NAMED["as-required"])
    pair = client.string_to_base64(f"{client.apiKey}:{client.secret}")
    with pytest.raises(ccxt.BaseError, match="418"):
        client.fetch(
            f"{exchange.url}/api/3/spot/balance", "GET", {"Authorization": f"Basic {pair}"}
        )
    assert exchange.violations == ["Basic authorization: GET /api/3/spot/balance"]


def test_an_order_is_refused_and_recorded(exchange: StandIn, connect: Connect) -> None:
    with pytest.raises(ccxt.BaseError, match="418"):
        connect(NAMED["as-required"]).privatePostSpotOrder({"symbol": "BTCUSDT", "side": "buy"})
    assert exchange.violations == ["POST /api/3/spot/order"]


@pytest.mark.parametrize(("name", "error"), [("as-required", ""), ("switched-off", "invalid API")])
def test_its_login_over_websocket_is_verified(name: str, error: str) -> None:
    with StandIn(NAMED.values(), tls=False) as exchange:
        logging_in = _log_in(NAMED[name], f"{exchange.socket_url}/api/3/ws/trading")
        with ThreadPoolExecutor(1) as elsewhere:  # Playwright may have a loop of its own in here.
            said = elsewhere.submit(asyncio.run, logging_in).result()
        assert error in said
        assert bool(said) == bool(error)
        assert [heard.name for heard in exchange.log] == ["trading open", "trading login"]
        assert exchange.violations == []


async def _log_in(account: Account, url: str) -> str:
    client = ccxt.pro.hitbtc(settings(account))
    client.urls["api"]["ws"]["private"] = url
    try:
        return "" if await client.authenticate() else "no"
    except ccxt.AuthenticationError as error:
        return str(error)
    finally:
        await client.close()


def test_ccxt_still_reads_hitbtcs_codes_as_we_knew() -> None:
    exact = ccxt.hitbtc().exceptions["exact"]
    read = {code: exact[str(code)].__name__ for code in REFUSALS if str(code) in exact}
    assert read == READINGS, (
        "ccxt reads HitBTC's error codes otherwise than when this was written. Look up why in "
        "ccxt's history: the exchange may have changed what its codes mean."
    )
    assert REFUSALS.keys() - READINGS.keys() == NOT_IN_CCXT


def test_ccxt_knows_no_new_code_about_keys() -> None:
    known = {int(code) for code in ccxt.hitbtc().exceptions["exact"]}
    assert {code for code in known if 1000 <= code < 2000} == {1002, 1003, 1004, 1005}, (
        "ccxt has learned another of HitBTC's codes about keys: put it into the tables."
    )


def test_ccxt_still_knows_the_addresses_and_requests_we_use() -> None:
    client, sockets = ccxt.hitbtc(), ccxt.pro.hitbtc().urls["api"]["ws"]
    private = client.describe()["api"]["private"]
    reads = {"spot/balance", "spot/fee", "spot/fee/{symbol}", "spot/order", "wallet/balance"}
    told = "ccxt has left an address or request of HitBTC's that the checker uses: look up why."
    assert client.urls["api"]["private"] == "https://api.hitbtc.com/api/3", told
    assert sockets["private"] == "wss://api.hitbtc.com/api/3/ws/trading", told
    assert reads | {"sub-account"} <= private["get"].keys(), told
    assert "wallet/crypto/withdraw/{id}" in private["delete"], told
