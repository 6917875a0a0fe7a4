"""A line that breaks off in the middle of a file of the runtime: nothing of it is run."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import override

import pytest
from playwright.sync_api import Page, expect

from tests.exchange.standin import StandIn
from tests.page.checker import SEALING, Checker
from tools.build.serve import Handler, answer, server


class BreakingOff(Handler):
    """Announces a file whole, sends half of it and hangs up."""

    names: set[str]

    @override
    def do_GET(self) -> None:
        breaking = next((name for name in self.names if self.path.endswith(name)), None)
        if breaking is None:
            super().do_GET()
            return
        self.names.remove(breaking)
        given = answer(self.site, self.path, self.headers)
        self.send_response(given.status)
        for name, value in given.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(given.body)))
        self.end_headers()
        self.wfile.write(given.body[: len(given.body) // 2])
        self.close_connection = True


@pytest.fixture
def breaking(site_dir: Path, page: Page, exchange: StandIn) -> Iterator[Checker]:
    """The checker of a site that breaks off in the largest file, once."""
    names = {".pyodide.asm.wasm"}
    with server(site_dir, 0) as running:
        running.RequestHandlerClass = type(
            "Breaking", (BreakingOff,), {"site": site_dir, "names": names}
        )
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        url = f"http://127.0.0.1:{running.server_port}/checker/"
        yield Checker(page=page, exchange=exchange, url=url).open()
        running.shutdown()
        thread.join()


def test_half_a_file_is_not_taken_for_whole_and_pressing_again_fetches_the_rest(
    breaking: Checker,
) -> None:
    breaking.field("API key").focus()
    expect(breaking.form).to_have_attribute("data-seal", "failed", timeout=SEALING)
    expect(breaking.words).to_contain_text("could not be fetched from this site")
    expect(breaking.field("Secret key")).to_be_disabled()
    breaking.expect_workers(0)
    breaking.press("Load the checker")
    expect(breaking.form).to_have_attribute("data-seal", "sealed", timeout=SEALING)
