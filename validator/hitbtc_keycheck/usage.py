"""How the commands may be called, and what is said where they are called otherwise.

Rules of this room: no message repeats an argument, since it might be a secret.
"""

import argparse
from typing import NoReturn

import httpx

from hitbtc_keycheck.surroundings import is_loopback
from hitbtc_keycheck.words import Message, Value

API = "https://api.hitbtc.com"
USAGE = 64  # EX_USAGE of sysexits.h


class UsageError(Exception):
    """Wrong usage; it holds a message for the reader, or several."""

    def __init__(self, *messages: Value) -> None:
        super().__init__()
        self.messages = messages


class Parser(argparse.ArgumentParser):
    """Refuses what it does not know in one sentence, without repeating it."""

    usage_word = "usage:"

    def format_help(self) -> str:
        """Return the help; argparse itself has no way to name the usage otherwise."""
        return f"{self.usage_word}{super().format_help().removeprefix('usage:')}"

    def error(self, message: str) -> NoReturn:  # noqa: ARG002 - it may repeat a secret
        raise UsageError(Message("command.unknown-argument"))


def base_address(address: str) -> str:
    """Return the base address without a slash at its end; https, except on loopback."""
    try:
        parts = httpx.URL(address)
        secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(address))
        usable = secure and parts.host and not parts.userinfo
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable or parts.query or parts.fragment:
        raise UsageError(Message("command.api-https"))
    return address.rstrip("/")
