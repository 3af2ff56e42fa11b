"""Work beside the board: what people do in the repositories of a sprint without naming an issue.

Items on which nothing happens look alike whether nobody works or nobody keeps the board. What tells them apart is the
work that names no issue. Of a repository without a clone, commits outside pull requests are not known.
"""

from typing import NamedTuple

import polars as pl

from sprintlib.forecast import count
from sprintlib.history import Sprint
from sprintlib.history.started_work import started_at

_LEAST = 3  # fewer happen in every team
_KEY = ["repository_id", "number"]


class UnnamedWork(NamedTuple):
    """Since the start: refs of the pull requests that name no issue, commits outside any, and pull requests that do."""

    pulls: tuple[str, ...]
    commits: int
    naming: int

    @property
    def is_lively(self) -> bool:
        """People work, and some of it cannot be seen on any issue."""
        return len(self.pulls) + self.commits >= _LEAST

    @property
    def is_most(self) -> bool:
        """Most of the work cannot be seen on any issue, so that issues say little about what is begun."""
        return self.is_lively and len(self.pulls) + self.commits > self.naming

    def words(self) -> str:
        """`8 pull requests and 2 commits outside any pull request since the sprint started name no issue`."""
        pulls = count(len(self.pulls), "pull request") if self.pulls else ""
        commits = f"{count(self.commits, 'commit')} outside any pull request" if self.commits else ""
        one = len(self.pulls) + self.commits == 1
        told = " and ".join(filter(None, [pulls, commits]))
        return f"{told} since the sprint started {'names' if one else 'name'} no issue"


def unnamed_work(sprint: Sprint) -> UnnamedWork:
    """The work of people in the sprint's repositories since its start; none before it started."""
    start, past = started_at(sprint), sprint.past
    if start is None:
        return UnnamedWork((), 0, 0)
    ids = [part.repository_id for part in sprint.parts]
    pulls = past.items.filter(
        (pl.col("kind") == "pull")
        & pl.col("repository_id").is_in(ids)
        & ~pl.col("author_is_bot")
        & (pl.col("created_at") > start)
    )["ref"].to_list()
    naming = _naming(sprint)
    unnamed = tuple(sorted(ref for ref in pulls if ref not in naming))
    return UnnamedWork(unnamed, _direct_commits(sprint, ids), len(pulls) - len(unnamed))


def _naming(sprint: Sprint) -> set[str]:
    """Pull requests that name an issue of the project, or stand in the sprint themselves."""
    past = sprint.past
    issues = past.items.filter(pl.col("kind") == "issue")
    references = past.events.filter(pl.col("kind") == "cross-referenced").join(issues, on=_KEY, how="semi")
    return {*references["subject"].drop_nulls(), *sprint.items["ref"]}


def _direct_commits(sprint: Sprint, ids: list[int]) -> int:
    """Commits of people since the start that belong to no pull request, merge none, and name no number."""
    start = started_at(sprint)
    return sprint.past.commits.filter(
        pl.col("repository_id").is_in(ids)
        & pl.col("number").is_null()
        & (pl.col("committed_at") > start)
        & ~pl.col("message").fill_null("").str.contains(r"#\d|^Merge ")
        & ~pl.col("author_is_bot")
    )["sha"].n_unique()
