"""Serves site/ on this machine the way its hosts will: `python tools/build/serve.py [--port N]`.

The headers are read from the `_headers` that ships: what is tried here is what is published.
Compressed neighbours (.br, .gz) are used when the browser takes them.
"""

import argparse
import errno
import mimetypes
import ssl
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).resolve().parents[2] / "site"
TYPES = mimetypes.MimeTypes()
for suffix, kind in {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
}.items():
    TYPES.add_type(kind, suffix)
ENCODINGS = {"br": ".br", "gzip": ".gz"}

type Rules = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes = b""


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


def answer(site: Path, target: str, asked: Message) -> Answer:
    """What a host answers to GET `target` with the request headers `asked`."""
    path = unquote(urlsplit(target).path)
    rules = parse_headers((site / "_headers").read_text())
    file = file_for(site, path)
    if file and file.is_dir():
        return Answer(status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": f"{path}/"})
    if not file:
        return content(
            HTTPStatus.NOT_FOUND, site / "404.html", dict(headers_for("/404.html", rules)), asked
        )
    return content(HTTPStatus.OK, file, dict(headers_for(path, rules)), asked)


def file_for(site: Path, path: str) -> Path | None:
    """The file or folder at an address; nothing outside the site, nor what hosts keep back."""
    try:
        wanted = (site / path.lstrip("/")).resolve()
        if path.endswith("/"):
            wanted /= "index.html"
        inside = wanted.is_relative_to(site.resolve())
        kept_back = wanted.name == "_headers" or wanted.suffix in ENCODINGS.values()
        return wanted if inside and not kept_back and wanted.exists() else None
    except (OSError, ValueError):  # No file can have such a name.
        return None


def content(status: HTTPStatus, file: Path, headers: dict[str, str], asked: Message) -> Answer:
    accepted = [part.split(";")[0].strip() for part in asked.get("Accept-Encoding", "").split(",")]
    neighbours = {name: file.with_name(file.name + suffix) for name, suffix in ENCODINGS.items()}
    encoding = next(
        (name for name in ENCODINGS if name in accepted and neighbours[name].exists()), None
    )
    chosen = neighbours[encoding] if encoding else file
    headers |= {"Content-Type": content_type(file), "ETag": etag(chosen), "Vary": "Accept-Encoding"}
    headers |= {"Content-Encoding": encoding} if encoding else {}
    if status is HTTPStatus.OK and asked.get("If-None-Match") == headers["ETag"]:
        return Answer(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Answer(status=status, headers=headers, body=chosen.read_bytes())


def content_type(file: Path) -> str:
    kind = TYPES.guess_type(file.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def etag(file: Path) -> str:
    facts = file.stat()
    return f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site = SITE

    def do_GET(self) -> None:
        given = answer(self.site, self.path, self.headers)
        self.send_response(given.status)
        for name, value in given.headers.items():
            self.send_header(name, value)
        if given.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(given.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(given.body)

    do_HEAD = do_GET  # noqa: N815 the name http.server looks for

    def version_string(self) -> str:
        return "keycheck"

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of browsers that go away in the middle of an answer, as they may."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def server(site: Path, port: int) -> ThreadingHTTPServer:
    return Server(("127.0.0.1", port), type("SiteHandler", (Handler,), {"site": site}))


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
