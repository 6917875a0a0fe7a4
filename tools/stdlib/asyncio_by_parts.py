"""asyncio as it is, but for one thing: each part of it is imported when first asked for (PEP 562).

The whole of it brings sockets, TLS, child processes and logging, which a browser does not have or
nobody here uses; Pyodide's event loop needs five of its parts. Stands in the place of asyncio's own
`__init__.py`. The parts are in an order in which none of those before brings many others.
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_PARTS = (
    "exceptions",
    "events",
    "coroutines",
    "futures",
    "tasks",
    "timeouts",
    "locks",
    "queues",
    "runners",
    "graph",
    "protocols",
    "transports",
    "taskgroups",
    "threads",
    "base_events",
    "streams",
    "subprocess",
    "unix_events",
)


_UNLISTED = (
    "base_futures",
    "base_subprocess",
    "base_tasks",
    "constants",
    "format_helpers",
    "log",
    "mixins",
    "selector_events",
    "sslproto",
    "staggered",
    "trsock",
)
"""Parts that the others import, and that give asyncio no names of their own."""


def __getattr__(name: str) -> object:
    if name == "DefaultEventLoopPolicy":  # The real one differs in the loop it makes, of sockets.
        return _part("events")._BaseDefaultEventLoopPolicy
    if name in _PARTS or name in _UNLISTED:
        return _part(name)
    if not name.startswith("__"):
        for part in map(_part, _PARTS):
            if name in part.__all__:
                return getattr(part, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _part(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")
