"""Which items stand beside each other: listed blockers and cross-references, as of a moment."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from sprintlib.facts.names import former_names
from sprintlib.store.schema import dependency, event, repository

_SAYING = {"cross-referenced": "mentioned in", "blocked_by_added": "blocked by"}


class CrossReference(NamedTuple):
    """`other` stands beside `ref` (both owner/repo#n): mentioned in | mentions | blocked by | blocks."""

    ref: str
    how: str
    other: str


def links(connection: Connection, refs: Iterable[str], as_of: datetime) -> Iterator[CrossReference]:
    """Links of the named items that were known at `as_of`, from either side; blockers first, then oldest first."""
    named = list(dict.fromkeys(refs))
    ids = {name: key for key, name in connection.execute(select(repository.c.id, repository.c.full_name))}
    names = {key: name for name, key in ids.items()}
    former = former_names(connection)
    wanted = [ref.lower() for ref in named]
    wanted += [
        f"{old}#{ref.rpartition('#')[2]}"
        for ref in named
        for old, name in former.items()
        if name == ref.rpartition("#")[0]
    ]
    pairs = [(ids[repo], int(number)) for repo, _, number in (ref.rpartition("#") for ref in named) if repo in ids]
    for table, other, how, when in (
        (dependency, dependency.c.blocker, None, dependency.c.observed_at),
        (event, event.c.subject, event.c.kind, event.c.happened_at),
    ):
        own = [and_(table.c.repository_id == key, table.c.number == number) for key, number in pairs]
        kinds = how if how is not None else dependency.c.type
        query = select(table.c.repository_id, table.c.number, other, kinds).where(
            or_(func.lower(other).in_(wanted), *own), when <= as_of, other.is_not(None)
        )
        if how is not None:
            query = query.where(event.c.repository_id.in_(list(names)), event.c.kind.in_(_SAYING))
        for key, number, subject, kind in connection.execute(query.order_by(when, table.c.number)):
            ref = f"{names[key]}#{number}"
            repo, _, place = subject.rpartition("#")
            subject = f"{former.get(repo.lower(), repo)}#{place}"
            saying = _SAYING.get(kind, "blocked by")
            if ref in named:
                yield CrossReference(ref, saying, subject)
            if subject in named:
                yield CrossReference(subject, {"blocked by": "blocks", "mentioned in": "mentions"}[saying], ref)
