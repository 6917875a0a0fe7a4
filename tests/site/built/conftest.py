"""What the tests of the built site share, beside tests/conftest.py."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tools.build import languages
from tools.build.finish import finish
from tools.build.output import pages
from tools.checks.browser import launch_options

ROOT = Path(__file__).resolve().parents[3]
COMMITTED = "1795300000"
BELOW = "/some/where/"
SOURCE = "https://code.example/somebody/keycheck"

type Build = Callable[[Path, str, str], None]


@pytest.fixture(scope="session")
def browser(launch_browser: Callable[..., Browser], playwright: Playwright) -> Iterator[Browser]:
    """In place of pytest-playwright's own, which only knows a browser that Playwright installed."""
    launched = launch_browser(**launch_options(playwright, windows=False))
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def whole_browser(
    launch_browser: Callable[..., Browser], playwright: Playwright
) -> Iterator[Browser]:
    """One with windows: what it fetches ahead is what a reader's does."""
    launched = launch_browser(**launch_options(playwright))
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def paths(site_dir: Path) -> list[str]:
    """Every page's address below the site's."""
    return [str(page.relative_to(site_dir)).removesuffix("index.html") for page in pages(site_dir)]


@pytest.fixture(scope="session")
def build(site_dir: Path) -> Build:
    """Builds the pages once more, into a folder, for a public address and with that of the source."""
    assert site_dir.exists()  # The whole build has left the runtime where it belongs.

    def run(folder: Path, url: str, source: str) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("SOURCE_DATE_EPOCH", COMMITTED)
            patched.setenv("SITE_URL", url)
            patched.setenv("REPO_URL", source)
            for command in languages.commands(ROOT, folder):
                subprocess.run(command, check=True, cwd=ROOT, env=os.environ, capture_output=True)
            finish(folder, ROOT / "build/runtime")

    return run


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is made by the first of pytest's workers that asks for it, for all of them."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            half = folder.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)  # left by one that failed
            make(half)
            half.rename(folder)
    return folder


@pytest.fixture(scope="session")
def at_the_top(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site for the top of a host; it was not told where its source is."""
    return once(tmp_path_factory, "top", lambda half: build(half, "https://example.org/", ""))


@pytest.fixture(scope="session")
def below(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site for a folder of a host; it was told where its source is."""
    place, address = BELOW.strip("/"), f"https://example.org{BELOW}"
    return once(tmp_path_factory, "host", lambda half: build(half / place, address, SOURCE)) / place


@pytest.fixture
def context(browser: Browser, serve_site: str) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=serve_site) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    yield from quiet(context)


def quiet(context: BrowserContext) -> Iterator[Page]:
    """A page on which nothing may go wrong: the browser reports what it refuses to the console."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    yield page
    assert said == []
