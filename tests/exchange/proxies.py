"""Proxies that lead the exchange's name to the stand-in, and nobody anywhere else.

Both note which names they were asked for. The one of HTTP is for browsers that cannot be told where
a name is, the one of SOCKS (RFC 1928, without a password) for the command.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

_GREETING = b"\x05\x00"
_CONNECTED = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00"
_REFUSED = b"\x05\x02" + _CONNECTED[2:]

type Proxied = Iterator[tuple[str, list[str]]]
"""The proxy's address, and the names that it was asked for so far."""


@contextmanager
def by_http(name: str, port: int) -> Proxied:
    """Lead to `port` whoever asks for `name`, which ends in a port too."""
    asked: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            asked.append(self.path)
            if self.path != name:
                self.send_error(403)
                return
            with socket.create_connection(("127.0.0.1", port)) as there:
                self.send_response_only(200)
                self.end_headers()
                _join(self.connection, there)

        def log_message(self, *_: object) -> None:
            pass

    with _running(ThreadingHTTPServer(("127.0.0.1", 0), Proxy)) as address:
        yield address, asked


@contextmanager
def by_socks(name: str, port: int) -> Proxied:
    """Lead to `port` whoever asks for `name`."""
    asked: list[str] = []

    class Proxy(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.recv(257)
                self.request.sendall(_GREETING)
                asked.append(self.request.recv(262)[5:-2].decode())
                if asked[-1] != name:
                    self.request.sendall(_REFUSED)
                    return
                with socket.create_connection(("127.0.0.1", port)) as there:
                    self.request.sendall(_CONNECTED)
                    _join(self.request, there)

    with _running(ThreadingTCPServer(("127.0.0.1", 0), Proxy)) as address:
        yield f"socks5h://{address}", asked


@contextmanager
def _running(proxy: ThreadingTCPServer | ThreadingHTTPServer) -> Iterator[str]:
    proxy.daemon_threads = True
    proxy.block_on_close = False
    with proxy:
        thread = Thread(target=proxy.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"127.0.0.1:{proxy.server_address[1]}"
        finally:
            proxy.shutdown()
            thread.join()


def _join(one: socket.socket, other: socket.socket) -> None:
    """Pass on all bytes both ways until either side is gone."""
    back = Thread(target=_copy, args=(other, one), daemon=True)
    back.start()
    _copy(one, other)
    back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
