"""The way of a browser that cannot be told where a name is: a proxy for whatever is encrypted.

It leads api.hitbtc.com to the stand-in, everybody else nowhere, and notes whom it was asked for.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@contextmanager
def proxying(port: int) -> Iterator[tuple[str, list[str]]]:
    """The proxy's address, and the hosts that it was asked for so far."""
    asked: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            asked.append(self.path)
            if self.path != "api.hitbtc.com:443":
                self.send_error(403)
                return
            with socket.create_connection(("127.0.0.1", port)) as exchange:
                self.send_response_only(200)
                self.end_headers()
                back = Thread(target=_copy, args=(exchange, self.connection))
                back.start()
                _copy(self.connection, exchange)
                back.join()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as running:
        running.daemon_threads = True
        running.block_on_close = False
        thread = Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{running.server_port}", asked
        finally:
            running.shutdown()
            thread.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Pass on all bytes until either side is gone, then close the other's ears."""
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
