"""Run one notebook with papermill and freeze the result: `python -m sprintlib.reports.execute JOB.json`.

A process of its own, because papermill may hang or die with its kernel. What happened stands in the outcome file;
without one, the process died.
"""

import ast
import json
import logging
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeGuard

from sprintlib.imports import hide_module, import_without_uri_grammar, preload

import_without_uri_grammar("nbformat")
with hide_module("github"):  # for notebooks that lie on GitHub: a third of the CPU that importing papermill takes
    from papermill.execute import execute_notebook

import nbformat  # noqa: E402  # after `quickly`, which saves a second of CPU
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel  # noqa: E402
from jupyter_client.manager import AsyncKernelManager  # noqa: E402
from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: E402
from nbformat.validator import NotebookValidationError  # noqa: E402
from papermill.exceptions import PapermillException, PapermillExecutionError  # noqa: E402

from sprintlib.errors import ReportError, SprintError  # noqa: E402

_KERNEL_START_SECONDS = 60


@dataclass(frozen=True)
class NotebookJob:
    """What to run, and where its results go. parameters: JSON types only."""

    notebook: str
    folder: str
    parameters: dict[str, Any]
    kernel: str = "python3"


@dataclass(frozen=True)
class NotebookOutcome:
    """How it ended: state is `ok` or `failed`; message is one sentence."""

    state: str
    message: str | None = None


class _OwnKernel(AsyncKernelManager):
    """The kernel of this very environment, over sockets that no other user of the machine can reach.

    A specification that a user installed as `python3` may belong to another Python, so only our own is looked at.
    """

    def __init__(self, **traits: Any) -> None:
        super().__init__(transport="ipc", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **traits)


def run_job(job: NotebookJob) -> NotebookOutcome:
    """Execute and freeze. Everything that can go wrong becomes an outcome."""
    report = Path(job.folder) / "report.ipynb"
    try:
        _execute(job, report)
        from sprintlib.reports.freeze import freeze  # imported meanwhile

        freeze(report)
    except PapermillExecutionError as error:
        return NotebookOutcome("failed", cell_sentence(error.cell_index, error.ename, error.evalue))
    except CellTimeoutError:
        return NotebookOutcome("failed", "A cell took too long to run.")
    except DeadKernelError:
        return NotebookOutcome("failed", "The kernel died while a cell was running: it was killed, or memory ran out.")
    except NoSuchKernel as error:
        return NotebookOutcome("failed", f"There is no Jupyter kernel called '{error.name}': install sprintlib again.")
    except (NotebookValidationError, nbformat.reader.NotJSONError, PapermillException) as error:
        return NotebookOutcome("failed", f"The notebook {job.notebook} is not valid: {_first_line(error)}.")
    except ReportError as error:
        return NotebookOutcome("failed", str(error))
    except OSError as error:
        return NotebookOutcome("failed", f"The report could not be written to {job.folder}: {error.strerror or error}.")
    except RuntimeError as error:
        return NotebookOutcome("failed", f"The kernel did not start: {_first_line(error)}.")
    return NotebookOutcome("ok")


def cell_sentence(index: int, name: str, value: str) -> str:
    """What a failing cell says. Our own errors are sentences already; others are named with their cell."""
    value = " ".join(value.split())
    if name in _own_errors():
        return value
    return f"Cell {index + 1} of the notebook failed: {name}{f': {value}' if value else ''}."


def _own_errors(kind: type[SprintError] = SprintError) -> set[str]:
    """Names of the errors whose text is one sentence."""
    return {kind.__name__}.union(*(_own_errors(below) for below in kind.__subclasses__()))


def _execute(job: NotebookJob, report: Path) -> None:
    source = nbformat.read(job.notebook, as_version=4)
    if not any("parameters" in cell.metadata.get("tags", []) for cell in source.cells):
        raise ReportError(f"The notebook {job.notebook} has no cell tagged 'parameters': tag the one that sets them.")
    undeclared = sorted(set(job.parameters) - _declared(source))
    if undeclared:
        raise ReportError(
            f"The notebook {job.notebook} has no parameter '{undeclared[0]}': set it in the cell tagged 'parameters'."
        )
    preload("nbconvert.exporters.html", "sprintlib.reports.freeze")  # over a second, while the kernel has the word
    executed = execute_notebook(
        job.notebook,
        str(report),
        parameters=job.parameters,
        kernel_name=job.kernel,
        progress_bar=False,
        cwd=job.folder,
        start_timeout=_KERNEL_START_SECONDS,
        kernel_manager_class=_OwnKernel,
        shutdown_kernel="immediate",  # its work is done and it holds nothing open: a polite end would take a second
    )
    for index, cell in enumerate(executed.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":  # papermill lets sys.exit(0) pass as a success
                raise ReportError(cell_sentence(index, output.ename, output.evalue))


def _declared(notebook: nbformat.NotebookNode) -> set[str]:
    """The names that the cells tagged `parameters` set: what papermill may put values in for."""
    names: set[str] = set()
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            with suppress(SyntaxError):  # then the cell fails, and says why
                names.update(node.id for node in ast.walk(ast.parse(cell.source)) if _is_set(node))
    return names


def _is_set(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0].rstrip(".")


def main(path: Path) -> None:
    """Read the job, run it, write its outcome beside it."""
    logging.basicConfig(level=logging.WARNING)
    job = NotebookJob(**json.loads(path.read_text(encoding="utf-8")))
    outcome = run_job(job)
    path.with_name("outcome.json").write_text(json.dumps(asdict(outcome)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
