"""A small project to show, and a dashboard server over it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from sprintlib import resources
from sprintlib.store import open_store
from tests.planted import PLANTED
from tests.samples import HOSTILE
from tests.sprints import two_sprints
from tests.world import World

SETTINGS = '[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n'
AS_OF = "2026-03-20"


def write_project(home: Path) -> Path:
    """A home whose second sprint is under way on 20 March 2026, with a stale pull request of a hostile title."""
    (home / "sprint.toml").write_text(SETTINGS, encoding="utf-8")
    world = two_sprints(World(open_store(f"sqlite:///{home / 'data' / 'sprint.db'}"), home))
    world.pull(90, created="03-13 09:00", milestone=2, title=f"Faster {HOSTILE}")
    world.event(90, "milestoned", "03-16 09:00", subject="Sprint 2")
    world.flush()
    world.engine.dispose()
    return home


def write_notebook(path: Path, *cells: str) -> None:
    """A notebook to be served."""
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[nbformat.v4.new_code_cell(source) for source in cells],
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@dataclass
class Served:
    """A running `sprint dashboards`. url ends with a slash; log is what it wrote to stderr so far."""

    url: str
    home: Path
    process: "subprocess.Popen[str]"
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")


_WITH_OTHER_PAGES = Path(__file__).with_name("with_other_pages.py")


def other_pages(folder: Path, **settings: dict[str, object]) -> Path:
    """The shipped dashboards in a folder of their own, to add pages to. settings: sections of voila.json to change."""
    shutil.copytree(resources.folder("dashboards"), folder)
    file = folder / "voila.json"
    written = json.loads(file.read_text(encoding="utf-8"))
    for section, values in settings.items():
        written[section] |= values
    file.write_text(json.dumps(written), encoding="utf-8")
    return folder


@contextmanager
def dashboards(home: Path, *options: str, pages: Path | None = None, **variables: str) -> Iterator[Served]:
    """`sprint dashboards` on a free port, with secrets in its environment; stopped as Ctrl-C stops it.

    pages: a folder of `other_pages` to serve instead of the shipped one.
    """
    log_file = home / "dashboards.log"
    command = [sys.executable, *([str(_WITH_OTHER_PAGES), str(pages)] if pages else ["-m", "sprintlib"])]
    command += ["--home", str(home), "dashboards", "--no-browser", "--no-analyze", "--port", "0"]
    environment = {**os.environ, **PLANTED, **variables}
    with log_file.open("w") as log:
        process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    assert process.stdout is not None
    try:
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address, log_file.read_text(encoding="utf-8")
        yield Served(address.group(), home, process, log_file)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(60)
        process.stdout.close()
