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
    code = "import sys; from sprintlib.imports import import_without_uri_grammar as load; load('nbformat'); {}"
    assert run(code.format("print('jsonschema' in sys.modules, 'rfc3987_syntax' in sys.modules)")) == "True False"
    assert run(code.format("import rfc3987_syntax; print('rfc3987_syntax' in sys.modules)")) == "True"


def test_papermill_comes_without_a_client_of_github_which_can_still_be_imported() -> None:
    code = "import sys, sprintlib.reports.execute; {}"
    assert run(code.format("print('papermill' in sys.modules, 'github' in sys.modules)")) == "True False"
    assert run(code.format("import github; print(github.__name__)")) == "github"


@pytest.mark.parametrize("name", ["betainc", "betaincinv", "erf", "expit", "gammaincinv", "logit", "ndtr"])
def test_special_functions_are_those_of_scipy(name: str) -> None:
    code = "from sprintlib.imports import special_functions as s; import scipy.special as whole; "
    assert run(f"{code}print(s().{name} is whole.{name}, hasattr(whole, 'logsumexp'))") == "True True"


@pytest.mark.parametrize(
    "module", ["sprintlib.analysis.pipeline", "sprintlib.dashboards.widgets", "sprintlib.forecast"]
)
def test_nobody_waits_for_what_is_not_used(module: str) -> None:
    heavy = ("altair", "alembic", "github", "holidays", "jsonschema", "langgraph", "numpy.f2py", "sklearn", "torch")
    code = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"
    assert run(code) == "[]"


def test_a_module_is_imported() -> None:
    assert imports.import_without_uri_grammar("json") is json


def test_a_module_is_imported_in_the_background() -> None:
    assert "this" not in sys.modules
    imports.preload("calendar", "colorsys")
    for _ in range(200):
        if "colorsys" in sys.modules:
            return
        time.sleep(0.05)
    pytest.fail("colorsys was not imported")


def test_what_cannot_be_imported_in_the_background_is_told_elsewhere() -> None:
    assert (
        run(
            "import threading; from sprintlib.imports import preload; preload('no_such_module'); "
            "[thread.join() for thread in threading.enumerate()[1:]]; print('quiet')"
        )
        == "quiet"
    )
