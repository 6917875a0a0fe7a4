"""What of a check may differ in the file that is opened from a disk: the tests of it, once more.

That is how it talks to the exchange and to the disk, from an origin that is nobody's; how it comes
to a good and to a bad verdict at all; where its links lead. Everything else that test_check.py says
is done by modules and by a wheel that are in the file byte by byte, as test_file.py shows: what a
verdict says, how a paste is cleaned, what stops a check, the keyboard, the words of a rehearsal.
"""

from hitbtc_keycheck.rehearsal import scenario
from tests.exchange.standin import StandIn
from tests.page import test_check
from tests.page.checker import Checker
from tests.page.test_check import (  # noqa: F401  the same tests
    test_all_as_required_is_connected,
    test_an_unconfirmed_email_is_asked_about_first,
    test_every_connection_message_and_request_is_in_the_ledger,
    test_the_command_settles_withdraw,
    test_the_report_is_saved_as_the_contracts_json,
    test_what_is_copied_is_on_the_clipboard,
    test_without_cors_withdraw_stays_open_and_a_command_is_offered,
)


def test_a_rehearsal_opens_nothing(checker: Checker, exchange: StandIn) -> None:
    again = test_check.test_a_rehearsal_comes_out_as_its_table_says_and_opens_nothing
    again(checker, exchange, scenario("all-fine"))
