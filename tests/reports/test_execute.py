"""A zoo of notebooks, one per way to fail, and the sentence each of them gives."""

import errno
import json

import pytest

from sprintlib.reports import execute
from sprintlib.reports.execute import NotebookJob, cell_sentence, run_job
from tests.reports.conftest import ZOO

pytestmark = pytest.mark.usefixtures("settings")


def job(tmp_path, name, **changes):
    folder = tmp_path / "partial"
    folder.mkdir(exist_ok=True)
    values = {"notebook": str(ZOO / f"{name}.ipynb"), "folder": str(folder), "parameters": {"home": str(tmp_path)}}
    return NotebookJob(**(values | changes))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("raises", "Cell 3 of the notebook failed: ZeroDivisionError: division by zero."),
        ("says_what_to_do", "There is no store yet: run 'sprint sync' first."),
        ("exits_quietly", "Cell 3 of the notebook failed: SystemExit: 0."),
        ("exits_after_showing", "Cell 4 of the notebook failed: SystemExit: 0."),
        ("kernel_killed", "The kernel died while a cell was running: it was killed, or memory ran out."),
        (
            "shows_nothing",
            "The notebook did not display its first screen: keep the cell that calls page.first_screen().",
        ),
    ],
)
def test_a_broken_notebook_says_what_is_wrong(tmp_path, name, sentence):
    outcome = run_job(job(tmp_path, name))
    assert (outcome.state, outcome.message) == ("failed", sentence)
    assert (tmp_path / "partial" / "report.ipynb").is_file()
    assert not (tmp_path / "partial" / "report.html").exists()


def test_a_notebook_without_parameters_is_refused_before_it_runs(tmp_path):
    outcome = run_job(job(tmp_path, "no_parameters"))
    assert "has no cell tagged 'parameters'" in outcome.message


def test_a_file_that_is_no_notebook(tmp_path):
    (tmp_path / "half.ipynb").write_text('{"cells": [')
    outcome = run_job(job(tmp_path, "raises", notebook=str(tmp_path / "half.ipynb")))
    assert outcome.state == "failed"
    assert "half.ipynb is not valid: Notebook does not appear to be JSON" in outcome.message


def test_a_notebook_that_is_not_there(tmp_path):
    outcome = run_job(job(tmp_path, "raises", notebook=str(tmp_path / "nowhere.ipynb")))
    assert outcome.state == "failed"
    assert "No such file" in outcome.message


def test_a_kernel_that_is_not_there(tmp_path):
    outcome = run_job(job(tmp_path, "raises", kernel="fortran"))
    assert outcome.message == "There is no Jupyter kernel called 'fortran': install sprintlib again."


def test_a_disk_that_fills_up(tmp_path, monkeypatch):
    def full(_job, _report):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(execute, "_execute", full)
    outcome = run_job(job(tmp_path, "good"))
    assert outcome.message.endswith("partial: No space left on device.")


def test_the_outcome_is_written_beside_the_job(tmp_path):
    path = tmp_path / "job.json"
    path.write_text(json.dumps({"notebook": str(tmp_path / "no.ipynb"), "folder": str(tmp_path), "parameters": {}}))
    execute.main(path)
    assert json.loads((tmp_path / "outcome.json").read_text())["state"] == "failed"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("AnalysisError", "Nothing is known\nyet.", "Nothing is known yet."),
        ("RateLimitError", "Wait until 12:00.", "Wait until 12:00."),
        ("KeyError", "'x'", "Cell 2 of the notebook failed: KeyError: 'x'."),
        ("MemoryError", "", "Cell 2 of the notebook failed: MemoryError."),
    ],
)
def test_what_a_failing_cell_says(name, value, sentence):
    assert cell_sentence(1, name, value) == sentence
