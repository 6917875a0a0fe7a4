"""The ledger says what was sent, in numbers that can be checked, and blames nobody by mistake."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn
from tests.page.checker import Checker

GOOD = NAMED["as-required"]
ALL_THERE = "names nothing that is not above"


def on_the_wire(exchange: StandIn) -> list[tuple[str, int]]:
    """What the exchange heard, in the ledger's words, with the bytes of each message."""
    sent = []
    for heard in exchange.log:
        if heard.what == "open":
            sent.append((f"open /api/3/ws/{heard.channel}", 0))
        elif heard.channel != "rest":
            sent.append((heard.what, len(heard.body)))
        elif not heard.what.startswith("OPTIONS"):
            sent.append((heard.what, len(heard.headers["Authorization"])))
    return sorted(sent)


def in_the_ledger(page: Page) -> list[tuple[str, int]]:
    rows = [
        (row.locator("code").text_content(), row.locator(".kc-small").first.text_content())
        for row in page.locator("[data-ledger-row]").all()
    ]
    counted = [(what or "", re.search(r"(\d+) bytes", facts or "")) for what, facts in rows]
    return sorted((what, int(found[1]) if found else 0) for what, found in counted)


def rows(checker: Checker, kind: str) -> list[Locator]:
    return checker.page.locator(f"[data-ledger-row={kind}]").all()


def bytes_of(row: Locator) -> int:
    facts = row.locator(".kc-small").first.text_content() or ""  # behind the row's one line
    found = re.search(r"(\d+) bytes", facts)
    assert found, facts
    return int(found[1])


def test_the_bytes_of_a_message_are_those_that_arrived(checker: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    checker.seal().check(GOOD)
    arrived = [len(each.body) for each in exchange.log if each.body]
    assert sorted(map(bytes_of, rows(checker, "sent"))) == sorted(arrived)


def test_of_a_request_it_says_what_is_counted(checker: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    checker.seal().check(GOOD)
    (row,) = rows(checker, "request")
    (heard,) = [each for each in exchange.log if each.what.startswith("DELETE")]
    expect(row).to_contain_text("bytes in its Authorization header")
    assert bytes_of(row) == len(heard.headers["Authorization"])


def test_of_an_opening_no_bytes_are_claimed(checker: Checker) -> None:
    checker.seal().check(GOOD)
    for row in rows(checker, "connection"):
        expect(row).to_contain_text("api.hitbtc.com")
        expect(row).not_to_contain_text("bytes")


def test_each_check_is_compared_with_its_own_requests(checker: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    checker.seal().check(GOOD)
    for _ in range(2):
        expect(checker.page.locator("#ledger-words")).to_contain_text(ALL_THERE)
        checker.press("Check again")
        expect(checker.verdict).to_be_visible()
    expect(checker.page.locator("#ledger-words")).to_contain_text(ALL_THERE)
    (row,) = rows(checker, "request")
    expect(row).to_contain_text("also in the browser's own list")


def test_the_rows_of_a_second_check_are_what_it_sent_itself(
    checker: Checker, exchange: StandIn
) -> None:
    exchange.cors = True
    checker.check(GOOD)
    first = on_the_wire(exchange)
    exchange.log.clear()
    checker.press("Check again")
    expect(checker.verdict).to_be_visible()
    assert in_the_ledger(checker.page) == on_the_wire(exchange)
    assert on_the_wire(exchange) != first  # another id stands in the request


def test_a_list_of_the_browsers_that_is_full_hides_nothing(
    fresh: Checker, exchange: StandIn
) -> None:
    exchange.cors = True
    fresh.seal()
    fresh.start_python().transport.evaluate("performance.setResourceTimingBufferSize(0)")
    fresh.check(GOOD)
    (row,) = rows(fresh, "request")
    expect(row).to_contain_text("also in the browser's own list")


def test_a_request_that_the_ledger_does_not_have_is_told(fresh: Checker, exchange: StandIn) -> None:
    exchange.cors = True
    fresh.seal().fill(GOOD)
    elsewhere = "https://api.hitbtc.com/api/3/public/currency"
    spy = "const { send } = WebSocket.prototype; WebSocket.prototype.send = function (text) {"
    read = f"fetch('{elsewhere}').then((all) => all.text())"
    fresh.start_python().transport.evaluate(f"() => {{ {spy} {read}; send.call(this, text); }} }}")
    fresh.press("Check key")
    expect(fresh.page.locator("#ledger-words")).to_contain_text(
        f"more than this ledger: {elsewhere}"
    )


NOTED = """() => {
  self.PerformanceObserver = class {
    constructor(told) {
      const list = [
        { name: "https://before.invalid/", startTime: 0 },
        { name: "https://after.invalid/", startTime: 1e9 },
      ];
      self.note = () => told({ getEntries: () => list });
    }
    observe() {}
  };
}"""


def test_what_the_page_itself_asked_for_once_sealed_is_told(page: Page, exchange: StandIn) -> None:
    """Its policy refuses whatever it asks for then: here the browser's list says otherwise."""
    exchange.cors = True
    page.add_init_script(f"({NOTED})()")
    checker = Checker(page=page, exchange=exchange).open().seal()
    page.evaluate("note()")
    checker.check(GOOD)
    words = page.locator("#ledger-words")
    expect(words).to_contain_text("more than this ledger: https://after.invalid/.")
