"""What happens to the maintainer's programs when what surrounds them fails.

Rule of this room: each ends in one sentence of ours, and nothing half made is taken for whole.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from venv import EnvBuilder

import pip
import pytest

from tools.build import build
from tools.release import reproduce

ROOT = Path(__file__).resolve().parents[2]
MAKE = shutil.which("make") or "make"
NOBODY = "http://127.0.0.1:9/"
REGISTRY = "packages could not be installed: the package registry did not answer, or a hash"


# --- The address of the site ---


@pytest.mark.parametrize(
    "url",
    ["", "example.org", "/base/", "ftp://example.org/", "https://example.org/a b/", "https://x/?y"],
)
def test_a_wrong_public_address_is_refused_before_anything_is_made(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SITE_URL", url)
    with pytest.raises(SystemExit) as ended:
        build.main()
    words = "The site was not built: SITE_URL is not an address as in https://example.org/folder/"
    assert ended.value.code == f"{words}: {url!r}."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "https://example.org/some/where"])
def test_a_right_one_is_built_for(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SITE_URL", url)
    monkeypatch.setattr(build, "build", lambda pages, _: pages.mkdir())
    build.main()
    assert Path("site").is_dir()


# --- The disk, and the person at the keyboard ---


@contextmanager
def as_anybody() -> Iterator[None]:
    """Without the right of root to write everywhere."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


def test_a_read_only_folder_ends_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory() as folder:
        monkeypatch.chdir(folder)
        Path(folder).chmod(0o555)
        with (
            as_anybody(),
            pytest.raises(SystemExit, match=r"^The site was not built: .*Permission denied.*\.$"),
        ):
            build.main()
        assert list(Path(folder).iterdir()) == []
        monkeypatch.undo()


def test_an_interruption_ends_in_one_sentence_and_leaves_the_former_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build, "build", interrupted)
    Path("site").mkdir()
    Path("site/index.html").write_text("the former one")
    with pytest.raises(SystemExit, match=r"^\nThe site was not built: it was interrupted\.$"):
        build.main()
    assert Path("site/index.html").read_text() == "the former one"


# --- The package registries ---


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what installs, with a Python of its own and nothing installed."""
    folder = tmp_path_factory.mktemp("fresh")
    (folder / "tools/build").mkdir(parents=True)
    shutil.copy(ROOT / "tools/build/setup", folder / "tools/build/setup")
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    for name in ("Makefile", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder / name)
    EnvBuilder(symlinks=True).create(folder / ".venv")
    (packages,) = (folder / ".venv").glob("lib/python*/site-packages")
    (packages / "pip").symlink_to(Path(pip.__file__).parent)
    names_its_python = "node_modules/pyodide/pyodide-lock.json"
    (folder / names_its_python).parent.mkdir(parents=True)
    shutil.copy(ROOT / names_its_python, folder / names_its_python)
    return folder


def set_up(
    fresh: Path, *what: str, registry: str = NOBODY, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run tools/build/setup with no registry but this one, asked once."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME")}
    pips = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": registry, "PIP_RETRIES": "0"}
    npms = {
        "npm_config_userconfig": os.devnull,
        "npm_config_cache": str(fresh / "npm-cache"),
        "npm_config_registry": registry,
        "npm_config_fetch_retries": "0",
    }
    return subprocess.run(
        [fresh / "tools/build/setup", *what],
        cwd=fresh,
        env=inherited | pips | npms | {"PIP_NO_CACHE_DIR": "1"} | more,
        capture_output=True,
        text=True,
        check=False,
    )


INSTALLS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "Python": (("python", "site"), ".venv/site.stamp"),
    "Python for the browser": (("pyodide",), ".venv/pyodide.stamp"),
    "npm": (("node", "."), "node_modules/.stamp"),
}


@pytest.mark.parametrize(("what", "stamp"), INSTALLS.values(), ids=list(INSTALLS))
def test_a_registry_that_nobody_answers_at_ends_in_one_sentence(
    fresh: Path, what: tuple[str, ...], stamp: str
) -> None:
    done = set_up(fresh, *what)
    assert done.returncode == 1
    assert REGISTRY in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not (fresh / stamp).exists()


def wheel() -> bytes:
    """A Python package without anything in it."""
    content = io.BytesIO()
    about = "small-1.dist-info"
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: small\nVersion: 1\n")
        packed.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        packed.writestr(f"{about}/RECORD", "")
    return content.getvalue()


WHEEL = wheel()


@pytest.fixture
def registry() -> Iterator[str]:
    """A registry of one Python package, whose file it announces whole and sends by half."""
    running = ThreadingHTTPServer(("127.0.0.1", 0), ByHalf)
    with running:
        thread = Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()
        thread.join()


class ByHalf(BaseHTTPRequestHandler):
    half = True

    def do_GET(self) -> None:
        page = b'<a href="/files/small-1-py3-none-any.whl">small-1-py3-none-any.whl</a>'
        body = WHEEL if self.path.startswith("/files/") else page
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if body is page else "application/zip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.half and body is WHEEL else body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_download_that_breaks_off_is_not_taken_for_whole_and_a_second_try_is(
    fresh: Path, registry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = hashlib.sha256(WHEEL).hexdigest()
    (fresh / "requirements/site.txt").write_text(f"small==1 --hash=sha256:{digest}\n")
    broken_off = set_up(fresh, "python", "site", registry=registry)
    assert broken_off.returncode == 1
    assert REGISTRY in broken_off.stderr.splitlines()[-1]
    assert not (fresh / ".venv/site.stamp").exists()
    monkeypatch.setattr(ByHalf, "half", False)
    assert set_up(fresh, "python", "site", registry=registry).returncode == 0
    assert (fresh / ".venv/site.stamp").exists()


@pytest.mark.parametrize("lock", ["small==1\n", f"small==1 --hash=sha256:{'0' * 64}\n"])
def test_a_package_without_a_hash_or_with_another_one_is_not_installed(
    lock: str, fresh: Path, registry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ByHalf, "half", False)
    (fresh / ".venv/site.stamp").unlink(missing_ok=True)
    for installed in fresh.glob(".venv/lib/python*/site-packages/small-*"):
        shutil.rmtree(installed)
    (fresh / "requirements/site.txt").write_text(lock)
    refused = set_up(fresh, "python", "site", registry=registry)
    assert refused.returncode == 1
    assert REGISTRY in refused.stderr.splitlines()[-1]
    assert not (fresh / ".venv/site.stamp").exists()


def test_no_npm_package_runs_a_program_of_its_own_when_it_is_installed(fresh: Path) -> None:
    folder = fresh / "programs"
    folder.mkdir()
    package = {"name": "small", "version": "1.0.0", "scripts": {"preinstall": "touch ran"}}
    (folder / "package.json").write_text(json.dumps(package))
    set_up(fresh, "node", "programs")
    assert not (folder / "ran").exists()


def test_what_is_installed_needs_no_registry_again(fresh: Path) -> None:
    """Whether `make` would install anything is what `make --dry-run` says."""

    def would_install() -> bool:
        planned = subprocess.run(
            [MAKE, "--dry-run", "site"], cwd=fresh, capture_output=True, text=True, check=True
        )
        return "tools/build/setup" in planned.stdout

    locks = {
        "requirements/site.txt": ".venv/site.stamp",
        "package-lock.json": "node_modules/.stamp",
    }
    (fresh / "node_modules").mkdir(exist_ok=True)
    for lock, stamp in locks.items():
        for other in locks.values():
            (fresh / other).touch()
        assert not would_install()
        newer = (fresh / stamp).stat().st_mtime + 1
        os.utime(fresh / lock, (newer, newer))
        assert would_install(), lock
        os.utime(fresh / lock, (0, 0))


# --- What the system lacks ---


@pytest.fixture
def bare(tmp_path: Path) -> str:
    """A PATH on which there is bash and nothing else that tools/build/setup looks for."""
    for name in ("bash", "env"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    return str(tmp_path)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (("python", "site"), "Python 3.12 or newer is needed: install it from "),
        (("node", "."), "Node.js 20 or newer is needed: install it from "),
    ],
)
def test_what_is_missing_is_named(
    fresh: Path, bare: str, tmp_path: Path, what: tuple[str, ...], words: str
) -> None:
    empty = tmp_path / "project"
    (empty / "tools/build").mkdir(parents=True)
    shutil.copy(fresh / "tools/build/setup", empty / "tools/build/setup")
    done = set_up(empty, *what, PATH=bare)
    assert done.returncode == 1
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == 1


# --- Two builds ---


def test_two_builds_are_told_apart_by_a_byte_and_by_a_file(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        (folder / "deep").mkdir(parents=True)
        (folder / "deep/page.html").write_text("the same")
        (folder / "index.html").write_text("the same")
    assert list(reproduce.differences(one, other)) == []
    (other / "deep/page.html").write_text("the Same")
    (one / "more.txt").touch()
    (other / "most.txt").touch()
    assert list(reproduce.differences(one, other)) == [
        "more.txt: in one of them only",
        "most.txt: in one of them only",
        "deep/page.html: not the same",
    ]
