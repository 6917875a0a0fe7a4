"""The command's outputs, which may not take everything: an encoding, a closed pipe, a full disk.

Rules of this room: no character ends the command, and an output that takes no more is told apart
from everything else that can go wrong.
"""

import codecs
import errno
import io
import os
import sys
from contextlib import suppress
from typing import TextIO

from rich.console import Console

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
