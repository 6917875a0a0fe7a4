"""What the exchange would say: requests in, answers out, no socket.

Rules of this room: written from what is known about HitBTC, never from the product's table. Only
the safe requests are known; anything else is refused and kept in `violations`, above all whatever
would carry the secret. Where the exchange's own order of checks is unknown, the order here is the
one that proves least: an account's trouble hides whether the right is there.
"""

import json
import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Final
from uuid import uuid4

from tests.exchange import hs256
from tests.exchange.accounts import Account
from tests.exchange.refusals import OutsideTheTable, Refused


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as it goes over the wire; over WebSocket only `body` does."""

    status: int = 200
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Session:
    """One open socket: the last word of its path, and whose key logged in."""

    channel: str
    api_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Door:
    """A safe request: the right that it needs, and what it answers when asked for `named`."""

    right: str | None
    answer: Callable[[Account, str], object]

    def opened(self, account: Account, named: str) -> object:
        check_account(account, self.right)
        return self.answer(account, named)


@dataclass(kw_only=True)
class Oracle:
    """An exchange without a network.

    `now` is its clock in Unix milliseconds. With `newer_bodies` a REST error also says its time,
    path and request id.
    """

    accounts: dict[str, Account]
    now: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    newer_bodies: bool = False
    violations: list[str] = field(default_factory=list)

    def rest(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """Answer a REST request; `target` is path and query, all of it just as it was sent."""
        try:
            return _json(self._rest_result(method, target, headers, body))
        except Refused as refused:
            return _json(self._refusal(refused, target), refused.status)
        except OutsideTheTable as outside:
            self.violations.append(str(outside))
            said = "Not Found" if outside.status == 404 else "Outside the table"
            return _json({"error": said}, outside.status)

    def permits(self, request: str, headers: Mapping[str, str]) -> bool:
        """Whether a preflight, or the opening of a socket, is for something in the table."""
        try:
            self._look_for_secrets(request, "\n".join([request, *headers.values()]))
            if request not in _OPENINGS:
                _door_for(request)
        except OutsideTheTable as outside:
            self.violations.append(str(outside))
            return False
        return True

    def frame(self, session: Session, text: str) -> Answer:
        """Answer a WebSocket message; a good login puts its key into `session`."""
        call = _object(text)
        try:
            reply: dict[str, object] = {"result": self._frame_result(session, call, text)}
        except Refused as refused:
            reply = {"error": refused.error}
        except OutsideTheTable as outside:
            self.violations.append(str(outside))
            reply = {"error": Refused(outside.code).error}
        identity = {"id": call["id"]} if "id" in call else {}
        return _json({"jsonrpc": "2.0", **reply, **identity})

    def _rest_result(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> object:
        request = f"{method} {target}"
        authorization = headers.get("Authorization", "")
        if authorization.casefold().startswith("basic"):
            raise OutsideTheTable(f"Basic authorization: {request}")
        sent = "\n".join([request, *headers.values(), body.decode("latin-1")])
        self._look_for_secrets(request, sent)
        door, named = _door_for(request)
        if not authorization:
            raise Refused(1002)
        shown = hs256.read_header(authorization)
        signed = f"{method}{target}".encode() + body
        account = hs256.account_of(shown, signed, self.accounts, self.now())
        return door.opened(account, named)

    def _frame_result(self, session: Session, call: Mapping[str, object], text: str) -> object:
        method, params = call.get("method"), call.get("params")
        request = f"{session.channel} {method}"
        if not call:
            raise OutsideTheTable(f"{session.channel} not a JSON object: {text[:80]}", code=1)
        self._look_for_secrets(request, text)
        params = params if isinstance(params, dict) else {}
        if method == "login" and session.channel in _PRIVATE:
            return self._login(session, params)
        if request not in _CALLS:
            raise OutsideTheTable(request, code=2003 if method == "subscribe" else 404)
        account = self.accounts.get(session.api_key)
        if account is None or not account.enabled:
            raise Refused(1002)
        return _CALLS[request].opened(account, str(params.get("symbol", "")))

    def _login(self, session: Session, params: Mapping[str, object]) -> bool:
        if params.get("type") != "HS256":
            raise OutsideTheTable(f"{session.channel} login of type {params.get('type')}")
        shown = hs256.Credentials(
            api_key=str(params.get("api_key", "")),
            signature=str(params.get("signature", "")),
            timestamp=_digits(params.get("timestamp")),
            window=_digits(params["window"]) if "window" in params else "",
        )
        account = hs256.account_of(shown, b"", self.accounts, self.now())
        check_account(account, None)
        session.api_key = account.api_key
        return True

    def _look_for_secrets(self, request: str, text: str) -> None:
        seen = text.casefold()
        for account in self.accounts.values():
            if any(trace in seen for trace in traces(account.secret)):
                raise OutsideTheTable(f"the secret: {request}")

    def _refusal(self, refused: Refused, target: str) -> dict[str, object]:
        if not self.newer_bodies:
            return {"error": refused.error}
        moment = datetime.fromtimestamp(self.now() / 1000, UTC).isoformat(timespec="milliseconds")
        path = target.partition("?")[0]
        return {
            "timestamp": moment,
            "path": path,
            "error": refused.error,
            "requestId": str(uuid4()),
        }


def answered(account: Account, request: str) -> object:
    """What an account gets that has signed a request well, or has logged in, or is about to."""
    if not account.enabled:
        raise Refused(1002)
    if request in _LOGINS:
        check_account(account, None)
        return True
    door, named = (_CALLS[request], "") if request in _CALLS else _door_for(request)
    return door.opened(account, named)


def check_account(account: Account, right: str | None) -> None:
    """Refuse what the account or the key's rights do not allow."""
    if account.ip_whitelisted:
        raise Refused(1003)
    if account.trouble is not None and _TROUBLE_OF.get(account.trouble, right) == right:
        raise Refused(account.trouble)
    if right == "withdraw" and account.rollback == 10001:
        raise Refused(10001)  # validation comes first and says nothing about the right
    if right is not None and right not in account.active_rights:
        raise Refused(1003)


_TROUBLE_OF: Final = {20018: "withdraw", 20044: "trade"}
_OPENINGS: Final = frozenset({"trading open", "wallet open", "public open"})
_PRIVATE: Final = frozenset({"trading", "wallet"})
_LOGINS: Final = frozenset({"trading login", "wallet login"})

FEES: Final = {
    "BTCUSDT": {"take_rate": "0.0009", "make_rate": "0.0009"},
    "ETHBTC": {"take_rate": "0.0025", "make_rate": "0.001"},
}


def _balances(amounts: Mapping[str, str]) -> object:
    return [{"currency": c, "available": n, "reserved": "0"} for c, n in amounts.items()]


def _fees(symbols: str) -> object:
    wanted = symbols.split(",") if symbols else FEES
    return [{"symbol": symbol, **FEES[symbol]} for symbol in wanted if symbol in FEES]


def _fee(symbol: str) -> object:
    if not symbol:
        raise Refused(10001)
    if symbol not in FEES:
        raise Refused(800)
    return FEES[symbol]


def _rollback(account: Account) -> object:
    if account.rollback != 200:
        raise Refused(account.rollback)
    return {"result": True}


_SUB_ACCOUNTS = Door(right=None, answer=lambda _account, _named: {"result": []})
_SPOT = Door(right="read", answer=lambda account, _named: _balances(account.spot))
_ALL_FEES = Door(right="trade", answer=lambda _account, named: _fees(named))
_ONE_FEE = Door(right="trade", answer=lambda _account, named: _fee(named))
_ORDERS = Door(right="trade", answer=lambda _account, _named: [])
_WALLET = Door(right="payment", answer=lambda account, _named: _balances(account.wallet))
_ROLLBACK = Door(right="withdraw", answer=lambda account, _named: _rollback(account))

_UUID4: Final = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_REQUESTS: Final = {
    r"GET /api/3/sub-account": _SUB_ACCOUNTS,
    r"GET /api/3/spot/balance": _SPOT,
    r"GET /api/3/spot/fee(?:\?symbols=([A-Z0-9,]+))?": _ALL_FEES,
    r"GET /api/3/spot/fee/([A-Z0-9]+)": _ONE_FEE,
    r"GET /api/3/spot/order": _ORDERS,
    r"GET /api/3/wallet/balance": _WALLET,
    rf"DELETE /api/3/wallet/crypto/withdraw/{_UUID4}": _ROLLBACK,
}
_CALLS: Final = {
    "trading spot_balances": _SPOT,
    "trading spot_fees": _ALL_FEES,
    "trading spot_fee": _ONE_FEE,
    "wallet wallet_balances": _WALLET,
}


def _door_for(request: str) -> tuple[Door, str]:
    for pattern, door in _REQUESTS.items():
        if match := re.fullmatch(pattern, request, re.ASCII):
            return door, "".join(part or "" for part in match.groups())
    harmless = request.startswith("GET ") and not request.startswith("GET /api/2")
    raise OutsideTheTable(request, status=404 if harmless else 418)


def _json(data: object, status: int = 200) -> Answer:
    return Answer(
        status=status, body=json.dumps(data), headers={"Content-Type": "application/json"}
    )


def _object(text: str) -> dict[str, object]:
    """Read a JSON object; an empty one where there is none."""
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _digits(value: object) -> str:
    if type(value) is not int:
        raise Refused(1002, "invalid HMAC signature format")
    return str(value)


@cache
def traces(secret: str) -> frozenset[str]:
    """Return what a secret looks like when it is sent: plain, reversed, hex, base64 at any offset.

    Without regard to case. Of the characters of a key, none comes out as one of those in which
    the two alphabets of base64 differ.
    """
    raw = secret.encode()
    wrapped = {b64encode(b"x" * skip + raw)[skip and skip + 1 : -4] for skip in range(3)}
    plain = {raw, raw[::-1], raw.hex().encode()}
    return frozenset(trace.decode().casefold() for trace in plain | wrapped)
