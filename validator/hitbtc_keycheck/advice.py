"""What the shapes of a pasted key and secret say, before anything is sent.

Rules of this room: an unusual length or character is a warning, since others than today's have been
seen. What is known to be wrong stops the check before anything is sent: an empty field, a sample
text, the label of the other field, two values in one field, the same text in both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hitbtc_keycheck.shapes import LONG, USUAL_LENGTH, Label, Shape
from hitbtc_keycheck.words import Message, Value

type Facts = dict[str, Value]


class Field(StrEnum):
    """Where a text was pasted, as the page and the command name it."""

    KEY = "API key"
    SECRET = "Secret key"  # noqa: S105 - a label


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """A sentence about one of the fields.

    `stops` where what is there is known to be wrong, so that nothing is sent.
    """

    field: Field
    text: Message
    stops: bool = False


def advice(key: Shape, secret: Shape) -> tuple[Advice, ...]:
    """Return what to tell the reader about the pair, what stops the check first."""
    found = [*_about(Field.KEY, key), *_about(Field.SECRET, secret)]
    if secret.length and key.same:
        found.append(Advice(field=Field.SECRET, text=Message("pair.same", _FIELDS), stops=True))
    return tuple(sorted(found, key=lambda item: not item.stops))


_NAMES = {Field.KEY: Message("field.key"), Field.SECRET: Message("field.secret")}
_FIELDS: Facts = {"key": _NAMES[Field.KEY], "secret": _NAMES[Field.SECRET]}
_OTHERS = {Field.KEY: Field.SECRET, Field.SECRET: Field.KEY}
_LABELS = {Field.KEY: Label.SECRET, Field.SECRET: Label.KEY}
"""The label that is wrong beside each field."""


def _about(field: Field, shape: Shape) -> Iterator[Advice]:
    wrong = _wrong(field, shape)
    if wrong:
        yield Advice(field=field, text=wrong, stops=True)
    else:
        yield from (Advice(field=field, text=text) for text in _warnings(field, shape))


def _wrong(field: Field, shape: Shape) -> Message | None:
    """Why the text cannot be what belongs in the field; None where it can."""
    name: Facts = {"field": _NAMES[field]}
    if not shape.length and not shape.sample:
        return Message("pair.empty", name)
    long = 2 * (LONG if shape.doubled else USUAL_LENGTH)
    if shape.values > 1 or (shape.length >= long and (shape.doubled or field is Field.KEY)):
        return Message("pair.two-values", name | _FIELDS)
    if shape.sample:
        return Message("pair.sample", name)
    if shape.label == _LABELS[field]:  # the page's shapes come as JSON, with plain text in them
        return Message("pair.labelled", name | {"other": _NAMES[_OTHERS[field]]})
    return None


def _warnings(field: Field, shape: Shape) -> Iterator[Message]:
    name: Facts = {"field": _NAMES[field]}
    if shape.removed:
        yield Message("pair.left-out", name)
    if shape.gap:
        yield Message("pair.gap", name)
    elif shape.stray:
        yield _strange(name, shape)
    elif shape.doubled:
        yield Message("pair.doubled", name)
    elif shape.length != USUAL_LENGTH:
        lengths: Facts = {"length": shape.length, "usual": USUAL_LENGTH}
        short = shape.length < USUAL_LENGTH
        yield Message("pair.short" if short else "pair.long", name | lengths)


def _strange(name: Facts, shape: Shape) -> Message:
    """Which character is strange and where; of a secret only how many, and of which kind."""
    if shape.strange:
        kind = "character" if shape.strange.isascii() else "letter"
        point = f"U+{ord(shape.strange):04X}"
        what: Facts = {"place": shape.place, "character": shape.strange, "point": point}
        return Message(f"pair.strange-{kind}", name | what)
    amount = "one" if shape.stray == 1 else "many"
    kind = "foreign" if shape.foreign else "unusual"
    given = name | {"number": shape.stray, "foreign": shape.foreign}
    return Message(f"pair.{kind}-{amount}", given)
