"""Bare git repositories with the commits of a chronicle, written by `git fast-import`."""

import os
import subprocess
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sprintlib.child_environment import child_environment
from sprintlib.errors import DatasetError
from sprintsim.simulation.event_log import Commit, EventLog, FileChange, Person
from sprintsim.simulation.source_text import source_line

DEFAULT_BRANCH = "main"
Lines = tuple[str, ...]
Tree = dict[str, Lines]
# The user's own git configuration must not change what is written.
_ENVIRONMENT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """What only git knows about a commit."""

    sha: str
    tree: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """A pull request's difference to where it branched off. hunks: path -> first lines added."""

    base: str
    additions: int
    deletions: int
    hunks: dict[str, Lines]


@dataclass(frozen=True)
class GitFacts:
    """Commits by their key, and the diff of each pull request by its number."""

    commits: dict[str, CommitFacts]
    diffs: dict[int, Diff]
    head: str


def write_repository(folder: Path, event_log: EventLog, repo: str) -> GitFacts:
    """Write the bare repository `folder` and say what git made of it. Raises DatasetError without git."""
    history = _History(event_log, repo)
    stream = b"".join(history.stream())
    _init(folder)
    marks = folder.with_suffix(".marks")
    _git("fast-import", "--quiet", "--force", f"--export-marks={marks}", cwd=folder, stdin=stream)
    shas = dict(_read_marks(marks))
    marks.unlink()
    _git("pack-refs", "--all", cwd=folder)
    trees = dict(line.split() for line in _git("log", "--all", "--format=%H %T", cwd=folder).splitlines())
    commits = {
        key: CommitFacts(
            sha=shas[mark], tree=trees[shas[mark]], parents=tuple(shas[parent] for parent in history.parents[mark])
        )
        for key, mark in history.marks.items()
    }
    diffs = {number: _diff(history, number, shas) for number in history.branched_at}
    return GitFacts(commits=commits, diffs=diffs, head=shas[history.tips[0]])


class GrowingRepository:
    """A bare repository that is served while its commits happen.

    ahead: folder for the whole repository, which nobody is shown. served: folder for the one that grows.
    """

    def __init__(self, ahead: Path, served: Path, event_log: EventLog, repo: str) -> None:
        self._ahead, self._served = ahead, served
        self._whole = write_repository(ahead, event_log, repo)
        self._history = _History(event_log, repo)
        self._branches = {item.number: item for item in event_log.items if item.repo == repo and item.kind == "pull"}
        self._coming = deque(self._history.commits)
        self._shas: dict[int, str] = {}
        _init(served)

    def grow(self, moment: datetime) -> GitFacts:
        """Let every commit up to a moment happen, and say how the repository stands. Raises DatasetError."""
        grown = False
        while self._coming and self._coming[0].at <= moment:
            self._happen(self._coming.popleft())
            grown = True
        opened = [number for number in self._history.branched_at if self._branches[number].created_at <= moment]
        if grown:
            self._fetch(opened)
        diffs = {number: _diff(self._history, number, self._shas) for number in opened}
        return GitFacts(self._whole.commits, diffs, self._shas[self._history.tips[0]])

    def _happen(self, commit: Commit) -> None:
        mark = len(self._shas) + 1
        self._history.write(mark, commit)
        self._shas[mark] = self._whole.commits[commit.key].sha

    def _fetch(self, opened: Iterable[int]) -> None:
        """Branches and pull requests as they stand; a branch ends when it is merged."""
        tips, merged = self._history.tips, self._history.merged
        refs = [(tips[0], f"refs/heads/{DEFAULT_BRANCH}")]
        for number in opened:
            refs.append((tips[number], f"refs/pull/{number}/head"))
            if not self._branches[number].fork and number not in merged:
                refs.append((tips[number], f"refs/heads/{self._branches[number].branch}"))
        wanted = [f"+{self._shas[mark]}:{ref}" for mark, ref in refs]
        options = ("--quiet", "--no-auto-gc", "--no-tags", "--no-write-fetch-head")
        _git("fetch", *options, str(self._ahead), *wanted, cwd=self._served)
        kept = {ref for _, ref in refs}
        for ref in _git("for-each-ref", "--format=%(refname)", "refs/heads", cwd=self._served).split():
            if ref not in kept:
                _git("update-ref", "-d", ref, cwd=self._served)


class _History:
    """Replays the commits of one repository, keeping the tree of every branch (0 is the default branch)."""

    def __init__(self, event_log: EventLog, repo: str) -> None:
        self._people = event_log.people
        self.commits = [commit for commit in event_log.commits if commit.repo == repo]
        merged = {commit.merges for commit in self.commits}
        self._open_branches = {
            item.number: item.branch
            for item in event_log.items
            if item.repo == repo and item.kind == "pull" and not item.fork and item.number not in merged
        }
        self.merged: set[int] = set()
        self.marks: dict[str, int] = {}
        self.parents: dict[int, tuple[int, ...]] = {}
        self.tips: dict[int, int] = {}
        self.trees: dict[int, Tree] = {0: {}}
        self.branched_at: dict[int, int] = {}
        self.base_trees: dict[int, Tree] = {}
        self._changes: dict[int, list[Commit]] = {}

    def stream(self) -> Iterator[bytes]:
        """The input of `git fast-import`."""
        for mark, commit in enumerate(self.commits, start=1):
            yield self.write(mark, commit)
        for number, branch in self._open_branches.items():
            if number in self.tips:
                yield f"reset refs/heads/{branch}\nfrom :{self.tips[number]}\n\n".encode()
        yield b"done\n"

    def write(self, mark: int, commit: Commit) -> bytes:
        """Let one commit happen; returns what `git fast-import` has to be told of it."""
        branch = commit.number
        if branch and branch not in self.tips:
            self.tips[branch], self.trees[branch] = self.tips[0], dict(self.trees[0])
            self.branched_at[branch], self.base_trees[branch] = self.tips[0], dict(self.trees[0])
        parents = tuple(tip for tip in (self.tips.get(branch), self.tips.get(commit.merges or -1)) if tip)
        files = _apply(self.trees[branch], self._changes_of(commit))
        self.marks[commit.key], self.parents[mark], self.tips[branch] = mark, parents, mark
        if branch:
            self._changes.setdefault(branch, []).append(commit)
        self.merged.add(commit.merges)
        ref = f"refs/pull/{branch}/head" if branch else f"refs/heads/{DEFAULT_BRANCH}"
        lines = [f"commit {ref}", f"mark :{mark}", *_signatures(commit, self._people[commit.author])]
        lines.append(_data(commit.message))
        lines += [f"{word} :{parent}" for word, parent in zip(("from", "merge"), parents, strict=False)]
        lines += [f"M 100644 inline {path}\n{_data(text)}" for path, text in files.items()]
        return ("\n".join(lines) + "\n\n").encode()

    def _changes_of(self, commit: Commit) -> list[tuple[str, FileChange]]:
        """File changes with the key of the commit they belong to; a merge repeats those of its branch."""
        commits = self._changes.get(commit.merges, []) if commit.merges else [commit]
        return [(each.key, change) for each in commits for change in each.changes]


def _apply(tree: Tree, changes: Iterable[tuple[str, FileChange]]) -> dict[str, str]:
    """Change the tree in place; returns the new text of each file touched."""
    touched: dict[str, str] = {}
    for key, change in changes:
        before = tree.get(change.path, ())
        at = zlib.crc32(f"{key} {change.path}".encode()) % (len(before) + 1)
        removed = min(change.removed, len(before) - at)
        added = tuple(source_line(change.path, key, index) for index in range(change.added))
        tree[change.path] = (*before[:at], *added, *before[at + removed :])
        touched[change.path] = "\n".join(tree[change.path]) + "\n"
    return touched


def _diff(history: _History, number: int, shas: dict[int, str]) -> Diff:
    before, after = history.base_trees[number], history.trees[number]
    additions = deletions = 0
    hunks: dict[str, Lines] = {}
    for path, lines in after.items():
        old = before.get(path, ())
        if lines is old:
            continue
        kept = set(old)
        new = tuple(line for line in lines if line not in kept)
        additions += len(new)
        deletions += len(kept.difference(lines))
        hunks[path] = new[:4]
    return Diff(base=shas[history.branched_at[number]], additions=additions, deletions=deletions, hunks=hunks)


def _signatures(commit: Commit, author: Person) -> tuple[str, str]:
    seconds = int(commit.at.timestamp())
    committer = "GitHub <noreply@github.com>" if commit.merges else f"{author.name} <{author.email}>"
    return (f"author {author.name} <{author.email}> {seconds} +0000", f"committer {committer} {seconds} +0000")


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"


def _read_marks(path: Path) -> Iterator[tuple[int, str]]:
    for line in path.read_text(encoding="ascii").splitlines():
        mark, sha = line.split()
        yield int(mark.removeprefix(":")), sha


def _init(folder: Path) -> None:
    _git("init", "--bare", "--quiet", "--template=", f"--initial-branch={DEFAULT_BRANCH}", str(folder))
    # A partial clone needs both; GitHub allows both.
    _git("config", "uploadpack.allowFilter", "true", cwd=folder)
    _git("config", "uploadpack.allowAnySHA1InWant", "true", cwd=folder)


def _git(*arguments: str, cwd: Path | None = None, stdin: bytes | None = None) -> str:
    try:
        done = subprocess.run(
            ("git", *arguments),
            cwd=cwd,
            input=stdin,
            capture_output=True,
            check=True,
            env=child_environment() | _ENVIRONMENT,
        )
    except FileNotFoundError:
        raise DatasetError("git was not found: install git, then try again.") from None
    except subprocess.CalledProcessError as error:
        message = error.stderr.decode(errors="replace").strip()
        raise DatasetError(f"git {arguments[0]} failed while writing the simulated repository: {message}") from error
    return done.stdout.decode()
