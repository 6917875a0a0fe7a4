"""Visits to the checker's page and to one with stock Pyodide, for tools/checks/bench.py.

Rules of this room: both pages come from one server, under the same headers and compression; each
visit has a browser of its own, and a warm one the profile that a cold one left on the disk. What
is timed is timed in the page.
"""

import itertools
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, Playwright
from playwright.sync_api import Request as Asked

from tests.exchange.accounts import NAMED, Account
from tests.exchange.faults import delayed
from tests.exchange.standin import StandIn
from tools.build import assets
from tools.build.serve import served
from tools.checks.browser import launch_options

STOCK = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
RUNTIME = re.compile("/runtime/|/stock/py")
STOCK_PAGE = """<!doctype html><meta charset="utf-8"><title>Stock Pyodide</title>
<script type="module">
globalThis.begin = async () => {
  const { loadPyodide } = await import("./pyodide.mjs");
  await loadPyodide();
};
</script>
"""
PAUSE = 2.5
"""Seconds between two checks: sooner, the page would wait, to stay within the exchange's limits."""

GOOD = NAMED["as-required"]

TIMED = """async () => {
  const tasks = [];
  const watch = (list) => tasks.push(...list.getEntries().map((task) => task.duration));
  const observer = new PerformanceObserver(watch);
  observer.observe({ type: "longtask" });
  const began = performance.now();
  const sealed = await begin();
  const ended = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 200));
  return [ended - began, (sealed ?? ended) - began, Math.max(0, ...tasks)];
}"""

SEAL = """() => void (globalThis.begin = () => new Promise((ready, failed) => {
  const form = document.getElementById("checker");
  let sealed = 0;
  new MutationObserver(() => {
    const { python, seal } = form.dataset;
    if (seal === "sealed") sealed ||= performance.now();
    if (python === "ready") ready(sealed);
    if ([python, seal].includes("failed")) failed(new Error(form.textContent));
  }).observe(form, { attributes: true });
  document.getElementById("api-key").focus();
}))"""

CHECK = """(words) => new Promise((ended) => {
  const result = document.getElementById("result");
  const button = [...document.querySelectorAll("button")].find((it) => it.textContent === words);
  let began = performance.now();
  button.click();
  new MutationObserver(() => {
    const verdict = result.querySelector("[data-verdict]");
    if (verdict && began) {
      ended([performance.now() - began, verdict.dataset.verdict]);
      began = 0;
    }
  }).observe(result, { childList: true });
})"""


@dataclass(frozen=True, kw_only=True)
class Start:
    """How a page came to be ready: milliseconds, the longest task, bytes, files fetched before."""

    took: float
    sealed: float
    longest: float
    wire: float
    before: int


type Starts = Mapping[str, list[Start]]
"""Of "stock" and of "checker", with a "cold" cache and with a "warm" one."""


@contextmanager
def arena(site: Path, folder: Path, *, brotli: bool = True) -> Iterator[str]:
    """The address of a server of the built site, with stock Pyodide at stock/ beside it.

    Without `brotli` it has what gzip packed at best, as some hosts do.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(site, folder)
    (folder / "stock").mkdir()
    (folder / "stock/index.html").write_text(STOCK_PAGE)
    for name in (*STOCK, "pyodide-lock.json"):
        content = Path("node_modules/pyodide", name).read_bytes()
        for suffix, written in [("", content), *assets.packings(content)]:
            (folder / f"stock/{name}{suffix}").write_bytes(written)
    for packed in [] if brotli else folder.rglob("*.br"):
        packed.unlink()
    headers = folder / "_headers"
    rules = headers.read_text()
    runtime = rules.partition("/checker/runtime/*\n")[2].partition("\n/")[0]
    kept = next(line for line in runtime.splitlines() if "Cache-Control" in line)
    headers.write_text(f"{rules}\n/stock/*\n{kept}\n")
    with served(folder) as address:
        yield address


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Starts browsers, in which the exchange's name leads to the stand-in."""

    playwright: Playwright
    exchange: StandIn
    base: str
    profiles: Path

    @contextmanager
    def page(self, profile: str) -> Iterator[Page]:
        """A page of a browser that keeps its cache in a profile, until the end of the block."""
        own = f"--host-resolver-rules=MAP api.hitbtc.com 127.0.0.1:{self.exchange.port}"
        context = self.playwright.chromium.launch_persistent_context(
            self.profiles / profile,
            **launch_options(self.playwright, own, "--ignore-certificate-errors", "--no-sandbox"),
        )
        try:
            yield context.pages[0]
        finally:
            context.close()

    def start(self, path: str, profile: str) -> Start:
        """Open the page at `path`, turn to it and wait until it is ready."""
        with self.page(profile) as page:
            return self.started(page, path)

    def started(self, page: Page, path: str) -> Start:
        """Do so on a page that is there."""
        came: list[Asked] = []
        page.on("requestfinished", lambda it: came.append(it))  # noqa: PLW0108 it is marked
        page.goto(self.base + path, wait_until="networkidle")
        before = len(sizes(came))
        if path == "checker/":
            page.evaluate(SEAL)
        took, sealed, longest = page.evaluate(TIMED)
        sent = sum(sizes(came))
        return Start(took=took, sealed=sealed, longest=longest, wire=sent, before=before)


def sizes(came: list[Asked]) -> list[int]:
    """The bytes on the wire of each of Pyodide's files, whoever in the page asked for it."""
    return [it.sizes()["responseBodySize"] for it in came if RUNTIME.search(it.url)]


def fill(page: Page, account: Account) -> None:
    """Paste the pair."""
    page.get_by_label("API key", exact=True).fill(account.api_key)
    page.get_by_label("Secret key", exact=True).fill(account.secret)


def check(page: Page, button: str) -> float:
    """Press the button; return how long the verdict took, in milliseconds."""
    took, verdict = page.evaluate(CHECK, button)
    if verdict != "connected":
        raise AssertionError(f"A check came to {verdict}.")
    return float(took)


def repeated(visitor: Visitor, times: int) -> list[float]:
    """How long each check took but the first, with the exchange on this machine."""
    took = []
    with visitor.page("repeated") as page:
        visitor.started(page, "checker/")
        fill(page, GOOD)
        for number in range(times):
            time.sleep(PAUSE)
            took.append(check(page, "Check again" if number else "Check key"))
    return took[1:]


def late(visitor: Visitor, seconds: float) -> float:
    """Check once with an exchange whose every answer, once a socket is open, is late.

    Return how long that took, in milliseconds.
    """
    visitor.exchange.mend()
    for names in ("trading [!o]*", "wallet [!o]*", "rest *"):
        visitor.exchange.spoil(names, delayed(seconds))
    with visitor.page("late") as page:
        visitor.started(page, "checker/")
        fill(page, GOOD)
        return check(page, "Check key")


def interleaved(visitor: Visitor, rounds: int) -> Starts:
    """Visit both pages, cold and then warm, round after round: all meet the same machine."""
    made: dict[str, list[Start]] = {}
    for number, cache, page in itertools.product(
        range(rounds), ("cold", "warm"), ("stock", "checker")
    ):
        start = visitor.start(f"{page}/", f"{page}{number}")
        made.setdefault(f"{page}, {cache}", []).append(start)
        print(f"  {number + 1}/{rounds} {page}, {cache}: {start.took:.0f} ms", flush=True)
    return made
