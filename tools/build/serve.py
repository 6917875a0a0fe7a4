"""Serves site/ on this machine the way its hosts will: `python tools/build/serve.py [--port N]`.

The headers are read from the `_headers` that ships: what is tried here is what is published. The
rest is WhiteNoise's: types, redirects, compressed neighbours (.br, .gz), what has not changed.
"""

import argparse
import errno
import ssl
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, override
from wsgiref.headers import Headers
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIEnvironment

from whitenoise import WhiteNoise  # type: ignore[import-untyped]

SITE = Path(__file__).resolve().parents[2] / "site"

type Rules = Mapping[str, Mapping[str, str]]


def parse_headers(text: str) -> Rules:
    """Reads `_headers`: a path pattern at the margin, its headers indented below."""
    rules: dict[str, dict[str, str]] = {}
    for line in filter(str.strip, text.splitlines()):
        if line.startswith(" "):
            name, _, value = line.strip().partition(": ")
            rules[list(rules)[-1]][name] = value
        else:
            rules[line] = {}
    return rules


def headers_for(path: str, rules: Rules) -> Iterator[tuple[str, str]]:
    for pattern, headers in rules.items():
        if path == pattern or (pattern.endswith("*") and path.startswith(pattern[:-1])):
            yield from headers.items()


class Site(WhiteNoise):  # type: ignore[misc]  # it comes without types
    """A site as a host serves it, as WSGI has it; it may be built anew meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__(
            self._missing,
            root=folder,
            index_file=True,
            autorefresh=True,
            max_age=None,
            allow_all_origins=False,
            mimetypes={".whl": "application/zip"},
            add_headers_function=self._add_headers,
        )

    @override
    def find_file(self, url: str) -> object:
        return None if url == "/_headers" else super().find_file(url)

    def _add_headers(self, headers: Headers, _: str, url: str) -> None:
        for name, value in self._shipped(url):
            headers[name] = value

    def _missing(self, asked: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        start(
            "404 Not Found",
            [("Content-Type", "text/html; charset=utf-8"), *self._shipped("/404.html")],
        )
        return (
            [] if asked["REQUEST_METHOD"] == "HEAD" else [(self._folder / "404.html").read_bytes()]
        )

    def _shipped(self, path: str) -> Iterator[tuple[str, str]]:
        return headers_for(path, parse_headers((self._folder / "_headers").read_text()))


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request: this is HTTP/1.0, unlike at a host."""

    daemon_threads = True

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of browsers that go away in the middle of a request, as they may."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Quiet(WSGIRequestHandler):
    @override
    def log_message(self, *_: object) -> None:
        pass


def server(site: Path, port: int) -> Server:
    running = Server(("127.0.0.1", port), Quiet)
    running.set_app(Site(site))
    return running


@contextmanager
def served(site: Path, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address, ending in a slash, at which the site is served meanwhile."""
    with server(site, 0) as running:
        scheme, host = "http", "127.0.0.1"
        if tls:
            running.socket = tls.wrap_socket(running.socket, server_side=True)
            scheme, host = "https", "localhost"
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"{scheme}://{host}:{running.server_port}/"
        finally:
            running.shutdown()
            thread.join()


def main() -> None:
    arguments = argparse.ArgumentParser(description="Serve site/ with the headers it ships with.")
    arguments.add_argument("--port", type=int, default=8000)
    port = arguments.parse_args().port
    if not (SITE / "_headers").exists():
        sys.exit("There is no built site to serve: run `make site` first.")
    try:
        running = server(SITE, port)
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = "is in use" if taken else f"cannot be used ({error})"
        sys.exit(f"Port {port} {reason}: choose another with `make serve PORT=`.")
    with running:
        print(f"http://127.0.0.1:{running.server_port}/  (Ctrl+C ends it)", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
