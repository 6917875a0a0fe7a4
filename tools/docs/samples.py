"""Writes into README.md what the command prints: `python -m tools.docs.samples`.

A rehearsal, so it asks nobody anything. A test compares the page with the command.
"""

import contextlib
import io
import os
from pathlib import Path
from unittest import mock

from hitbtc_keycheck import cli

PAGE = Path("README.md")
SAMPLE = "hitbtc-keycheck --rehearse all-fine"
BEGIN, END = f"```console\n$ {SAMPLE}\n", "```"
WIDTH = "76"


def printed() -> str:
    """Return what the command prints in a terminal of `WIDTH`, without blanks at the ends."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), mock.patch.dict(os.environ, COLUMNS=WIDTH):
        cli.main(SAMPLE.split()[1:])
    return "".join(f"{line.rstrip()}\n" for line in said.getvalue().splitlines())


def drawn_into(text: str) -> str:
    """Return the page's text with the sample as it is now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{printed()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(drawn_into(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
