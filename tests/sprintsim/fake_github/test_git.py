"""git over smart HTTP."""

import os
import subprocess
from pathlib import Path

import pytest
import requests

from sprintsim.fake_github import Dataset, running
from tests.sprintsim.fake_github import sample

QUIET = os.environ | {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(*arguments: str | Path) -> str:
    return subprocess.run(["git", *arguments], env=QUIET, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def shop_with_git(shop: Dataset, tmp_path: Path) -> Dataset:
    work, bare = tmp_path / "work", tmp_path / "repo.git"
    git("init", "-q", "-b", "main", work)
    for n in (1, 2, 3):
        (work / "code.py").write_text("line\n" * n)
        git("-C", work, "add", ".")
        git("-C", work, "commit", "-q", "-m", f"Commit {n}")
    git("clone", "-q", "--bare", work, bare)
    shop.git_dir = bare
    return shop


def test_a_partial_bare_clone_leaves_file_contents_behind(shop_with_git: Dataset, tmp_path: Path):
    with running([shop_with_git]) as url:
        clone_url = requests.get(f"{url}/repos/acme/shop", timeout=20).json()["clone_url"]
        assert clone_url == f"{url}/acme/shop.git"
        git("clone", "-q", "--bare", "--filter=blob:none", clone_url, tmp_path / "clone.git")
        missing = git("-C", tmp_path / "clone.git", "rev-list", "--all", "--objects", "--missing=print")
        assert sum(line.startswith("?") for line in missing.splitlines()) == 3
        # the sizes of changes need the contents, which git fetches now, by their ids
        log = git("-C", tmp_path / "clone.git", "log", "--format=%s", "--numstat").split()
    assert log == [
        "Commit",
        "3",
        "1",
        "0",
        "code.py",
        "Commit",
        "2",
        "1",
        "0",
        "code.py",
        "Commit",
        "1",
        "1",
        "0",
        "code.py",
    ]


def test_a_fetch_brings_what_is_new(shop_with_git: Dataset, tmp_path: Path):
    work = tmp_path / "work"
    with running([shop_with_git]) as url:
        git("clone", "-q", "--bare", f"{url}/acme/shop", tmp_path / "clone.git")
        (work / "more.py").write_text("more\n")
        git("-C", work, "add", ".")
        git("-C", work, "commit", "-q", "-m", "Commit 4")
        git("-C", work, "push", "-q", shop_with_git.git_dir or "", "main")
        git("-C", tmp_path / "clone.git", "fetch", "-q", "origin", "main:main")
    assert git("-C", tmp_path / "clone.git", "log", "-1", "--format=%s", "main") == "Commit 4\n"


@pytest.mark.parametrize("protocol", ["0", "2"])
def test_both_protocols_list_the_branches(shop_with_git: Dataset, protocol: str):
    with running([shop_with_git]) as url:
        listed = git("-c", f"protocol.version={protocol}", "ls-remote", f"{url}/acme/shop.git")
    assert [line.split("\t")[1] for line in listed.splitlines()] == ["HEAD", "refs/heads/main"]


def test_without_a_repository_there_is_nothing_to_clone(url: str):
    assert requests.get(f"{url}/acme/shop.git/info/refs?service=git-upload-pack", timeout=20).status_code == 404
    with pytest.raises(subprocess.CalledProcessError) as error:
        git("ls-remote", f"{url}/{sample.NAME}.git")
    assert "not found" in error.value.stderr


def test_nothing_can_be_pushed(shop_with_git: Dataset):
    with running([shop_with_git]) as url:
        refused = requests.get(f"{url}/acme/shop.git/info/refs?service=git-receive-pack", timeout=20)
        broken = requests.post(
            f"{url}/acme/shop.git/git-upload-pack", b"no gzip", headers={"Content-Encoding": "gzip"}, timeout=20
        )
        posted = requests.post(f"{url}/acme/shop.git/git-receive-pack", b"", timeout=20)
    assert (refused.status_code, broken.status_code, posted.status_code) == (403, 400, 404)
