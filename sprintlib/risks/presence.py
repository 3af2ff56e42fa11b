"""Who is there: people with anything on GitHub lately, so that nobody who is away is named as who can act."""

from datetime import datetime, timedelta

import polars as pl

from sprintlib.history import ProjectState

SILENT_DAYS = 14  # by the calendar
_KEY = ["repository_id", "number"]


def present(past: ProjectState) -> frozenset[str]:
    """Logins of the people who did anything in the project within SILENT_DAYS.

    Also whom somebody assigned or asked for a review in that time and who has never done anything here: they are new.
    """
    return past.cached(_present)


def known(past: ProjectState) -> frozenset[str]:
    """Logins of everybody who ever did anything in the project."""
    return past.cached(_known)


def _present(past: ProjectState) -> frozenset[str]:
    since = past.as_of - timedelta(days=SILENT_DAYS)
    asked = past.events.filter(
        pl.col("kind").is_in(["assigned", "review_requested"]) & (pl.col("happened_at") > since)
    )["subject"]
    return _who_acted(past, since) | (frozenset(asked.drop_nulls()) - past.cached(_known))


def _known(past: ProjectState) -> frozenset[str]:
    return _who_acted(past, None)


def _who_acted(past: ProjectState, since: datetime | None) -> frozenset[str]:
    """Logins of people who did anything after a moment; ever without one."""
    people = ~pl.col("author_is_bot")
    pulls = past.items.filter((pl.col("kind") == "pull") & people).select(*_KEY, who="author")

    def later(frame: pl.DataFrame, column: str) -> pl.DataFrame:
        return frame if since is None else frame.filter(pl.col(column) > since)

    acts = (
        later(past.events, "happened_at").filter(~pl.col("actor_is_bot"))["actor"],
        later(past.comments, "created_at").filter(people)["author"],
        later(past.reviews, "submitted_at").filter(people)["author"],
        later(past.items, "created_at").filter(people)["author"],
        later(past.commits, "committed_at").filter(people).join(pulls, on=_KEY)["who"],
    )
    return frozenset(login for column in acts for login in column.unique() if login is not None)
