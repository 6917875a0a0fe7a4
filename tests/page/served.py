"""Servers on loopback for the browser tests: a listener, and the site with what is asked noted.

Rule of this room: they note before they answer, so that what a browser got was also noted.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from tools.build.serve import server

BARE_PAGE = b"<!doctype html><title>Nothing is sealed here</title>"


class Heard:
    """The request lines and headers that a server was sent, and how often somebody connected."""

    def __init__(self) -> None:
        self.connections = 0
        self.requests: list[str] = []
        self._news = Condition()

    def connected(self) -> None:
        self.connections += 1

    def asked(self, request: BaseHTTPRequestHandler) -> None:
        with self._news:
            self.requests.append(f"{request.requestline}\n{request.headers}")
            self._news.notify_all()

    def waited_for(self, part: str) -> bool:
        """Whether a request with this part is heard, now or soon."""
        with self._news:
            return self._news.wait_for(lambda: any(part in one for one in self.requests), 5)

    def forget(self) -> None:
        self.connections = 0
        self.requests.clear()


class Bare(BaseHTTPRequestHandler):
    """Answers everything kindly: an empty page without any policy, which anybody may read."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(BARE_PAGE)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(BARE_PAGE)

    do_POST = do_GET  # noqa: N815 the name http.server looks for

    def log_message(self, *_: object) -> None:
        pass


type Served = tuple[str, Heard]
"""The address of a server, and what it hears."""


@contextmanager
def listening() -> Iterator[Served]:
    """A listener's address and what it hears."""
    yield from _running(ThreadingHTTPServer(("127.0.0.1", 0), Bare))


@contextmanager
def serving(site: Path) -> Iterator[Served]:
    """The address of a built site, served as its hosts will, and what it is asked."""
    yield from _running(server(site, 0))


def _running(running: HTTPServer) -> Iterator[Served]:
    heard = Heard()
    running.RequestHandlerClass = _noting(running.RequestHandlerClass, heard)
    with running:
        thread = Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}/", heard
        finally:
            running.shutdown()
            thread.join()


def _noting(kind: Any, heard: Heard) -> Any:
    class Noting(kind):  # type: ignore[misc]  # a class that is only known here
        def setup(self) -> None:
            heard.connected()
            super().setup()

        def parse_request(self) -> bool:
            understood: bool = super().parse_request()
            if understood:
                heard.asked(self)
            return understood

    return Noting


def copied(site: Path, folder: Path) -> Path:
    """Copy a built site without what is packed beforehand, so that each file is there once."""
    return Path(shutil.copytree(site, folder, ignore=shutil.ignore_patterns("*.br", "*.gz")))
