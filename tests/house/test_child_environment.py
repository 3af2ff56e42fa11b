"""No child process gets more of the environment than it needs."""

import ast
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprintlib.child_environment import DESKTOP, MODELS, NETWORK, STORE, child_environment, replaced_environment
from sprintlib.embedding import embedder, installed
from sprintlib.errors import KnowledgeError
from sprintlib.github.clone import Clone, CloneError
from tests.conftest import ROOT
from tests.planted import PLANTED, planted_in

HARMLESS = {"PATH": "/bin", "HOME": "/home/ada", "LC_ALL": "C.UTF-8", "TZ": "Europe/Berlin", "OMP_NUM_THREADS": "2"}
PARTS = st.text(st.characters(categories=("Lu", "Nd"), include_characters="_"), max_size=12)


def test_secrets_stay_behind() -> None:
    assert child_environment(parent={**HARMLESS, **PLANTED}) == HARMLESS


def test_a_purpose_adds_its_names_and_no_other() -> None:
    there = {
        "SPRINT_DATABASE_URL": "postgresql://reader@db/sprint",
        "HTTPS_PROXY": "http://proxy:3128",
        "HF_HOME": "/models",
        "HF_TOKEN": "a",
        "DISPLAY": ":0",
        "PGPASSWORD": "b",
    }
    assert set(child_environment(parent=there)) == set()
    assert set(child_environment(STORE, parent=there)) == {"SPRINT_DATABASE_URL"}
    assert set(child_environment(NETWORK, parent=there)) == {"HTTPS_PROXY"}
    assert set(child_environment(MODELS, DESKTOP, parent=there)) == {"HF_HOME", "DISPLAY"}


@given(PARTS, st.sampled_from(["TOKEN", "SECRET", "PASSWORD", "KEY", "CREDENTIAL"]), PARTS)
def test_nothing_that_is_called_a_secret_passes(before: str, word: str, after: str) -> None:
    for name in (f"{before}{word}{after}", f"LC_{before}{word}{after}", f"SPRINT_{before}_{word}"):
        assert child_environment(STORE, NETWORK, MODELS, DESKTOP, parent={name: "x"}) == {}


def test_the_environment_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "a")
    with replaced_environment({"PATH": "/bin"}):
        assert dict(os.environ) == {"PATH": "/bin"}
    assert os.environ["GITHUB_TOKEN"] == "a"


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)


def spy(folder: Path, name: str) -> Path:
    """A program that writes down its environment and fails; the file that it writes."""
    seen, program = folder / "seen", folder / name
    program.write_text(f"#!/bin/sh\nenv > {seen}\nexit 1\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return seen


@pytest.mark.usefixtures("planted")
def test_git_sees_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = spy(tmp_path, "git")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    with pytest.raises(CloneError, match="git ended with 1"):
        Clone.at(tmp_path, 7, "https://github.com/acme/shop.git", None, "https://api.github.com").update()
    assert planted_in(seen.read_text()) == []
    assert "https_proxy=http://proxy:3128" in seen.read_text()


@pytest.mark.usefixtures("planted")
@pytest.mark.skipif(not installed(), reason="the packages of locks/knowledge.txt are not installed")
def test_the_embedding_worker_sees_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = spy(tmp_path, "python")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(KnowledgeError, match="cannot be loaded"), embedder(str(tmp_path)):
        pass
    assert planted_in(seen.read_text()) == []
    assert "HF_HUB_OFFLINE=1" in seen.read_text()


def started_processes() -> Iterator[tuple[str, str | None]]:
    """Every place of the package that starts a process, with the source of the environment it gives."""
    for path in sorted([*(ROOT / "sprintlib").rglob("*.py"), *(ROOT / "sprintsim").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "subprocess"
            ):
                given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                yield path.relative_to(ROOT).as_posix(), given.get("env")


def test_every_process_that_the_package_starts_is_given_its_environment() -> None:
    """But `gh`, which is asked for the user's own token; `run_watched` hands on what its caller gives."""
    started = list(started_processes())
    assert len(started) >= 9
    free = {path for path, given in started if given is None or "child_environment(" not in given}
    assert free == {"sprintlib/github/token.py", "sprintlib/reports/watch.py"}
