"""Whole reports: the files, the books, and what is left when something goes wrong."""

import hashlib
import json
import os
import re
import signal
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from sqlalchemy import select

from sprintlib.analysis.model import Analysis
from sprintlib.errors import ReportError
from sprintlib.reports import dated_report, folder_name, write_report
from sprintlib.results import runs
from sprintlib.store import open_store, schema
from tests import samples
from tests.planted import PLANTED, looking, planted_in
from tests.reports.conftest import ZOO
from tests.reports.frozen import assert_names_no_host

AS_OF = samples.AS_OF


def books(settings):
    return runs(open_store(settings.database_url), settings.project.name)


def hurried(settings, seconds):
    report = settings.report.model_copy(update={"timeout_seconds": seconds})
    return settings.model_copy(update={"report": report})


def left_behind(settings):
    """Everything below the reports folder that is not a lock."""
    return sorted(
        path.relative_to(settings.reports_dir).as_posix()
        for path in settings.reports_dir.rglob("*")
        if path.is_file() and path.name != "lock"
    )


def hangs(settings) -> bool:
    """Whether the notebook has come to the cell that hangs: the one before it writes down its process."""
    pid_file = settings.home / "kernel.pid"
    return pid_file.exists() and pid_file.read_text() != ""


def assert_gone(pid_file: Path) -> None:
    pid = int(pid_file.read_text())
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_report_is_four_files_that_say_the_same(settings):
    files = write_report(settings, as_of=AS_OF, notebook=ZOO / "good.ipynb")
    assert files.folder == settings.reports_dir / "2026-11-18" / "demo-sprint-9"
    assert left_behind(settings) == [
        f"2026-11-18/demo-sprint-9/{name}" for name in ("analysis.json", "report.html", "report.ipynb", "report.md")
    ]
    assert Analysis.model_validate_json(files.numbers.read_text()) == samples.analysis()
    assert "**38%** Unlikely to land by Fri 27 Nov" in files.markdown.read_text()
    page = files.html.read_text()
    assert_names_no_host(page)
    assert "<strong>38%</strong> <span>Unlikely to land by Fri 27 Nov</span>" in page
    assert page.count("window.vegaEmbed=") == 1
    assert "How the score came about" in page
    assert "page.first_screen()" not in page  # inputs are hidden
    notebook = json.loads(files.notebook.read_text())
    injected = [cell for cell in notebook["cells"] if "injected-parameters" in cell["metadata"].get("tags", [])]
    assert f'as_of = "{AS_OF.isoformat()}"' in "".join(injected[0]["source"])
    (run,) = books(settings)
    assert (run.state, run.milestone, run.folder) == ("ok", "Sprint 9", "2026-11-18/demo-sprint-9")
    with open_store(settings.database_url).connect() as connection:
        digest = connection.execute(select(schema.run.c.digest)).scalar_one()
        stored = connection.execute(select(schema.analysis.c.milestone)).scalar_one()
    assert digest == hashlib.sha256(files.notebook.read_bytes()).hexdigest()
    assert stored == "Sprint 9"


def partial(settings, content):
    folder = settings.reports_dir / ".partial" / content
    folder.mkdir(parents=True)
    (folder / f"{content}.txt").write_text(content)
    return folder


def published(settings, folder, analysis=None):
    return dated_report._publish(settings, folder, analysis or samples.analysis(), samples.AS_OF, "sprint_analysis")


def test_a_report_of_the_same_day_replaces_the_former(settings):
    first = published(settings, partial(settings, "first"))
    assert left_behind(settings) == ["2026-11-18/demo-sprint-9/first.txt"]
    assert published(settings, partial(settings, "second")) == first
    assert left_behind(settings) == ["2026-11-18/demo-sprint-9/second.txt"]


def test_when_replacing_fails_the_former_report_stays(settings):
    published(settings, partial(settings, "first"))
    with pytest.raises(OSError, match="nowhere"):
        published(settings, settings.reports_dir / "nowhere")
    assert left_behind(settings) == ["2026-11-18/demo-sprint-9/first.txt"]


def test_a_failed_run_leaves_no_report_and_is_kept_for_inspection(settings):
    with pytest.raises(ReportError, match="ZeroDivisionError: division by zero"):
        write_report(settings, "Sprint 9", AS_OF, notebook=ZOO / "raises.ipynb")
    (run,) = books(settings)
    assert (run.state, run.milestone, run.folder) == ("failed", "Sprint 9", None)
    assert run.message == "Cell 3 of the notebook failed: ZeroDivisionError: division by zero."
    assert {name.split("/")[0] for name in left_behind(settings)} == {".failed"}
    assert f".failed/run-{run.id}/report.ipynb" in left_behind(settings)


def test_a_notebook_that_hangs_is_ended_with_its_kernel(settings, monkeypatch):
    clock = SimpleNamespace(monotonic=lambda: 1000.0 * hangs(settings))
    monkeypatch.setattr("sprintlib.reports.watch.time", clock)
    with pytest.raises(ReportError, match=r"not ready after 12 seconds: raise report\.timeout_seconds"):
        write_report(hurried(settings, 12), as_of=AS_OF, notebook=ZOO / "hangs_deaf.ipynb")
    assert books(settings)[0].state == "timeout"
    assert_gone(settings.home / "kernel.pid")


def test_a_runner_that_is_killed(settings):
    with pytest.raises(ReportError, match="died with exit code -9"):
        write_report(settings, as_of=AS_OF, notebook=ZOO / "kills_its_runner.ipynb")
    assert books(settings)[0].state == "failed"


def test_ctrl_c_ends_the_kernel_and_is_in_the_books(settings):
    def interrupt():
        while not hangs(settings):
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        write_report(settings, as_of=AS_OF, notebook=ZOO / "hangs.ipynb")
    assert (books(settings)[0].state, books(settings)[0].message) == ("killed", "Stopped by hand.")
    assert_gone(settings.home / "kernel.pid")


def test_a_reports_folder_that_cannot_be_made_is_one_sentence(settings):
    settings.reports_dir.write_text("a file in the way")
    with pytest.raises(ReportError, match=r"cannot be written to .*: (File exists|Not a directory); free some space"):
        write_report(settings, as_of=AS_OF, notebook=ZOO / "good.ipynb")
    assert books(settings) == []


def test_no_space_when_the_report_is_moved(settings, monkeypatch):
    def execute(_settings, _notebook, folder, _parameters):
        (folder / "analysis.json").write_text(samples.analysis().model_dump_json())

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dated_report, "_execute", execute)
    monkeypatch.setattr(dated_report, "_publish", full)
    with pytest.raises(ReportError, match="No space left on device; free some space there"):
        write_report(settings, as_of=AS_OF, notebook=ZOO / "good.ipynb")
    assert books(settings)[0].state == "failed"


def test_a_runner_that_dies_on_a_full_disk(settings, monkeypatch):
    settings.reports_dir.mkdir()
    monkeypatch.setattr(dated_report, "_LEAST_FREE_BYTES", 10**18)
    assert re.search(r"The disk of .* is full \(\d+ MB free\)", dated_report._death(settings, 1))


def test_a_kernel_sees_no_secret(settings, monkeypatch):
    """Neither in its own environment nor in that of the process that started it."""
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(ZOO / "good.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(looking(settings.home / "seen.json")))
    nbformat.write(notebook, settings.home / "looking.ipynb")
    write_report(settings, as_of=AS_OF, notebook=settings.home / "looking.ipynb")
    seen = json.loads((settings.home / "seen.json").read_text())
    assert seen["own"]["PATH"] == os.environ["PATH"]
    assert seen["own"]["JUPYTER_RUNTIME_DIR"] == seen["parent"]["JUPYTER_RUNTIME_DIR"]
    assert "sprintlib.reports.execute" in seen["arguments"]
    assert planted_in(seen["own"], seen["parent"], seen["arguments"]) == []


def test_reports_are_dated_in_the_time_zone_of_the_project(settings):
    project = settings.project.model_copy(update={"time_zone": "Pacific/Auckland"})
    there = settings.model_copy(update={"project": project})
    made = published(there, partial(there, "p"))
    assert made == settings.reports_dir / "2026-11-19" / "demo-sprint-9"


def test_a_project_without_an_open_milestone_has_a_folder_too(settings):
    nothing = samples.analysis().model_copy(update={"milestones": ()})
    assert published(settings, partial(settings, "p"), nothing).name == "demo"
    assert dated_report._files(settings.reports_dir, 1, nothing).title == "(no open milestone)"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Sprint 9", "demo-sprint-9"),
        ("0.8.1", "demo-0.8.1"),
        ("v1.0 - beta", "demo-v1.0-beta"),
        ("../../etc/passwd", "demo-..-..-etc-passwd"),
        ("Спринт 9", "demo-9"),
        ("Étape 1", "demo-etape-1"),
        ("", "demo"),
        ("x" * 300, "demo-" + "x" * 55),
    ],
)
def test_folder_names_are_safe(title, name):
    made = folder_name("demo", title)
    assert made.startswith(name)
    assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", made)
    assert len(made) <= 67


def test_folder_names_that_lose_letters_stay_apart():
    assert folder_name("demo", "Спринт 9") != folder_name("demo", "Этап 9")
    assert folder_name("demo", "a/b") != folder_name("demo", "a-b")
