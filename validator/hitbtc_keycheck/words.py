"""What a reader is told. Each sentence stands once, in a file for each language: words/en.json.

Rules of this room: the core names a sentence by its id, ``group.name``, and gives what stands in
its braces; it becomes text here, and only where it is shown. HitBTC's and Bitsgap's own labels are
not translated: in braces the name of a setting (``{withdraw}``) is HitBTC's label of it. The groups
`form` and `page` are the page's, which reads them itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hitbtc_keycheck.settings import SETTINGS

ENGLISH = "en"

LABELS = {setting.value: entry.label for setting, entry in SETTINGS.items()}
"""What may stand in the braces of any sentence."""


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence by its id, and what stands in its braces, where a tuple is a list."""

    id: str
    values: Mapping[str, "Value"] = field(default_factory=dict, hash=False)


type Value = str | int | Message | tuple[Value, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """Something to do or to know; `link` is a path on the site, or empty."""

    text: Message
    link: str = ""


class Words:
    """The sentences of one language, by their ids."""

    def __init__(self, groups: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = {
            f"{group}.{name}": text
            for group, texts in groups.items()
            for name, text in texts.items()
        }

    def say(self, value: Value) -> str:
        """Return the text of a message or of a list; what is text already stays as it is.

        Raises KeyError for an id or a name in braces that there is not: a fault of ours.
        """
        if isinstance(value, tuple):
            return self._list([self.say(one) for one in value])
        if isinstance(value, Message):
            given = {name: self.say(one) for name, one in value.values.items()}
            return self._texts[value.id].format_map(LABELS | given)
        return str(value)

    def _list(self, said: list[str]) -> str:
        between, last = self._texts["list.between"], self._texts["list.last"]
        return last.join(part for part in (between.join(said[:-1]), *said[-1:]) if part)


@cache
def load(language: str = ENGLISH) -> Words:
    """Return the words of a language, by the name of its file; OSError where there is none."""
    # Whatever loaded this module reads files beside it too, from a folder as from the wheel's zip;
    # pkgutil would ask the same, and bring modules into the browser that nothing else needs there.
    loader: Any = __spec__ and __spec__.loader
    folder = __file__.rpartition("words.py")[0]
    return Words(json.loads(loader.get_data(f"{folder}words/{language}.json")))
