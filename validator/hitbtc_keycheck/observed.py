"""What was seen of each unknown: a row for each, settled only by what came back.

Rules of this room: for maintainers, so in English and not in the words' file; no I/O. How the key's
settings stand is the reader's word, since no request shows it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hitbtc_keycheck.observations import FOREIGN, OFF, ON, OPAQUE, Seen, Told, Unknown
from hitbtc_keycheck.settings import SETTINGS, Setting


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An unknown, and what was seen of it; nothing where it is not settled."""

    unknown: Unknown
    answer: str | None


def rows(told: Told, seen: Iterable[Seen]) -> tuple[Row, ...]:
    """Return a row for each unknown, in order."""
    found: dict[Unknown, list[Seen]] = {unknown: [] for unknown in Unknown}
    for one in seen:
        found[one.unknown].append(one)
    return tuple(
        Row(unknown=unknown, answer=_READERS[unknown](told, its) or None if its else None)
        for unknown, its in found.items()
    )


def _cors(_told: Told, seen: list[Seen]) -> str:
    return "; ".join(f"{one.sent}: {'yes' if _lets_pages_in(one) else 'no'}" for one in seen)


def _lets_pages_in(seen: Seen) -> bool:
    """Whether a browser goes on after this preflight (Fetch standard, "CORS-preflight fetch")."""
    methods, names = (
        {
            part.strip().lower()
            for part in seen.headers.get(f"access-control-allow-{of}", "").split(",")
        }
        for of in ("methods", "headers")
    )
    method = seen.sent.split()[0].lower()
    return (
        seen.status in range(200, 300)
        and seen.headers.get("access-control-allow-origin") in ("*", FOREIGN)
        and (method == "get" or not methods.isdisjoint({method, "*"}))
        and "authorization" in names  # A star does not stand for this one.
    )


def _origin(_told: Told, seen: list[Seen]) -> str:
    """Only a socket that opens to a program can show that it is pages it refuses."""
    open_at_all = {one.sent for one in seen if not one.origin and one.outcome == "opened"}
    return "; ".join(
        f"{one.sent} from {'a disk' if one.origin == OPAQUE else 'another page'}: {one.words}"
        for one in seen
        if one.origin and one.sent in open_at_all
    )


def _unsigned(_told: Told, seen: list[Seen]) -> str:
    return "; ".join(f"{one.words}: {', '.join(one.shape) or 'no error in it'}" for one in seen)


def _rollback(told: Told, seen: list[Seen]) -> str:
    return f"with Withdraw {told[Setting.WITHDRAW].lower()}: {seen[0].words}"


def _plainly(_told: Told, seen: list[Seen]) -> str:
    return seen[0].words


def _dead_key(told: Told, seen: list[Seen]) -> str:
    why = "switched off" if told[Setting.STATUS] == OFF else "from another address"
    return f"{why}: {seen[0].words}"


def _sub_account(told: Told, seen: list[Seen]) -> str:
    on = [setting for setting in SETTINGS if setting is not Setting.STATUS and told[setting] == ON]
    return "" if on else f"with no permission on: {seen[0].words}"


_READERS: Mapping[Unknown, Callable[[Told, list[Seen]], str]] = {
    Unknown.CORS: _cors,
    Unknown.ORIGIN: _origin,
    Unknown.UNSIGNED: _unsigned,
    Unknown.ROLLBACK: _rollback,
    Unknown.DEAD_KEY: _dead_key,
    Unknown.SUB_ACCOUNT: _sub_account,
    Unknown.API_V2: _plainly,
    Unknown.API_KEYS: _plainly,
}
