"""The git repositories, as git itself sees them."""

import os
import subprocess

import pytest

from sprintlib.errors import DatasetError
from sprintsim.simulation import simulate
from sprintsim.simulation.repository import write_repository
from tests.sprintsim.simulation.conftest import SEED, TODAY

REPOS = ("api", "web", "mobile")


def git(startup, repo, *arguments):
    done = subprocess.run(
        ("git", *arguments), cwd=startup.folder / repo / "repo.git", capture_output=True, check=True, text=True
    )
    return done.stdout


@pytest.mark.parametrize("repo", REPOS)
def test_git_finds_nothing_wrong(startup, repo):
    done = subprocess.run(
        ("git", "fsck", "--full", "--strict"),
        cwd=startup.folder / repo / "repo.git",
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("repo", REPOS)
def test_the_default_branch_holds_every_merge_with_both_parents(startup, repo):
    assert git(startup, repo, "symbolic-ref", "HEAD").strip() == "refs/heads/main"
    parents = {
        sha: tuple(rest)
        for sha, *rest in (line.split() for line in git(startup, repo, "log", "main", "--format=%H %P").splitlines())
    }
    merged = [each["pull"] for each in startup.files("pulls") if each["pull"]["merged"]]
    here = [pull for pull in merged if pull["base"]["repo"]["name"] == repo]
    assert len(here) > 10
    for pull in here:
        assert parents[pull["merge_commit_sha"]][1] == pull["head"]["sha"]


def test_pull_request_commits_and_diffs_are_those_of_git(startup):
    for file in startup.files("pulls"):
        pull = file["pull"]
        repo, base, head = pull["base"]["repo"]["name"], pull["base"]["sha"], pull["head"]["sha"]
        committed = [event["sha"] for event in file["events"] if event["event"] == "committed"]
        assert git(startup, repo, "rev-list", "--reverse", f"{base}..{head}").split() == committed
        numbers = [line.split("\t") for line in git(startup, repo, "diff", "--numstat", base, head).splitlines()]
        assert (
            sum(int(added) for added, _, _ in numbers),
            sum(int(removed) for _, removed, _ in numbers),
            len(numbers),
        ) == (pull["additions"], pull["deletions"], pull["changed_files"])


def test_an_open_pull_request_has_a_branch_and_a_merged_one_has_none(startup):
    branches = {repo: set(git(startup, repo, "branch", "--format=%(refname:short)").split()) for repo in REPOS}
    for file in startup.files("pulls"):
        pull = file["pull"]
        if pull["head"]["repo"]:
            assert (pull["head"]["ref"] in branches[pull["base"]["repo"]["name"]]) is (pull["state"] == "open")


def test_a_partial_clone_is_allowed(startup, tmp_path):
    source = (startup.folder / "api" / "repo.git").as_uri()
    subprocess.run(
        ("git", "clone", "--quiet", "--bare", "--filter=blob:none", source, str(tmp_path / "clone")), check=True
    )


def test_the_users_own_git_settings_change_nothing(startup, tmp_path, monkeypatch):
    (tmp_path / "config").write_text("[user]\n\tname = Somebody\n[core]\n\tautocrlf = true\n[gc]\n\tauto = 1\n")
    monkeypatch.setitem(os.environ, "GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    facts = write_repository(tmp_path / "repo.git", simulate(SEED, TODAY), "mobile")
    assert facts.head == git(startup, "mobile", "rev-parse", "main").strip()


def test_without_git_there_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatasetError, match="git was not found: install git"):
        write_repository(tmp_path / "repo.git", simulate(SEED, TODAY), "api")
