"""How far things reach on the checker's page, and how far they may."""

from playwright.sync_api import ViewportSize, expect

from tests.exchange.accounts import NAMED
from tests.page.checker import Checker

SCREENS: dict[str, ViewportSize] = {
    "phone": {"width": 390, "height": 844},
    "laptop": {"width": 1280, "height": 800},
}
REACHES = {
    "top of the page to the end of Check key": {"phone": 700, "laptop": 640},
    "top of the result to the end of its six rows": {"phone": 700, "laptop": 600},
    "top of the result to the end of I see that it is off": {"phone": 260, "laptop": 220},
    "height of the checker with that result": {"phone": 2300, "laptop": 2000},
}
"""How many CSS pixels each may take: the first before a check, the others where Withdraw is left to
look at."""

END_OF_FORM = "document.getElementById('check').getBoundingClientRect().bottom + scrollY"
ENDS = """() => {
  const end = (one) => one.getBoundingClientRect().bottom;
  const top = document.getElementById("result").getBoundingClientRect().top;
  return [
    Math.max(...[...document.querySelectorAll("[data-right]")].map(end)) - top,
    end(document.querySelector(".kc-look button")) - top,
    document.getElementById("checker").getBoundingClientRect().height,
  ];
}"""


def measured(checker: Checker, screen: str) -> dict[str, int]:
    """How far things reach on a screen, by a check that leaves Withdraw open."""
    checker.page.set_viewport_size(SCREENS[screen])
    before = checker.open().page.evaluate(END_OF_FORM)
    checker.seal().check(NAMED["as-required"])
    expect(checker.page.locator("[data-ledger-row]")).to_have_count(8)
    expect(checker.page.locator("#ledger-words")).not_to_be_empty()
    found = [before, *checker.page.evaluate(ENDS)]
    return dict(zip(REACHES, map(round, found), strict=True))
