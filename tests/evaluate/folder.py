"""Small delivery-capability folders, written by hand or from simulated sprints."""

from pathlib import Path

import polars as pl

from sprintlib.forecast.sprints.model import TIMES
from training.simulated_sprints import simulated_sprints

HEADER = (
    "boardid,sprintid,name,vel_diff,planday,no_issue_starttime,vel_starttime,no_issue_added,vel_added,"
    "no_issue_removed,vel_removed,no_issuetodo,vel_todo,no_issueinprogress,vel_inprogress,no_issuedone,vel_done,"
    "no_admin,no_teammember"
)


def line(
    board: int, sprint: int, name: str = "Sprint", diff: float = 0, todo: int = 2, doing: int = 1, done: int = 1
) -> str:
    """One row: every item is worth 2 points, nothing was added or removed, 14 days, 3 members."""
    items = todo + doing + done
    state = f"{todo},{2 * todo},{doing},{2 * doing},{done},{2 * done}"
    return f"{board},{sprint},{name},{diff},14,{items},{2 * items},0,0,0,0,{state},1,3"


def write(folder: Path, organisation: str, time: int, lines: list[str], encoding: str = "utf-8") -> None:
    text = "\n".join([HEADER, *lines]) + "\n"
    (folder / f"{organisation}_iteration_{time}.csv").write_bytes(text.encode(encoding))


def write_simulated(folder: Path, organisations: int = 3, teams: int = 12, seed: int = 3) -> None:
    """Organisations of a few simulated teams each, at all four times."""
    sprints = simulated_sprints(teams, seed).with_columns(
        organisation=pl.col("team") % organisations, sprint=pl.col("sprint") * 100 + pl.col("team")
    )
    for organisation in range(organisations):
        for time in TIMES:
            rows = sprints.filter(pl.col("organisation") == organisation, pl.col("time") == time)
            write(folder, f"org{organisation}", time, [_csv(row) for row in rows.iter_rows(named=True)])


def _csv(row: dict[str, float]) -> str:
    inside = row["work_todo"] + row["work_in_progress"] + row["work_done"]
    values = [row["delivered"] - inside, row["days"], row["items_at_start"], 0, row["items_added"], 0]
    values += [row["items_removed"], 0, row["items_todo"], row["work_todo"], row["items_in_progress"]]
    values += [row["work_in_progress"], row["items_done"], row["work_done"], 1, row["members"]]
    return f"{row['team']},{row['sprint']},Sprint {row['sprint']}," + ",".join(str(value) for value in values)
