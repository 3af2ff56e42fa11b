"""Open pull requests that change the same files.

After ConE (Maddila et al., TOSEM 2021): files that are rarely changed weigh more than those that everybody changes.
"""

from typing import NamedTuple

import polars as pl

from sprintlib.forecast import count
from sprintlib.risks.changed_paths import changed_paths
from sprintlib.risks.context import SprintContext, listed
from sprintlib.risks.model import Play, Risk

KIND = "concurrent_edits"
PLACE = 120
PLAY = Play("PB-008", "Tell both authors, agree an order for {items}, and rebase the smaller one.")
_MOST = 3  # pairs that are told
_COMMITS, _LINES = 2, 100  # of each on a file; one small commit each seldom meets the other


class _Pair(NamedTuple):
    """Two open pull requests and the paths both change, the rarest first. weight: sum over these paths."""

    one: str
    other: str
    paths: list[str]
    weight: float


def detect(context: SprintContext) -> list[Risk]:
    """Pairs of open pull requests, at least one of the sprint, whose shared files weigh at least the threshold.

    Not two of one author, who knows of both.
    """
    limit = context.thresholds.concurrent_edits
    pairs = [pair for pair in _pairs(context) if pair.weight >= limit and not _have_one_author(context, pair)]
    pairs.sort(key=lambda pair: (-pair.weight, pair.one, pair.other))
    return [_risk(context, pair) for pair in pairs[:_MOST]]


def _risk(context: SprintContext, pair: _Pair) -> Risk:
    refs = (pair.one, pair.other)
    return Risk(
        kind=KIND,
        severity="medium" if context.near_due else "low",
        statement=f"{context.called(pair.one)} and {context.called(pair.other)} both change {_named(pair.paths)}.",
        rule=(
            "Two open pull requests of different authors change the same files, at least one of them of the sprint, "
            f"each in at least {_COMMITS} commits of its own or {_LINES} lines. A file weighs 1, divided by one more "
            f"than the other commits on it in {context.view.window}; it fires at a sum of "
            f"{context.thresholds.concurrent_edits:g}; medium when the deadline is near."
        ),
        items=refs,
        evidence=context.cite(refs),
    )


def _have_one_author(context: SprintContext, pair: _Pair) -> bool:
    """Whether the same person opened both; a deleted account is nobody."""
    author = context.items[pair.one].author
    return author is not None and author == context.items[pair.other].author


def _named(paths: list[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{count(len(paths), 'file')} ({listed(paths)})"


def _pairs(context: SprintContext) -> list[_Pair]:
    changed = changed_paths(context.view)
    mine = context.pulls["ref"].to_list()
    keys = ["repository_id", "path"]
    if changed.filter(pl.col("ref").is_in(mine)).is_empty():
        return []
    much = _changed_much(context, changed)
    pairs = (
        much.join(much, on=keys, suffix="_other")
        .filter((pl.col("ref") < pl.col("ref_other")) & (pl.col("ref").is_in(mine) | pl.col("ref_other").is_in(mine)))
        .filter(~pl.struct("ref", "ref_other").is_in(_stacked(changed)))
        .select("ref", "ref_other", *keys)
        .unique()
    )
    weighed = pairs.join(_other_commits(context, changed), on=keys, how="left")
    weighed = weighed.with_columns(weight=1 / (1 + pl.col("commits").fill_null(0))).sort(
        ["weight", "path"], descending=[True, False]
    )
    grouped = weighed.group_by("ref", "ref_other", maintain_order=True).agg("path", pl.col("weight").sum())
    return [_Pair(*row) for row in grouped.iter_rows()]


def _changed_much(context: SprintContext, changed: pl.DataFrame) -> pl.DataFrame:
    """ref, repository_id, path: what a pull request changes in several commits, or by many lines where these are known.

    Two changes meet when they touch neighbouring lines, which becomes likely only where both change much.
    """
    sizes = context.sprint.past.changed_files.select(
        "repository_id", "sha", "path", lines=pl.sum_horizontal("additions", "deletions")
    )
    each = changed.join(sizes, on=["repository_id", "sha", "path"], how="left").group_by("ref", "repository_id", "path")
    summed = each.agg(pl.col("sha").n_unique(), pl.col("lines").sum())
    return summed.filter((pl.col("sha") >= _COMMITS) | (pl.col("lines") >= _LINES)).drop("sha", "lines")


def _stacked(changed: pl.DataFrame) -> list[dict[str, str]]:
    """Pairs that share commits: one stands on the other, which is no conflict."""
    shared = changed.select("ref", "repository_id", "sha").unique()
    both = shared.join(shared, on=["repository_id", "sha"], suffix="_other").filter(pl.col("ref") < pl.col("ref_other"))
    return both.select("ref", "ref_other").unique().to_dicts()


def _other_commits(context: SprintContext, changed: pl.DataFrame) -> pl.DataFrame:
    """How many commits of the window, outside these pull requests, changed each path."""
    recent = context.view.in_window(context.sprint.past.changed_files, "committed_at")
    others = recent.join(changed, on=["repository_id", "sha"], how="anti")
    return others.group_by("repository_id", "path").agg(commits=pl.col("sha").n_unique())
