import json
import subprocess
import sys
import time

import pytest

from sprintlib import imports


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_jsonschema_comes_without_the_uri_grammar_which_can_still_be_imported() -> None:
    pytest.importorskip("rfc3987_syntax")
    code = "import sys; from sprintlib.imports import quickly; quickly('nbformat'); {}"
    assert run(code.format("print('jsonschema' in sys.modules, 'rfc3987_syntax' in sys.modules)")) == "True False"
    assert run(code.format("import rfc3987_syntax; print('rfc3987_syntax' in sys.modules)")) == "True"


def test_a_module_is_imported() -> None:
    assert imports.quickly("json") is json


def test_a_module_is_imported_in_the_background() -> None:
    assert "this" not in sys.modules
    imports.meanwhile("calendar", "colorsys")
    for _ in range(200):
        if "colorsys" in sys.modules:
            return
        time.sleep(0.05)
    pytest.fail("colorsys was not imported")


def test_what_cannot_be_imported_in_the_background_is_told_elsewhere() -> None:
    assert (
        run(
            "import threading; from sprintlib.imports import meanwhile; meanwhile('no_such_module'); "
            "[thread.join() for thread in threading.enumerate()[1:]]; print('quiet')"
        )
        == "quiet"
    )
