"""Running the shipped notebooks, as a developer would in their own home."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from sprintlib.resources import folder

NAMES = tuple(sorted(path.stem for path in folder("notebooks").glob("*.ipynb")))


def path_of(name: str) -> Path:
    return folder("notebooks") / f"{name}.ipynb"


def code_cells(name: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path_of(name), as_version=4).cells if cell.cell_type == "code"]


def displayed(name: str, home: Path, as_of: str) -> list[str]:
    """What each code cell shows, as HTML or else as text, in this process; "" for a cell that shows nothing."""
    shell = InteractiveShell()
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPRINT_HOME", str(home))
        for cell in code_cells(name):
            ran = shell.run_cell(cell.source)
            ran.raise_error()
            if "parameters" in cell.metadata.get("tags", []):
                shell.push({"as_of": as_of})
            data, _ = shell.display_formatter.format(ran.result) if ran.result is not None else ({}, {})
            shown.append(str(data.get("text/html") or data.get("text/plain", "")))
    return shown


def assert_runs(name: str, home: Path, timeout: int = 240) -> None:
    """Every cell of a notebook runs under nbval, with no parameters but the environment: a kernel of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", path_of(name), "-p", "no:cacheprovider", "-W", "ignore", "-q"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"SPRINT_HOME": str(home)},
        timeout=timeout,
    )
    assert f"{len(code_cells(name))} passed" in ran.stdout, ran.stdout + ran.stderr
