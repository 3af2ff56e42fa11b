"""Paths that the sprint changes and that one author alone has changed for months: context, with no weight."""

from dataclasses import replace

import polars as pl

from sprintlib.features.code import ownership
from sprintlib.forecast import count
from sprintlib.risks.changed_paths import changed_paths
from sprintlib.risks.context import SprintContext, listed
from sprintlib.risks.model import Play, Risk

KIND = "single_ownership"
PLACE = 160
PLAY = Play("PB-015", "Make the next change of {items} in a pair, or have a second person review it.")
_WINDOW_DAYS = 180  # a file belongs to who wrote it over months; four weeks of commits say who is busy with it now


def detect(context: SprintContext) -> list[Risk]:
    """Says which paths, never who; low always, since small teams look like that nearly everywhere."""
    limit, view = context.thresholds.single_owner_share, replace(context.view, window_days=_WINDOW_DAYS)
    mine = changed_paths(view).filter(pl.col("ref").is_in(context.pulls["ref"].to_list()))
    single = view.shared(ownership).filter(pl.col("share") > limit).sort(["commits", "path"], descending=[True, False])
    touched = single.join(mine, on="path", how="semi", maintain_order="left")
    if touched.is_empty():
        return []
    paths = touched["path"].to_list()
    refs = sorted(mine.join(touched, on="path", how="semi")["ref"].unique())
    return [
        Risk(
            kind=KIND,
            severity="low",
            statement=(
                f"{count(len(paths), 'path')} changed in this sprint "
                f"{'has' if len(paths) == 1 else 'have'} a single main author: {listed(paths)}."
            ),
            rule=(
                f"One author made more than {limit:.0%} of at least three commits of {view.window} on a path that an "
                "open pull request of the sprint changes. Context only: it has no weight in the forecast."
            ),
            items=tuple(refs),
            evidence=context.cite(refs, note="changes such a path"),
        )
    ]
