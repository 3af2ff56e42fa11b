import hashlib

import pytest

from sprintlib.errors import DatasetError
from sprintsim.simulation import write_startup
from tests.sprintsim.simulation.conftest import SEED, TODAY


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_equal_arguments_give_equal_bytes_git_included(startup, tmp_path):
    write_startup(tmp_path, SEED, TODAY)
    assert digests(tmp_path) == digests(startup.folder)


def test_writing_again_replaces_what_was_there(tmp_path):
    write_startup(tmp_path, SEED + 1, TODAY)
    (tmp_path / "notes.txt").write_text("mine")
    write_startup(tmp_path, SEED, TODAY)
    write_startup(tmp_path / "fresh", SEED, TODAY)
    written = digests(tmp_path)
    assert written.pop("notes.txt")
    assert {name: it for name, it in written.items() if not name.startswith("fresh/")} == digests(tmp_path / "fresh")


def test_the_layout_is_the_one_that_the_stand_in_serves(startup):
    for repo in ("api", "web", "mobile"):
        assert {path.name for path in (startup.folder / repo).iterdir()} == {
            "issues",
            "pulls",
            "repo.git",
            "repository.json",
            "milestones.json",
            "workflow_runs.json",
            "releases.json",
            "dependencies.json",
        }
    assert startup.read("web", "repository.json")["full_name"] == "sprint-demo/web"


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="cannot be written to .*file"):
        write_startup(tmp_path / "file", SEED, TODAY)
