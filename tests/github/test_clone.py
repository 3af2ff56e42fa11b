"""Changed files from a bare partial clone."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, select

from sprintlib.github import Token, ingest_dataset, sync
from sprintlib.github.clone import Clone, CloneError
from sprintlib.settings import parse
from sprintlib.store import schema
from sprintsim.fake_github import running
from tests.github import shop
from tests.github.conftest import HASTE

_PERSON = {"GIT_AUTHOR_NAME": "Bob B", "GIT_AUTHOR_EMAIL": "b@example.org", "GIT_COMMITTER_NAME": "Bob B"}


class Project:
    """A git repository to commit to, and the dataset folder whose `repo.git` follows it."""

    def __init__(self, folder: Path) -> None:
        self.work, self.dataset = folder / "work", folder / "dataset"
        (self.dataset / "issues").mkdir(parents=True)
        (self.dataset / "repository.json").write_text(json.dumps(shop.REPOSITORY), encoding="utf-8")
        self.work.mkdir()
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "served", str(self.dataset / "repo.git"))
        self.git("init", "-q", "--bare", str(self.dataset / "repo.git"))

    def git(self, *arguments: str, day: int = 1) -> str:
        at = f"2026-03-{day:02}T10:00:00Z"
        environment = os.environ | _PERSON | {"GIT_COMMITTER_EMAIL": "b@example.org"}
        environment |= {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        done = subprocess.run(
            ["git", *arguments], cwd=self.work, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, files: dict[str, str | bytes | None], day: int, message: str = "Change") -> str:
        for name, content in files.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content, encoding="utf-8")
        self.git("add", "-A", day=day)
        self.git("commit", "-q", "-m", message, day=day)
        return self.git("rev-parse", "HEAD")

    def push(self, *arguments: str) -> None:
        self.git("push", "-q", *arguments, "served", "--all")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit({"a.txt": "1\n2\n3\n", "dir/ä b.txt": "x\n", "logo.bin": bytes(range(256))}, 1, "First\n\nWith a body")
    made.commit({"a.txt": "1\n2\nthree\nfour\n"}, 5, "Second")
    made.commit({"a.txt": None, "b.txt": "1\n2\nthree\nfour\n"}, 6, "Renamed")
    made.push()
    return made


@pytest.fixture
def url(project: Project) -> Iterator[str]:
    with running([project.dataset]) as url:
        yield url


@pytest.fixture
def clone(tmp_path: Path, url: str) -> Clone:
    return Clone.at(tmp_path / "clones", 7, f"{url}/acme/shop.git", None, url)


ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)


def files(found: list[tuple[Any, Any]]) -> list[tuple[str, list[tuple[Any, ...]]]]:
    return [
        (row["message"].splitlines()[0], [(file["path"], file["additions"], file["deletions"]) for file in changed])
        for row, changed in found
    ]


def test_commits_with_sizes(clone: Clone):
    clone.update()
    assert files(list(clone.commits([], ALWAYS))) == [
        ("First", [("a.txt", 3, 0), ("dir/ä b.txt", 1, 0), ("logo.bin", None, None)]),
        ("Second", [("a.txt", 2, 1)]),
        ("Renamed", [("a.txt", 0, 4), ("b.txt", 4, 0)]),
    ]


def test_a_commit_row_names_no_address(clone: Clone, project: Project):
    clone.update()
    row, _ = next(iter(clone.commits([], ALWAYS)))
    assert row == {
        "sha": project.git("rev-list", "--max-parents=0", "HEAD"),
        "author": "Bob B",
        "message": "First\n\nWith a body",
        "parents": [],
        "authored_at": datetime(2026, 3, 1, 10, tzinfo=UTC),
        "committed_at": datetime(2026, 3, 1, 10, tzinfo=UTC),
    }


def test_old_commits_have_names_but_no_sizes_and_their_contents_stay_away(clone: Clone):
    clone.update()
    found = files(list(clone.commits([], datetime(2026, 3, 4, tzinfo=UTC))))
    assert found[0] == ("First", [("a.txt", None, None), ("dir/ä b.txt", None, None), ("logo.bin", None, None)])
    assert found[1] == ("Second", [("a.txt", 2, 1)])
    missing = subprocess.run(
        ["git", "-C", str(clone.path), "rev-list", "--objects", "--all", "--missing=print"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert sum(line.startswith("?") for line in missing.splitlines()) == 2  # the logo and the file with a space


def test_contents_are_fetched_in_one_go(clone: Clone, project: Project, url: str):
    for number in range(12):
        project.commit({f"f{number}.txt": f"{number}\n", "b.txt": f"{number}\n"}, 7)
    project.push()
    requests.delete(f"{url}/_stats", timeout=20)
    clone.update()
    assert len(list(clone.commits([], ALWAYS))) == 15
    paths = requests.get(f"{url}/_stats", timeout=20).json()["paths"]
    # references and objects of the clone, then references and contents of all commits together
    assert sum(paths["/{owner}/{repo}/git-upload-pack"].values()) <= 4


def test_only_new_commits_are_read(clone: Clone, project: Project):
    tips = clone.update()
    project.git("checkout", "-q", "-b", "topic")
    project.commit({"c.txt": "c\n"}, 8, "On a branch")
    project.push()
    clone.update()
    assert files(list(clone.commits(tips, ALWAYS))) == [("On a branch", [("c.txt", 1, 0)])]


def test_forced_pushes_and_lost_tips_are_survived(clone: Clone, project: Project):
    tips = clone.update()
    project.git("reset", "-q", "--hard", "HEAD~1")
    project.commit({"d.txt": "d\n"}, 9, "Another third")
    project.push("--force")
    clone.update()
    assert [name for name, _ in files(list(clone.commits([*tips, "f" * 40], ALWAYS)))] == ["Another third"]


def test_an_empty_repository(tmp_path: Path):
    empty = Project(tmp_path / "empty")
    with running([empty.dataset]) as url:
        clone = Clone.at(tmp_path / "clones", 7, f"{url}/acme/shop.git", None, url)
        assert clone.update() == []
        assert list(clone.commits([], ALWAYS)) == []


def test_a_half_made_clone_is_made_again(clone: Clone):
    (clone.path.with_suffix(".partial")).mkdir(parents=True)
    clone.path.mkdir()
    (clone.path / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    assert len(clone.update()) == 1


def test_the_address_may_change(clone: Clone, project: Project, tmp_path: Path):
    clone.update()
    project.commit({"e.txt": "e\n"}, 10, "Elsewhere")
    project.push()
    with running([project.dataset]) as other:
        moved = Clone.at(tmp_path / "clones", 7, f"{other}/acme/shop.git", None, other)
        moved.update()
        assert files(list(moved.commits([], ALWAYS)))[-1] == ("Elsewhere", [("e.txt", 1, 0)])


@pytest.mark.parametrize(
    "url", ["ext::sh -c evil", "file:///etc", "http://example.org/x.git", "--upload-pack=evil", ""]
)
def test_only_https_is_cloned(tmp_path: Path, url: str):
    with pytest.raises(CloneError, match="is not https"):
        Clone.at(tmp_path, 7, url, None, "https://api.github.com")


def test_the_token_is_in_no_argument_and_no_file(tmp_path: Path, url: str):
    clone = Clone.at(tmp_path / "clones", 7, f"{url}/acme/shop.git", Token("ghp_secret", "test"), url)
    clone.update()
    assert clone.environment["GIT_CONFIG_KEY_0"] == f"http.{url}/.extraHeader"
    assert "ghp_secret" not in repr(clone.environment)  # encoded
    config = (clone.path / "config").read_text(encoding="utf-8")
    assert "extraHeader" not in config
    assert "Basic" not in config


def test_the_token_goes_to_its_own_host_only(tmp_path: Path):
    token = Token("secret", "test")
    there = Clone.at(tmp_path, 7, "https://github.com/acme/shop.git", token, "https://api.github.com")
    elsewhere = Clone.at(tmp_path, 7, "https://evil.example.org/acme/shop.git", token, "https://api.github.com")
    assert there.environment["GIT_CONFIG_KEY_0"] == "http.https://github.com/.extraHeader"
    assert "GIT_CONFIG_COUNT" not in elsewhere.environment


def test_sync_stores_changed_files_and_skips_git_when_nothing_was_pushed(
    engine: Engine, url: str, project: Project, tmp_path: Path
):
    github = {"api_url": url, "details_days": 3650}
    settings = parse({"home": tmp_path, "project": {"name": "acme", "repositories": [shop.NAME]}, "github": github})
    summary = sync(engine, settings, None, retry_policy=HASTE)
    (about,) = [part for part in summary.completeness if part.kind == "changed_files"]
    assert (about.collected, about.complete, summary.warnings) == (3, True, ())
    with engine.connect() as connection:
        stored = connection.execute(select(schema.changed_file.c.path, schema.changed_file.c.additions)).all()
    assert sorted(map(tuple, stored), key=repr) == sorted(
        [("a.txt", 3), ("a.txt", 2), ("a.txt", 0), ("b.txt", 4), ("dir/ä b.txt", 1), ("logo.bin", None)], key=repr
    )
    requests.delete(f"{url}/_stats", timeout=20)
    sync(engine, settings, None, retry_policy=HASTE)
    assert not any("info/refs" in path for path in requests.get(f"{url}/_stats", timeout=20).json()["paths"])


def test_commits_of_timelines_and_of_git_are_the_same(engine: Engine, project: Project, url: str, tmp_path: Path):
    sha = project.git("rev-parse", "HEAD")
    project.git("tag", "x")
    document = shop.document(shop.pull(3, 3), [shop.committed(sha, 6, message="Renamed")])
    (project.dataset / "pulls").mkdir()
    (project.dataset / "pulls" / "3.json").write_text(json.dumps(document), encoding="utf-8")
    ingest_dataset(engine, project.dataset, "acme")
    settings = parse(
        {"home": tmp_path, "project": {"name": "acme", "repositories": [shop.NAME]}, "github": {"api_url": url}}
    )
    sync(engine, settings, None, retry_policy=HASTE)
    with engine.connect() as connection:
        rows = connection.execute(select(schema.commit).where(schema.commit.c.sha == sha)).all()
    assert [(row.author, row.message, row.committed_at.day) for row in rows] == [("Bob B", "Renamed", 6)]
