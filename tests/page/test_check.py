"""A whole check in the browser, as its reader sees it: every account, every rehearsal, by hand."""

import json
import re
import shlex
import subprocess
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from hitbtc_keycheck.cases import CASES
from hitbtc_keycheck.rehearsal import SCENARIOS, Scenario
from hitbtc_keycheck.settings import Setting
from hitbtc_keycheck.words import load
from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn
from tests.page.checker import Checker, clipboard

FINE = {
    "status": "as-required",
    "read": "as-required",
    "trade": "as-required",
    "payment": "as-required",
    "withdraw": "as-required",
    "ip-whitelist": "cannot-be-seen",
}
GOOD = NAMED["as-required"]


def expect_verdict(checker: Checker, verdict: str, fault: str) -> None:
    expect(checker.verdict).to_have_attribute("data-verdict", verdict)
    expect(checker.verdict).to_have_attribute("data-fault", fault)


def test_all_as_required_is_connected(checker: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    checker.seal().check(GOOD)
    expect_verdict(checker, "connected", "none")
    assert checker.states() == FINE
    assert not exchange.violations


def test_withdraw_on_stands_above_everything(checker: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    checker.seal().check(NAMED["withdraw-on"])
    expect_verdict(checker, "withdrawal-enabled", "key")
    assert checker.states() == {**FINE, "withdraw": "not-as-required"}


def test_an_unconfirmed_email_is_asked_about_first(checker: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    checker.seal().check(NAMED["email-not-confirmed"])
    expect_verdict(checker, "incorrect-permissions", "key")
    assert checker.states() == {**FINE, "trade": "not-as-required"}
    first = checker.verdict.get_by_role("link").first
    expect(first).to_contain_text("email")
    expect(first).to_have_attribute("href", re.compile(r"/guide/make-the-key/#confirm-email$"))


def test_a_wrong_secret_is_invalid_and_lays_it_to_the_paste(checker: Checker) -> None:
    checker.seal().check(replace(GOOD, secret=GOOD.secret[::-1]))
    expect_verdict(checker, "invalid", "paste")
    assert "as-required" not in checker.states().values()
    expect(checker.page.locator("[data-right=status] .kc-state")).to_have_text("✗ Login refused")


def test_without_cors_withdraw_stays_open_and_a_command_is_offered(checker: Checker) -> None:
    checker.seal().check(GOOD)
    expect_verdict(checker, "undecided", "exchange")
    assert checker.states() == {**FINE, "withdraw": "could-not-tell"}
    for shell in ("curl", "windows"):
        expect(checker.page.locator(f'[data-command="{shell}"]')).to_contain_text("DELETE")
    expect(checker.page.locator("#countdown")).to_be_empty()


def test_the_form_says_what_is_sent_and_which_command_is_for_which_shell(checker: Checker) -> None:
    expect(checker.field("API key")).to_have_accessible_description(
        re.compile("is sent to HitBTC.*Secret key is not", re.DOTALL)
    )
    page = checker.seal().check(GOOD).page
    expect(page.locator("#by-hand")).to_contain_text("PowerShell or Command Prompt")
    expect(page.locator("#by-hand")).to_contain_text("Invoke-WebRequest")


def test_everything_refused_walks_through_its_three_causes(
    checker: Checker, exchange: StandIn
) -> None:
    exchange.cors = True
    checker.seal().check(NAMED["ip-whitelisted"])
    expect_verdict(checker, "incorrect-permissions", "key")
    assert checker.states()["withdraw"] == "could-not-tell"
    expect(checker.verdict.get_by_role("listitem")).to_contain_text(
        ["leave Withdraw cryptocurrencies off", "email", "whitelist", "Check again"]
    )


def test_of_a_permission_that_may_be_on_it_is_not_said_that_it_needs_on(checker: Checker) -> None:
    checker.check(NAMED["nothing-ticked"])
    refused = checker.page.locator("[data-state=not-as-required] .kc-state")
    expect(refused).to_have_text(["✗ Refused"] * 3)


def test_an_empty_spot_balance_is_said_and_no_amount_is(
    checker: Checker, exchange: StandIn
) -> None:
    exchange.cors = True
    checker.seal().check(NAMED["spot-empty"])
    expect(checker.verdict).to_contain_text("may be in your HitBTC wallet")
    assert "40.5" not in checker.page.content()


def test_leaving_withdraw_out_sends_only_reads_and_says_what_stays_open(
    checker: Checker, exchange: StandIn
) -> None:
    exchange.cors = True
    checker.seal().field("Also check Withdraw").uncheck()
    checker.check(GOOD)
    expect_verdict(checker, "undecided", "none")
    expect(checker.verdict).to_contain_text("You chose not to ask")
    assert not [heard for heard in exchange.log if heard.name.startswith("rest")]


def test_every_connection_message_and_request_is_in_the_ledger(
    checker: Checker, exchange: StandIn
) -> None:
    exchange.cors = True
    checker.seal().check(GOOD)
    rows = checker.page.locator("[data-ledger] [data-ledger-row]")
    asked = [heard for heard in exchange.log if "OPTIONS" not in heard.name]
    expect(rows).to_have_count(len(asked))
    expect(checker.page.locator("[data-ledger]")).to_contain_text("also in the browser's own list")


def test_check_again_needs_no_second_paste(checker: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    checker.seal().check(NAMED["withdraw-on"])
    exchange.accounts[NAMED["withdraw-on"].api_key] = replace(
        NAMED["withdraw-on"], rights=GOOD.rights
    )
    expect(checker.field("Secret key")).to_have_value("")
    checker.press("Check again")
    expect_verdict(checker, "connected", "none")


@pytest.mark.parametrize("name", ["as-required", "withdraw-on"])
def test_the_command_settles_withdraw(checker: Checker, exchange: StandIn, name: str) -> None:
    checker.seal().check(NAMED[name])
    checker.field("Answer from your terminal").fill(run(checker, exchange))
    checker.press("Read answer")
    off = name == "as-required"
    expect_verdict(checker, "connected" if off else "withdrawal-enabled", "none" if off else "key")
    expect(checker.page.locator("#by-hand")).to_be_hidden()
    assert not exchange.violations


def run(checker: Checker, exchange: StandIn) -> str:
    """Run the curl command as a reader would, with the name leading to the stand-in."""
    shown = checker.page.locator('[data-command="curl"]')
    expect(shown).to_contain_text("Authorization")
    program, *arguments = shlex.split(shown.text_content() or "")
    assert program == "curl"
    mapped = ["--connect-to", f"api.hitbtc.com:443:127.0.0.1:{exchange.port}"]
    trusted = ["--cacert", str(exchange.ca_pem_path)]
    done = subprocess.run(
        [program, "--max-time", "15", *mapped, *trusted, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_an_earlier_commands_answer_does_not_count(checker: Checker, exchange: StandIn) -> None:
    checker.seal().check(GOOD)
    earlier = run(checker, exchange)
    before = checker.page.locator('[data-command="curl"]').text_content()
    checker.press("Fresh command")
    expect(checker.page.locator('[data-command="curl"]')).not_to_have_text(before or "")
    checker.field("Answer from your terminal").fill(earlier)
    checker.press("Read answer")
    expect(checker.page.locator("#answer-words")).to_contain_text("earlier command")
    assert checker.states()["withdraw"] == "could-not-tell"


def test_the_readers_own_look_is_shown_as_confirmed_by_you(checker: Checker) -> None:
    checker.seal().check(GOOD)
    checker.press("I see that it is off")
    row = checker.page.locator('[data-right="withdraw"]')
    expect(row).to_contain_text("Off, confirmed by you")
    expect(row).to_have_attribute("data-state", "could-not-tell")
    expect_verdict(checker, "undecided", "none")
    checker.press("I see that it is on")
    expect_verdict(checker, "withdrawal-enabled", "key")


def test_a_rehearsal_does_not_offer_to_check_the_key_that_is_held(checker: Checker) -> None:
    checker.check(GOOD)
    expect(checker.button("Check again")).to_be_visible()
    checker.press("Rehearse with a made-up key")
    expect(checker.page.get_by_text("A rehearsal with a made-up key")).to_be_visible()
    expect(checker.button("Check again")).to_have_count(0)


def test_a_copied_report_of_a_rehearsal_says_first_that_it_is_one(checker: Checker) -> None:
    checker.press("Rehearse with a made-up key")
    expect(checker.page.get_by_text("A rehearsal with a made-up key")).to_have_count(1)
    checker.press("Copy report")
    expect(checker.page.get_by_role("status")).to_contain_text("is on the clipboard")
    assert clipboard(checker.page.context).startswith("## A rehearsal with a made-up key: ")


@pytest.mark.parametrize("entry", SCENARIOS, ids=lambda entry: str(entry.name))
def test_a_rehearsal_comes_out_as_its_table_says_and_opens_nothing(
    checker: Checker, exchange: StandIn, entry: Scenario
) -> None:
    checker.field("Made-up situation").select_option(entry.name)
    checker.press("Rehearse with a made-up key")
    case = next(case for case in CASES if case.name == entry.case)
    expect(checker.page.get_by_role("heading", name=load().say(case.headline))).to_be_focused()
    expect_verdict(checker, entry.verdict, entry.fault)
    assert checker.states() == {right.value: entry.expected(right) for right in Setting}
    assert checker.page.locator("[data-ledger-row]").count() > 0
    assert not exchange.log


def test_an_empty_field_sends_nothing_and_takes_the_focus_to_the_summary(
    checker: Checker, exchange: StandIn
) -> None:
    checker.seal().field("API key").fill(GOOD.api_key)
    checker.press("Check key")
    summary = checker.page.locator("#summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("The Secret key field is empty")
    expect(checker.field("API key")).to_have_value(GOOD.api_key)
    expect(checker.verdict).to_have_count(0)
    assert not exchange.log


def test_what_copying_adds_is_taken_off_and_said(checker: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    messy = replace(GOOD, api_key=f"\u200b  {GOOD.api_key}\n", secret=f'secret: "{GOOD.secret}" ')
    checker.seal().check(messy)
    expect_verdict(checker, "connected", "none")
    expect(checker.verdict).to_contain_text("around the API key were left out")
    expect(checker.verdict).to_contain_text("around the Secret key were left out")


def test_a_wrong_clock_is_not_a_wrong_secret(checker: Checker, exchange: StandIn) -> None:
    exchange.skew = 3 * 3_600_000
    checker.seal().check(GOOD)
    expect_verdict(checker, "undecided", "network")
    expect(checker.verdict).to_contain_text("clock")


def test_the_report_is_saved_as_the_contracts_json(checker: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    checker.seal().check(GOOD)
    with checker.page.expect_download() as download:
        checker.press("Save report as JSON")
    text = download.value.path().read_text()
    saved = json.loads(text)
    assert {name: entry["state"] for name, entry in saved["rights"].items()} == FINE
    assert GOOD.api_key not in text


def test_what_is_copied_is_on_the_clipboard(checker: Checker) -> None:
    page = checker.check(GOOD).page
    expect(page.locator('[data-command="curl"]')).to_contain_text("Authorization")
    for button, words in (
        ("Copy for macOS, Linux", "curl -sS -X DELETE"),
        ("Copy for Windows", "curl.exe -sS -X DELETE"),
        ("Copy report", "Withdraw cryptocurrencies"),
    ):
        checker.press(button)
        expect(page.get_by_role("status")).to_contain_text("is on the clipboard")
        assert words in clipboard(page.context)


def test_the_whole_flow_works_by_keyboard(checker: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    keys = checker.page.keyboard
    checker.seal()
    keys.insert_text(GOOD.api_key)
    keys.press("Tab")
    expect(checker.field("Secret key")).to_be_focused()
    keys.insert_text(GOOD.secret)
    keys.press("Enter")
    expect_verdict(checker, "connected", "none")
    expect(checker.page.get_by_role("heading", name="Ready to connect")).to_be_focused()


def test_a_screen_reader_hears_the_verdict_and_each_box(
    checker: Checker, exchange: StandIn
) -> None:
    exchange.cors = True
    checker.seal().check(NAMED["email-not-confirmed"])
    expect(checker.page.get_by_role("heading", name="can read but cannot trade")).to_be_focused()
    expect(checker.page.locator("#live")).to_be_empty()
    # Another name than the headline's, which has the focus: that would be said twice.
    expect(checker.page.get_by_role("region", name="Result", exact=True)).to_be_visible()
    expect(checker.page.locator("#result")).to_match_aria_snapshot(
        """
        - heading "This key can read but cannot trade" [level=2]
        - table:
          - rowgroup:
            - row "Setting Needed Found"
          - rowgroup:
            - row "Status On ✓ On"
            - row "Order book, History, Spot balance On ✓ On"
            - row "Place/cancel orders On ✗ Off, needs On"
            - row "Payment information On ✓ On"
            - row "Withdraw cryptocurrencies Off ✓ Off"
            - row "IP whitelist Disabled Look on HitBTC"
        """
    )
