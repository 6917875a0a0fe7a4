"""Inputs that taught something: found by `make fuzz`, or faults that were mended. One file each.

The first byte names the reader: a(nswer), p(aste), c(redentials).
"""

from pathlib import Path

import pytest

from tests.core.readers import READERS, try_input

INPUTS = sorted(Path(__file__).with_name("inputs").iterdir())


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: file.name)
def test_an_input_kept_is_read_as_it_must_be(file: Path) -> None:
    data = file.read_bytes()
    assert data[:1] in READERS
    try_input(data)


def test_inputs_are_kept() -> None:
    assert len(INPUTS) > 10
