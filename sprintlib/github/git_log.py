"""What `git log -z` prints, read by its zero bytes: they are the one thing that no name and no message can hold.

Times are read as seconds since 1970, which are right also where a commit has an impossible time zone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

FORMAT = "%x00".join(("%H", "%P", "%aN", "%at", "%ct", "%B", ""))
_FIELDS = 6
_SHA_LENGTHS = (40, 64)
# a message or a name; what is longer is cut
_LONGEST_FIELD = 256 * 1024
MOST_FILES = 100_000
_RAW_HEADER_PARTS = 5


class GitLogError(Exception):
    """This is not what git prints."""


@dataclass(frozen=True)
class ChangedFile:
    """A file of a commit.

    additions, deletions: None for a binary file, and in the form `--raw`. contents: modes and object names before and
    after, in the form `--raw` only.
    """

    path: str
    additions: int | None = None
    deletions: int | None = None
    contents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LoggedCommit:
    """One commit. Times are UTC, None where they are missing or impossible; files beyond MOST_FILES are left out."""

    sha: str
    parents: tuple[str, ...]
    author: str
    authored_at: datetime | None
    committed_at: datetime | None
    message: str
    files: list[ChangedFile]


def logged_commits(pieces: Iterable[bytes], form: str) -> Iterator[LoggedCommit]:
    """Commits from git's output in pieces of any size. form: `--raw` (with `--no-abbrev`) or `--numstat`.

    Raises GitLogError where the output is not in this form.
    """
    tokens = _tokens(pieces)
    token = next(tokens, None)
    while token is not None:
        if not token.strip(b"\n"):  # between commits
            token = next(tokens, None)
            continue
        fields = [token.strip(b"\n"), *(_needed(tokens) for _ in range(_FIELDS - 1))]
        files: list[ChangedFile] = []
        for token in tokens:
            entry = token.lstrip(b"\n")
            if entry and not _begins_file(entry, form):
                break
            if not entry:
                continue
            file = _raw_file(entry, _needed(tokens)) if form == "--raw" else _counted_file(entry)
            if len(files) < MOST_FILES:
                files.append(file)
        else:
            token = None
        yield _commit(fields, files)


def _tokens(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What lies between zero bytes, each cut to a length that a field may have."""
    rest = bytearray()
    for piece in pieces:
        *whole, last = piece.split(b"\0")
        for part in whole:
            rest += part[: _LONGEST_FIELD - len(rest)]
            yield bytes(rest)
            rest.clear()
        rest += last[: _LONGEST_FIELD - len(rest)]
    if rest:
        yield bytes(rest)


def _needed(tokens: Iterator[bytes]) -> bytes:
    token = next(tokens, None)
    if token is None:
        raise GitLogError("git's answer ends in the middle of a commit")
    return token


def _begins_file(entry: bytes, form: str) -> bool:
    return entry.startswith(b":") if form == "--raw" else entry.count(b"\t") >= 2


def _raw_file(header: bytes, path: bytes) -> ChangedFile:
    """`:modes names status` and the path."""
    parts = header[1:].decode("ascii", errors="replace").split()
    if len(parts) != _RAW_HEADER_PARTS:
        raise GitLogError("git's list of changed files has another form")
    old_mode, new_mode, old, new, _ = parts
    return ChangedFile(_text(path), contents=((old_mode, old), (new_mode, new)))


def _counted_file(entry: bytes) -> ChangedFile:
    added, removed, path = entry.split(b"\t", 2)
    return ChangedFile(_text(path), _count(added), _count(removed))


def _commit(fields: list[bytes], files: list[ChangedFile]) -> LoggedCommit:
    sha, parents, author, authored_at, committed_at, message = fields
    name = sha.decode("ascii", errors="replace")
    if len(name) not in _SHA_LENGTHS or not set(name) <= set("0123456789abcdef"):
        raise GitLogError("git's list of commits has another form")
    return LoggedCommit(
        sha=name,
        parents=tuple(_text(parents).split()),
        author=_text(author),
        authored_at=_moment(authored_at),
        committed_at=_moment(committed_at),
        message=_text(message).strip(),
        files=files,
    )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")


def _count(raw: bytes) -> int | None:
    """Binary files have `-`."""
    return int(raw) if raw.isdigit() and len(raw) < 10 else None


def _moment(raw: bytes) -> datetime | None:
    """Seconds since 1970; git prints nothing, or a number beyond all calendars, where the commit says nonsense."""
    try:
        return datetime.fromtimestamp(int(raw), UTC)
    except (ValueError, OverflowError, OSError):
        return None
