"""From an hourly file to the lines about the wanted repositories: all counted and checked, the others left unread.

polars parses three fields of each line, and only wanted lines are read as a whole. A file that it refuses, cut off or
with a line that is no event, is read line by line instead, so that only what is bad is lost.
"""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from sprintlib.archive.events import NUMBERS_ONLY, SHORT, SHORT_FROM, WHOLE, era_of, repository_of
from sprintlib.archive.summary import BadLine
from sprintlib.text import printable

_SCHEMA: dict[str, Any] = {
    "type": pl.String,
    "repo": pl.Struct({"id": pl.Int64, "name": pl.String}),
    "repository": pl.Struct({"id": pl.Int64, "name": pl.String, "owner": pl.String}),
    "created_at": pl.String,
}
_CHUNK = 1 << 20
# an hour of today has lines of up to some hundred kilobytes
_LONGEST_LINE = 64 << 20
_ZIPPED = b"\x1f\x8b"


@dataclass(frozen=True)
class Wanted:
    """Which repositories. ids: those that the store knows. names: all, in lower case. new: names that it does not know.

    A repository that is known counts by its id, under whatever name; by its name only where an event has no id.
    """

    ids: frozenset[int]
    names: frozenset[str]
    new: frozenset[str]

    def holds(self, key: int | None, name: str | None) -> bool:
        """Whether an event about this repository is wanted."""
        return key in self.ids or (name or "").lower() in (self.names if key is None else self.new)


@dataclass
class FileScan:
    """What one file holds. events: lines read. lines: those about wanted repositories, with their number from 1.

    eras: events by era. bad: lines that are no events. error: what ended the file too early, None where nothing did.
    """

    path: Path
    events: int = 0
    lines: list[tuple[int, str]] = field(default_factory=list)
    eras: Counter[str] = field(default_factory=Counter)
    bad: list[BadLine] = field(default_factory=list)
    error: str | None = None


def scan_file(path: Path, wanted: Wanted) -> FileScan:
    """Read one `.json.gz`, or the same unzipped. Raises OSError where it cannot be opened."""
    with path.open("rb"):  # polars says what is wrong with a path in other words
        pass
    try:
        return _by_columns(path, wanted)
    except (pl.exceptions.PolarsError, OSError, ValueError):
        return _line_by_line(path, wanted)


def _by_columns(path: Path, wanted: Wanted) -> FileScan:
    """Raises ValueError where a line is no event, and polars' errors where a line is no JSON."""
    frame = pl.scan_ndjson(path, schema=_SCHEMA, row_index_name="line").select("line", *_columns(wanted)).collect()
    if frame.select(pl.col("is_bad").any()).item():
        raise ValueError("a line is no event")
    eras = Counter(dict(frame.group_by("era").len().iter_rows()))
    scan = FileScan(path, events=frame.height, eras=eras)
    chosen = frame.filter("is_wanted")["line"]
    if chosen.len():
        text = pl.col("line").str.strip_chars() != ""
        lines = pl.scan_lines(path).filter(text).with_row_index("index").filter(pl.col("index").is_in(chosen.implode()))
        scan.lines = [(index + 1, line) for index, line in lines.collect().iter_rows()]
    return scan


def _columns(wanted: Wanted) -> list[pl.Expr]:
    new, old = pl.col("repo").struct, pl.col("repository").struct
    name = pl.coalesce(new.field("name"), pl.concat_str(old.field("owner"), old.field("name"), separator="/"))
    key = pl.coalesce(new.field("id"), old.field("id"))
    era = (
        pl.when(pl.col("repo").is_null())
        .then(pl.lit(NUMBERS_ONLY))
        .when(pl.col("created_at") >= SHORT_FROM)
        .then(pl.lit(SHORT))
        .otherwise(pl.lit(WHOLE))
    )
    lower = name.str.to_lowercase()
    is_wanted = (
        key.is_in(sorted(wanted.ids))
        | lower.is_in(sorted(wanted.new))
        | (key.is_null() & lower.is_in(sorted(wanted.names)))
    )
    is_bad = pl.col("type").is_null() | (name.is_null() & key.is_null())
    return [is_bad.alias("is_bad"), is_wanted.fill_null(False).alias("is_wanted"), era.alias("era")]


def _line_by_line(path: Path, wanted: Wanted) -> FileScan:
    scan = FileScan(path)
    for number, (line, error) in enumerate(_lines(path), start=1):
        scan.error = error
        if not line:
            break
        scan.events += 1
        try:
            event = _event(line)
        except (ValueError, RecursionError) as problem:
            reason = "the file ends in the middle of it" if error else printable(problem)
            scan.bad.append(BadLine(path.name, number, reason))
            continue
        scan.eras[era_of(event)] += 1
        if wanted.holds(*repository_of(event)):
            scan.lines.append((number, line.decode(errors="replace")))
    return scan


def _event(line: bytes) -> Any:
    event = json.loads(line)
    if not isinstance(event, dict) or event.get("type") is None or repository_of(event) == (None, None):
        raise ValueError("it is no event: type or repository is missing")
    return event


def _lines(path: Path) -> Iterator[tuple[bytes, str | None]]:
    """Lines that are not empty; the last one with what ended the file too early, if anything did."""
    rest, error = b"", None
    for chunk, ending in _chunks(path):
        error = ending
        *whole, rest = (rest + chunk).split(b"\n")
        yield from ((line, None) for line in whole if line.strip())
        if len(rest) > _LONGEST_LINE:
            yield b"", f"a line is longer than {_LONGEST_LINE >> 20} MB"
            return
    if rest.strip() or error:
        yield rest.strip(), error


def _chunks(path: Path) -> Iterator[tuple[bytes, str | None]]:
    """The file's content, unzipped; what ends it too early comes with an empty piece at the end."""
    with path.open("rb") as file:
        opened = gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == _ZIPPED else file
        try:
            while piece := opened.read1(_CHUNK):
                yield piece, None
        except EOFError:
            yield b"", "it is cut off"
        except (gzip.BadGzipFile, zlib.error):
            yield b"", "it is damaged"
