"""What must hold of the readers, whatever they are given: for `make fuzz` and test_inputs.py."""

import re

from hitbtc_keycheck import byhand
from hitbtc_keycheck.advice import advice
from hitbtc_keycheck.answers import MAX_SAID, Kind, read_frame, read_rest
from hitbtc_keycheck.codes import code_of
from hitbtc_keycheck.readings import holds_anything, reading_of
from hitbtc_keycheck.requests import PROBES, Reading
from hitbtc_keycheck.shapes import clean, shape_of
from tests.core.world import BY_HAND, english

IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def try_answer(text: str) -> None:
    """As the body of an HTTP answer and as a message of a socket."""
    for status in (None, 200, 403, 429, 500):
        answer = read_rest(status, text)
        assert len(answer.said) <= MAX_SAID
        assert answer.said.isprintable()
        assert answer.status == status
        code_of(answer)
        for probe in PROBES:
            shown = reading_of(probe, answer)
            assert shown in (Reading.NOTHING, probe.result) or answer.kind is Kind.ERROR
            holds_anything(probe, answer)
    framed = read_frame(text)
    assert framed is None or framed.number is not None or framed.kind is Kind.ERROR


def try_paste(text: str) -> None:
    """As what is pasted from a terminal: never an answer where it names another id alone."""
    found = byhand.read(text, BY_HAND)
    around = f"{text.partition('{')[0]} {text.rpartition('}')[2]}"
    named = IDENTIFIER.search(around)
    if named and BY_HAND not in text:
        assert isinstance(found, byhand.Problem)
    if isinstance(found, byhand.Problem):
        assert english(found.text).endswith((".", "?"))


def try_credentials(text: str) -> None:
    """As key and secret, in either order."""
    key, _, secret = text.partition("\n")
    shapes = shape_of(key, secret, public=True), shape_of(secret, key, public=False)
    stops = any(item.stops for item in advice(*shapes))
    assert stops or (clean(key) and clean(secret))
    for shape, part in zip(shapes, (key, secret), strict=True):
        assert shape.length == len(clean(part))
        assert shape.length + shape.removed == len(part)


READERS = {b"a": try_answer, b"p": try_paste, b"c": try_credentials}


def try_input(data: bytes) -> None:
    """Give an input to the reader that its first byte names, or to none."""
    if reader := READERS.get(data[:1]):
        reader(data[1:].decode("utf-8", "replace"))
