"""The four signature vectors, and what carries a signature. The core signs nothing itself."""

import base64
import hashlib
import hmac
import importlib
import json
import sys
from collections.abc import Callable

import pytest

from hitbtc_keycheck import signing

KEY = "3ef4a9f8c8bf04bd8f09884b98403eae"  # the example pair of the exchange's old documentation
SECRET = b"2deb570ab58fd553a4ed3ee249fd2d51"
MOMENT = 1_700_000_000_000


def signed(message: str) -> str:
    return hmac.new(SECRET, message.encode(), hashlib.sha256).hexdigest()


BALANCE = "GET", "/api/3/spot/balance", MOMENT
FEES = "GET", "/api/3/spot/fee?symbols=BTCUSDT", MOMENT, 10_000


@pytest.mark.parametrize(
    ("message", "text", "signature"),
    [
        (
            lambda: signing.rest_message(*BALANCE),
            "GET/api/3/spot/balance1700000000000",
            "12925a6472edaa62a8278d7a2feae169c0f2162629fa9e541329148ed9073d2e",
        ),
        (
            lambda: signing.rest_message(*FEES),
            "GET/api/3/spot/fee?symbols=BTCUSDT170000000000010000",
            "628ce963bd845afc29eb0bbc026c1da6d608cbf3b3bc98b770adb8521051ae96",
        ),
    ],
)
def test_a_message_is_signed_as_the_vectors_say(
    message: Callable[[], str], text: str, signature: str
) -> None:
    assert message() == text
    assert signed(message()) == signature


def test_a_request_is_authorized_with_the_time_and_the_window_that_were_signed() -> None:
    header = signing.authorized(KEY, signed, "GET", "/api/3/spot/balance", MOMENT)
    signature = signed(f"GET/api/3/spot/balance{MOMENT}60000")
    assert header == signing.authorization(KEY, signature, MOMENT, 60_000)


def test_a_body_stands_between_the_path_and_the_time() -> None:
    message = signing.rest_message("POST", "/anywhere", MOMENT, 10_000, body="a=b")
    assert message == "POST/anywherea=b170000000000010000"


def test_the_header_holds_key_signature_time_and_window() -> None:
    scheme, _, inside = signing.authorization(KEY, "ab" * 32, MOMENT, 60_000).partition(" ")
    assert scheme == "HS256"
    assert base64.b64decode(inside) == f"{KEY}:{'ab' * 32}:1700000000000:60000".encode()


def test_a_key_that_no_utf_8_can_hold_is_still_sent_as_it_was_pasted() -> None:
    _, _, inside = signing.authorization("\ud83d", "ab", MOMENT, 60_000).partition(" ")
    assert base64.b64decode(inside) == b"\xed\xa0\xbd:ab:1700000000000:60000"


def test_a_login_says_what_was_signed() -> None:
    frame = json.loads(signing.login_frame(7, KEY, "ab" * 32, MOMENT, 60_000))
    params = {
        "type": "HS256",
        "api_key": KEY,
        "timestamp": 1_700_000_000_000,
        "window": 60_000,
        "signature": "ab" * 32,
    }
    assert frame == {"method": "login", "params": params, "id": 7}


def test_a_call_without_parameters_says_so() -> None:
    assert json.loads(signing.call_frame(8, "spot_fees")) == {
        "method": "spot_fees",
        "params": {},
        "id": 8,
    }


def test_the_window_is_the_longest_that_hitbtc_allows() -> None:
    assert signing.WINDOW == 60_000


def test_importing_the_package_imports_nothing_but_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("hitbtc_keycheck")]:
        monkeypatch.delitem(sys.modules, name)
    before = set(sys.modules)
    importlib.import_module("hitbtc_keycheck")
    assert set(sys.modules) - before == {"hitbtc_keycheck"}
    monkeypatch.delitem(sys.modules, "hitbtc_keycheck")
