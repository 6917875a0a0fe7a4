"""The weekly workflow opens an issue about news, and about nothing else."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from hitbtc_keycheck import doctor, surroundings, usage

FILE = Path(".github/workflows/drift.yml")


@pytest.fixture
def jobs() -> Any:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))["jobs"]


@pytest.mark.parametrize(
    ("status", "passes"),
    [
        (doctor.AS_BEFORE, True),
        (doctor.UNSEEN, True),
        (doctor.NEW, True),
        (1, False),
        (usage.USAGE, False),
        (surroundings.FAULT, False),
        (137, False),
    ],
)
def test_a_run_that_failed_is_no_answer(
    jobs: Any, tmp_path: Path, status: int, passes: bool
) -> None:
    program = tmp_path / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho said\nexit {status}\n")
    program.chmod(0o755)
    (script,) = (step["run"] for step in jobs["ask"]["steps"] if step.get("id") == "doctor")
    done = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=os.environ | {"GITHUB_OUTPUT": str(tmp_path / "output")},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode == 0) is passes
    assert (tmp_path / "output").read_text() == f"status={status}\n"


def test_only_news_opens_an_issue(jobs: Any) -> None:
    assert jobs["tell"]["if"] == f"needs.ask.outputs.status == '{doctor.NEW}'"
