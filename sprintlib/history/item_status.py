"""Where items stand: state and milestone, today or as of a moment, for what a search found."""

from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl
from sqlalchemy import Connection, func, or_, select

from sprintlib.facts.names import repositories_meant
from sprintlib.history.state import ProjectState
from sprintlib.store.schema import issue, milestone, pull_request, repository

Item = tuple[int, int]  # repository id, number


@dataclass(frozen=True)
class ItemStatus:
    """state: open | closed. milestone: title of the milestone it is in. title: as known then; null for today's."""

    state: str
    milestone: str | None = None
    title: str | None = None
    known_later: tuple[str, ...] = field(default=())


def repository_ids(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """owner/name as GitHub spells it -> id, of those that have been collected."""
    query = select(repository.c.full_name, repository.c.id)
    meant = repositories_meant(connection, names)
    return dict(connection.execute(query.where(repository.c.id.in_(list(meant))).order_by(repository.c.id)).all())


def status_today(connection: Connection, items: Collection[Item]) -> dict[Item, ItemStatus]:
    """As last collected."""
    titles = {
        (key, number): title
        for key, number, title in connection.execute(
            select(milestone.c.repository_id, milestone.c.number, milestone.c.title).where(
                milestone.c.gone_at.is_(None)
            )
        )
    }
    found: dict[Item, ItemStatus] = {}
    for table in (issue, pull_request):
        by_repository: dict[int, list[int]] = {}
        for key, number in items:
            by_repository.setdefault(key, []).append(number)
        named = [(table.c.repository_id == key) & table.c.number.in_(numbers) for key, numbers in by_repository.items()]
        query = select(table.c.repository_id, table.c.number, table.c.state, table.c.milestone_number)
        for key, number, state, inside in connection.execute(query.where(or_(*named))) if named else ():
            found[key, number] = ItemStatus(state, titles.get((key, inside)))
    return found


def items_of_milestone(connection: Connection, repository_ids: Collection[int], title: str) -> frozenset[Item]:
    """Items that are in the milestone of that title or number today, in any of the repositories."""
    same = or_(func.lower(milestone.c.title) == title.lower(), milestone.c.number == _number(title))
    chosen = select(milestone.c.repository_id, milestone.c.number).where(
        milestone.c.repository_id.in_(repository_ids), milestone.c.gone_at.is_(None), same
    )
    found: set[Item] = set()
    for key, number in connection.execute(chosen).all():
        for table in (issue, pull_request):
            query = select(table.c.number).where(
                table.c.repository_id == key, table.c.milestone_number == number, table.c.gone_at.is_(None)
            )
            found |= {(key, inside) for inside in connection.scalars(query)}
    return frozenset(found)


def status_as_of(past: ProjectState, items: Collection[Item]) -> dict[Item, ItemStatus]:
    """As of a moment."""
    wanted = pl.DataFrame(list(items), schema={"repository_id": pl.Int64, "number": pl.Int64}, orient="row")
    titles = dict(_keyed(past.milestones, "title_then"))
    rows = past.items.join(wanted, on=["repository_id", "number"], how="semi")
    return {
        (key, number): ItemStatus(state, titles.get((key, inside)), title, tuple(known_later))
        for key, number, state, inside, title, known_later in rows.select(
            "repository_id", "number", "state", "milestone", "title", "known_later"
        ).iter_rows()
    }


def items_of_milestone_then(past: ProjectState, title: str) -> frozenset[Item]:
    """Items that were in the milestone of that title (today's or that of the time) or number, as of the moment."""
    named = (
        (pl.col("title").str.to_lowercase() == title.lower())
        | (pl.col("title_then").str.to_lowercase() == title.lower())
        | (pl.col("number") == _number(title))
    )
    chosen = past.milestones.filter(named).select("repository_id", pl.col("number").alias("milestone"))
    inside = past.items.join(chosen, on=["repository_id", "milestone"], how="semi")
    return frozenset(inside.select("repository_id", "number").iter_rows())


def _keyed(table: pl.DataFrame, name: str) -> list[tuple[Item, str]]:
    return [((key, number), value) for key, number, value in table.select("repository_id", "number", name).iter_rows()]


def _number(title: str) -> int:
    return int(title) if title.isdecimal() and len(title) < 10 else -1
