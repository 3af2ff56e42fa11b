"""Reading a delivery-capability folder: `<organisation>_iteration_<0|30|50|80>.csv`, one row a board and sprint.

Format: Choetkiertikul et al., TSE 2018, doi 10.1109/TSE.2017.2693989. `name` is unquoted and may hold commas; text may
be Latin-1; the same sprint stands on several boards, and empty boards are listed.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sprintlib.errors import DatasetError
from sprintlib.forecast.sprints.model import TIMES

# One row a sprint and time: who (organisation, team, sprint in order of start), when (time in % of planned days), the
# state then in items and in work (story points, or items), and the work delivered by the end.
SPRINT_SCHEMA = {
    "organisation": pl.String,
    "team": pl.Int64,
    "sprint": pl.Int64,
    "time": pl.Int64,
    "days": pl.Float64,
    "members": pl.Float64,
    "items_at_start": pl.Float64,
    "items_added": pl.Float64,
    "items_removed": pl.Float64,
    "items_todo": pl.Float64,
    "items_in_progress": pl.Float64,
    "items_done": pl.Float64,
    "work_todo": pl.Float64,
    "work_in_progress": pl.Float64,
    "work_done": pl.Float64,
    "delivered": pl.Float64,
}

_FILE = re.compile(r"(?P<organisation>.+)_iteration_(?P<time>\d+)\.csv", re.IGNORECASE)
_COLUMNS = {
    "boardid": "team",
    "sprintid": "sprint",
    "planday": "days",
    "no_teammember": "members",
    "no_issue_starttime": "items_at_start",
    "no_issue_added": "items_added",
    "no_issue_removed": "items_removed",
    "no_issuetodo": "items_todo",
    "no_issueinprogress": "items_in_progress",
    "no_issuedone": "items_done",
    "vel_todo": "work_todo",
    "vel_inprogress": "work_in_progress",
    "vel_done": "work_done",
}
_LABEL = "vel_diff"
_FREE_TEXT = "name"


@dataclass(frozen=True)
class Dataset:
    """Sprints to evaluate on.

    sprints: SPRINT_SCHEMA, one row per organisation, sprint and time, in order of sprint number.
    unreadable: lines left out because a number was missing or the line had the wrong shape.
    """

    sprints: pl.DataFrame
    unreadable: int

    @property
    def organisations(self) -> list[str]:
        return sorted(self.sprints["organisation"].unique().to_list())


def read_dataset(folder: Path) -> Dataset:
    """Read every organisation in a folder. Raises DatasetError where there is nothing to read.

    A sprint counts once, on its board with most items (ties: the lowest board id), and only where it holds an item.
    """
    files = sorted(_files(folder))
    if not files:
        raise DatasetError(
            f"{folder} holds no <organisation>_iteration_<0|30|50|80>.csv; point --dataset at such files."
        )
    frames, unreadable = [], 0
    for organisation, time, path in files:
        rows, skipped = _rows(path)
        unreadable += skipped
        frames.append(_board_rows(rows, organisation, time))
    sprints = _one_row_a_sprint(pl.concat(frames))
    if sprints.is_empty():
        raise DatasetError(f"No sprint in {folder} holds an item; point --dataset at files that do.")
    return Dataset(sprints, unreadable)


def _files(folder: Path) -> list[tuple[str, int, Path]]:
    if not folder.is_dir():
        raise DatasetError(f"There is no folder {folder}; give the one with the _iteration_ files.")
    found = []
    for path in folder.iterdir():
        match = _FILE.fullmatch(path.name)
        if match and int(match["time"]) in TIMES:
            found.append((match["organisation"], int(match["time"]), path))
    return found


def _rows(path: Path) -> tuple[list[dict[str, float]], int]:
    """The numbers of each line by column name, and how many lines had none."""
    lines = _text(path).splitlines()
    header = [name.strip() for name in lines[0].split(",")] if lines else []
    missing = [name for name in (*_COLUMNS, _LABEL) if name not in header]
    if missing:
        raise DatasetError(f"{path.name} lacks the column {missing[0]}; see docs/evaluation.md for the format.")
    parsed = [_numbers(line, header) for line in lines[1:] if line.strip()]
    return [row for row in parsed if row is not None], sum(row is None for row in parsed)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read; check its permissions.") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _numbers(line: str, header: list[str]) -> dict[str, float] | None:
    """Columns left of the free text are counted from the left, the others from the right."""
    cells = line.split(",")
    if len(cells) < len(header):
        return None
    text = header.index(_FREE_TEXT) if _FREE_TEXT in header else len(header)
    after = len(header) - text - 1
    names = header[:text] + header[text + 1 :]
    values = cells[:text] + (cells[len(cells) - after :] if after > 0 else [])
    by_name = dict(zip(names, values, strict=True))
    try:
        row = {name: float(by_name[name]) for name in (*_COLUMNS, _LABEL)}
    except ValueError:
        return None
    return row if all(math.isfinite(value) for value in row.values()) else None


def _board_rows(rows: list[dict[str, float]], organisation: str, time: int) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=dict.fromkeys((*_COLUMNS, _LABEL), pl.Float64)).rename(_COLUMNS)
    inside = pl.col("work_todo") + pl.col("work_in_progress") + pl.col("work_done")
    return frame.select(
        pl.lit(organisation).alias("organisation"),
        pl.lit(time, dtype=pl.Int64).alias("time"),
        (inside + pl.col(_LABEL)).alias("delivered"),
        pl.exclude(_LABEL),
    ).select(pl.col(name).cast(kind) for name, kind in SPRINT_SCHEMA.items())


def _one_row_a_sprint(boards: pl.DataFrame) -> pl.DataFrame:
    items = pl.col("items_todo") + pl.col("items_in_progress") + pl.col("items_done")
    return (
        boards.filter(items > 0)
        .sort("organisation", "time", "sprint", items, "team", descending=[False, False, False, True, False])
        .unique(["organisation", "time", "sprint"], keep="first", maintain_order=True)
    )
