"""What a key could do in the wrong hands: told of every account, and nothing that is not known."""

import itertools
from collections.abc import Iterator

import pytest

from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.report import report
from hitbtc_keycheck.settings import Setting
from tests.core.world import (
    ROLLBACK,
    Account,
    begin,
    carry_on,
    english,
    error,
    honest,
    name_of,
    reply,
    trouble,
)

FOUR = (Setting.READ, Setting.TRADE, Setting.PAYMENT, Setting.WITHDRAW)
ACCOUNTS = [
    Account(permissions=frozenset(permissions))
    for count in range(5)
    for permissions in itertools.combinations(FOUR, count)
]
SEND = "In the wrong hands, this key could send your coins away."
TRADE = "In the wrong hands, this key could make your account trade at a loss."
BOTH = f"{TRADE[:-1]}, and move money inside it."
MOVE = "In the wrong hands, this key could move and convert money inside your account."
SEE = "In the wrong hands, this key could show your balances and your history."
NO_COINS = "It could not withdraw your coins."
OPEN = "Whether it could withdraw your coins is not known."


def line(check: Check) -> str:
    found = report(check).wrong_hands
    return english(found.text) if found else ""


def worst(account: Account) -> str:
    """The worst that a key can do without Withdraw, by the truth of the account."""
    if {Setting.TRADE, Setting.PAYMENT} <= account.permissions:
        return BOTH
    if Setting.TRADE in account.permissions:
        return TRADE
    if Setting.PAYMENT in account.permissions:
        return MOVE
    return SEE if Setting.READ in account.permissions else ""


def without_answer(name: str, event: Event, account: Account) -> Check:
    """A check in which one request gets no answer."""
    usual = honest(account)

    def respond(request: Request) -> Iterator[Reply]:
        lost = name_of(request) == name
        yield from [trouble(request, event)] if lost else usual(request)

    return carry_on(begin(), respond)


def rights_of(account: Account) -> str:
    return "+".join(sorted(account.permissions))


@pytest.mark.parametrize("account", ACCOUNTS, ids=rights_of)
@pytest.mark.parametrize("via", Via)
def test_of_every_account_it_is_said_what_its_key_could_do(account: Account, via: Via) -> None:
    said = line(carry_on(begin(via), honest(account)))
    if Setting.WITHDRAW in account.permissions:
        assert said == SEND
    elif not account.permissions:
        assert said == ""  # refused everywhere: all off, or an IP whitelist
    elif Setting.TRADE in account.permissions:
        assert said == f"{worst(account)} {NO_COINS}"
    else:
        assert said == f"{worst(account)} It could neither trade nor withdraw your coins."


@pytest.mark.parametrize("account", ACCOUNTS, ids=rights_of)
@pytest.mark.parametrize("event", [Event.FAILED, Event.SILENT, Event.CLOSED])
def test_that_it_cannot_withdraw_is_said_only_where_withdraw_was_answered(
    account: Account, event: Event
) -> None:
    check = without_answer(ROLLBACK, event, account)
    said = line(check)
    assert NO_COINS not in said
    assert "nor withdraw" not in said
    assert said.startswith(worst(account))
    assert bool(worst(account)) == said.endswith(OPEN)
    if worst(account):
        assert ("It could not trade." in said) == (Setting.TRADE not in account.permissions)


@pytest.mark.parametrize("account", ACCOUNTS, ids=rights_of)
def test_what_the_reader_saw_of_withdraw_is_named_as_that(account: Account) -> None:
    check = without_answer(ROLLBACK, Event.FAILED, account)
    check.looked = False
    ending = "By what you saw on HitBTC, it could not withdraw your coins."
    assert line(check).endswith(ending if worst(account) else "")
    check.looked = True
    assert line(check) == SEND


def test_an_answer_stands_above_what_the_reader_saw() -> None:
    for permissions, said in ((FOUR, SEND), (FOUR[:3], f"{BOTH} {NO_COINS}")):
        check = carry_on(begin(), honest(Account(permissions=frozenset(permissions))))
        for looked in (True, False):
            check.looked = looked
            assert line(check) == said


def test_what_was_not_answered_of_trading_is_said_not_to_be_known() -> None:
    account = Account(permissions=frozenset({Setting.READ, Setting.TRADE}))
    said = line(without_answer("spot_fees", Event.SILENT, account))
    assert said == f"{SEE} {NO_COINS} Whether it could trade is not known."


@pytest.mark.parametrize("account", [Account(works=False), Account(shut_out=True)])
@pytest.mark.parametrize("via", Via)
def test_of_a_key_that_is_refused_everything_nothing_is_said(account: Account, via: Via) -> None:
    """An IP whitelist refuses this address, and perhaps no other."""
    assert line(carry_on(begin(via), honest(account))) == ""


def test_a_wallet_that_is_refused_beside_a_working_socket_shows_nothing_of_payment() -> None:
    usual = honest(Account(permissions=frozenset({Setting.READ, Setting.PAYMENT})))

    def respond(request: Request) -> Iterator[Reply]:
        refused = name_of(request) == "login wallet"
        yield from [reply(request, *error(1003))] if refused else usual(request)

    said = line(carry_on(begin(), respond))
    assert said == f"{SEE} It could neither trade nor withdraw your coins."


@pytest.mark.parametrize(
    ("permissions", "link"),
    [
        (FOUR, "guide/leaked-key/"),
        (FOUR[:3], "about/withdraw-off/"),
        (FOUR[:1], "guide/leaked-key/"),
    ],
)
def test_the_line_leads_to_what_to_do_about_it(permissions: tuple[Setting, ...], link: str) -> None:
    shown = report(carry_on(begin(), honest(Account(permissions=frozenset(permissions)))))
    assert shown.wrong_hands
    assert shown.wrong_hands.link == link
