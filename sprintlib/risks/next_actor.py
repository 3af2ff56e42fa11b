"""Who owes the next move on an open pull request, and since when nobody has moved.

Three steps of Nudge (Maddila et al., TOSEM 2022): expected time, activity filter, actor. Bots never count.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

import polars as pl

from sprintlib.history import ProjectState

Role = Literal["author", "reviewer", "maintainer"]

# What a person does to move a pull request; labels, milestones and mentions are bookkeeping.
_MOVES = (
    "review_requested",
    "ready_for_review",
    "reopened",
    "head_ref_force_pushed",
    "review_dismissed",
    "auto_merge_enabled",
)
_KEY = ["repository_id", "number"]


class _Move(NamedTuple):
    at: datetime
    who: str | None
    what: str
    subject: str | None = None


@dataclass(frozen=True)
class NextMove:
    """`role` (login `who`, where one person can be named) owes a move since `since`; `reason` in words."""

    role: Role
    who: str | None
    since: datetime
    reason: str


def next_moves(past: ProjectState, refs: list[str]) -> dict[str, NextMove]:
    """The next move of each of these open pull requests."""
    pulls = past.items.filter(pl.col("ref").is_in(refs))
    by_ref: dict[str, list[_Move]] = {ref: [] for ref in pulls["ref"]}
    for ref, *move in moves(past, pulls).select("ref", "at", "who", "what", "subject").iter_rows():
        by_ref[ref].append(_Move(*move))
    return {
        row["ref"]: _next(row["author"] if not row["author_is_bot"] else None, row["created_at"], by_ref[row["ref"]])
        for row in pulls.to_dicts()
    }


def _next(author: str | None, created_at: datetime, moves: list[_Move]) -> NextMove:
    """After changes were requested the author; after a request or a push the reviewer; else a maintainer."""
    since = max((move.at for move in moves), default=created_at)
    verdict = _last(moves, ("approved", "changes_requested"))
    pushed = _last(moves, ("committed", "head_ref_force_pushed"))
    answered = verdict and any(move.at > verdict.at and (move.who == author or move is pushed) for move in moves)
    if verdict and verdict.what == "changes_requested":
        if not answered:
            return NextMove("author", author, since, f"{verdict.who or 'a reviewer'} requested changes")
        return NextMove("reviewer", verdict.who, since, "the requested changes were answered")
    waiting = _requested(moves)
    if waiting:
        return NextMove("reviewer", waiting, since, f"a review by {waiting} was requested")
    if verdict:
        return NextMove("maintainer", None, since, f"{verdict.who or 'a reviewer'} approved it")
    last = max(moves, key=lambda move: move.at, default=None)
    if last and last.what in ("issue", "review", "commented") and last.who != author:
        return NextMove("author", author, since, f"{last.who or 'somebody'} commented last")
    return NextMove("maintainer", None, since, "nobody was asked for a review")


def _last(moves: list[_Move], kinds: tuple[str, ...]) -> _Move | None:
    return max((move for move in moves if move.what in kinds), key=lambda move: move.at, default=None)


def _requested(moves: list[_Move]) -> str | None:
    """The reviewer asked first who has not answered since."""
    asked: dict[str, datetime] = {}
    for move in sorted(moves, key=lambda move: move.at):
        if move.what == "review_requested" and move.subject:
            asked[move.subject] = move.at
        elif move.what == "review_request_removed" and move.subject:
            asked.pop(move.subject, None)
        elif move.what in ("approved", "changes_requested", "commented", "review") and move.who:
            asked.pop(move.who, None)
    return min(asked, key=lambda login: (asked[login], login), default=None)


def moves(past: ProjectState, pulls: pl.DataFrame) -> pl.DataFrame:
    """Everything people did to move these pull requests: repository_id, number, ref, at, who, what, subject.

    pulls: repository_id, number, ref.
    """
    return past.cached(_human_moves).join(pulls.select(*_KEY, "ref"), on=_KEY, maintain_order="left")


def _human_moves(past: ProjectState) -> pl.DataFrame:
    """Everything people did to move an item: repository_id, number, at, who, what, subject."""
    human = ~pl.col("author_is_bot")
    frames = (
        past.events.filter(pl.col("kind").is_in([*_MOVES, "review_request_removed"]) & ~pl.col("actor_is_bot")).select(
            *_KEY, at="happened_at", who="actor", what="kind", subject="subject"
        ),
        past.comments.filter(human).select(*_KEY, at="created_at", who="author", what="kind", subject=_NOBODY),
        past.reviews.filter(human).select(*_KEY, at="submitted_at", who="author", what="state", subject=_NOBODY),
        past.commits.filter(pl.col("number").is_not_null()).select(
            *_KEY, at="committed_at", who=_NOBODY, what=pl.lit("committed"), subject=_NOBODY
        ),
    )
    return pl.concat(frames)


_NOBODY = pl.lit(None, dtype=pl.String)
