"""Which language the command speaks: `--lang`'s, else the terminal's own, else English.

Rules of this room: a language is there where it has a file of words; nothing else lists them. A
language that is not known is never guessed at.
"""

import itertools
import os
import re
from importlib import resources

from hitbtc_keycheck.words import ENGLISH

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts (POSIX, "Internationalization Variables")."""


def languages() -> tuple[str, ...]:
    """Return the languages that there are words in, by the names of their files."""
    files = resources.files("hitbtc_keycheck").joinpath("words").iterdir()
    return tuple(sorted(file.name.removesuffix(".json") for file in files))


def spoken(arguments: list[str]) -> str:
    """Return the language to speak, also where the arguments are wrong otherwise."""
    pairs = itertools.pairwise(arguments)
    asked = [after for option, after in pairs if option == "--lang"]
    asked += [one.removeprefix("--lang=") for one in arguments if one.startswith("--lang=")]
    return next((name for name in (*asked, _of_terminal()) if name in languages()), ENGLISH)


def _of_terminal() -> str:
    """The terminal's language, as "es" where it is es_MX.UTF-8."""
    value = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    return re.split("[_.@]", value)[0].lower()
