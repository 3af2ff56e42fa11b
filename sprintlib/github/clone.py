"""Changed files of commits, from a bare partial clone and `git log`, not from the API.

The clone has no file contents (`--filter=blob:none`): names of changed files need none. Line counts do, so the
contents of commits of the last `github.details_days` are fetched in one go first; older commits keep nulls.
Git asked for line counts directly would fetch the missing contents commit by commit.
"""

import base64
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine

from sprintlib.child_environment import NETWORK, child_environment
from sprintlib.facts.rows import Origin, Row, moment
from sprintlib.github.token import Token, is_loopback
from sprintlib.store import append, schema, upsert

_TIMEOUT_SECONDS = 1800
_COMMITS_A_PAGE = 500
_START, _FIELD = "\x1e", "\x1f"
_FORMAT = _FIELD.join(("%x1e%H", "%P", "%aN", "%aI", "%cI", "%B", ""))
_SYMLINK = "120000"


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
        if urlsplit(url).scheme != "https" and not (urlsplit(url).scheme == "http" and is_loopback(url)):
            raise CloneError(f"its clone address {url} is not https")
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

        Rows lack `repository_id`, source and observed_at. Line counts are null before `sizes_since`.
        """
        known = [tip for tip in known_tips if self._works("cat-file", "-e", tip)]
        revisions = ["--branches", *(f"^{tip}" for tip in known)]
        recent = [*revisions, f"--since={sizes_since.isoformat()}"]
        sizes: dict[str, list[Row]] = {}
        if self._git("rev-list", "--max-count=1", *recent):
            self._fetch_contents(recent)
            sizes = {row["sha"]: files for row, files in self._log(recent, "--numstat")}
        for row, files in self._log(revisions, "--raw"):
            yield row, sizes.get(row["sha"], files)

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
        listed = self._git("log", "--raw", "--no-abbrev", "--no-renames", "--format=", *revisions).splitlines()
        changes = [line[1:].split()[:4] for line in listed if line.startswith(":")]
        wanted = {
            name
            for old_mode, new_mode, old, new in changes
            for mode, name in ((old_mode, old), (new_mode, new))
            if mode.startswith("100") or mode == _SYMLINK
        }
        if wanted:
            # what git itself does for one missing object, done for all of them at once
            self._git(
                *("-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
                *("--filter=blob:none", "--stdin", "origin"),
                stdin="".join(f"{name}\n" for name in sorted(wanted)),
            )

    def _log(self, revisions: list[str], form: str) -> Iterator[tuple[Row, list[Row]]]:
        """Commits, oldest first, with their files in one of git's forms: `--raw` or `--numstat`."""
        text = self._git("log", "--reverse", "-z", form, "--no-renames", f"--format={_FORMAT}", *revisions)
        for entry in text.split(_START)[1:]:
            *fields, files = entry.split(_FIELD)
            yield _commit_row(fields), _file_rows(fields[0], files, form)

    def _git(self, *arguments: str, stdin: str = "", inside: bool = True) -> str:
        command = ["git", *(("-C", str(self.path)) if inside else ()), *arguments]
        try:
            done = subprocess.run(
                command,
                input=stdin.encode(),
                capture_output=True,
                env=child_environment(NETWORK) | self.environment,
                timeout=_TIMEOUT_SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise CloneError("git is not installed") from None
        except subprocess.TimeoutExpired:
            raise CloneError(f"git needed more than {_TIMEOUT_SECONDS // 60} minutes") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise CloneError(said[-1].removeprefix("fatal: ") if said else f"git ended with {done.returncode}")
        return done.stdout.decode(errors="replace")

    def _works(self, *arguments: str) -> bool:
        try:
            self._git(*arguments)
        except CloneError:
            return False
        return True


def collect_changed_files(
    engine: Engine, origin: Origin, clone: Clone, known_tips: list[str], since: datetime
) -> list[str]:
    """Store commits of all branches with their changed files; returns the tips to go on from next time.

    Raises CloneError where git or its server refuses; what was stored stays.
    """
    tips = clone.update()
    commits = clone.commits(known_tips, since)
    while page := list(islice(commits, _COMMITS_A_PAGE)):
        with engine.begin() as connection:
            append(connection, schema.commit, [origin.of_repository(**row) for row, _ in page])
            files = [{"repository_id": origin.repository_id, **file} for _, changed in page for file in changed]
            upsert(connection, schema.changed_file, files, keep_known=("additions", "deletions"))
    return tips


def _commit_row(fields: list[str]) -> Row:
    sha, parents, author, authored_at, committed_at, message = fields
    return {
        "sha": sha,
        "author": author,
        "message": message.strip(),
        "parents": parents.split(),
        "authored_at": moment(authored_at),
        "committed_at": moment(committed_at),
    }


def _file_rows(sha: str, text: str, form: str) -> list[Row]:
    parts = [part for part in text.strip("\n").split("\0") if part.strip("\n")]
    if form == "--raw":  # ":modes names status" NUL path NUL ...
        return [_file_row(sha, path, None, None) for path in parts[1::2]]
    return [_file_row(sha, path, added, removed) for added, removed, path in (part.split("\t", 2) for part in parts)]


def _file_row(sha: str, path: str, added: str | None, removed: str | None) -> Row:
    """Binary files have `-` instead of counts."""
    return {"sha": sha, "path": path, "additions": _number(added), "deletions": _number(removed)}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdecimal() else None


def _environment(url: str, token: Token | None, api_url: str) -> dict[str, str]:
    """Git without prompts, with the token in a header that neither the command line nor a file shows."""
    environment = {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
        "GIT_HTTP_LOW_SPEED_TIME": "60",
        "LC_ALL": "C.UTF-8",
    }
    api_host = (urlsplit(api_url).hostname or "").removeprefix("api.")
    if token and urlsplit(url).hostname == api_host:
        secret = base64.b64encode(f"x-access-token:{token.value}".encode()).decode()
        environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{urlsplit(url).scheme}://{urlsplit(url).netloc}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
        }
    return environment
