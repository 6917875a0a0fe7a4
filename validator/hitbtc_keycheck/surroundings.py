"""What the commands run in on the way to the exchange: proxies and certificates.

Rules of this room: a setting that cannot be used is named in one sentence, never with its value,
which may hold a password. To this machine itself no proxy is used.
"""

import os
import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from hitbtc_keycheck.words import Message, Value

FAULT = 70  # EX_SOFTWARE of sysexits.h

CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class SurroundingsError(Exception):
    """Something around the command cannot be used; it holds the message for the reader."""

    def __init__(self, message: Value) -> None:
        super().__init__()
        self.message = message


def is_loopback(address: str) -> bool:
    """Whether an address is on this machine itself."""
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")


def client(api: str) -> httpx.Client:
    """Return a client for the base address `api`, as this machine is set to reach it.

    It keeps no cookie, which would go along with the next request unseen.
    """
    trusted = _trusted()
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    if is_loopback(api):
        return httpx.Client(transport=httpx.HTTPTransport(verify=trusted), cookies=no_cookies)
    try:
        return httpx.Client(verify=trusted, cookies=no_cookies)
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
