"""One sealed page for many tests: each is lent it as new, and gives it back as new.

Rules of this room: what makes the page new is what a reader presses, **Forget key**. Whatever
differs then from the page as it was once sealed fails the test that left it, and the next test is
lent another page. A test that loads, attacks or ends a part opens a page of its own.
"""

from difflib import unified_diff
from time import monotonic

from tests.page.checker import Checker

# The markup says what is shown, disabled, described or left in a row; the rest is not in it. Left
# out are the two places that tell what was done last: that the key is forgotten, and of the ledger.
OF_THE_PAGE = """() => {
  const markup = document.documentElement.cloneNode(true);
  for (const id of ["live", "ledger-words"]) markup.querySelector(`#${id}`).remove();
  const fields = document.querySelectorAll("input, textarea, select");
  const told = {
    fields: [...fields].map(({ id, value, checked }) => [id, value, checked]),
    "title and address": [document.title, location.href, window.name, history.state],
    window: [innerWidth, innerHeight, matchMedia("(prefers-color-scheme: dark)").matches],
    storage: [{ ...localStorage }, { ...sessionStorage }, document.cookie],
  };
  const lines = Object.entries(told).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return [...lines, ...markup.outerHTML.replaceAll("><", ">\\n<").split("\\n")];
}"""
# Somebody who replaced a function, or kept something under a name, altered it for all who follow.
OF_A_PART = """() => {
  const objects = [self, Date, performance, WebSocket.prototype, EventTarget.prototype];
  const written = (value) => (typeof value === "function" ? String(value) : typeof value);
  const told = ([name, { value, get }]) => `${name}: ${written(value ?? get)}`;
  const lines = (one) => Object.entries(Object.getOwnPropertyDescriptors(one)).map(told);
  return objects.flatMap(lines).filter((line) => !line.endsWith("[native code] }"));
}"""

type State = list[str]

QUIET_WITHIN = 5.0  # seconds


class SharedPage:
    """The page that is lent, opened when the first test asks for it, and anew after a leak."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._as_new: State = []

    def lent(self) -> Checker:
        if not self._as_new:
            forget(self._checker.open().start_python())
            self._as_new = state(self._checker)
        return self._checker

    def given_back(self) -> None:
        """Make it new; where it is not then, fail, and let the next test have it loaded anew."""
        wanted, self._as_new = self._as_new, []
        self._checker.exchange.mend()
        self._checker.page.context.set_offline(False)
        forget(self._checker)
        expect_quiet(self._checker)
        left = [*changes(wanted, state(self._checker)), *self._checker.exchange.violations]
        assert not left, "\n".join(["the page is not as new:", *left])
        self._as_new = wanted


def forget(checker: Checker) -> None:
    """Forget, and set back the two choices that are no secret's, which the page keeps."""
    checker.field("API key").fill("anything")  # what was found by a rehearsal is forgotten too
    checker.press("Forget key")
    checker.field("Also check Withdraw").check()
    checker.field("Made-up situation").select_option(index=0)


def expect_quiet(checker: Checker) -> None:
    """Wait until no socket is open, so that nothing is heard that the next test did not send."""
    end = monotonic() + QUIET_WITHIN
    while checker.exchange.open_sockets:
        assert monotonic() < end, f"{checker.exchange.open_sockets} sockets stay open"
        checker.page.wait_for_timeout(10)


def state(checker: Checker) -> State:
    """All that a test could leave behind: what the page shows and keeps, and each of its parts."""
    workers = checker.page.workers
    parts = [checker.page.evaluate(OF_A_PART), *(worker.evaluate(OF_A_PART) for worker in workers)]
    return [
        *checker.page.evaluate(OF_THE_PAGE),
        *(f"worker {id(worker)}" for worker in workers),
        *(line for part in parts for line in part),
    ]


def changes(before: State, after: State) -> list[str]:
    """The lines that went and those that came."""
    return [] if before == after else [*unified_diff(before, after, n=0, lineterm="")][2:]
