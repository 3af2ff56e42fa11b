"""Importing heavy libraries at the right moment, without what is never used of them."""

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from threading import Thread
from types import ModuleType
from typing import Any


def lazy_exports(package: str, modules: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """The `__getattr__` of a package whose names are imported when they are first used (PEP 562).

    modules: module below the package -> names it exports. Type checkers see the imports under TYPE_CHECKING.
    """
    places = {name: module for module, names in modules.items() for name in names}

    def exported(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{places[name]}"), name)

    return exported


def import_without_uri_grammar(name: str) -> ModuleType:
    """Import a library that needs jsonschema, without the URI grammar that jsonschema compiles at import.

    The grammar (rfc3987_syntax) costs a second of CPU in every kernel and only serves the formats "iri" and "uri",
    which neither chart nor notebook schemas check. jsonschema treats it as optional; afterwards it can be imported
    as usual.
    """
    with hide_module("rfc3987_syntax"):
        importlib.import_module("jsonschema")
    return importlib.import_module(name)


@contextmanager
def hide_module(name: str) -> Iterator[None]:
    """What is imported meanwhile does without an optional library that it would import; afterwards it is there again.

    Where the library has been imported already, nothing is to be saved, and it stays.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # how Python is told that a module is not there
    try:
        yield
    finally:
        del sys.modules[name]


def special_functions() -> ModuleType:
    """The functions of scipy.special, without its wrappers for the array libraries that this project does not use.

    The wrappers import numpy.f2py, numpy.testing and unittest: a quarter of the CPU that importing all of ours takes.
    They leave the functions as they are (scipy/special/_support_alternative_backends.py says so), and whoever imports
    scipy.special afterwards gets it whole. Where SciPy is built otherwise, this is scipy.special itself.
    """
    if "scipy.special" not in sys.modules:
        place = find_spec("scipy.special")
        sys.modules["scipy.special"] = package = ModuleType("scipy.special")
        package.__path__ = list((place and place.submodule_search_locations) or ())
        try:
            return importlib.import_module("scipy.special._ufuncs")
        except ImportError:
            pass
        finally:
            del sys.modules["scipy.special"]
    return importlib.import_module("scipy.special")


def preload(*names: str) -> None:
    """Import modules in the background while this thread waits for another process.

    What fails there fails again, and is told, where the module is imported in earnest.
    """

    def load() -> None:
        with suppress(ImportError):
            for name in names:
                import_without_uri_grammar(name)

    Thread(target=load, daemon=True).start()
