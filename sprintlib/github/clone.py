"""Changed files of commits, from a bare partial clone and `git log`, not from the API.

The clone has no file contents (`--filter=blob:none`): names of changed files need none. Line counts do, so the
contents of commits of the last `github.details_days` are fetched in one go first; older commits keep nulls.
Git asked for line counts directly would fetch the missing contents commit by commit.
"""

import base64
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine

from sprintlib.child_environment import NETWORK, child_environment
from sprintlib.facts.changes import FactChange, note_changes
from sprintlib.facts.rows import Origin, Row
from sprintlib.github.connection import origin_of
from sprintlib.github.git_log import FORMAT, MOST_FILES, ChangedFile, GitLogError, LoggedCommit, logged_commits
from sprintlib.github.token import Token, is_loopback
from sprintlib.store import append, fitted, schema, upsert
from sprintlib.store.erased import Erased
from sprintlib.text import printable

_TIMEOUT_SECONDS = 1800
_COMMITS_A_PAGE = 500
_PIECE = 64 * 1024
# of one answer that is kept in memory: names of branches
_MOST_BYTES = 64 * 1024 * 1024
# of one file that git writes: a pack
_MOST_FILE_BYTES = 4 * 1024**3
_MOST_WANTED = 2_000_000
_SYMLINK = "120000"


# a redirect would take the token to another host
_SAFELY = ("-c", "http.followRedirects=false")


class CloneError(Exception):
    """Changed files cannot be read now; the message says why. The rest of a collection goes on."""


@dataclass(frozen=True)
class Clone:
    """A bare clone in the data folder."""

    path: Path
    url: str
    environment: dict[str, str]

    @classmethod
    def at(cls, folder: Path, repository_id: int, url: str, token: Token | None, api_url: str) -> "Clone":
        """The clone of a repository below `folder`, whether it exists or not."""
        if not _may_be_cloned(url):
            raise CloneError(f"its clone address {printable(url)} is not https")
        return cls(folder / f"{repository_id}.git", url, _environment(url, token, api_url))

    def update(self) -> list[str]:
        """Clone, or fetch what is new; returns the commits that branches point at."""
        if (self.path / "HEAD").is_file() and self._works("rev-parse", "--git-dir"):
            self._git("config", "remote.origin.url", self.url)
            self._git("fetch", "--quiet", "--prune", "--no-tags", "origin", "+refs/heads/*:refs/heads/*")
        else:
            self._clone()
        return sorted(set(self._git("for-each-ref", "--format=%(objectname)", "refs/heads").split()))

    def commits(self, known_tips: Iterable[str], sizes_since: datetime) -> Iterator[tuple[Row, list[Row]]]:
        """Commits that are not reachable from `known_tips`, oldest first, with their changed files.

        Rows lack `repository_id`, source and observed_at. Line counts are null before `sizes_since`. A commit without
        any possible time has None for `committed_at`.
        """
        known = [tip for tip in known_tips if self._works("cat-file", "-e", tip)]
        revisions = ["--branches", *(f"^{tip}" for tip in known)]
        recent = [*revisions, f"--since={sizes_since.isoformat()}"]
        sizes: dict[str, list[ChangedFile]] = {}
        if self._git("rev-list", "--max-count=1", *recent):
            self._fetch_contents(recent)
            sizes = {commit.sha: commit.files for commit in self._log(recent, "--numstat")}
        for commit in self._log(revisions, "--raw"):
            yield _commit_row(commit), _file_rows(commit.sha, sizes.get(commit.sha, commit.files))

    def single(self, shas: Iterable[str]) -> Iterator[tuple[Row, list[Row]]]:
        """The same for single commits, as far as they are there; without line counts."""
        there = [sha for sha in shas if self._works("cat-file", "-e", f"{sha}^{{commit}}")]
        if there:
            for commit in self._log(["--no-walk", *there], "--raw"):
                yield _commit_row(commit), _file_rows(commit.sha, commit.files)

    def _clone(self) -> None:
        partial = self.path.with_suffix(".partial")
        for rest in (partial, self.path):
            shutil.rmtree(rest, ignore_errors=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        command = ("clone", "--quiet", "--bare", "--filter=blob:none", self.url, str(partial))
        self._git(*command, inside=False)
        partial.rename(self.path)

    def _fetch_contents(self, revisions: list[str]) -> None:
        """Fetch the file contents that line counts of these commits need, in one request."""
        wanted = {
            name
            for commit in self._log(revisions, "--raw")
            for file in commit.files
            for mode, name in file.contents
            if mode.startswith("100") or mode == _SYMLINK
        }
        if len(wanted) > _MOST_WANTED:
            raise CloneError(f"more than {_MOST_WANTED:,} files changed lately")
        if wanted:
            # what git itself does for one missing object, done for all of them at once
            self._git(
                *("-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
                *("--filter=blob:none", "--stdin", "origin"),
                stdin="".join(f"{name}\n" for name in sorted(wanted)),
            )

    def _log(self, revisions: list[str], form: str) -> Iterator[LoggedCommit]:
        """Commits, oldest first, with their files in one of git's forms: `--raw` or `--numstat`."""
        arguments = ("log", "--reverse", "-z", form, "--no-abbrev", "--no-renames", f"--format={FORMAT}", *revisions)
        try:
            with closing(self._output(*arguments)) as pieces:
                yield from logged_commits(pieces, form)
        except GitLogError as error:
            raise CloneError(str(error)) from error

    def _git(self, *arguments: str, stdin: str = "", inside: bool = True) -> str:
        said = bytearray()
        with closing(self._output(*arguments, stdin=stdin, inside=inside)) as pieces:
            for piece in pieces:
                said += piece
                if len(said) > _MOST_BYTES:
                    raise CloneError(f"git answers with more than {_MOST_BYTES // 1024**2} MB")
        return said.decode(errors="replace")

    def _output(self, *arguments: str, stdin: str = "", inside: bool = True) -> Generator[bytes, None, None]:
        """What git prints, piece by piece. Raises CloneError where it fails or takes too long."""
        command = ["git", *_SAFELY, *(("-C", str(self.path)) if inside else ()), *arguments]
        until = time.monotonic() + _TIMEOUT_SECONDS
        # both in files, so that no full pipe can hold git up
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as complaints:
            asked.write(stdin.encode())
            asked.seek(0)
            try:
                process = subprocess.Popen(
                    command,
                    stdin=asked,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    env=child_environment(NETWORK) | self.environment,
                )
            except FileNotFoundError:
                raise CloneError("git is not installed") from None
            with _ended(process, until):
                _limit_files(process.pid)
                stdout = process.stdout
                while piece := stdout.read1(_PIECE) if stdout else b"":  # type: ignore[attr-defined]
                    yield piece
                process.wait()
            if time.monotonic() > until:
                raise CloneError(f"git needed more than {_TIMEOUT_SECONDS // 60} minutes")
            if process.returncode:
                complaints.seek(0)
                raise CloneError(_complaint(process.returncode, complaints.read(_PIECE)))

    def _works(self, *arguments: str) -> bool:
        try:
            self._git(*arguments)
        except CloneError:
            return False
        return True


OnBadCommit = Callable[[str, str], None]


def collect_changed_files(
    engine: Engine,
    origin: Origin,
    clone: Clone,
    known_tips: list[str],
    since: datetime,
    again: Iterable[str] = (),
    on_bad: OnBadCommit | None = None,
) -> list[str]:
    """Store commits of all branches with their changed files; returns the tips to go on from next time.

    again: commits that could not be stored before. on_bad: is told the sha of one that cannot, and why; nothing of it
    is stored. Raises CloneError where git or its server refuses; what was stored stays.
    """
    tips = clone.update()
    for commits in (clone.single(again), clone.commits(known_tips, since)):
        while page := list(islice(commits, _COMMITS_A_PAGE)):
            _store(engine, page, origin, on_bad)
    return tips


def _store(engine: Engine, page: list[tuple[Row, list[Row]]], origin: Origin, on_bad: OnBadCommit | None) -> None:
    commits, files = [], []
    for row, changed in page:
        try:
            if len(changed) >= MOST_FILES:
                raise ValueError(f"it changes {MOST_FILES:,} files or more")
            commit = fitted(schema.commit, origin.of_repository(**row))
            its_files = [
                fitted(schema.changed_file, {"repository_id": origin.repository_id, **file}) for file in changed
            ]
        except ValueError as error:
            if on_bad:
                on_bad(row["sha"], str(error))
            continue
        commits.append(commit)
        files += its_files
    with engine.begin() as connection:
        erased = Erased.of(connection)
        append(connection, schema.commit, [erased.row(schema.commit, one) for one in commits] if erased else commits)
        upsert(connection, schema.changed_file, files, keep_known=("additions", "deletions"))
        note_changes(connection, [FactChange(origin.repository_id, "commit", row["sha"]) for row in commits])


def _commit_row(commit: LoggedCommit) -> Row:
    return {
        "sha": commit.sha,
        "author": commit.author,
        "message": commit.message,
        "parents": list(commit.parents),
        "authored_at": commit.authored_at,
        "committed_at": commit.committed_at or commit.authored_at,
    }


def _file_rows(sha: str, files: Iterable[ChangedFile]) -> list[Row]:
    return [{"sha": sha, "path": file.path, "additions": file.additions, "deletions": file.deletions} for file in files]


def _may_be_cloned(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))
    except ValueError:
        return False


@contextmanager
def _ended(process: subprocess.Popen[bytes], until: float) -> Iterator[None]:
    """A process that is killed when its time is over, or when nobody reads it any more."""
    alarm = threading.Timer(max(until - time.monotonic(), 0.0), process.kill)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _limit_files(process_id: int) -> None:
    """Files that git and its children write have a greatest size; on Linux, where that can be said from outside."""
    if sys.platform == "linux":
        with suppress(ProcessLookupError, PermissionError, ValueError):
            resource.prlimit(process_id, resource.RLIMIT_FSIZE, (_MOST_FILE_BYTES, _MOST_FILE_BYTES))


def _complaint(code: int, said: bytes) -> str:
    if code == -signal.SIGXFSZ or b"File too large" in said:
        return f"its clone would be larger than {_MOST_FILE_BYTES // 1024**3} GB"
    lines = said.decode(errors="replace").strip().splitlines()
    return printable(lines[-1].removeprefix("fatal: ")) if lines else f"git ended with {code}"


def _environment(url: str, token: Token | None, api_url: str) -> dict[str, str]:
    """Git without prompts, with the token in a header that neither the command line nor a file shows."""
    environment = {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
        "GIT_HTTP_LOW_SPEED_TIME": "60",
        "LC_ALL": "C.UTF-8",
    }
    scheme, host, port = origin_of(api_url)
    if token and origin_of(url) == (scheme, host.removeprefix("api."), port):
        secret = base64.b64encode(f"x-access-token:{token.current()}".encode()).decode()
        environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{urlsplit(url).scheme}://{urlsplit(url).netloc}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
        }
    return environment
