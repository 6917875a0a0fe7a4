"""What Python's modules compile while they are imported, compiled beforehand.

Some thirty regular expressions and fourteen named tuples: for each, Python compiles a text at every
start. In the library, the two modules that do so know what comes of the texts that a whole check
asks for, and compile any other as before.

Runs inside Pyodide, from tools/runtime.mjs, after a whole check. Rules of this room: nothing is
kept by hand. What is asked for is read off Python, and what comes of it is what its modules make.
"""

import marshal
import re
from collections import namedtuple
from collections.abc import Callable
from importlib import import_module
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any

PATTERNS = """
_known = {known!r}
_compile_unknown = compile

def compile(p, flags=0):
    found = isstring(p) and _known.get((p, flags))
    return _sre.compile(p, *found) if found else _compile_unknown(p, flags)
"""

TUPLES = """
import marshal as _marshal
_known = _marshal.loads({known!r})

def eval(source, namespace, evaluate=eval):
    return evaluate(_known.get(source, source), namespace)
"""


def added() -> dict[str, str]:
    """Return what goes to the end of a module's source, by the name of its file."""
    return {
        "collections/__init__.py": TUPLES.format(known=marshal.dumps(tuples())),
        "re/_compiler.py": PATTERNS.format(known=patterns()),
    }


def patterns() -> dict[tuple[str | bytes, int], tuple[object, ...]]:
    """Return what `_sre.compile` is given for each pattern and its flags, in plain numbers."""
    asked = sorted((ask for _, *ask in vars(re)["_cache"]), key=repr)
    return {(pattern, flags): _pattern(pattern, flags) for pattern, flags in asked}


def _pattern(pattern: str | bytes, flags: int) -> tuple[object, ...]:
    compiler = import_module("re._compiler")
    told = SimpleNamespace(compile=lambda *made: made)
    _, all_flags, code, *groups = _variant(compiler.compile, _sre=told)(pattern, flags)
    return int(all_flags), [int(number) for number in code], *groups


def tuples() -> dict[str, CodeType]:
    """Return the code of each named tuple's `__new__`, by its source."""
    named = [it._fields for it in tuple.__subclasses__() if hasattr(it, "_fields")]
    sources = sorted({source for fields in named for source in _evaluated(fields)})
    return {source: compile(source, "<string>", "eval") for source in sources}


def _evaluated(fields: tuple[str, ...]) -> list[str]:
    """What `namedtuple` evaluates to make a class with these fields."""
    told: list[str] = []

    def evaluate(source: str, namespace: dict[str, object]) -> object:
        told.append(source)
        return eval(source, namespace)  # noqa: S307  the standard library's own text

    _variant(namedtuple, eval=evaluate)("Any", fields)
    return told


def _variant(function: Callable[..., Any], **others: object) -> Callable[..., Any]:
    """The function, with others of the names that it finds around itself."""
    variant = FunctionType(function.__code__, {**function.__globals__, **others})
    variant.__defaults__, variant.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    return variant
