"""HS256, HitBTC's signed authorization: the message to sign, and what carries the signature.

Rules of this room: no secret and no signing here. The terminal signs with what it holds; on the
page the vault and the transport make theirs for themselves, and none of this is asked there but for
rehearsals. Basic authorization does not exist in this package, because it sends the secret in every
request.

Source: HitBTC API v3, "Authentication" (HS256), and the vectors in tests/core/test_signing.py.
"""

import base64
import json
from collections.abc import Callable

type Signer = Callable[[str], str]
"""Gives a message's HMAC-SHA256 with the secret, in lowercase hex."""

WINDOW = 60_000
"""Milliseconds a signature stays valid, the longest HitBTC allows.

The longest, because a reader's clock may be off: a shorter window would call a good key invalid.
"""


def rest_message(
    method: str, target: str, timestamp: int, window: int | None = None, body: str = ""
) -> str:
    """Return what is signed for a REST request.

    `target` is the path with its query as sent, `timestamp` is in Unix milliseconds.
    """
    return f"{method}{target}{body}{timestamp}{window or ''}"


def authorization(api_key: str, signature: str, timestamp: int, window: int) -> str:
    """Return the value of the Authorization header."""
    credentials = f"{api_key}:{signature}:{timestamp}:{window}"
    return f"HS256 {base64.b64encode(credentials.encode(errors='surrogatepass')).decode()}"


def authorized(api_key: str, sign: Signer, method: str, target: str, now: int) -> str:
    """Return the Authorization header of a REST request without a body, made and signed `now`."""
    message = rest_message(method, target, now, WINDOW)
    return authorization(api_key, sign(message), now, WINDOW)


def login_frame(number: int, api_key: str, signature: str, timestamp: int, window: int) -> str:
    """Return the JSON-RPC message that logs a socket in."""
    params = {
        "type": "HS256",
        "api_key": api_key,
        "timestamp": timestamp,
        "window": window,
        "signature": signature,
    }
    return call_frame(number, "login", params)


def call_frame(number: int, method: str, params: dict[str, object] | None = None) -> str:
    """Return a JSON-RPC message; `number` comes back as the id of its answer."""
    return json.dumps({"method": method, "params": params or {}, "id": number})
