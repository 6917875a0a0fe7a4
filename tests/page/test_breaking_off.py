"""A line that breaks off in the middle of a file of the runtime: nothing of it is run."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, override
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from playwright.sync_api import Page, expect

from tests.exchange.standin import StandIn
from tests.page.checker import SEALING, Checker
from tools.build.serve import Site, server


class BreakingOff(Site):
    """Announces the largest file whole, sends half of it and hangs up, once."""

    broke_off = False

    @override
    def __call__(self, asked: WSGIEnvironment, start: StartResponse) -> Any:
        body = super().__call__(asked, start)
        if self.broke_off or not asked["PATH_INFO"].endswith(".pyodide.asm.wasm"):
            return body
        self.broke_off = True
        with closing(body):
            content = b"".join(body)
        return [content[: len(content) // 2]]


@pytest.fixture
def breaking(site_dir: Path, page: Page, exchange: StandIn) -> Iterator[Checker]:
    """The checker of such a site."""
    with server(site_dir, 0) as running:
        running.set_app(BreakingOff(site_dir))
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
