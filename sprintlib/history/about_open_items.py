"""A past cut to what happened to the items that are open: of a long history a small part."""

from dataclasses import replace

import polars as pl

from sprintlib.history.state import ProjectState

_ITEM = ["repository_id", "number"]


def about_open_items(past: ProjectState) -> ProjectState:
    """The same items, with events, comments, reviews and commits of the open ones only.

    For what is asked about open items. It says nothing about pace or people. Ask for it by `past.cached`.
    """
    opened = past.items.filter(state="open").select(_ITEM)

    def theirs(happened: pl.DataFrame) -> pl.DataFrame:
        return happened.join(opened, on=_ITEM, how="semi", maintain_order="left")

    return replace(
        past,
        events=theirs(past.events),
        comments=theirs(past.comments),
        reviews=theirs(past.reviews),
        commits=theirs(past.commits),
    )
