"""A pasted key or secret: what copying added is taken off, and its shape is told without the text.

Rules of this room: `clean` and `shape_of` stand in page/vault.js too, where the secret is; a test
holds them alike. Two unlabelled texts cannot be told apart by shape, so a plain swap is not seen.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

USUAL_LENGTH = 32
"""Characters in a key or a secret today; formerly 32 lowercase hex digits."""

LONG = 20
"""Characters from which a run may be a key or a secret: no usual one holds two such runs."""

_CONTROL = r"[\x00-\x08\x0e-\x1f\x7f-\x9f]"  # of them white space is none
_MARKS = re.compile(rf"{_CONTROL}\[[0-9;?]*[@-~]|(?:\^\[)?\[20[01]~")  # a terminal's, of a paste
_UNSEEN = re.compile(
    rf"{_CONTROL}|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc]"
)
_APART = (
    r"\s\"'`,;:=|/*$&#?()\[\]{}<>\\\u00ab\u00b4\u00b7\u00bb\u2013\u2014\u2018-\u201f"
    r"\u2022\u2039\u203a\u2192\uff1a"
)
"""What may stand between a text and its label."""

_EDGES = re.compile(rf"\A[{_APART}]+|[{_APART}]+\Z")
_BEFORE = re.compile(rf"(?:\A|[{_APART}])\Z")
_AFTER = re.compile(rf"\A(?:\Z|[{_APART}])")
_RUN = re.compile(r"[A-Za-z0-9_-]+")
_STRAY = re.compile(r"[^A-Za-z0-9_-]")
_GAP = re.compile(r"\s")
_DIGIT = re.compile(r"[0-9]")
_NAMING = re.compile(r"\s*[\"'`\]\)]*\s*(?:=>|->|:=|[:=\uff1a])")
"""What follows a name that stands before its value."""

# Words, in lower case. A label is looked for in what stands beside the text.
_SECRET = re.compile(
    r"secr|priv|passw|passphrase|pwd|(?:\A|[^a-z])sk(?:[^a-z]|\Z)"
    r"|\u0441\u0435\u043a\u0440\u0435\u0442|geheim|\u5bc6\u94a5|\u79d8\u5bc6"
)
_KEY = re.compile(r"key|public|schl\u00fcssel|\u043a\u043b\u044e\u0447|clave|cl\u00e9")
_LABEL = re.compile(r"(?:your|my|hitbtc|public|private|api|secret|key|pass|token|clave)+")
_WORDS = re.compile(
    r"(?:const|let|var|export|set|setenv|env|define|string|str|static|final|config|os|environ|is"
    r"|copy|code|name|value|exchange|bot|[0-9]{1,2}|[_-]+)"
)
_HIDDEN = re.compile(r"[*\u2022\u25cf]{3}|\u2026|\.{3}")
_EXAMPLE = re.compile(
    r"\Ayour|(?:\A|[ _-])(?:your|paste|insert|enter|example|sample|placeholder|change-?me)"
    r"(?:[ _-]|\Z)"
)


class Label(StrEnum):
    """Whose label stood beside a pasted text."""

    NONE = ""
    KEY = "key"
    SECRET = "secret"  # noqa: S105 - a word


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What may be known of a pasted text without the text.

    `length` counts characters after cleaning, `removed` those that cleaning took away, `stray`
    those outside HitBTC's alphabet and `foreign` those of them that are not ASCII. `strange` and
    `place` name the first of them and where it stands, counted from 1; of a secret they are never
    given. `label` is the label that stood beside the text, `gap` white space in the middle,
    `values` how many long runs the text holds, `doubled` the same text twice in a row, `sample` a
    text that stands for a key, `same` that it equals the other field.
    """

    length: int
    removed: int = 0
    stray: int = 0
    foreign: int = 0
    strange: str = ""
    place: int = 0
    label: Label = Label.NONE
    gap: bool = False
    values: int = 0
    doubled: bool = False
    sample: bool = False
    same: bool = False


def clean(text: str) -> str:
    """Take off what copying adds: what is not seen, white space, quotes, brackets, a label."""
    return _split(_shown(text))[1]


def _shown(text: str) -> str:
    return _EDGES.sub("", _UNSEEN.sub("", _MARKS.sub("", text)))


def _split(shown: str) -> tuple[str, str]:
    """What stands beside a pasted text, and the text: the one long run, or what follows a name."""
    runs = _values(shown)
    if len(runs) == 1 and _stands_alone(shown, runs[0]):
        run = runs[0]
        return f"{shown[: run.start()]} {shown[run.end() :]}", run[0]
    kept = shown
    while (rest := _after_name(kept)) is not None:
        kept = rest
    return (shown, "") if _names_only(kept) and kept != shown else (shown[: -len(kept)], kept)


def _after_name(shown: str) -> str | None:
    """What follows a label or a name at the start; None where none stands there."""
    name = _RUN.match(shown)
    if not name or not (_is_label(name[0]) or _NAMING.match(shown, name.end())):
        return None
    if len(name[0]) >= LONG and not _is_long_name(name, shown):
        return None  # it may be the key itself, as in ``key:secret``
    after = shown[name.end() :]
    rest = _EDGES.sub("", after)
    return rest if rest and rest != after else None


def _values(shown: str) -> list[re.Match[str]]:
    """The long runs that may be a key or a secret; a long name before its value is none."""
    runs = [run for run in _RUN.finditer(shown) if len(run[0]) >= LONG]
    return [run for run in runs if not _is_long_name(run, shown)]


def _is_long_name(run: re.Match[str], shown: str) -> bool:
    named = _NAMING.match(shown, run.end()) and not _DIGIT.search(run[0])
    return bool(named and (_SECRET.search(run[0].lower()) or _KEY.search(run[0].lower())))


def _stands_alone(shown: str, run: re.Match[str]) -> bool:
    """Whether all that stands beside the run is names, labels and what separates them."""
    before, after = shown[: run.start()], shown[run.end() :]
    if not (_BEFORE.search(before) and _AFTER.search(after)):
        return False
    named = (_is_label(one[0]) or _NAMING.match(before, one.end()) for one in _RUN.finditer(before))
    return all(named) and all(_is_label(one[0]) for one in _RUN.finditer(after))


def _is_label(word: str) -> bool:
    """Whether a word is one of a label, or of a line of a program."""
    lower = word.lower()
    return bool(_WORDS.fullmatch(lower)) or _names_only(word)


def _names_only(word: str) -> bool:
    parts = [part for part in re.split("[_-]", word.lower()) if part]
    return bool(parts) and all(_LABEL.fullmatch(part) for part in parts)


def shape_of(text: str, other: str, *, public: bool) -> Shape:
    """Return the shape of one pasted `text` beside the `other`; `public` for the API key's."""
    beside, kept = _split(_shown(text))
    half = len(kept) // 2
    stray = list(_STRAY.finditer(kept))
    first = stray[0] if stray and public else None
    return Shape(
        length=len(kept),
        removed=len(text) - len(kept),
        stray=len(stray),
        foreign=sum(not found[0].isascii() for found in stray),
        strange=first[0] if first else "",
        place=first.start() + 1 if first else 0,
        label=_label(beside, kept),
        gap=bool(_GAP.search(kept)),
        values=len(_values(_UNSEEN.sub(" ", _MARKS.sub(" ", text)))),
        doubled=half > 0 and kept[:half] == kept[half:],
        sample=_is_sample(kept) or _HIDDEN.search(text) is not None,
        same=bool(kept) and kept == clean(other),
    )


def _label(beside: str, kept: str) -> Label:
    """Whose label stands beside the text, in it, or at the start of too long a text."""
    inside = [run for run in _RUN.findall(kept) if len(run) < LONG] if _STRAY.search(kept) else []
    hidden = len(kept) > USUAL_LENGTH and kept.lower().startswith("secret")
    if hidden or _SECRET.search(" ".join([beside, *inside]).lower()):
        return Label.SECRET
    labels = [run for run in inside if _is_label(run)]
    return Label.KEY if _KEY.search(" ".join([beside, *labels]).lower()) else Label.NONE


def _is_sample(kept: str) -> bool:
    """Whether the text only stands for a key: xxx, stars, YOUR-API-KEY, a label alone."""
    alike = len(kept) > 2 and len(set(kept)) == 1  # noqa: PLR2004
    example = _EXAMPLE.search(kept.lower()) and not _DIGIT.search(kept)
    return bool(alike or example or _names_only(kept))
