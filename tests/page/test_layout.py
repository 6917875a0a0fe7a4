"""What the reader sees without looking for it: the form, the answer, what to press next, the focus.

Rules of this room: places are measured in CSS pixels in Chromium on two screens: logic, not
timing; the limits stand in reach.py.
"""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.exchange.accounts import NAMED
from tests.exchange.faults import instead
from tests.exchange.standin import StandIn
from tests.page.checker import SEALING, Checker
from tests.page.reach import REACHES, SCREENS, measured
from tests.page.test_check import GOOD, expect_verdict
from tests.site.built.looks import AXE, SCHEMES, WIDTHS

NAMED_BY_THE_CONTRACT = (
    "[data-right], [data-verdict], [data-command], [data-ledger], #answer, button"
)
IN_A_CLOSED_ONE = "(one) => one.closest('details:not([open])') !== null"


@pytest.mark.parametrize("screen", SCREENS)
def test_form_answer_and_next_press_are_where_they_are_seen(fresh: Checker, screen: str) -> None:
    found = measured(fresh, screen)
    assert {what: most for what, most in found.items() if most > REACHES[what][screen]} == {}


@pytest.mark.parametrize("screen", SCREENS)
def test_two_presses_without_scrolling_lead_from_a_pasted_pair_to_ready(
    fresh: Checker, screen: str
) -> None:
    page = fresh.page
    page.set_viewport_size(SCREENS[screen])
    fresh.seal().check(GOOD)
    off = fresh.button("I see that it is off")
    expect(off).to_be_in_viewport(ratio=1)
    place = off.bounding_box()
    assert place
    page.mouse.click(place["x"] + 5, place["y"] + 5)
    ready = page.get_by_role("heading", name="Ready to connect")
    expect(ready).to_be_focused()
    expect(ready).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="Connect it at Bitsgap")).to_be_in_viewport(ratio=1)
    expect_verdict(fresh, "undecided", "none")


def test_the_answer_to_the_open_question_is_the_first_tab_stop(checker: Checker) -> None:
    checker.seal().check(GOOD)
    expect(checker.page.locator("#verdict-title")).to_be_focused()
    checker.page.keyboard.press("Tab")
    expect(checker.button("I see that it is off")).to_be_focused()


def test_what_is_to_be_fixed_stands_before_the_look_at_withdraw(checker: Checker) -> None:
    """Without CORS, Withdraw is open in every check; that is not what is wrong with this key."""
    checker.seal().check(NAMED["email-not-confirmed"])
    expect_verdict(checker, "incorrect-permissions", "key")
    expect(checker.verdict.get_by_role("link").first).to_contain_text("email")
    expect(checker.verdict.get_by_role("button")).to_have_text(
        ["Check again", "I see that it is off", "I see that it is on"]
    )
    expect(checker.verdict).to_contain_text("Incorrect permissions")


def test_nothing_that_a_script_may_rely_on_is_folded_away(checker: Checker) -> None:
    checker.seal().check(GOOD)
    expect(checker.page.locator("[data-command=curl]")).to_contain_text("DELETE")
    for part in checker.page.locator("#checker").locator(NAMED_BY_THE_CONTRACT).all():
        assert not part.evaluate(IN_A_CLOSED_ONE), part
    for part in checker.page.locator("[data-ledger-row], [data-command]").all():
        expect(part).to_be_visible()


@pytest.mark.parametrize(("platform", "first"), [("Win32", "windows"), ("MacIntel", "curl")])
def test_the_command_for_the_readers_own_system_comes_first(
    page: Page, exchange: StandIn, platform: str, first: str
) -> None:
    page.add_init_script(f"Object.defineProperty(navigator, 'platform', {{ value: '{platform}' }})")
    checker = Checker(page=page, exchange=exchange).open().seal().check(GOOD)
    expect(page.locator("[data-command]").first).to_contain_text("DELETE")
    expect(page.locator("[data-command]").first).to_have_attribute("data-command", first)
    assert checker.states()["withdraw"] == "could-not-tell"


def test_a_copy_is_signed_anew_and_only_then_its_time_is_counted(checker: Checker) -> None:
    page = checker.seal().check(GOOD).page
    shown = page.locator("[data-command=curl]")
    expect(shown).to_contain_text("DELETE")
    before = shown.text_content() or ""
    expect(page.locator("#countdown")).to_be_empty()
    checker.press("Copy for macOS, Linux")
    expect(page.get_by_role("status")).to_have_text("The command is on the clipboard.")
    expect(page.locator("#countdown")).to_contain_text(re.compile(r"Valid for (60|59|58) s"))
    pasted = checker.field("Answer from your terminal")
    pasted.press("ControlOrMeta+v")
    expect(pasted).to_have_value(shown.text_content() or "")
    expect(pasted).not_to_have_value(before)


def test_what_a_copy_came_to_is_shown_where_it_was_pressed(fresh: Checker) -> None:
    """The form, where all else is shown, may be screens above."""
    page = fresh.seal().check(GOOD).page
    page.set_viewport_size({"width": 390, "height": 844})
    for button in ("Copy report", "Copy for macOS, Linux"):
        fresh.button(button).evaluate("(it) => { it.focus(); it.scrollIntoView(false); }")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("is on the clipboard")
        shown = page.locator("#result, #by-hand").get_by_text("is on the clipboard")
        expect(shown.last).to_be_in_viewport()
        assert page.locator("#live").evaluate("(live) => live.clientWidth") <= 1


# --- Where the focus goes ---


def test_loading_by_a_press_takes_the_focus_on_to_the_field(fresh: Checker) -> None:
    fresh.button("Load the checker").focus()
    fresh.page.keyboard.press("Enter")
    expect(fresh.form).to_have_attribute("data-seal", "sealed", timeout=SEALING)
    expect(fresh.field("API key")).to_be_focused()


def test_stopping_what_loads_takes_the_focus_back(fresh: Checker) -> None:
    fresh.page.route("**/*pyodide.asm.wasm", lambda _: None)
    fresh.button("Load the checker").focus()
    fresh.page.keyboard.press("Enter")
    expect(fresh.button("Stop loading")).to_be_focused()
    fresh.page.keyboard.press("Enter")
    expect(fresh.button("Load the checker")).to_be_focused()


def test_a_failure_is_shown_once_said_once_and_can_be_tried_again(fresh: Checker) -> None:
    fresh.page.route("**/*pyodide.asm.wasm", lambda route: route.abort())
    fresh.button("Load the checker").focus()
    fresh.page.keyboard.press("Enter")
    expect(fresh.form).to_have_attribute("data-seal", "failed")
    expect(fresh.button("Load the checker")).to_be_focused()
    said = fresh.page.get_by_role("status")
    expect(said).to_have_text(fresh.words.text_content() or "")
    assert said.evaluate("(live) => live.clientWidth") <= 1


def test_checking_again_and_forgetting_lose_no_focus(checker: Checker, exchange: StandIn) -> None:
    checker.seal().check(GOOD)
    exchange.spoil("trading spot_fees", instead(), times=1)
    checker.button("Check again").focus()
    checker.page.keyboard.press("Enter")
    expect(checker.button("Stop the check")).to_be_focused()
    checker.page.keyboard.press("Enter")
    expect(checker.page.locator("#verdict-title")).to_be_focused()
    checker.button("Forget key").focus()
    checker.page.keyboard.press("Enter")
    expect(checker.field("API key")).to_be_focused()


def test_a_wait_for_python_that_is_stopped_gives_the_focus_back(
    page: Page, exchange: StandIn
) -> None:
    page.add_init_script(
        """const { postMessage } = MessagePort.prototype;
        MessagePort.prototype.postMessage = function (data, ...more) {
          if (!data.lock) postMessage.call(this, data, ...more);
        };"""
    )
    checker = Checker(page=page, exchange=exchange).open().seal().fill(GOOD)
    checker.press("Check key")
    checker.button("Stop the check").focus()
    page.keyboard.press("Enter")
    expect(checker.button("Check key")).to_be_focused()


def test_what_is_forgotten_while_the_answer_field_has_the_focus_passes_it_on(
    page: Page, exchange: StandIn
) -> None:
    page.clock.install()
    checker = Checker(page=page, exchange=exchange).open().seal().check(GOOD)
    checker.field("Answer from your terminal").focus()
    page.clock.fast_forward("10:10")
    expect(page.locator("#by-hand")).to_be_hidden()
    expect(checker.field("API key")).to_be_focused()


def test_a_python_that_ends_by_itself_passes_the_focus_on_and_is_named(fresh: Checker) -> None:
    fresh.start_python().check(GOOD)
    fresh.field("Answer from your terminal").focus()
    fresh.python.evaluate("setTimeout(() => { throw new Error('any') })")
    expect(fresh.page.locator("#by-hand")).to_be_hidden()
    expect(fresh.button("Check again")).to_be_focused()
    words = "Python: it stopped. The vault still holds your secret key."
    expect(fresh.page.get_by_role("status")).to_contain_text(words)
    expect(fresh.page.locator("#result").get_by_text(words)).to_be_in_viewport()


STOP = """() => {
  const { activeElement: at } = document;
  const name = at.id || at.getAttribute("aria-label") || at.innerText;
  return [`${at.tagName} ${name}`, getComputedStyle(at).outlineStyle];
}"""


def test_every_stop_of_the_keyboard_is_seen_to_be_one(checker: Checker) -> None:
    page = checker.seal().check(GOOD).page
    page.get_by_role("link", name="Skip to content").focus()
    page.keyboard.press("Tab")
    stops = []
    while not (stop := page.evaluate(STOP))[0].startswith("BODY"):
        stops.append(stop)
        page.keyboard.press("Tab")
    assert len(stops) > 30
    assert [name for name, outline in stops if outline == "none"] == []


def test_progress_is_said_once_for_each_answer(fresh: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    fresh.start_python().page.evaluate(
        """() => {
          const live = document.getElementById("live");
          self.said = [];
          const hear = () => said.push(live.textContent);
          new MutationObserver(hear).observe(live, { childList: true });
        }"""
    )
    fresh.check(GOOD)
    said = [words for words in fresh.page.evaluate("said") if "answered" in words]
    assert len(set(said)) == len(said) > 1


# --- Loading, and every state for eyes and for a screen reader ---


def test_the_closed_field_says_how_far_loading_is(fresh: Checker) -> None:
    fresh.page.route("**/*pyodide.asm.wasm", lambda _: None)
    fresh.press("Load the checker")
    expect(fresh.words).to_have_text(re.compile(r"Loading the checker: \d+\.[1-9] of \d+\.\d MB"))
    expect(fresh.field("Secret key")).to_have_accessible_description(
        re.compile(r"Opens in a moment: \d+\.[1-9] of \d+\.\d MB loaded\.")
    )


@pytest.fixture(scope="module")
def reader(browser: Browser, base_url: str, running_exchange: StandIn) -> Iterator[Checker]:
    """One page for all states that can follow each other."""
    with browser.new_context(base_url=base_url, reduced_motion="reduce") as context:
        yield Checker(page=context.new_page(), exchange=running_exchange).open()


def test_axe_finds_nothing_in_any_state(reader: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    found = {"before": axe(reader)}
    found["sealed"] = axe(reader.seal())
    reader.field("API key").fill(GOOD.api_key)
    reader.press("Check key")
    expect(reader.page.locator("#summary")).to_be_visible()
    found["stopped"] = axe(reader)
    for name in ("as-required", "email-not-confirmed", "withdraw-on"):
        found[name] = axe(reader.check(NAMED[name]))
    exchange.cors = False
    found["open"] = axe(reader.check(GOOD))
    reader.press("I see that it is off")
    expect(reader.page.get_by_role("heading", name="Ready to connect")).to_be_visible()
    found["confirmed"] = axe(reader)
    assert {state: faults for state, faults in found.items() if faults} == {}


def axe(checker: Checker) -> list[str]:
    """What axe finds in the checker as it is; DevTools put it there, past the page's policy."""
    page, found = checker.page, []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Runtime.evaluate", {"expression": AXE.read_text()})
    run = {"expression": RUN, "awaitPromise": True, "returnByValue": True}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            answer = devtools.send("Runtime.evaluate", run)["result"]["value"]
            found += [f"{scheme} {width} {fault}" for fault in json.loads(answer)]
    devtools.detach()
    return found


RUN = """axe.run("#checker", { resultTypes: ["violations"] }).then(({ violations }) =>
  JSON.stringify(violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id} ${target} ${any[0]?.message ?? ""}`))))"""
