"""What the dashboards consist of: their notebooks in order, and the folder from which exactly they are served."""

import ast
import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sprintlib import resources

FIRST_PAGE = "overview.ipynb"
REPORTS = "reports"
_PARAMETERS = frozenset({"parameters", "injected-parameters"})
# Code of notebooks as earlier versions shipped them, which reports of those versions hold, and the names of their
# parameters: they call what is still there.
_EARLIER = {
    # sprint_analysis until 0.1.0
    "d77e286ce9114001f8ae7c662299f2100a87758a12c18bdf863ddb83e6f796ce": frozenset({"home", "milestone", "as_of"}),
}


@dataclass(frozen=True)
class PageNotebook:
    """A dashboard notebook. path: below the served folder. title: for navigation and the browser's tab."""

    path: str
    title: str

    @property
    def name(self) -> str:
        return Path(self.path).stem


def pages(dashboards: Path) -> list[PageNotebook]:
    """The notebooks of the folder, by `order` and `title` of their metadata; a new page needs nothing else."""
    found = []
    for path in dashboards.glob("*.ipynb"):
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        order = metadata.get("sprint", {}).get("order", 100)
        found.append((order, PageNotebook(path.name, metadata.get("title", path.stem.capitalize()))))
    return [page for _, page in sorted(found, key=lambda entry: (entry[0], entry[1].path))]


@contextmanager
def served_folder(dashboards: Path, reports: Path) -> Iterator[Path]:
    """A temporary folder with links to the dashboard notebooks and to the dated reports, and nothing else."""
    with tempfile.TemporaryDirectory(prefix="sprint-dashboards-") as name:
        folder = Path(name).resolve()
        for page in pages(dashboards):
            (folder / page.path).symlink_to((dashboards / page.path).resolve())
        (folder / REPORTS).symlink_to(reports, target_is_directory=True)
        yield folder


def runs_alike(notebook: Path, other: Path) -> bool:
    """Whether two notebooks hold the same code, so that a kernel of one can show the page of the other."""
    if notebook == other:
        return True
    try:
        found = [json.loads(path.read_text(encoding="utf-8")) for path in (notebook, other)]
        return _code(found[0]) == _code(found[1])
    except (OSError, ValueError, LookupError, TypeError):
        return False


def is_shipped(notebook: Path) -> bool:
    """Whether all that a notebook would run is a notebook of ours, but for values of the parameters that it declares.

    A dated notebook is a file that anybody may have written who can write to the reports: opening a page is to run
    nothing that did not come with this package.
    """
    try:
        found = json.loads(notebook.read_text(encoding="utf-8"))
        if found["nbformat"] != 4:  # an older form keeps its cells elsewhere
            return False
        digest, values = _code(found), _parameters(found)
        if digest in _EARLIER:
            return values is not None and values <= _EARLIER[digest]
        for path in resources.folder("notebooks").glob("*.ipynb"):
            ours = json.loads(path.read_text(encoding="utf-8"))
            if _code(ours) == digest:
                return values is not None and values <= (_parameters(ours) or set())
    except (OSError, ValueError, SyntaxError, LookupError, TypeError, AttributeError, RecursionError, MemoryError):
        return False
    return False


def _code(notebook: Any) -> str:
    """Digest of the kernel a notebook asks for and of its cells that hold code, the parameters aside."""
    cells = [_source(cell) for cell in notebook["cells"] if cell["cell_type"] == "code" and not _is_parameters(cell)]
    kernel = notebook["metadata"]["kernelspec"]["name"]
    return hashlib.sha256(json.dumps([kernel, *cells]).encode()).hexdigest()


def _parameters(notebook: Any) -> set[str] | None:
    """The names that its parameter cells set, or None where one holds anything but names and literals."""
    names: set[str] = set()
    for cell in filter(_is_parameters, notebook["cells"]):
        for statement in ast.parse(_source(cell)).body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            if not isinstance(statement, ast.Assign | ast.AnnAssign) or not _is_literal(statement.value):
                return None
            if not all(isinstance(target, ast.Name) for target in targets):
                return None
            names.update(target.id for target in targets if isinstance(target, ast.Name))
            if isinstance(statement, ast.AnnAssign) and not _is_annotation(statement.annotation):
                return None
    return names


def _is_parameters(cell: Any) -> bool:
    return cell["cell_type"] == "code" and bool(_PARAMETERS & set(cell["metadata"].get("tags", [])))


def _is_literal(value: ast.expr | None) -> bool:
    try:
        ast.literal_eval(value or "")
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _is_annotation(annotation: ast.expr) -> bool:
    """`str | None` and the like: annotations of a notebook's names are evaluated."""
    return all(
        isinstance(part, ast.Name | ast.Constant | ast.BinOp | ast.BitOr | ast.expr_context)
        for part in ast.walk(annotation)
    )


def _source(cell: Any) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
