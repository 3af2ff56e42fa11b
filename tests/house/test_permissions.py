"""The files of a home are for its user alone, and output that cannot be written is told in one sentence."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sprintlib import permissions
from sprintlib.cli.main import main
from tests.dashboards.project import write_project


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    return sorted(
        str(path.relative_to(folder))
        for path in (folder, *folder.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    )


def run(home: Path, *command: str) -> int:
    try:
        main(["--home", str(home), *command])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_what_commands_write_is_private(tmp_path: Path) -> None:
    home = write_project(tmp_path)
    assert run(home, "analyze", "--as-of", "2026-03-20") == 0
    assert run(home, "explain", "--as-of", "2026-03-20") == 0
    assert (home / "data" / "traces.db").is_file()
    assert open_to_others(home / "data") == []
    assert os.umask(0o022) == 0o022


def test_an_older_home_is_mended_when_it_is_opened(tmp_path: Path) -> None:
    home = write_project(tmp_path)
    log = home / "data" / "logs" / "run-due.log"
    report = home / "papermill_runs" / "2026-03-20" / "report.html"
    elsewhere = tmp_path / "elsewhere"
    for path in (log, report, elsewhere):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
        path.chmod(0o644)
    (home / "data").chmod(0o755)
    (log.parent / "link").symlink_to(elsewhere)
    assert run(home, "run", "list") == 0
    assert open_to_others(home / "data") == ["logs/link"]  # what it leads to is not of the home
    assert open_to_others(home / "papermill_runs") == []
    assert stat.S_IMODE(home.stat().st_mode) == 0o700  # pytest's


def test_a_folder_that_others_share_is_not_closed(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    home = tmp_path / "home"
    home.mkdir()
    write_project(home)
    with (home / "sprint.toml").open("a") as settings:
        settings.write(f'[paths]\nreports = "{shared}"\n')
    assert run(home, "run", "list") == 0
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755


def test_files_of_others_stay_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text("")
    path.chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    permissions.close(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("command", [["--help"], ["--version"], ["run", "--help"]])
def test_output_that_cannot_be_written_gives_one_sentence(command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "sprintlib", *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("sprint: ")
    assert "(No space left on device)" in ended.stderr or ": No space left on device." in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_output_that_nobody_reads_on_is_no_fault() -> None:
    command = f"{sys.executable} -m sprintlib --help | true"
    ended = subprocess.run(["bash", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    assert ended.stderr == ""
