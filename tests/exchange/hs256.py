"""HS256 as the exchange checks it.

Rule of this room: a second writing of the algorithm, from what is known about HitBTC, never from
the product's own.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.exchange.accounts import Account
from tests.exchange.refusals import Refused

DEFAULT_WINDOW: Final = 10_000
LONGEST_WINDOW: Final = 60_000

_HEADER = re.compile(r"HS256 ([A-Za-z0-9+/]+={0,2})", re.ASCII)
_CREDENTIALS = re.compile(r"([^:]+):([^:]*):([0-9]{1,15})(?::([0-9]{1,15}))?", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a client shows of its key: times in milliseconds, in the very digits that it sent."""

    api_key: str
    signature: str
    timestamp: str
    window: str


def signature_of(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def read_header(value: str) -> Credentials:
    """Take `HS256 base64(key:signature:timestamp[:window])` apart, or refuse with 1004."""
    header = _HEADER.fullmatch(value)
    if header is None:
        raise Refused(1004)
    try:
        inside = base64.b64decode(header[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(1004) from None
    parts = _CREDENTIALS.fullmatch(inside)
    if parts is None:
        raise Refused(1004)
    key, signature, timestamp, window = parts.groups("")
    return Credentials(api_key=key, signature=signature, timestamp=timestamp, window=window)


def account_of(
    shown: Credentials, request: bytes, accounts: Mapping[str, Account], now: int
) -> Account:
    """Return whose key it is; 1002 where key, window, signature or clock is wrong.

    `request` is what is signed before the time: nothing for a login over WebSocket.
    """
    account = accounts.get(shown.api_key)
    window = int(shown.window or DEFAULT_WINDOW)
    if account is None or not account.enabled:
        raise Refused(1002, "invalid API key")
    if window > LONGEST_WINDOW:
        raise Refused(1002, "invalid time window value")
    if not _SIGNATURE.fullmatch(shown.signature):
        raise Refused(1002, "invalid HMAC signature format")
    message = request + shown.timestamp.encode() + shown.window.encode()
    if not hmac.compare_digest(signature_of(account.secret, message), shown.signature):
        raise Refused(1002, "invalid HMAC signature value")
    if abs(now - int(shown.timestamp)) > window:
        raise Refused(1002, "invalid timestamp")
    return account
