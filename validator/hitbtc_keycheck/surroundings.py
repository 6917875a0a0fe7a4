"""What the commands run in: proxies, certificates, and outputs that cannot take everything.

Rules of this room: a setting that cannot be used is named in one sentence, never with its value,
which may hold a password. To this machine itself no proxy is used.
"""

import codecs
import errno
import io
import os
import ssl
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from rich.console import Console

from hitbtc_keycheck.words import Message, Value

FAULT = 70  # EX_SOFTWARE of sysexits.h

CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class SurroundingsError(Exception):
    """Something around the command cannot be used; it holds the message for the reader."""

    def __init__(self, message: Value) -> None:
        super().__init__()
        self.message = message


# --- The way to the exchange ---


def is_loopback(address: str) -> bool:
    """Whether an address is on this machine itself."""
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")


def client(api: str) -> httpx.Client:
    """Return a client for the base address `api`, as this machine is set to reach it."""
    trusted = _trusted()
    if is_loopback(api):
        return httpx.Client(transport=httpx.HTTPTransport(verify=trusted))
    try:
        return httpx.Client(verify=trusted)
    except (ValueError, httpx.InvalidURL):
        found = Message("surroundings.proxy", {"settings": _set(PROXIES)})
        raise SurroundingsError(found) from None


def _trusted() -> ssl.SSLContext:
    """The certificates to trust, from the settings that httpx follows."""
    folders = os.environ.get("SSL_CERT_DIR", "")
    try:
        if folders and not os.environ.get("SSL_CERT_FILE") and not _any_folder(folders):
            raise NotADirectoryError
        return httpx.create_ssl_context()
    except OSError:
        found = Message("surroundings.certificates", {"settings": _set(CERTIFICATES)})
        raise SurroundingsError(found) from None


def _any_folder(paths: str) -> bool:
    return any(Path(path).is_dir() for path in paths.split(os.pathsep))


def _set(names: tuple[str, ...]) -> Value:
    """Which of these variables are set, for a sentence."""
    given = [name for name in names if os.environ.get(name) or os.environ.get(name.lower())]
    return tuple(given) or Message("surroundings.system")


def cause(error: Exception, api: str) -> Message | None:
    """Return why `api` could not be reached, where it is known."""
    if distrusted(error):
        return _distrusted()
    if _proxied(api):
        return Message("surroundings.through-proxy", {"settings": _set(PROXIES)})
    return None


def distrusted(error: BaseException | None) -> bool:
    """Whether a certificate was refused."""
    while error and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def _distrusted() -> Message:
    given = tuple(name for name in CERTIFICATES[:2] if os.environ.get(name))
    if given:
        return Message("surroundings.distrusted-settings", {"settings": given})
    return Message("surroundings.distrusted")


def _proxied(api: str) -> bool:
    parts = urlsplit(api)
    named = getproxies().keys() & {parts.scheme, "all"}
    return bool(named) and not is_loopback(api) and not proxy_bypass(parts.hostname or "")


# --- Outputs ---

_SIMPLER = {"✓": "+", "✗": "x", "“": '"', "”": '"', "\u2019": "'", "…": "...", "\u2013": "-"}
"""What stands in for a character that an output's encoding does not have; otherwise "?" does."""


def let_outputs_take_everything() -> None:
    """Let no character that an output's encoding lacks end the command."""
    codecs.register_error("simpler", _simpler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="simpler")


def _simpler(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_SIMPLER.get(character, "?") for character in lacking), error.end


def flush(stream: TextIO | None) -> None:
    """Write out what is waiting. What cannot be written is dropped, or Python's own end fails."""
    try:
        if stream:
            stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno() if stream else nowhere)
        raise


def is_output(error: OSError) -> bool:
    """Whether it is an output that takes no more: a closed pipe, a full disk."""
    return error.errno in (errno.EPIPE, errno.ENOSPC)


class Screen(Console):
    """A console that raises at a closed pipe; rich itself would exit with 1, which is a verdict."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def say(sentence: str) -> None:
    """Print a sentence beside the report, where that can be."""
    with suppress(OSError):
        if sys.stderr:
            print(sentence, file=sys.stderr)
    with suppress(OSError):
        flush(sys.stderr)
