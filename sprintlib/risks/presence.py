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
    return frozenset(past.cached(_last_acts))


def _present(past: ProjectState) -> frozenset[str]:
    since = past.as_of - timedelta(days=SILENT_DAYS)
    last = past.cached(_last_acts)
    asked = past.events.filter(
        pl.col("kind").is_in(["assigned", "review_requested"]) & (pl.col("happened_at") > since)
    )["subject"]
    return frozenset(login for login, at in last.items() if at > since) | (set(asked.drop_nulls()) - last.keys())


def _last_acts(past: ProjectState) -> dict[str, datetime]:
    """Login -> when it last did anything."""
    people = ~pl.col("author_is_bot")
    pulls = past.items.filter((pl.col("kind") == "pull") & people).select(*_KEY, who="author")
    acts = pl.concat(
        [
            past.events.filter(~pl.col("actor_is_bot")).select(who="actor", at="happened_at"),
            past.comments.filter(people).select(who="author", at="created_at"),
            past.reviews.filter(people).select(who="author", at="submitted_at"),
            past.items.filter(people).select(who="author", at="created_at"),
            past.commits.filter(people).join(pulls, on=_KEY).select("who", at="committed_at"),
        ]
    )
    return dict(acts.drop_nulls().group_by("who").agg(pl.col("at").max()).iter_rows())
