"""The vocabulary: the boxes on HitBTC's form for API keys, and what Bitsgap wants of each.

Rules of this room: HitBTC's own words for its boxes; every claim traces to the project's
collection of public material on HitBTC's API (see the page "How we check our facts").
Nothing here knows how a right is asked for; that is `probes`.
"""

from dataclasses import dataclass
from enum import StrEnum

LABELS_AS_OF = "2026-11-22"
"""The day on which the labels below were last compared with public material (ISO date)."""


class Right(StrEnum):
    """A box on the form, by the name the report, the page and the command use for it."""

    STATUS = "status"
    READ = "read"
    TRADE = "trade"
    PAYMENT = "payment"
    WITHDRAW = "withdraw"
    IP_WHITELIST = "ip-whitelist"


class State(StrEnum):
    """What a check can say of a box. Absence of evidence is COULD_NOT_TELL, never a tick."""

    AS_REQUIRED = "as-required"
    NOT_AS_REQUIRED = "not-as-required"
    COULD_NOT_TELL = "could-not-tell"
    CANNOT_BE_SEEN = "cannot-be-seen"


class Wanted(StrEnum):
    """How Bitsgap's instructions want a box."""

    ON = "on"
    OFF = "off"
    DISABLED = "disabled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A box on HitBTC's form.

    `label` is what the form says today, `api_label` what HitBTC's API documentation calls the
    same box. To turn it on, the link in an email must be clicked where `needs_link`.
    """

    right: Right
    label: str
    api_label: str
    wanted: Wanted
    needs_link: bool = False


BOXES: dict[Right, Box] = {
    box.right: box
    for box in (
        Box(
            right=Right.STATUS,
            label="Status",
            api_label="Status",
            wanted=Wanted.ON,
        ),
        Box(
            right=Right.READ,
            label="Order book, History, Spot balance",
            api_label="Orderbook, History, Trading balance",
            wanted=Wanted.ON,
        ),
        Box(
            right=Right.TRADE,
            label="Place/cancel orders",
            api_label="Place/cancel orders",
            wanted=Wanted.ON,
            needs_link=True,
        ),
        Box(
            right=Right.PAYMENT,
            label="Payment information",
            api_label="Payment information",
            wanted=Wanted.ON,
        ),
        Box(
            right=Right.WITHDRAW,
            label="Withdraw cryptocurrencies",
            api_label="Withdraw cryptocurrencies",
            wanted=Wanted.OFF,
            needs_link=True,
        ),
        Box(
            right=Right.IP_WHITELIST,
            label="IP whitelist",
            api_label="IP whitelist",
            wanted=Wanted.DISABLED,
        ),
    )
}
"""The boxes in the order of HitBTC's form."""

REQUIRED = (Right.READ, Right.TRADE, Right.PAYMENT)
"""The rights Bitsgap needs and an API answer can show."""
