"""Fills docs/en/maintainers/observations/index.md from the observations beside it:

    python -m tools.docs.observations

Rules of this room: only what was seen at HitBTC itself counts, the demo exchange and stand-ins do
not; of each unknown the latest answer is shown. A test compares the committed page with this.
"""

import json
from pathlib import Path

from hitbtc_keycheck.observations import QUESTIONS
from hitbtc_keycheck.usage import API
from tools.docs.filled import fill, table

FOLDER = Path("docs/en/maintainers/observations")


def rows(folder: Path) -> str:
    """Return the table of the observations in `folder`."""
    latest = _latest(folder)
    found = (
        _row(question, *latest.get(unknown, ("never", "", "not yet")))
        for unknown, question in QUESTIONS.items()
    )
    return table(("Question", "Answer", "Last seen"), found)


def _latest(folder: Path) -> dict[str, tuple[str, str, str]]:
    """The latest answer to each question that has one, with its day and its file."""
    found = {}
    for file in sorted(folder.glob("*.json")):
        observation = json.loads(file.read_text(encoding="utf-8"))
        for row in observation["rows"] if observation["api"] == API else ():
            if row["answer"]:
                found[row["unknown"]] = (observation["observed_at"][:10], file.name, row["answer"])
    return found


def _row(question: str, day: str, file: str, answer: str) -> tuple[str, ...]:
    return question, answer, f"[{day}]({file})" if file else day


if __name__ == "__main__":
    fill(FOLDER / "index.md", lambda _: rows(FOLDER))
