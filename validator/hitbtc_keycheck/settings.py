"""The vocabulary: the settings on HitBTC's form for API keys, and what Bitsgap wants of each.

Rules of this room: HitBTC's own words for its settings; every claim traces to the project's
collection of public material on HitBTC's API (see the page "How we check our facts").
Nothing here knows how a setting is asked about; that is `requests`.
"""

from dataclasses import dataclass
from enum import StrEnum

LABELS_AS_OF = "2026-11-22"
"""The day on which the labels below were last compared with public material (ISO date)."""


class Setting(StrEnum):
    """A setting on the form, by the name the report, the page and the command use for it."""

    STATUS = "status"
    READ = "read"
    TRADE = "trade"
    PAYMENT = "payment"
    WITHDRAW = "withdraw"
    IP_WHITELIST = "ip-whitelist"


class State(StrEnum):
    """What a check can say of a setting. Absence of evidence is COULD_NOT_TELL, never a tick."""

    AS_REQUIRED = "as-required"
    NOT_AS_REQUIRED = "not-as-required"
    COULD_NOT_TELL = "could-not-tell"
    CANNOT_BE_SEEN = "cannot-be-seen"


class Wanted(StrEnum):
    """How Bitsgap's instructions want a setting."""

    ON = "on"
    OFF = "off"
    DISABLED = "disabled"


@dataclass(frozen=True, kw_only=True, slots=True)
class FormEntry:
    """A setting on HitBTC's form.

    `label` is what the form says today, `api_label` what HitBTC's API documentation calls the
    same setting. To turn it on, the link in an email must be clicked where `needs_link`.
    """

    setting: Setting
    label: str
    api_label: str
    wanted: Wanted
    needs_link: bool = False


SETTINGS: dict[Setting, FormEntry] = {
    entry.setting: entry
    for entry in (
        FormEntry(
            setting=Setting.STATUS,
            label="Status",
            api_label="Status",
            wanted=Wanted.ON,
        ),
        FormEntry(
            setting=Setting.READ,
            label="Order book, History, Spot balance",
            api_label="Orderbook, History, Trading balance",
            wanted=Wanted.ON,
        ),
        FormEntry(
            setting=Setting.TRADE,
            label="Place/cancel orders",
            api_label="Place/cancel orders",
            wanted=Wanted.ON,
            needs_link=True,
        ),
        FormEntry(
            setting=Setting.PAYMENT,
            label="Payment information",
            api_label="Payment information",
            wanted=Wanted.ON,
        ),
        FormEntry(
            setting=Setting.WITHDRAW,
            label="Withdraw cryptocurrencies",
            api_label="Withdraw cryptocurrencies",
            wanted=Wanted.OFF,
            needs_link=True,
        ),
        FormEntry(
            setting=Setting.IP_WHITELIST,
            label="IP whitelist",
            api_label="IP whitelist",
            wanted=Wanted.DISABLED,
        ),
    )
}
"""The settings in the order of HitBTC's form."""

REQUIRED = (Setting.READ, Setting.TRADE, Setting.PAYMENT)
"""The permissions Bitsgap needs and an API answer can show."""
