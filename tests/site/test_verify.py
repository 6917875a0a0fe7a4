"""A published site is the build of its commit to the byte, or it is said what differs."""

import re
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree
from threading import Thread

import brotli  # type: ignore[import-untyped]
import httpx
import pytest

from tools.build import build
from tools.release import verify
from tools.build.serve import server

COMMITTED = "c" * 40
FILES = {
    "index.html": "<p>The front page</p>",
    "guide/index.html": "<p>The guide</p>",
    "404.html": "<p>Nothing here</p>",
    "checker/index.html": "<p>The checker</p>",
    "checker/vault.js": "export const forget = () => { key = null; };",
    "assets/card.png": "a picture",
    "_headers": "/*\n  X-Frame-Options: DENY\n",
}

type Run = Callable[[HTTPServer], int]


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the build of this commit would give."""
    site = tmp_path / "built"
    for name, text in {**FILES, "commit.txt": f"{COMMITTED}\n"}.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    monkeypatch.setattr(verify, "commit", lambda: COMMITTED)
    monkeypatch.setattr(build, "SITE", site)
    monkeypatch.setattr(build, "main", lambda: None)
    return site


@pytest.fixture
def published(built: Path, tmp_path: Path) -> Path:
    """What somebody put on a host."""
    return copytree(built, tmp_path / "published")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Serve, and verify what is served as on the command line; return the exit status."""

    def run(running: HTTPServer) -> int:
        thread = Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setattr(sys, "argv", ["verify", f"http://127.0.0.1:{running.server_port}"])
        with running:
            try:
                with pytest.raises(SystemExit) as ended:
                    verify.main()
            finally:
                running.shutdown()
                thread.join()
        return int(str(ended.value.code))

    return run


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    return re.sub(r":\d{4,5}/", "/", capsys.readouterr().out)


def test_an_untouched_site_is_the_same(
    published: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(server(published, 0)) == verify.SAME
    assert shown(capsys) == f"Every file is, to the byte, what {COMMITTED} gives.\n"


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"_headers"}))
def test_one_changed_byte_in_any_file_is_found_and_placed(
    name: str, published: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = bytearray((published / name).read_bytes())
    changed[5] ^= 1
    (published / name).write_bytes(changed)
    assert run(server(published, 0)) == verify.DIFFERENT
    size = len(changed)
    line = f"  {name}: differs from byte 5 on ({size} bytes came, the build has {size})"
    assert line in shown(capsys).splitlines()


@pytest.mark.parametrize("text", ["", FILES["checker/vault.js"] + "\nevil();"])
def test_a_shorter_or_longer_file_is_found(
    text: str, published: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (published / "checker/vault.js").write_text(text)
    assert run(server(published, 0)) == verify.DIFFERENT
    assert "checker/vault.js: differs from byte" in shown(capsys)


def test_a_changed_neighbour_that_browsers_would_get_is_found(
    published: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (published / "checker/vault.js.br").write_bytes(brotli.compress(b"steal(secret);"))
    assert run(server(published, 0)) == verify.DIFFERENT
    assert "checker/vault.js: differs from byte 0" in shown(capsys)


def test_neighbours_that_the_host_leaves_out_are_no_difference(built: Path, run: Run) -> None:
    published = copytree(built, built.with_name("published"))
    for suffix in (".br", ".gz"):
        (built / f"checker/vault.js{suffix}").write_bytes(b"packed")
    assert run(server(published, 0)) == verify.SAME


def test_a_missing_file_is_named_with_the_hosts_answer(
    published: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (published / "assets/card.png").unlink()
    assert run(server(published, 0)) == verify.DIFFERENT
    assert "  assets/card.png: HTTP 404" in shown(capsys)


def test_headers_that_the_host_leaves_out_are_told_and_no_difference(
    published: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (published / "_headers").write_text("/*\n  X-Other: 1\n")
    assert run(server(published, 0)) == verify.SAME
    assert "/checker/: X-Frame-Options" in shown(capsys)


# --- Bad input ---


def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> ThreadingHTTPServer:
    """A host of somebody else's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def say(handler: BaseHTTPRequestHandler, status: HTTPStatus, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("status", "body"), [(HTTPStatus.NOT_FOUND, b"no"), (HTTPStatus.OK, b"<p>Welcome</p>")]
)
def test_a_site_that_is_not_ours_is_a_sentence(
    status: HTTPStatus, body: bytes, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(answering(lambda handler: say(handler, status, body))) == verify.UNKNOWN
    assert shown(capsys) == ("http://127.0.0.1/ is no site of this project: it names no commit.\n")


@pytest.mark.usefixtures("built")
def test_a_site_that_redirects_is_a_sentence_with_the_other_address(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "https://elsewhere.example/"
    host = answering(lambda handler: say(handler, HTTPStatus.FOUND, b"", Location=other))
    assert run(host) == verify.UNKNOWN
    assert shown(capsys) == f"http://127.0.0.1/ redirects to {other}: name that address.\n"


def test_another_commit_is_a_sentence_that_names_both(
    published: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (published / "commit.txt").write_text(f"{'a' * 40}\n")
    assert run(server(published, 0)) == verify.UNKNOWN
    said = shown(capsys)
    assert "a" * 40 in said
    assert COMMITTED in said


@pytest.mark.usefixtures("built")
def test_a_site_half_down_is_left_after_three_files_in_a_row(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/commit.txt":
            say(handler, HTTPStatus.OK, f"{COMMITTED}\n".encode())
        else:
            handler.connection.close()

    assert run(answering(answer)) == verify.UNKNOWN
    assert shown(capsys).endswith("Nor did the 2 before it: stopped.\n")


@pytest.mark.usefixtures("built")
def test_a_file_that_now_redirects_is_a_difference(
    published: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        name = handler.path.lstrip("/")
        if name == "checker/vault.js":
            say(handler, HTTPStatus.FOUND, b"", Location="/other.js")
        else:
            file = published / (name or ".")
            say(
                handler,
                HTTPStatus.OK,
                (file / "index.html" if file.is_dir() else file).read_bytes(),
            )

    assert run(answering(answer)) == verify.DIFFERENT
    assert "  checker/vault.js: redirects to /other.js" in shown(capsys)


@pytest.mark.parametrize("arguments", [[], ["example.org"], ["https://one", "https://two"]])
def test_no_whole_address_is_a_sentence(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["verify", *arguments])
    with pytest.raises(SystemExit, match=str(verify.UNKNOWN)):
        verify.main()
    assert "make verify URL=" in capsys.readouterr().out


def test_a_host_that_does_not_answer_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.verify(httpx.URL("http://127.0.0.1:9/")) == verify.UNKNOWN
    assert "commit.txt did not come" in capsys.readouterr().out
