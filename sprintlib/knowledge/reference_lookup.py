"""What a query names: an item, a commit, a file, a login. Looked up, not guessed."""

import re
from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, Connection, and_, case, or_, select

from sprintlib.facts.names import former_names
from sprintlib.knowledge.lexical import holding
from sprintlib.knowledge.search_filter import SearchFilter
from sprintlib.references import Resolver
from sprintlib.store.schema import chunk

_SHA = re.compile(r"(?<![\w#/-])(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?![\w-])", re.I)
_PATH = re.compile(
    r"(?<![\w/:.-])(?:[\w.@+-]+/)*[\w@+-][\w.@+-]*\.[A-Za-z]\w{0,9}(?![\w/])|(?<![\w/:.-])(?:[\w.@+-]+/){2,}[\w.@+-]+"
)
_LOGIN = re.compile(r"(?<![\w/@.])@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))(?![\w/-])")


def exact(connection: Connection, query: str, scope: SearchFilter, repos: dict[str, int], limit: int) -> list[int]:
    """Ids of the chunks that a query names, items first. repos: owner/name -> id of the project's repositories."""
    found: list[int] = []
    for condition in _conditions(connection, query, repos):
        first = case((chunk.c.kind.in_(("issue", "pull")), 0), else_=1)
        statement = (
            select(chunk.c.id)
            .where(condition, *scope.conditions())
            .order_by(first, chunk.c.happened_at.desc(), chunk.c.part)
            .limit(limit)
        )
        found += connection.scalars(statement)
    return list(dict.fromkeys(found))[:limit]


def _conditions(connection: Connection, query: str, repos: dict[str, int]) -> Iterator[ColumnElement[bool]]:
    for repo, number in named_items(query, repos, former_names(connection)):
        is_item = chunk.c.kind.in_(("issue", "pull"))
        yield and_(chunk.c.repository_id == repos[repo], chunk.c.number == number, is_item)
    for sha in _SHA.findall(query):
        starts = [
            and_(
                chunk.c.source_key >= f"commit:{key}:{sha.lower()}", chunk.c.source_key < f"commit:{key}:{sha.lower()}~"
            )
            for key in repos.values()
        ]
        yield or_(*starts)
    for path in _PATH.findall(query):
        yield and_(chunk.c.kind == "commit", holding(connection, path), chunk.c.body.contains(path, autoescape=True))
    for login in _LOGIN.findall(query):
        yield chunk.c.author == login


def named_items(query: str, repos: dict[str, int], former: Mapping[str, str]) -> list[tuple[str, int]]:
    """(owner/name, number) of every item a query names; a bare #12 may be in any of the repositories."""
    resolver = Resolver(tuple(repos), ("github.com",), former)
    found = [reference.ref for repo in repos for reference in resolver.references(query, repo)]
    pairs = ((ref.rpartition("#")[0], int(ref.rpartition("#")[2])) for ref in dict.fromkeys(found))
    return [(repo, number) for repo, number in pairs if repo in repos]
