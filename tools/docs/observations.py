"""Writes docs/en/maintainers/observations/index.md from the observations beside it:

    python -m tools.docs.observations

Rules of this room: only what was seen at HitBTC itself counts, the demo exchange and stand-ins do
not; of each unknown the latest answer is shown. A test compares the committed page with this.
"""

import json
from pathlib import Path

from hitbtc_keycheck.observations import QUESTIONS
from hitbtc_keycheck.terminal import API

FOLDER = Path("docs/en/maintainers/observations")

HEAD = """\
---
title: What was seen at HitBTC itself
description: "What HitBTC itself answered, on which day, and what nobody has settled yet."
search:
  exclude: true
---

<!-- Written by tools/docs/observations.py from the files beside it: add a file, not a line. -->

# What was seen at HitBTC itself

Most of what this site says comes from [public material](../../about/facts.md). Some questions only
the exchange can answer. Whoever maintains this project, or wants to help, asks it with a key of
their own:

```console
$ pip install '.[doctor]'
$ hitbtc-keycheck doctor
```

It shows each request before it sends it, and writes down statuses and codes; no key, no secret, no
amount. It sends only [what the checker may send](../../reference/requests.md) and two reads of its
own, which no check sends:

- `GET /api/2/public/currency/BTC`, without a key. By its documentation the earlier API v2 lets a
  key with **Payment information** pay other users; nobody knows whether it still answers.
- `GET /api/3/user/api-keys`, signed. If there is such a request, its answer lists the account's
  keys; only its status and code are kept.

"""


def page(folder: Path) -> str:
    """Return the page for the observations in `folder`."""
    latest = _latest(folder)
    rows = (
        _row(question, *latest.get(unknown, ("never", "", "not yet")))
        for unknown, question in QUESTIONS.items()
    )
    return (
        HEAD + "\n".join(["| Question | Answer | Last seen |", "| --- | --- | --- |", *rows]) + "\n"
    )


def _latest(folder: Path) -> dict[str, tuple[str, str, str]]:
    """The latest answer to each question that has one, with its day and its file."""
    found = {}
    for file in sorted(folder.glob("*.json")):
        observation = json.loads(file.read_text(encoding="utf-8"))
        for row in observation["rows"] if observation["api"] == API else ():
            if row["answer"]:
                found[row["unknown"]] = (observation["observed_at"][:10], file.name, row["answer"])
    return found


def _row(question: str, day: str, file: str, answer: str) -> str:
    seen = f"[{day}]({file})" if file else day
    return f"| {question} | {answer} | {seen} |"


if __name__ == "__main__":
    (FOLDER / "index.md").write_text(page(FOLDER), encoding="utf-8")
