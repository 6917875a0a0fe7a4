"""theme/ mends copies of Material's partials: when theirs change, ours must be looked at."""

import hashlib
from pathlib import Path

import material  # type: ignore[import-untyped]
import pytest

UPSTREAM = Path(material.__file__).parent / "templates"
THEME = Path("theme")
LINES = [line.split() for line in (THEME / "upstream.sha256").read_text().splitlines()]
RECORDED = {name: digest for digest, name in LINES}


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_the_file_of_materials_that_ours_was_made_from_is_still_the_same(name: str) -> None:
    digest = hashlib.sha256((UPSTREAM / name).read_bytes()).hexdigest()
    assert digest == RECORDED[name], (
        f"Material's {name} has changed: compare it with what theme/ makes of it, carry over what "
        "matters, then record its new hash in theme/upstream.sha256."
    )


def test_every_file_that_overrides_one_of_materials_is_recorded() -> None:
    ours = {path.relative_to(THEME).as_posix() for path in THEME.rglob("*.html")}
    overriding = {name for name in ours if (UPSTREAM / name).exists()}
    assert overriding <= RECORDED.keys()
