"""`make audit`: how other tools' answers become tables, and when it is not content."""

from pathlib import Path

import pytest

from tools.checks import audit
from tools.checks.audit import Section

CLEAN = Section(title="Links", words="All lead somewhere.")
FAULTY = Section(
    title="Size", words="In kB.", head=["Page", "kB"], rows=[["/", "200"]], wrong=["/"]
)


def lighthouse_saying(**scores: float) -> object:
    """Lighthouse's result for a page where only SEO's audits are told one by one."""
    audits = {"title": {"score": 1}, "crawlable": {"score": 0}, "idle": {"score": 0}}
    weights = {"title": 1, "crawlable": 2, "idle": 0}
    return {
        "audits": audits,
        "categories": {
            name: {
                "score": scores.get(name, 1),
                "auditRefs": [{"id": it, "weight": weight} for it, weight in weights.items()],
            }
            for name in audit.CATEGORIES
        },
    }


def test_a_figure_over_its_limit_is_other_than_wanted() -> None:
    column = audit.limited("kB", {"/": 150.0, "/guide/": 150.6}, most=150)
    assert column.cells == {"/": "150", "/guide/": "151"}
    assert column.wrong == ["/guide/: 151 kB"]


def test_faults_are_counted_page_by_page() -> None:
    column = audit.counted("axe", ["/", "/guide/"], [("/", "one"), ("/", "two")])
    assert column.cells == {"/": "2", "/guide/": "0"}
    assert column.wrong == ["axe: one", "axe: two"]


def test_a_missing_mark_names_what_cost_it_and_speed_is_information(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = lighthouse_saying(seo=0.92, performance=0.4)
    monkeypatch.setattr(audit, "lighthouse_result", lambda *_: result)
    column = audit.lighthouse(["/"], "chromium", "http://127.0.0.1/")
    assert column.cells == {"/": "100 / 100 / 92 / 40"}
    assert column.wrong == ["Lighthouse: / seo: crawlable"]


@pytest.mark.parametrize(("sections", "status"), [([CLEAN], 0), ([CLEAN, FAULTY], 1)])
def test_it_fails_when_anything_is_other_than_wanted(
    sections: list[Section], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WRITE", raising=False)
    with pytest.raises(SystemExit) as ended:
        audit.report(sections)
    assert ended.value.code == status


def test_what_is_written_has_the_day_the_cores_and_every_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRITE", "1")
    monkeypatch.setattr(audit, "WRITTEN", tmp_path / "audit.md")
    with pytest.raises(SystemExit):
        audit.report([FAULTY])
    text = audit.WRITTEN.read_text()
    assert "| Page | kB |\n| --- | --- |\n| / | 200 |\n" in text
    assert "wanted: **1**" in text
    assert "cores" in text
