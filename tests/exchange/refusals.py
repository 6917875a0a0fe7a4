"""How the stand-in says no: the documented codes, their HTTP statuses, and the shape of the body.

Codes and statuses are HitBTC's. The words beside them are only like its words: nothing may hang
on them. `description` names one of the causes that HitBTC lists for 1002 where there is one.
"""

from typing import Final

REFUSALS: Final = {
    1: (400, "Invalid JSON"),
    403: (401, "Action is forbidden for account"),
    404: (404, "Unknown method"),
    429: (429, "Too many requests"),
    500: (500, "Internal server error"),
    503: (503, "Service unavailable"),
    504: (504, "Gateway timeout"),
    600: (400, "Action not allowed"),
    800: (404, "Resource not found"),
    1001: (401, "Authorization is required"),
    1002: (401, "Authorization is required or has been failed"),
    1003: (403, "Action is forbidden for this API key"),
    1004: (401, "Unsupported authorization method"),
    1005: (401, "Device is not recognised"),
    1006: (400, "Scopes need upgrading"),
    2003: (400, "Unknown channel"),
    10001: (400, "Validation error"),
    10021: (400, "User disabled"),
    20004: (400, "Transaction not found"),
    20005: (400, "Payout not found"),
    20018: (400, "Withdrawals are unavailable"),
    20044: (400, "Trading is not available"),
}


class Refused(Exception):  # noqa: N818  an answer, not an error of ours
    """The exchange refuses: `code` as documented, `description` where it says more."""

    def __init__(self, code: int, description: str = "") -> None:
        super().__init__(code, description)
        self.code = code
        self.description = description

    @property
    def status(self) -> int:
        return REFUSALS[self.code][0]

    @property
    def error(self) -> dict[str, object]:
        error: dict[str, object] = {"code": self.code, "message": REFUSALS[self.code][1]}
        return error | ({"description": self.description} if self.description else {})


class OutsideTheTable(Exception):  # noqa: N818  an answer, not an error of ours
    """Nothing that the product may ever send. The text says what it was.

    `status` is what REST answers (418 where nobody knows what the exchange would say), `code` what
    a WebSocket does.
    """

    def __init__(self, what: str, *, status: int = 418, code: int = 404) -> None:
        super().__init__(what)
        self.status = status
        self.code = code
