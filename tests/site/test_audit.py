"""`make audit`: what it makes of the tools that only answer in JSON."""

from collections.abc import Iterator

import pytest

from tools.checks import audit

CRAWLABLE = {
    "audits": {"title": {"score": 1}, "crawlable": {"score": 0.5}, "idle": {"score": 0}},
    "categories": {
        "seo": {
            "auditRefs": [
                {"id": "title", "weight": 1},
                {"id": "crawlable", "weight": 2},
                {"id": "idle", "weight": 0},
            ]
        }
    },
}


def test_a_missing_mark_names_what_cost_it() -> None:
    assert audit.costs(CRAWLABLE, "seo") == ["crawlable"]


@pytest.mark.parametrize("found", [[], ["/ seo: crawlable"]])
def test_what_is_found_is_shown_and_counts(
    found: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.told("Lighthouse", iter(found)) == (found == [])
    assert capsys.readouterr().out.splitlines() == ["Lighthouse ...", *found]


@pytest.mark.parametrize(
    "amiss", [None, "Spelling", "HTML", "Policies", "observatory", "lighthouse"]
)
def test_it_fails_when_any_one_of_them_finds_something(
    amiss: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(title: str, *_: str) -> bool:
        return title.partition(" ")[0] != amiss

    def finding(name: str) -> Iterator[str]:
        yield from [name] if name == amiss else []

    monkeypatch.setattr(audit, "step", step)
    monkeypatch.setattr(audit, "policies", dict)
    for name in ("observatory", "lighthouse"):
        monkeypatch.setattr(audit, name, lambda name=name: finding(name))
    with pytest.raises(SystemExit) as ended:
        audit.main()
    assert ended.value.code == (amiss is not None)
