"""The page of observations says what the files beside it hold, and no more."""

import json
from pathlib import Path

from hitbtc_keycheck.usage import API
from tools.docs.filled import filled
from tools.docs.observations import FOLDER, rows


def observed(folder: Path, moment: str, api: str = API, **answers: str | None) -> None:
    told = [{"unknown": unknown, "answer": answer} for unknown, answer in answers.items()]
    data = {"observed_at": moment, "api": api, "key": None, "rows": told}
    (folder / f"{moment.replace(':', '')}.json").write_text(json.dumps(data))


def test_the_committed_page_is_what_the_files_give() -> None:
    text = (FOLDER / "index.md").read_text()
    assert rows(FOLDER) in text
    assert text == filled(text, lambda _: rows(FOLDER))


def test_without_observations_every_question_is_open(tmp_path: Path) -> None:
    lines = rows(tmp_path).splitlines()[2:]
    assert len(lines) == 8
    assert all(line.endswith("| not yet | never |") for line in lines)


def test_the_latest_answer_counts_and_an_open_row_does_not_hide_it(tmp_path: Path) -> None:
    observed(tmp_path, "2026-11-22T10:00:00Z", cors="no", unsigned="old")
    observed(tmp_path, "2026-12-01T10:00:00Z", cors=None, unsigned="new")
    text = rows(tmp_path)
    assert "| no | [2026-11-22](2026-11-22T100000Z.json) |" in text
    assert "| new | [2026-12-01](2026-12-01T100000Z.json) |" in text
    assert "old" not in text


def test_what_another_exchange_did_is_not_told_of_hitbtc(tmp_path: Path) -> None:
    observed(tmp_path, "2026-11-22T10:00:00Z", api="http://127.0.0.1:8443", cors="yes")
    assert "| yes |" not in rows(tmp_path)
