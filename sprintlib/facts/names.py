"""Which repository a name means: names change, GitHub's ids do not."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from sprintlib.store.schema import repository, repository_name


def repositories_meant(connection: Connection, names: Iterable[str]) -> dict[int, str]:
    """Id of each repository that these names mean -> the name (the first of several), in the order of the names.

    A name means the repository that is called so today or, where none is, the last that was, in whatever case it is
    spelled. What was never collected is missing.
    """
    former = {row.name: row.repository_id for row in connection.execute(select(repository_name))}
    query = select(repository.c.full_name, repository.c.id).order_by(repository.c.id.desc())
    today = {row.full_name.lower(): row.id for row in connection.execute(query)}
    found: dict[int, str] = {}
    for name in names:
        key = today.get(name.lower(), former.get(name.lower()))
        if key is not None:
            found.setdefault(key, name)
    return found


def called_today(ref: str, former: Mapping[str, str]) -> str:
    """`owner/name#number` under the repository's name of today. former: as `former_names` says."""
    repo, mark, number = ref.rpartition("#")
    return f"{former.get(repo.lower(), repo)}{mark}{number}"


def former_names(connection: Connection) -> dict[str, str]:
    """Former name in lower case -> OWNER/NAME of today, of every repository that was renamed or transferred."""
    today = {row.id: row.full_name for row in connection.execute(select(repository.c.id, repository.c.full_name))}
    taken = {name.lower() for name in today.values()}
    return {
        row.name: today[row.repository_id]
        for row in connection.execute(select(repository_name).order_by(repository_name.c.name))
        if row.name not in taken and row.repository_id in today
    }
