"""What the shape of a pasted key and secret says, before anything is sent.

Rules of this room: warn, never refuse, for shape alone: keys of other lengths have been seen, and
key and secret cannot be told apart by shape. Only an empty field stops a check.
`clean` and `shape_of` have a twin in page/vault.js, where the secret is; a test holds them alike.
"""

import re
from dataclasses import dataclass

USUAL_LENGTH = 32
"""Characters in a key or a secret today; formerly 32 lowercase hex digits."""

_SPACE = r"[^\S\x1c-\x1f\x85]"  # as JavaScript has it
_EDGE = f"(?:{_SPACE}|[\"'`\u2018\u2019\u201c\u201d])+"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_EDGES = re.compile(rf"\A{_EDGE}|{_EDGE}\Z")
_LABEL = re.compile(rf"\A(?ai:(?:(?:api|secret)[ _-]?)?(?:key|secret)){_SPACE}*[:=]{_SPACE}*")
_STRAY = re.compile(r"[^A-Za-z0-9_-]")
_GAP = re.compile(_SPACE)

_CUT = "perhaps a part was not copied. A double click can miss - or _ at an end."
_MORE = "perhaps something else was copied along with it."


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What may be known of a pasted text without the text.

    `length` counts characters after cleaning, `removed` those that cleaning took away, `stray`
    those outside HitBTC's alphabet; `gap` is white space in the middle, `doubled` the same text
    twice in a row, `same` that it equals the other field.
    """

    length: int
    removed: int = 0
    stray: int = 0
    gap: bool = False
    doubled: bool = False
    same: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """A sentence about one of the fields (``"API key"``, ``"Secret key"``).

    `stops` where nothing usable is there, so that nothing can be sent.
    """

    field: str
    text: str
    stops: bool = False


def clean(text: str) -> str:
    """Take off what copying adds: invisible characters, white space, quotes, a ``key:`` label."""
    return _EDGES.sub("", _LABEL.sub("", _EDGES.sub("", _INVISIBLE.sub("", text))))


def shape_of(text: str, other: str) -> Shape:
    """Return the shape of one pasted `text` beside the `other`, both as pasted."""
    kept = clean(text)
    half = len(kept) // 2
    return Shape(
        length=len(kept),
        removed=len(text) - len(kept),
        stray=len(_STRAY.findall(kept)),
        gap=bool(_GAP.search(kept)),
        doubled=half > 0 and kept[:half] == kept[half:],
        same=bool(kept) and kept == clean(other),
    )


def advice(key: Shape, secret: Shape) -> tuple[Advice, ...]:
    """Return what to tell the reader about the pair, what stops the check first."""
    found = [*_about("API key", key), *_about("Secret key", secret)]
    if secret.length and key.same:
        found.append(
            Advice(field="Secret key", text="Both fields hold the same text: one of them is wrong.")
        )
    return tuple(sorted(found, key=lambda item: not item.stops))


def _about(field: str, shape: Shape) -> list[Advice]:
    if not shape.length:
        text = f"The {field} field is empty: copy it from HitBTC and paste it here."
        return [Advice(field=field, text=text, stops=True)]
    return [Advice(field=field, text=text) for text in _warnings(field, shape)]


def _warnings(field: str, shape: Shape) -> list[str]:
    said = []
    if shape.removed:
        said.append(
            f"Spaces, quotes, a label or invisible characters around the {field} were left out."
        )
    if shape.gap:
        said.append(f"There is a gap inside the {field}: perhaps two values in one field.")
    elif shape.stray:
        said.append(f"The {field} holds characters HitBTC does not use: letters, digits, - and _.")
    elif shape.doubled:
        said.append(f"The {field} is the same text twice: perhaps it was pasted twice.")
    elif shape.length != USUAL_LENGTH:
        said.append(
            f"The {field} has {shape.length} characters, HitBTC's usually have {USUAL_LENGTH}: "
            + (_CUT if shape.length < USUAL_LENGTH else _MORE)
        )
    return said
