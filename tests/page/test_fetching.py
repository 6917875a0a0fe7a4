"""What the checker's page fetches and when; what it says on slow, lost and hopeless lines.

Rule of this room: nothing here is timed. A slow line is one on which a file is held back, a long
wait is one that the page's clock is told of.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn
from tests.page.checker import SEALING, Checker
from tests.page.served import Heard, serving

RUNTIME = 7
MUTE = """
  const { Worker } = window;
  let made = 0;
  window.Worker = function (url, options) {
    made += 1;
    if (made < FIRST || made > LAST) return new Worker(url, options);
    const postMessage = () => { document.documentElement.dataset.told = made; };
    return Object.assign(new EventTarget(), { postMessage, terminate() {} });
  };
"""
"""The fetcher is made first, then two transports, then Python."""
STALLED = "This browser did not finish sealing the page, so the form stays closed."

type Served = tuple[Checker, Heard]


@pytest.fixture
def served(site_dir: Path, page: Page, exchange: StandIn) -> Iterator[Served]:
    """The checker, opened, and what its server hears."""
    with serving(site_dir) as (url, heard):
        yield Checker(page=page, exchange=exchange, url=f"{url}checker/").open(), heard


def fetched(heard: Heard) -> list[str]:
    return [request.split()[1] for request in heard.requests if "/runtime/" in request]


def test_nothing_of_the_runtime_is_fetched_before_the_reader_turns_to_the_form(
    served: Served,
) -> None:
    checker, heard = served
    page = checker.page
    page.wait_for_load_state("networkidle")
    page.get_by_role("heading", level=1).click()
    page.mouse.wheel(0, 2000)
    checker.field("API key").hover()
    page.keyboard.press("Tab")  # to the skip link
    page.wait_for_load_state("networkidle")
    assert fetched(heard) == []
    checker.seal()
    assert len(fetched(heard)) == len(set(fetched(heard))) == RUNTIME


@pytest.mark.parametrize("field", ["API key", "Secret key"])
def test_turning_to_either_field_loads(field: str, fresh: Checker) -> None:
    fresh.field(field).click(force=True)  # the secret's is closed
    expect(fresh.form).to_have_attribute("data-seal", "sealed", timeout=SEALING)


def test_a_second_visit_fetches_nothing_again(served: Served) -> None:
    checker, heard = served
    checker.seal()
    heard.forget()
    checker.open().seal()
    assert fetched(heard) == []


def test_a_slow_line_leaves_the_page_usable_and_the_loading_can_be_stopped(
    fresh: Checker,
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    fresh.page.route("**/*.wasm", hold)
    fresh.field("API key").focus()
    expect(fresh.words).to_contain_text("of 1")  # some of the ten and more megabytes are there
    expect(fresh.words).to_contain_text("MB")
    fresh.field("API key").fill("typed meanwhile")
    fresh.field("Also check Withdraw").uncheck()
    fresh.press("Stop loading")
    expect(fresh.form).to_have_attribute("data-seal", "open")
    expect(fresh.words).to_have_text("Loading was stopped. Nothing of yours was sent.")
    fresh.page.unroute("**/*.wasm")
    fresh.press("Load the checker")
    expect(fresh.form).to_have_attribute("data-seal", "sealed", timeout=SEALING)
    expect(fresh.field("API key")).to_have_value("typed meanwhile")


def test_offline_says_so_and_pressing_again_takes_up_where_it_was_left(served: Served) -> None:
    checker, heard = served
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    checker.page.route("**/*.pyodide.asm.mjs", hold)
    checker.field("API key").focus()
    expect(checker.words).to_contain_text(all_but(checker.page, "pyodide.asm.mjs"))
    checker.page.context.set_offline(True)
    held[0].abort("internetdisconnected")
    expect(checker.words).to_have_text(
        "This device is offline. Connect it and press the button again."
    )
    expect(checker.form).to_have_attribute("data-seal", "failed")
    checker.page.unroute("**/*.pyodide.asm.mjs")
    checker.page.context.set_offline(False)
    checker.press("Load the checker")
    expect(checker.form).to_have_attribute("data-seal", "sealed", timeout=SEALING)
    assert len([path for path in fetched(heard) if path.endswith(".whl")]) == 1


def all_but(page: Page, name: str) -> str:
    """How the page says that every file but one is there."""
    files = json.loads(page.locator("#build").text_content() or "{}")["runtime"]
    sizes = {file["name"]: file["bytes"] for file in files}
    total = sum(sizes.values())
    return f"{(total - sizes[name]) / 1e6:.1f} of {total / 1e6:.1f} MB"


def mute(first: int, last: int) -> str:
    return MUTE.replace("FIRST", str(first)).replace("LAST", str(last))


def test_a_browser_in_which_the_transport_never_starts_ends_in_words(
    page: Page, exchange: StandIn
) -> None:
    page.add_init_script(mute(2, 3))
    page.clock.install()
    checker = Checker(page=page, exchange=exchange).open()
    checker.field("API key").focus()
    expect(page.locator("html")).to_have_attribute("data-told", "3")
    checker.expect_workers(0)  # the fetcher is ended, and the transports are mute
    page.clock.fast_forward(58_000)
    expect(checker.form).to_have_attribute("data-seal", "sealing")
    page.clock.fast_forward(4_000)
    expect(checker.words).to_have_text(STALLED)
    expect(checker.form).to_have_attribute("data-seal", "failed")
    expect(checker.button("Load the checker")).to_be_enabled()
    expect(checker.field("Secret key")).to_be_disabled()


def test_a_browser_in_which_python_never_starts_says_so_and_a_press_does_not_wait_for_ever(
    page: Page, exchange: StandIn
) -> None:
    """As it is where a policy forbids WebAssembly to the worker: Pyodide then never settles."""
    page.add_init_script(mute(4, 9))
    page.clock.install()
    checker = Checker(page=page, exchange=exchange).open().seal()
    expect(checker.form).to_have_attribute("data-python", "starting")
    checker.fill(NAMED["as-required"]).press("Check key")
    expect(page.get_by_role("status")).to_contain_text("Waiting for Python to start")
    page.clock.fast_forward(12_600)
    page.clock.fast_forward(1_100)
    expect(checker.verdict).to_have_attribute("data-fault", "ours")
    expect(checker.verdict).to_contain_text("Python: it has not started yet")
    page.clock.fast_forward(60_000)
    page.clock.fast_forward(2_000)
    expect(checker.form).to_have_attribute("data-python", "starting")  # once more
    page.clock.fast_forward(60_000)
    page.clock.fast_forward(2_000)
    expect(checker.form).to_have_attribute("data-python", "failed")
    assert exchange.log == []


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (" 'wasm-unsafe-eval'", "forbids WebAssembly on this page"),
        ("worker-src blob:", "did not let the page start a worker"),
    ],
)
def test_a_page_on_which_what_it_needs_is_forbidden_says_so(
    allowed: str, words: str, page: Page, exchange: StandIn
) -> None:
    def forbid(route: Route) -> None:
        came = route.fetch()
        headers = {name: value.replace(allowed, "") for name, value in came.headers.items()}
        route.fulfill(response=came, headers=headers, body=came.text().replace(allowed, ""))

    page.route("**/checker/", forbid)
    checker = Checker(page=page, exchange=exchange).open()
    checker.field("API key").focus()
    expect(checker.words).to_contain_text(words)
    expect(checker.form).to_have_attribute("data-seal", "failed")
    expect(checker.field("Secret key")).to_be_disabled()


def test_where_nothing_can_be_kept_every_visit_fetches_and_seals(served: Served) -> None:
    """As with a full disk, or in a browser told to keep nothing."""
    checker, heard = served
    checker.page.route("**/runtime/*", lambda route: route.continue_())  # keeps nothing
    for _ in range(2):
        heard.forget()
        checker.open().seal()
        assert len(fetched(heard)) == RUNTIME
