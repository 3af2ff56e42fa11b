"""The wheel, installed somewhere else: nothing of the source tree is needed."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from sprintlib.cli.main import sprint
from tests.conftest import ROOT

COMPLETE = {"bash": "bash_source", "zsh": "zsh_source", "fish": "fish_source"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`sprint` of an environment that holds the wheel and, for speed, borrows the packages that it depends on."""
    place = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(place, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = place / "lib" / version / "site-packages"
    install = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"), "install", "--no-deps"]
    subprocess.run([*install, "--no-index", "--quiet", str(wheel)], check=True)
    theirs = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "borrowed.pth").write_text("\n".join(theirs))  # their own .pth files do not count
    borrowed = next(Path(path).parents[2] for path in theirs if (Path(path) / "jupyterlab").is_dir())
    (place / "share").mkdir(exist_ok=True)
    (place / "share" / "jupyter").symlink_to(borrowed / "share" / "jupyter")
    return place / "bin" / "sprint"


def run(program: Path, folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **more}
    return subprocess.run(
        [str(program), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


@pytest.mark.slow
def test_it_holds_notebooks_dashboards_templates_and_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, place in (("notebooks", "notebooks"), ("dashboards", "dashboards"), ("docs/metrics", "metrics")):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts:
                assert f"sprintlib/shipped/{place}/{path.relative_to(ROOT / folder)}" in names
    for room in ("sprintlib", "sprintsim"):
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and path.suffix not in (".pyc",):
                assert str(path.relative_to(ROOT)) in names
    assert not [name for name in names if name.startswith(("tests/", "data/", "benchmarks/"))]


@pytest.mark.slow
def test_the_demo_runs_from_it_in_an_empty_folder(program: Path, tmp_path: Path) -> None:
    done = run(program, tmp_path, "demo", "--json", "--today", "2026-11-20")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["milestone"]
    (report,) = (tmp_path / "papermill_runs").rglob("report.html")
    assert report.stat().st_size > 50_000
    where = [str(program.with_name("python")), "-c", "import sprintlib; print(sprintlib.__file__)"]
    told = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert Path(told.strip()).is_relative_to(program.parents[1])


@pytest.mark.slow
@pytest.mark.parametrize("shell", COMPLETE)
def test_each_shell_is_given_its_completion(program: Path, tmp_path: Path, shell: str) -> None:
    done = run(program, tmp_path, _SPRINT_COMPLETE=COMPLETE[shell], SHELL=f"/bin/{shell}")
    assert "_sprint_completion" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "place", "offered"),
    [
        ("sprint ana", 1, ["analyze"]),
        ("sprint sche", 1, ["schedule"]),
        ("sprint schedule st", 2, ["status"]),
        ("sprint analyze --js", 2, ["--json"]),
        ("sprint inbox list --state as", 4, ["aside"]),
    ],
)
def test_completion_knows_commands_and_options(words: str, place: int, offered: list[str]) -> None:
    asked = {"_SPRINT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(place)}
    done = CliRunner().invoke(sprint, [], env=asked, prog_name="sprint")
    assert [line.partition(",")[2] for line in done.output.splitlines()] == offered
