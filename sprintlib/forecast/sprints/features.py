"""Scale-free features of a sprint and of its team's past: only ratios carry over from one team to another."""

from collections import defaultdict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sprintlib.forecast.sprints.throughput import (
    PastSprint,
    remaining_work_probability,
    whole_sprint_probability,
)

FEATURES = (
    "usual_throughput",  # logit of P(delivered) from whole past sprints
    "throughput_left",  # logit of P(the rest is closed in the time left)
    "past_success",  # logit of the share of past sprints that delivered, shrunk
    "tracked",  # something is in progress or done: the board is being kept
    "past_tracked",  # share of past sprints tracked at this time, shrunk
    "all_done",
    "left_and_tracked",  # share of items not done, on a board that is kept
    "done",  # share of items done
    "in_progress",  # share of items in progress
    "added",  # items added since the start / all that ever were inside
    "removed",  # items removed since the start / all that ever were inside
    "log_items",
)

_SUCCESS_PRIOR, _SUCCESS_SPRINTS = 0.45, 4.0
_TRACKED_PRIOR, _TRACKED_SPRINTS = 0.7, 2.0
_TOLERANCE = 1e-9  # work is a sum of story points, some of them fractions

Row = dict[str, float]


def outcomes(sprints: pl.DataFrame) -> NDArray[np.int64]:
    """1 where at least the work now inside was delivered by the end. Shape (n,)."""
    inside = sprints["work_todo"] + sprints["work_in_progress"] + sprints["work_done"]
    return (sprints["delivered"] >= inside - _TOLERANCE).cast(pl.Int64).to_numpy()


def past_sprints(sprints: pl.DataFrame) -> NDArray[np.int64]:
    """How many earlier sprints of the same team at the same time are in the frame. Shape (n,)."""
    return np.array([len(past) for _, past in _with_past(sprints)], dtype=np.int64)


def features(sprints: pl.DataFrame) -> NDArray[np.float64]:
    """The features of each row, in the order of FEATURES. Shape (n, 12).

    sprints: rows of simulate.sprints.SPRINT_SCHEMA. A row sees itself without `delivered`, and every sprint of its team
    with a lower number, whole: sprints of one team are taken to follow each other.
    """
    if sprints.is_empty():
        return np.empty((0, len(FEATURES)))
    return np.array([_row_features(row, past) for row, past in _with_past(sprints)])


def _with_past(sprints: pl.DataFrame) -> list[tuple[Row, list[Row]]]:
    """Each row, in the frame's order, with its team's earlier rows, oldest first."""
    rows = sprints.to_dicts()
    teams: dict[tuple[str, int, int], list[int]] = defaultdict(list)
    for index in sorted(range(len(rows)), key=lambda i: rows[i]["sprint"]):
        row = rows[index]
        teams[row["organisation"], row["team"], row["time"]].append(index)
    past: dict[int, list[Row]] = {}
    for indices in teams.values():
        for position, index in enumerate(indices):
            past[index] = [rows[earlier] for earlier in indices[:position]]
    return [(row, past[index]) for index, row in enumerate(rows)]


def _row_features(row: Row, past: list[Row]) -> tuple[float, ...]:
    items, work = _items(row), _work(row)
    ever = max(row["items_at_start"] + row["items_added"], 1.0)
    done = row["items_done"] / items
    tracked = _tracked(row)
    finished = [PastSprint(_days(q), _items(q), _work(q), max(q["delivered"], 0.0)) for q in past]
    successes = sum(q["delivered"] >= _work(q) - _TOLERANCE for q in past)
    tracked_before = sum(_tracked(q) for q in past)
    usual = whole_sprint_probability(max(work, _TOLERANCE), _days(row), finished)
    rest = remaining_work_probability(
        items, row["items_done"], work, row["work_done"], _days(row), row["time"] / 100, row["members"], finished
    )
    return (
        _logit(usual),
        _logit(rest),
        _logit((successes + _SUCCESS_SPRINTS * _SUCCESS_PRIOR) / (len(past) + _SUCCESS_SPRINTS)),
        tracked,
        (tracked_before + _TRACKED_SPRINTS * _TRACKED_PRIOR) / (len(past) + _TRACKED_SPRINTS),
        float(done == 1),
        (1 - done) * tracked,
        done,
        row["items_in_progress"] / items,
        row["items_added"] / ever,
        row["items_removed"] / ever,
        float(np.log(items)),
    )


def _items(row: Row) -> float:
    return row["items_todo"] + row["items_in_progress"] + row["items_done"]


def _work(row: Row) -> float:
    return row["work_todo"] + row["work_in_progress"] + row["work_done"]


def _days(row: Row) -> float:
    return max(row["days"], 1.0)


def _tracked(row: Row) -> float:
    return float(row["items_in_progress"] + row["items_done"] > 0)


def _logit(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))
