"""Where the token comes from: environment, gh, file; never anywhere else."""

import os
import stat
from pathlib import Path

import pytest

from sprintlib.errors import CollectError, TokenError
from sprintlib.github import Token, find_token, save_token
from sprintlib.github.token import token_file
from sprintlib.settings import Settings
from tests.github.conftest import MakeSettings


@pytest.fixture
def real(make_settings: MakeSettings) -> Settings:
    return make_settings("https://api.github.com")


def fake_gh(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    gh = folder / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{gh.parent}{os.pathsep}{os.environ['PATH']}")


def test_the_order(real: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    save_token(real.data_dir, "from-file")
    assert find_token(real) == Token("from-file", str(tmp_path / "data" / "github-token"))
    fake_gh(tmp_path, monkeypatch, 'test "$1 $2 $3 $4" = "auth token --hostname github.com" && echo from-gh')
    assert find_token(real) == Token("from-gh", "gh auth token")
    monkeypatch.setenv("GITHUB_TOKEN", " from-environment\n")
    assert find_token(real) == Token("from-environment", "GITHUB_TOKEN")


def test_gh_that_is_not_logged_in(real: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_gh(tmp_path, monkeypatch, "echo 'no oauth token'; exit 1")
    assert find_token(real) is None


def test_gh_is_asked_for_the_host_of_an_enterprise(
    tmp_path: Path, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
):
    fake_gh(tmp_path, monkeypatch, 'echo "$4"')
    found = find_token(make_settings("https://ghe.example.org/api/v3"))
    assert found is not None
    assert found.value == "ghe.example.org"


def test_gh_is_not_asked_for_a_stand_in(tmp_path: Path, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch):
    fake_gh(tmp_path, monkeypatch, "echo from-gh")
    assert find_token(make_settings("http://127.0.0.1:8123")) is None


def test_the_file_is_for_its_owner_only(tmp_path: Path):
    path = save_token(tmp_path / "data", "one")
    path.chmod(0o644)
    save_token(tmp_path / "data", "two")
    assert path == token_file(tmp_path / "data")
    assert (path.read_text(encoding="utf-8"), stat.S_IMODE(path.stat().st_mode)) == ("two\n", 0o600)


def test_a_file_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "data").touch()
    with pytest.raises(CollectError, match="set GITHUB_TOKEN instead"):
        save_token(tmp_path / "data", "one")


@pytest.mark.parametrize("pasted", ["ghp_one ghp_two", "ghp_a\nb", "ghp_…"])
def test_what_cannot_be_a_token_is_told_before_it_is_sent(real: Settings, monkeypatch: pytest.MonkeyPatch, pasted: str):
    monkeypatch.setenv("GITHUB_TOKEN", pasted)
    with pytest.raises(TokenError, match=r"The token of GITHUB_TOKEN holds a space or a sign that no token has"):
        find_token(real)


def test_the_value_never_shows():
    assert "secret" not in repr(Token("secret", "test"))
