"""Rows of what GitHub lists of a repository by id and that belongs to no item; each is kept under its own id."""

from collections.abc import Callable, Mapping

from sqlalchemy import Table

from sprintlib.facts.rows import Origin, Payload, Row, moment, numeric_id
from sprintlib.store import schema


def release_row(payload: Payload, origin: Origin) -> Row:
    """From a release object."""
    return origin.of_repository(
        id=numeric_id(payload),
        node_id=payload.get("node_id"),
        tag=payload["tag_name"],
        name=payload.get("name"),
        body=payload.get("body"),
        prerelease=payload.get("prerelease"),
        draft=payload.get("draft"),
        html_url=payload.get("html_url"),
        created_at=moment(payload["created_at"]),
        published_at=moment(payload.get("published_at")),
    )


# kind of payload -> its table, and the row made of one
LISTED: Mapping[str, tuple[Table, Callable[[Payload, Origin], Row]]] = {
    "release": (schema.listed.release, release_row),
}
