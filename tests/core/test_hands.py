"""What a key could do in the wrong hands: told of every account, and nothing that is not known."""

import itertools
from collections.abc import Iterator

import pytest

from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.report import report
from hitbtc_keycheck.rights import Right
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

FOUR = (Right.READ, Right.TRADE, Right.PAYMENT, Right.WITHDRAW)
ACCOUNTS = [
    Account(rights=frozenset(rights))
    for count in range(5)
    for rights in itertools.combinations(FOUR, count)
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
    if {Right.TRADE, Right.PAYMENT} <= account.rights:
        return BOTH
    if Right.TRADE in account.rights:
        return TRADE
    if Right.PAYMENT in account.rights:
        return MOVE
    return SEE if Right.READ in account.rights else ""


def without_answer(name: str, event: Event, account: Account) -> Check:
    """A check in which one request gets no answer."""
    usual = honest(account)

    def respond(request: Request) -> Iterator[Reply]:
        lost = name_of(request) == name
        yield from [trouble(request, event)] if lost else usual(request)

    return carry_on(begin(), respond)


def rights_of(account: Account) -> str:
    return "+".join(sorted(account.rights))


@pytest.mark.parametrize("account", ACCOUNTS, ids=rights_of)
@pytest.mark.parametrize("via", Via)
def test_of_every_account_it_is_said_what_its_key_could_do(account: Account, via: Via) -> None:
    said = line(carry_on(begin(via), honest(account)))
    if Right.WITHDRAW in account.rights:
        assert said == SEND
    elif not account.rights:
        assert said == ""  # refused everywhere: all off, or an IP whitelist
    elif Right.TRADE in account.rights:
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
        assert ("It could not trade." in said) == (Right.TRADE not in account.rights)


@pytest.mark.parametrize("account", ACCOUNTS, ids=rights_of)
def test_what_the_reader_saw_of_withdraw_is_named_as_that(account: Account) -> None:
    check = without_answer(ROLLBACK, Event.FAILED, account)
    check.looked = False
    ending = "By what you saw on HitBTC, it could not withdraw your coins."
    assert line(check).endswith(ending if worst(account) else "")
    check.looked = True
    assert line(check) == SEND


def test_an_answer_stands_above_what_the_reader_saw() -> None:
    for rights, said in ((FOUR, SEND), (FOUR[:3], f"{BOTH} {NO_COINS}")):
        check = carry_on(begin(), honest(Account(rights=frozenset(rights))))
        for looked in (True, False):
            check.looked = looked
            assert line(check) == said


def test_what_was_not_answered_of_trading_is_said_not_to_be_known() -> None:
    account = Account(rights=frozenset({Right.READ, Right.TRADE}))
    said = line(without_answer("spot_fees", Event.SILENT, account))
    assert said == f"{SEE} {NO_COINS} Whether it could trade is not known."


@pytest.mark.parametrize("account", [Account(works=False), Account(shut_out=True)])
@pytest.mark.parametrize("via", Via)
def test_of_a_key_that_is_refused_everything_nothing_is_said(account: Account, via: Via) -> None:
    """An IP whitelist refuses this address, and perhaps no other."""
    assert line(carry_on(begin(via), honest(account))) == ""


def test_a_wallet_that_is_refused_beside_a_working_socket_shows_nothing_of_payment() -> None:
    usual = honest(Account(rights=frozenset({Right.READ, Right.PAYMENT})))

    def respond(request: Request) -> Iterator[Reply]:
        refused = name_of(request) == "login wallet"
        yield from [reply(request, *error(1003))] if refused else usual(request)

    said = line(carry_on(begin(), respond))
    assert said == f"{SEE} It could neither trade nor withdraw your coins."


@pytest.mark.parametrize(
    ("rights", "link"),
    [
        (FOUR, "guide/leaked-key/"),
        (FOUR[:3], "about/withdraw-off/"),
        (FOUR[:1], "guide/leaked-key/"),
    ],
)
def test_the_line_leads_to_what_to_do_about_it(rights: tuple[Right, ...], link: str) -> None:
    shown = report(carry_on(begin(), honest(Account(rights=frozenset(rights)))))
    assert shown.wrong_hands
    assert shown.wrong_hands.link == link
