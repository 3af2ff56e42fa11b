"""What has not been collected completely: an analysis says so, not only the collection."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, and_, func, or_, select

from sprintlib.store.schema import repository, set_aside, sync_cursor

# what counts and states rest on; the rest adds words and detail
_NEEDED = {
    "milestones": "milestones",
    "issues": "issues",
    "pulls": "pull requests",
    "events": "issue events",
    "timelines": "timelines",
}


def incomplete(connection: Connection, repository_ids: Sequence[int]) -> Iterator[str]:
    """What `short_of` says, and a sentence for each repository of which something is set aside."""
    yield from short_of(connection, repository_ids)
    left_out = (
        select(set_aside.c.repository, func.count())
        .join(repository, repository.c.full_name == set_aside.c.repository)
        .where(repository.c.id.in_(repository_ids))
        .group_by(set_aside.c.repository)
        .order_by(set_aside.c.repository)
    )
    for name, number in connection.execute(left_out):
        things = "1 thing that" if number == 1 else f"{number:,} things that"
        yield f"Facts are incomplete: {things} GitHub has of {name} could not be collected; 'sprint doctor' says why."


def short_of(connection: Connection, repository_ids: Sequence[int]) -> Iterator[str]:
    """A sentence for each kind of fact that is not held completely, as the last collection left it."""
    cursor = sync_cursor.c
    # GitHub also counts the events of items that it shows to nobody any more
    is_short = or_(~cursor.complete, and_(cursor.collected != cursor.expected, cursor.kind != "events"))
    query = (
        select(repository.c.full_name, cursor.kind, cursor.collected, cursor.expected, cursor.complete)
        .join(repository, repository.c.id == cursor.repository_id)
        .where(cursor.repository_id.in_(repository_ids), cursor.kind.in_(_NEEDED), is_short)
        .order_by(repository.c.full_name, cursor.kind)
    )
    for name, kind, collected, expected, complete in connection.execute(query):
        held = f"{collected:,}" if expected is None else f"{collected:,} of {expected:,}"
        why = "" if complete else ", their collection has not come to its end"
        yield f"Facts are incomplete: {held} {_NEEDED[kind]} of {name} are held{why}; run 'sprint sync'."
