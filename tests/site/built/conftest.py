"""What the tests of the built site share, beside tests/conftest.py."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.page.conftest import browser_type_launch_args  # noqa: F401 a fixture
from tools.build import languages
from tools.build.finish import finish
from tools.build.output import pages

ROOT = Path(__file__).resolve().parents[3]
COMMITTED = "1795300000"

type Build = Callable[[Path, str], None]


@pytest.fixture(scope="session")
def paths(site_dir: Path) -> list[str]:
    """Every page's address below the site's."""
    return [str(page.relative_to(site_dir)).removesuffix("index.html") for page in pages(site_dir)]


@pytest.fixture
def build(site_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Builds the pages once more, into a folder and for a public address of their own."""
    assert site_dir.exists()  # The whole build has left the runtime where it belongs.

    def run(folder: Path, url: str) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", COMMITTED)
        monkeypatch.setenv("SITE_URL", url)
        for command in languages.commands(ROOT, folder):
            subprocess.run(command, check=True, cwd=ROOT, env=os.environ, capture_output=True)
        finish(folder, ROOT / "build/runtime")

    return run


@pytest.fixture
def context(browser: Browser, serve_site: str) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=serve_site) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which nothing may go wrong: the browser reports what it refuses to the console."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    yield page
    assert said == []
