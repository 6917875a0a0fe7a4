"""The accounts of the stand-in exchange: what their keys may do, and what is the matter with them.

Rule of this room: nothing here is imported from the product. It is written from what is known
about HitBTC alone, so that it can disagree with the product's own table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

RIGHTS = frozenset({"read", "trade", "payment", "withdraw"})
CONFIRMED_BY_EMAIL = frozenset({"trade", "withdraw"})
AS_REQUIRED = RIGHTS - {"withdraw"}


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account with one key.

    `rights` are the boxes ticked on the form; `email_confirmed` says whether the link was clicked.
    `enabled` is false for a key that is off or deleted. `trouble` is a code of the account rather
    than the key (600, 1005, 1006, 10021, 20018, 20044). `rollback` is what taking back a
    withdrawal that was never made gets where the right is there: a code, or 200 for success.
    `spot` and `wallet` are the amounts in the two balances.
    """

    api_key: str
    secret: str
    rights: frozenset[str] = AS_REQUIRED
    email_confirmed: bool = True
    ip_whitelisted: bool = False
    enabled: bool = True
    trouble: int | None = None
    rollback: int = 20004
    spot: Mapping[str, str] = field(default_factory=lambda: {"BTC": "0.01500000", "USDT": "250"})
    wallet: Mapping[str, str] = field(default_factory=lambda: {"USDT": "40.5"})

    def __post_init__(self) -> None:
        if unknown := self.rights - RIGHTS:
            raise ValueError(f"no such right: {', '.join(sorted(unknown))}")

    @property
    def active_rights(self) -> frozenset[str]:
        """The rights that work: some wait for the link in the e-mail."""
        return self.rights if self.email_confirmed else self.rights - CONFIRMED_BY_EMAIL


def made_up(name: str) -> Account:
    """Return an account as Bitsgap requires it; key and secret are the same for the same name."""
    return Account(
        api_key=sha256(f"key of {name}".encode()).hexdigest()[:32],
        secret=sha256(f"secret of {name}".encode()).hexdigest()[:32],
    )


NAMED: Mapping[str, Account] = {
    "as-required": made_up("as-required"),
    "withdraw-on": replace(made_up("withdraw-on"), rights=RIGHTS),
    "email-not-confirmed": replace(made_up("email-not-confirmed"), email_confirmed=False),
    "nothing-ticked": replace(made_up("nothing-ticked"), rights=frozenset()),
    "ip-whitelisted": replace(made_up("ip-whitelisted"), ip_whitelisted=True),
    "switched-off": replace(made_up("switched-off"), enabled=False),
    "frozen": replace(made_up("frozen"), trouble=10021),
    "spot-empty": replace(made_up("spot-empty"), spot={}),
}
