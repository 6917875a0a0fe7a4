"""Where the command gets key and secret: from a prompt, two variables or standard input.

Rules of this room: never from arguments, and the prompt does not echo. The secret stays in the
closure that signs.
"""

import codecs
import hashlib
import hmac
import os
import sys
import threading
import warnings
from getpass import GetPassWarning, getpass

from hitbtc_keycheck.advice import advice
from hitbtc_keycheck.answers import MAX_TEXT
from hitbtc_keycheck.outputs import say
from hitbtc_keycheck.shapes import shape_of
from hitbtc_keycheck.signing import Signer
from hitbtc_keycheck.surroundings import SurroundingsError
from hitbtc_keycheck.usage import UsageError
from hitbtc_keycheck.words import Message, Words

KEY_VARIABLE, SECRET_VARIABLE = "HITBTC_API_KEY", "HITBTC_SECRET_KEY"
MOMENT = 1.0  # seconds in which a pipe has usually brought what it brings


def hints_on(api_key: str, secret: str) -> tuple[Message, ...]:
    """Return what to say of a pair as it came; what must not be sent raises UsageError."""
    found = advice(shape_of(api_key, secret, public=True), shape_of(secret, api_key, public=False))
    if stopping := [item.text for item in found if item.stops]:
        raise UsageError(*stopping)
    return tuple(item.text for item in found)


def pair(words: Words) -> tuple[str, str]:
    """Return key and secret as they came: from the variables, standard input or a prompt."""
    given = [os.environ.get(name) for name in (KEY_VARIABLE, SECRET_VARIABLE)]
    if given[0] is not None and given[1] is not None:
        return given[0], given[1]
    if given != [None, None]:
        missing = SECRET_VARIABLE if given[1] is None else KEY_VARIABLE
        raise UsageError(Message("command.variable-missing", {"name": missing}))
    if sys.stdin and sys.stdin.isatty():
        return _prompted(words)
    lines = [line for line in _piped(words).splitlines() if line.strip()]
    if len(lines) != 2:  # noqa: PLR2004
        raise UsageError(_TWO_LINES)
    return lines[0], lines[1]


_TWO_LINES = Message("command.two-lines")


def _prompted(words: Words) -> tuple[str, str]:
    asked = [Message("command.prompt", {"field": Message(f"field.{name}")}) for name in _FIELDS]
    try:
        api_key, secret = (hidden(f"{words.say(question)} ") for question in asked)
        return api_key, secret
    except (EOFError, UnicodeDecodeError):
        raise UsageError(_TWO_LINES) from None


_FIELDS = ("key", "secret")


def hidden(question: str) -> str:
    """Ask without showing what is typed, or not at all."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)
            return getpass(question)
    except GetPassWarning:
        raise SurroundingsError(Message("command.echo")) from None


def _piped(words: Words) -> str:
    """All of standard input, as text. Where it does not end, say after a moment what is awaited."""
    if not sys.stdin:
        return ""
    awaited = words.say(Message("command.awaited"))
    reminder = threading.Timer(MOMENT, say, [awaited])
    reminder.daemon = True
    reminder.start()
    try:
        return _text(sys.stdin.buffer.read(MAX_TEXT), sys.stdin.encoding)
    finally:
        reminder.cancel()


def _text(came: bytes, encoding: str) -> str:
    """Read what came by its byte order mark; PowerShell, for one, may write UTF-16."""
    marked = (name for mark, name in _BYTE_ORDER_MARKS.items() if came.startswith(mark))
    try:
        text = came.decode(next(marked, encoding))
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise UsageError(Message("command.no-text"))
    return text


_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def signer(secret: str) -> Signer:
    return lambda message: hmac.new(
        secret.encode(errors="surrogatepass"), message.encode(), hashlib.sha256
    ).hexdigest()
