"""Two more browsers under one handle: Firefox through puppeteer, WebKitGTK through selenium.

Both are Debian's own. What they cannot be told by an option they are told by a proxy: where
api.hitbtc.com is.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from selenium.webdriver import Remote, WebKitGTKOptions
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.service import Service

BRIDGE = Path(__file__).with_name("firefox.mjs")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
DRIVER = shutil.which("WebKitWebDriver")
MINI_BROWSER = next(Path("/usr/lib").glob("*/webkit*gtk-*/MiniBrowser"), None)
MISSING = [
    package
    for package, found in {
        "firefox-esr": FIREFOX,
        "webkit2gtk-driver": DRIVER and MINI_BROWSER,
    }.items()
    if not found
]
PATIENCE = 120


class Engine(Protocol):
    """A browser with one page open."""

    def goto(self, url: str) -> None: ...

    def type(self, selector: str, text: str) -> None: ...

    def click(self, selector: str) -> None: ...

    def evaluate(self, script: str, given: object = None) -> Any:
        """Call a function of the page's with one argument, and wait for what it promises."""


class Firefox:
    def __init__(self, bridge: subprocess.Popen[str]) -> None:
        self._bridge = bridge

    def goto(self, url: str) -> None:
        self._ask(do="goto", url=url)

    def type(self, selector: str, text: str) -> None:
        self._ask(do="type", selector=selector, text=text)

    def click(self, selector: str) -> None:
        self._ask(do="click", selector=selector)

    def evaluate(self, script: str, given: object = None) -> Any:
        return self._ask(do="evaluate", script=script, given=given)

    def _ask(self, **command: object) -> Any:
        assert self._bridge.stdin
        assert self._bridge.stdout
        print(json.dumps(command), file=self._bridge.stdin, flush=True)
        answer = json.loads(self._bridge.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]


class WebKit:
    def __init__(self, driver: Remote) -> None:
        self._driver = driver

    def goto(self, url: str) -> None:
        self._driver.get(url)

    def type(self, selector: str, text: str) -> None:
        self._driver.find_element("css selector", selector).send_keys(text)

    def click(self, selector: str) -> None:
        button = self._driver.find_element("css selector", selector)
        self._driver.execute_script("arguments[0].click()", button)

    def evaluate(self, script: str, given: object = None) -> Any:
        asked = f"const [given, told] = arguments; Promise.resolve(({script})(given)).then(told)"
        return self._driver.execute_async_script(asked, given)


@contextmanager
def firefox(proxy: str, *, wasm: bool = True) -> Iterator[Engine]:
    """Firefox, with WebAssembly or without."""
    command = [
        "node",
        str(BRIDGE),
        str(FIREFOX),
        proxy,
        json.dumps(
            {
                "javascript.options.wasm": wasm,
                "media.peerconnection.ice.loopback": True,  # Else WebRTC never asks a local server.
            }
        ),
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as bridge:
        yield Firefox(bridge)


@contextmanager
def webkit(proxy: str, *, wasm: bool = True) -> Iterator[Engine]:
    """WebKitGTK's own small browser, with WebAssembly or without."""
    options = WebKitGTKOptions()
    options.binary_location = str(MINI_BROWSER)
    for argument in ("--automation", f"--proxy=http://{proxy}", "--ignore-host=127.0.0.1"):
        options.add_argument(argument)
    options.accept_insecure_certs = True
    service = Service(DRIVER, env=os.environ | {"JSC_useWasm": str(int(wasm))})
    service.start()
    try:
        place = ClientConfig(remote_server_addr=service.service_url)
        with Remote(RemoteConnection(client_config=place), options=options) as driver:
            driver.set_script_timeout(PATIENCE)
            yield WebKit(driver)
    finally:
        service.stop()
