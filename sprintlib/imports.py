"""Importing heavy libraries at the right moment, without what is never used of them."""

import importlib
import sys
from contextlib import suppress
from threading import Thread
from types import ModuleType


def quickly(name: str) -> ModuleType:
    """Import a library that needs jsonschema, without the URI grammar that jsonschema compiles at import.

    The grammar (rfc3987_syntax) costs a second of CPU in every kernel and only serves the formats "iri" and "uri",
    which neither chart nor notebook schemas check. jsonschema treats it as optional; afterwards it can be imported
    as usual.
    """
    if "jsonschema" in sys.modules or "rfc3987_syntax" in sys.modules:
        return importlib.import_module(name)
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # how Python is told that a module is not there
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules["rfc3987_syntax"]
    return importlib.import_module(name)


def meanwhile(*names: str) -> None:
    """Import modules in the background while this thread waits for another process.

    What fails there fails again, and is told, where the module is imported in earnest.
    """

    def load() -> None:
        with suppress(ImportError):
            for name in names:
                quickly(name)

    Thread(target=load, daemon=True).start()
