"""What the dashboards consist of: their notebooks in order, and the folder from which exactly they are served."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPORTS = "reports"


@dataclass(frozen=True)
class Page:
    """A dashboard notebook. path: below the served folder. title: for navigation and the browser's tab."""

    path: str
    title: str

    @property
    def name(self) -> str:
        return Path(self.path).stem


def pages(dashboards: Path) -> list[Page]:
    """The notebooks of the folder, by `order` and `title` of their metadata; a new page needs nothing else."""
    found = []
    for path in dashboards.glob("*.ipynb"):
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        order = metadata.get("sprint", {}).get("order", 100)
        found.append((order, Page(path.name, metadata.get("title", path.stem.capitalize()))))
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
