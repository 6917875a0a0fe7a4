"""The page keeps no key: not in its fields, not for a password manager, not for the way back."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn
from tests.page.checker import CHECKING, Checker
from tests.page.conftest import finding
from tests.page.shared import expect_quiet
from tools.checks.browser import launch_options

GOOD = NAMED["as-required"]
BACK = """() => void (self.back = new Promise((came) => {
  addEventListener("pageshow", ({ persisted }) => came(persisted));
}))"""
MASK = "(field) => getComputedStyle(field).webkitTextSecurity"


@pytest.fixture(scope="module")
def browser_with_memory(
    launch_browser: Callable[..., Browser], playwright: Playwright, running_exchange: StandIn
) -> Iterator[Browser]:
    """A browser that keeps pages for the way back, as readers' browsers do and Playwright's not."""
    launched = launch_browser(
        **launch_options(playwright, *finding(running_exchange)),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield launched
    launched.close()


@pytest.fixture
def kept(browser_with_memory: Browser, base_url: str, exchange: StandIn) -> Iterator[Checker]:
    with browser_with_memory.new_context(base_url=base_url) as context:
        yield Checker(page=context.new_page(), exchange=exchange).open()


def expect_nothing_held(checker: Checker) -> None:
    """Both fields are blank, and a check of the same key asks for its secret and sends nothing."""
    for label in ("API key", "Secret key"):
        expect(checker.field(label)).to_have_value("")
    expect(checker.button("Forget key")).to_be_disabled()
    expect_quiet(checker)
    sent = len(checker.exchange.log)
    checker.fill(replace(GOOD, secret="")).press("Check key")
    expect(checker.page.locator("#summary")).to_be_visible()
    assert len(checker.exchange.log) == sent


def leave_and_come_back(page: Page) -> None:
    """Away from the page and back to it, as it was kept and not loaded anew.

    The page itself goes back: DevTools, through which Playwright would, may still be with the page
    that was left.
    """
    page.evaluate(BACK)
    left = page.url
    page.goto("guide/")
    page.evaluate("() => { setTimeout(() => history.back()); }")  # once this is answered
    page.wait_for_url(left, wait_until="commit")
    assert page.evaluate("self.back") is True


def test_the_field_is_blank_and_masked_once_the_vault_has_the_secret(checker: Checker) -> None:
    checker.seal().fill(GOOD).press("Show")
    checker.press("Check key")
    expect(checker.field("Secret key")).to_have_value("")
    assert checker.field("Secret key").evaluate(MASK) == "disc"


def test_forgetting_leaves_nothing(checker: Checker) -> None:
    checker.seal().check(GOOD)
    expect(checker.page.locator("[data-command=curl]")).to_contain_text("HS256")
    checker.press("Forget key")
    expect(checker.verdict).not_to_be_attached()
    for command in checker.page.locator("[data-command]").all():
        expect(command).to_have_text("")
    expect_nothing_held(checker)


def test_forgetting_ends_a_check_under_way(checker: Checker) -> None:
    checker.exchange.spoil("trading spot_balances", lambda _: [])
    checker.seal().fill(GOOD).press("Check key")
    expect(checker.page.locator("[data-ledger-row]").first).to_be_visible()
    checker.press("Forget key")
    expect(checker.page.get_by_role("button", name="Stop the check")).not_to_be_visible()
    expect(checker.verdict).not_to_be_attached()
    expect_nothing_held(checker)


def test_coming_back_after_a_check_finds_nothing(kept: Checker) -> None:
    kept.seal().check(GOOD)
    leave_and_come_back(kept.page)
    expect(kept.verdict).not_to_be_attached()
    expect_nothing_held(kept)


def test_coming_back_to_a_pasted_pair_finds_it_gone(kept: Checker) -> None:
    kept.seal().fill(GOOD)
    leave_and_come_back(kept.page)
    expect_nothing_held(kept)


@pytest.mark.parametrize("event", ["pagehide", "pageshow"])
def test_leaving_forgets_and_so_does_coming_back(event: str, checker: Checker) -> None:
    """Each by itself: a browser may not say that a page is left, or keep it all the same."""
    checker.seal().fill(GOOD)
    checker.page.evaluate("(name) => dispatchEvent(new PageTransitionEvent(name))", event)
    expect_nothing_held(checker)


def test_loading_again_fills_in_nothing(fresh: Checker) -> None:
    fresh.seal().fill(GOOD).page.reload()
    for label in ("API key", "Secret key"):
        expect(fresh.field(label)).to_have_value("")


@pytest.mark.parametrize("label", ["API key", "Secret key", "Answer from your terminal"])
def test_no_program_is_offered_the_fields(label: str, checker: Checker) -> None:
    """No password field, which managers save whatever it says, and no spelling help from afar."""
    field = checker.field(label)
    for name, value in {
        "autocomplete": "off",
        "spellcheck": "false",
        "autocapitalize": "off",
    }.items():
        expect(field).to_have_attribute(name, value)
    expect(field).not_to_have_attribute("type", "password")
    assert field.evaluate("({ value, form }) => value === '' && form?.autocomplete !== 'on'")


def test_a_secret_can_be_pasted_and_looked_at(checker: Checker) -> None:
    pasted = checker.seal().field("Answer from your terminal")
    pasted.evaluate("(field) => { field.closest('[hidden]').hidden = false }")
    pasted.fill(GOOD.secret)
    pasted.press("ControlOrMeta+a")
    pasted.press("ControlOrMeta+x")
    secret = checker.field("Secret key")
    secret.press("ControlOrMeta+v")
    expect(secret).to_have_value(GOOD.secret)
    assert secret.evaluate(MASK) == "disc"
    checker.press("Show")
    assert secret.evaluate(MASK) == "none"
    checker.press("Hide")
    assert secret.evaluate(MASK) == "disc"


def test_after_ten_minutes_without_use_the_key_is_forgotten_and_that_is_said(
    page: Page, exchange: StandIn
) -> None:
    page.clock.install()
    exchange.cors = True
    checker = Checker(page=page, exchange=exchange).open().seal().check(GOOD)
    page.clock.fast_forward("09:50")
    expect(page.locator("#held")).to_be_visible()
    page.clock.fast_forward("00:20")
    expect(page.locator("#held")).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text("forgotten after ten minutes without use")
    expect(checker.button("Check again")).to_have_count(0)
    expect(checker.verdict).to_have_attribute("data-verdict", "connected")
    sent = len(exchange.log)
    checker.press("Check key")
    expect(page.locator("#summary")).to_contain_text("The Secret key field is empty")
    assert len(exchange.log) == sent


@pytest.mark.parametrize("button", ["Check key", "Forget key"])
def test_no_undo_brings_back_what_was_taken_or_forgotten(checker: Checker, button: str) -> None:
    checker.seal()
    keys = checker.page.keyboard
    for label, text in (("API key", GOOD.api_key), ("Secret key", GOOD.secret)):
        checker.field(label).focus()
        keys.insert_text(text)
    checker.press(button)
    if button == "Check key":
        expect(checker.verdict).to_be_visible(timeout=CHECKING)
    checker.field("Secret key").focus()
    for undo in ("ControlOrMeta+z", "ControlOrMeta+Shift+z", "ControlOrMeta+y"):
        for _ in range(4):
            keys.press(undo)
            expect(checker.field("Secret key")).to_have_value("")
