"""A SOCKS proxy (RFC 1928, without a password) that leads one name to a port of this machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

_GREETING = b"\x05\x00"
_CONNECTED = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00"
_REFUSED = b"\x05\x02" + _CONNECTED[2:]


@contextmanager
def leading(name: str, port: int) -> Iterator[tuple[str, list[str]]]:
    """The proxy's address, and the names that it was asked for so far."""
    asked: list[str] = []

    class Proxy(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.recv(257)
                self.request.sendall(_GREETING)
                wanted = self.request.recv(262)
                asked.append(wanted[5:-2].decode())
                if asked[-1] != name:
                    self.request.sendall(_REFUSED)
                    return
                with socket.create_connection(("127.0.0.1", port)) as there:
                    self.request.sendall(_CONNECTED)
                    back = Thread(target=_copy, args=(there, self.request), daemon=True)
                    back.start()
                    _copy(self.request, there)
                    back.join()

    with ThreadingTCPServer(("127.0.0.1", 0), Proxy) as running:
        running.daemon_threads = True
        running.block_on_close = False
        thread = Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"socks5h://127.0.0.1:{running.server_address[1]}", asked
        finally:
            running.shutdown()
            thread.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
