"""`sprint lab`: the developer's copies of the notebooks, and JupyterLab on loopback."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from jupyterlab_server.settings_utils import get_settings

from sprintlib.cli.main import main
from sprintlib.dashboards.serving.lab import copy_notebooks, lab_arguments, lab_environment
from sprintlib.errors import SettingsError
from sprintlib.settings import load
from tests.dashboards.project import SETTINGS

NEWS = "@jupyterlab/apputils-extension:notification"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "sprint.toml").write_text(SETTINGS)
    return tmp_path


def test_the_notebooks_are_copied_once(home: Path):
    assert home / "notebooks" / "sprint_analysis.ipynb" in copy_notebooks(home)
    assert copy_notebooks(home) == []


def test_edits_of_the_developer_stay(home: Path):
    mine = home / "notebooks" / "sprint_analysis.ipynb"
    mine.parent.mkdir()
    mine.write_text("my own")
    assert mine not in copy_notebooks(home)
    assert mine.read_text() == "my own"


def test_a_folder_that_cannot_be_written(home: Path):
    (home / "notebooks").write_text("a file is in the way")
    with pytest.raises(SettingsError, match=r"The notebooks cannot be copied to .*notebooks: File exists"):
        copy_notebooks(home)


def test_it_listens_on_loopback_only(home: Path):
    arguments = lab_arguments(load(home), 8890, browser=False)
    assert arguments[:4] == [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1"]
    assert "--port=8890" in arguments
    assert f"--ServerApp.root_dir={home / 'notebooks'}" in arguments
    assert "--no-browser" in arguments
    assert "--LabApp.news_url=None" in arguments
    assert "--no-browser" not in lab_arguments(load(home), 8890, browser=True)


def test_nothing_is_asked_at_the_first_start(home: Path, monkeypatch: pytest.MonkeyPatch):
    """JupyterLab would ask whether it may fetch news: our default answers, and the user's own configuration wins."""
    environment = lab_environment(load(home), {"JUPYTER_CONFIG_PATH": "/theirs", "X": "kept"})
    theirs, ours = environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert (theirs, environment["X"], environment["SPRINT_HOME"]) == ("/theirs", "kept", str(home))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", ours)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(home / "jupyter"))
    schemas = Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas"
    found, _ = get_settings(str(home), str(schemas), str(home), NEWS)
    assert found["schema"]["properties"]["fetchNews"]["default"] == "false"


def test_kernels_talk_over_sockets_where_their_path_is_short_enough(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", "/run/user/1000/jupyter")
    assert "--KernelManager.transport=ipc" in lab_arguments(load(home), 8890, browser=False)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", "/home/" + "n" * 80)
    assert "--KernelManager.transport=ipc" not in lab_arguments(load(home), 8890, browser=False)


def test_without_settings_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main(["--home", str(tmp_path), "lab", "--no-browser"])
    assert stopped.value.code == 2
    assert "run 'sprint init'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_it_starts_with_the_home_set_and_a_token(home: Path):
    command = [sys.executable, "-m", "sprintlib", "--home", str(home), "lab", "--no-browser", "--port", "18888"]
    command += ["--", "--allow-root"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = None
        for line in process.stderr:
            address = address or re.search(r"http://127\.0\.0\.1:\d+/lab\?token=\w+", line)
            if address:
                break
        environment = Path(f"/proc/{process.pid}/environ")
        if environment.exists():
            assert f"SPRINT_HOME={home}" in environment.read_text().split("\0")
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
    assert address
    assert json.loads((home / "notebooks" / "sprint_analysis.ipynb").read_text())["nbformat"] == 4
