"""What people said on one item, word for word, and the files that reviewers commented on: read when it is asked for."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, select

from sprintlib.store.schema import comment, review


class Remark(NamedTuple):
    """One comment or review with words. body: as stored, so clean it before it is shown. kind: comment | review.

    known_later: it was edited after the moment, so that the words of that time are lost.
    """

    kind: str
    author: str | None
    by_bot: bool
    said_at: datetime
    body: str
    url: str | None
    known_later: bool


def remarks_on(engine: Engine, repository_id: int, number: int, as_of: datetime) -> list[Remark]:
    """Everything said on one issue or pull request up to a moment, oldest first."""
    with engine.connect() as connection:
        comments = select(comment).where(
            comment.c.repository_id == repository_id, comment.c.number == number, comment.c.created_at <= as_of
        )
        reviews = select(review).where(
            review.c.repository_id == repository_id, review.c.number == number, review.c.submitted_at <= as_of
        )
        found = [
            _remark("comment", row, row.created_at, row.updated_at > as_of and row.observed_at > as_of)
            for row in connection.execute(comments)
        ]
        found += [_remark("review", row, row.submitted_at, False) for row in connection.execute(reviews)]
    return sorted((one for one in found if one.body.strip()), key=lambda one: (one.said_at, one.url or ""))


def reviewed_files(
    engine: Engine, repository_ids: Collection[int], as_of: datetime
) -> Iterator[tuple[int, int, str, str]]:
    """(repository id, number, path, URL of the comment) of every review comment on a line of a file."""
    query = (
        select(comment.c.repository_id, comment.c.number, comment.c.path, comment.c.html_url)
        .where(
            comment.c.repository_id.in_(list(repository_ids)),
            comment.c.path.is_not(None),
            comment.c.created_at <= as_of,
        )
        .order_by(comment.c.created_at)
    )
    with engine.connect() as connection:
        for repository_id, number, path, url in connection.execute(query):
            yield repository_id, number, path, url or ""


def _remark(kind: str, row: Any, said_at: datetime, known_later: bool) -> Remark:
    by_bot = _is_bot(row.author, row.author_type)
    return Remark(kind, row.author, by_bot, said_at, row.body or "", row.html_url, known_later)


def _is_bot(login: str | None, account_type: str | None) -> bool:
    return account_type == "Bot" or (login or "").endswith("[bot]")
