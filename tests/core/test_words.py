"""Every sentence stands once, under an id that something says, in every language alike."""

import ast
import json
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitbtc_keycheck import words
from hitbtc_keycheck.byhand import CURL_CODES
from hitbtc_keycheck.cases import CASES
from hitbtc_keycheck.check import Event
from hitbtc_keycheck.codes import Fault
from hitbtc_keycheck.rehearsal import SCENARIOS
from hitbtc_keycheck.settings import State, Wanted
from hitbtc_keycheck.words import LABELS, Message, load

PACKAGE = Path(words.__file__).parent
SOURCES = [
    *sorted(PACKAGE.glob("*.py")),
    Path("tools/build/offline.py"),
]
FILES = sorted((PACKAGE / "words").glob("*.json"))

FORMED: dict[str, set[str]] = {
    "case.{}.headline": {case.headline_of or case.name for case in CASES},
    "case.{}.sentence": {case.sentence_of or case.name for case in CASES},
    "scenario.{}": {entry.title.id.removeprefix("scenario.") for entry in SCENARIOS},
    "setting.{}": {*Wanted},
    "reason.seen-{}": {"on", "off"},
    "event.{}": {*Event},
    "cause.{}": {fault for fault in Fault if fault is not Fault.NONE},
    "state.{}": {*State},
    "field.{}": {"key", "secret"},
    "pair.strange-{}": {"character", "letter"},
    "pair.{}-{}": {"unusual-one", "unusual-many", "foreign-one", "foreign-many"},
    "byhand.curl-{}": {*CURL_CODES.values(), "other"},
}
"""The ids that the code puts together, and what it puts in."""

SHORT = {"_step": "step", "told": "help"}
"""Functions that make a message of a group."""

GIVEN = {
    "case": {"settings", "clock"},
    "step": {"settings"},
    "help": {"key", "secret", "usual", "names"},
    "pair": {
        *("field", "other", "key", "secret", "length", "usual"),
        *("place", "character", "point", "number", "foreign"),
    },
}
"""What stands in the braces of messages that are given more than they need."""


def texts(file: Path) -> dict[str, str]:
    """The sentences of a language by their ids; an id or a group that stands twice is refused."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(dict(pairs)) == len(pairs), Counter(name for name, _ in pairs).most_common(1)
        return dict(pairs)

    groups = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=once)
    return {f"{group}.{name}": text for group in groups for name, text in groups[group].items()}


def braces(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


ENGLISH = texts(PACKAGE / "words/en.json")
OTHERS = ("form", "page", "picture", "reference", "about", "turning-on")
"""What the page reads itself, and what tools/docs does: tests/site holds those."""
OURS = {name for name in ENGLISH if not name.startswith(OTHERS)}


def messages() -> Iterator[tuple[str, ast.Call]]:
    """Every message that the code makes: its id, with {} for what is put in, and the call."""
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                group = SHORT.get(node.func.id, "")
                if group or node.func.id == "Message":
                    said = (f"{group}.{name}".strip(".") for name in names(node.args[0]))
                    yield from ((name, node) for name in said)


def names(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return names(node.body) + names(node.orelse)
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return ["".join(map(str, parts))]
    return [str(node.value)] if isinstance(node, ast.Constant) and node.value else []


MADE = [(made, call) for made, call in messages() if made not in ("step.{}", "help.{}")]
"""Without what SHORT's functions do."""


def test_every_id_in_the_code_is_in_the_file_and_every_id_in_the_file_is_used() -> None:
    formed = {form for form, _ in MADE if "{}" in form}
    assert formed == set(FORMED)
    used = {name for name, _ in MADE if "{}" not in name} | {"list.between", "list.last"}
    for form, many in FORMED.items():
        used |= {form.format(*one.split("-", form.count("{}") - 1)) for one in many}
    assert used == OURS


def test_what_stands_in_the_braces_is_what_the_code_gives() -> None:
    for name, call in MADE:
        group = name.partition(".")[0]
        if "{}" in name or group in GIVEN:
            continue
        given = call.args[1] if len(call.args) > 1 else ast.Dict([], [])
        assert isinstance(given, ast.Dict), name
        keys = {key.value for key in given.keys if isinstance(key, ast.Constant)}
        assert keys == set(braces(ENGLISH[name])) - set(LABELS), name


@pytest.mark.parametrize("group", GIVEN)
def test_a_message_that_is_given_more_than_it_needs_names_nothing_else(group: str) -> None:
    mine = {name for name in OURS if name.partition(".")[0] == group}
    assert mine
    named = {brace for name in mine for brace in braces(ENGLISH[name])} - set(LABELS)
    assert named == GIVEN[group]


def test_what_is_put_together_has_no_braces_but_those_of_its_own_call() -> None:
    bare = ("headline", "setting.", "state.", "cause.", "event.", "field.", "reason.seen")
    for name in OURS:
        if name.startswith(bare) or name.endswith(bare):
            assert set(braces(ENGLISH[name])) <= set(LABELS), name


def test_no_sentence_stands_twice() -> None:
    assert [text for text, times in Counter(ENGLISH.values()).items() if times > 1] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_a_language_has_the_sentences_of_english_with_the_same_braces(file: Path) -> None:
    theirs = texts(file)
    assert theirs.keys() == ENGLISH.keys()
    for name, text in theirs.items():
        assert set(braces(text)) == set(braces(ENGLISH[name])), name
        assert text.strip(), name
        assert text == text.strip() or name.startswith("list."), name
        assert all(brace.isidentifier() for brace in braces(text)), name


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_every_sentence_of_a_language_can_be_said(file: Path) -> None:
    said = load(file.stem)
    for name, text in texts(file).items():
        given: dict[str, words.Value] = dict.fromkeys(braces(text), "what is given")
        assert "{" not in said.say(Message(name, given))


def test_a_list_is_joined_as_the_language_joins_it() -> None:
    english = load()
    assert [english.say(tuple("abc"[:length])) for length in range(4)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    swapped = words.Words({"list": {"between": " - ", "last": " + "}, "a": {"b": "<{c}>"}})
    assert (
        swapped.say(Message("a.b", {"c": (1, Message("a.b", {"c": "{x}"}), 3)}))
        == "<1 - <{x}> + 3>"
    )


def test_a_label_of_hitbtcs_is_the_same_in_every_language() -> None:
    swapped = words.Words({"a": {"b": "{withdraw}?"}})
    assert swapped.say(Message("a.b")) == "Withdraw cryptocurrencies?"


def test_what_there_is_not_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        load().say(Message("no.such"))
    with pytest.raises(KeyError):
        load().say(Message("report.note"))
    with pytest.raises(OSError, match="xx"):
        load("xx")


def test_messages_that_say_the_same_are_the_same() -> None:
    first, second = (Message("report.note", {"note": "a"}) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first != Message("report.note", {"note": "b"})
