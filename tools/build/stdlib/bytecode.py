"""Compile modules of Python's standard library, and our own, into zips that start at once.

Runs inside Pyodide, from tools/build/runtime.mjs: only the very Python that will read the bytecode can
write it. Rules of this room: the same input gives the same bytes, so no date and no path of this
machine; nothing is deflated, because brotli and gzip do better on the wire. Without column
numbers (`-X no_debug_ranges`, set by the caller) and docstrings a third fewer bytes travel.
Of the standard library only the bytecode travels; what is ours goes as source that a reader can
read, with its bytecode beside it.
"""

import base64
import hashlib
import marshal
import py_compile
import sys
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode

PYODIDE_OWN = ("pyodide/", "_pyodide/")
"""Compiled as they are: Pyodide copies docstrings from them when it starts."""

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first date that a zip can hold."""


OPTIONAL = ("bz2.py", "compression/", "lzma.py")
"""Ways of packing that the library asks for in a `try`, and that nothing here is packed in."""

FIRST = "encodings/"
"""Python needs these before it runs our importer."""

HEADER = 16
"""The bytes of a `.pyc` before the code (PEP 552)."""


FINDER = "sitecustomize.py"
"""The name under which Python runs a module by itself while it starts."""


def write(archive: str, files: list[str], finder: str, target: str) -> None:
    """Write to `target` the library: the bytecode of `files` in the zip `archive`, in one piece.

    `finder` is the source of what reads the piece, tools/build/stdlib/one_piece.py: all that is of ours.
    """
    piece = {}
    with zipfile.ZipFile(archive) as sources, zipfile.ZipFile(target, "w") as compiled:
        for file in sorted(files):
            level = 0 if file.startswith(PYODIDE_OWN) else 2
            mode = PycInvalidationMode.UNCHECKED_HASH
            twin = _bytecode(sources.read(file), f"{archive}/{file}", level, mode)
            if file.startswith(FIRST):
                _add(compiled, f"{file}c", twin)
            elif not file.startswith(OPTIONAL):
                package = file.endswith("/__init__.py")
                piece[_module(file)] = package, marshal.loads(twin[HEADER:])  # noqa: S302  just made
        _add(compiled, FINDER, finder.encode())
        _add(compiled, f"{FINDER}c", _twin(FINDER, finder.encode()))
        _add(compiled, "library", marshal.dumps(piece))


def accompany(wheel: str, target: str) -> None:
    """Write to `target` the zip `wheel` with a compiled twin beside the source of what is loaded.

    Before Python uses such a twin it compares the hash in it with the source's (PEP 552). The
    first compilation in a fresh WebAssembly is slow: without the twins a cold start takes half as
    long again.
    """
    with zipfile.ZipFile(wheel) as sources, zipfile.ZipFile(target, "w") as both:
        content = {name: sources.read(name) for name in sources.namelist()}
        (record,) = [name for name in content if name.endswith(".dist-info/RECORD")]
        for file in [name for name in content if _module(name) in sys.modules]:
            twin = _twin(file, content[file])
            content[f"{file}c"] = twin
            content[record] += _recorded(f"{file}c", twin)
        for name in sorted(content):
            _add(both, name, content[name])


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _recorded(name: str, content: bytes) -> bytes:
    """A line of a wheel's RECORD, as the specification of wheels has it."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n".encode()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, EARLIEST), content)


def _twin(file: str, source: bytes) -> bytes:
    """The bytecode that goes beside its source: used only if it was made from that."""
    return _bytecode(source, file, 0, PycInvalidationMode.CHECKED_HASH)


def _bytecode(source: bytes, shown_as: str, level: int, mode: PycInvalidationMode) -> bytes:
    scratch = Path("/tmp/module.py")  # noqa: S108  a file system in memory, ours alone
    scratch.write_bytes(source)
    written = py_compile.compile(
        str(scratch),
        cfile=f"{scratch}c",
        dfile=shown_as,
        doraise=True,
        optimize=level,
        invalidation_mode=mode,
    )
    return Path(str(written)).read_bytes()
