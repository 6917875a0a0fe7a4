"""Import the standard library's modules from one piece of bytecode, each when it is asked for.

Python runs this by itself while it starts, under the name sitecustomize. A zip of modules, as stock
Pyodide has it, is slow in WebAssembly: zipimport opens it twice for each module and unpacks the
module twice, the first time only to say where it is. So the modules lie beside this file in one
marshalled dict: by its name, whether a module is a package, and its code.

Rules of this room: it runs before nearly everything else, so it imports only what is built in.
"""

import marshal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
else:
    Loader, ModuleSpec = object, type(__spec__)


class Library(Loader):
    """A finder and loader of the modules in a dict, as PEP 451 describes them."""

    def __init__(self, modules: dict[str, tuple[bool, CodeType]]) -> None:
        self._modules = modules

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Say how the module is loaded, or that it is not from here."""
        if name not in self._modules:
            return None
        package, code = self._modules[name]
        spec = ModuleSpec(name, self, origin=code.co_filename, is_package=package)
        spec.has_location = True
        return spec

    def create_module(self, _: ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        exec(self._modules[module.__name__][1], module.__dict__)  # noqa: S102  as any loader does


archive = __loader__  # type: ignore[name-defined]  # zipimport's: the zip that this lies in
sys.meta_path.insert(2, Library(marshal.loads(archive.get_data("library"))))  # noqa: S302  ours
