"""Tables of how far the collection has come, and what it left out."""

from sqlalchemy import JSON, Boolean, Column, Integer, String, Table, Text

from sprintlib.store.columns import metadata, moment, of_repository
from sprintlib.store.nature import of_facts

sync_cursor = Table(
    "sync_cursor",
    metadata,
    of_repository(primary_key=True),
    Column("repository", String(256), nullable=False, comment="OWNER/NAME as GitHub spelled it then"),
    Column("kind", String(32), primary_key=True),
    Column("etag", Text, comment="of the first page, newest first; set once the kind is complete"),
    Column("position", JSON, comment="where to go on: next page while incomplete, newest update time seen"),
    Column("complete", Boolean, nullable=False),
    Column("collected", Integer, nullable=False),
    Column("expected", Integer, comment="what GitHub says there is; null where it does not say"),
    Column("note", Text),
    moment("as_of", nullable=False),
    info=of_facts(made_from="else"),
)

listed_page = Table(
    "listed_page",
    metadata,
    of_repository(primary_key=True),
    Column("kind", String(32), primary_key=True, comment="as in sync_cursor"),
    Column("page", Integer, primary_key=True, autoincrement=False, comment="1, 2, ... of the list, oldest first"),
    Column("address", Text, nullable=False, comment="path and query"),
    Column("following", Text, comment="address of the next page; null on the last"),
    Column("etag", Text),
    Column("keys", JSON, nullable=False, comment="by table, the numbers or ids that the page held"),
    comment="what GitHub listed when it was last compared with what is held, page by page, so that a 304 tells all",
    info=of_facts(made_from="else"),
)

item_cursor = Table(
    "item_cursor",
    metadata,
    of_repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("part", String(16), primary_key=True, comment="timeline | detail | blocked_by | mentioned"),
    moment("updated_at", nullable=False),
    moment("asked_at", comment="when GitHub answered; null: not noted yet"),
    comment="up to which update of an item its own requests were made; mentioned: when a text last began to mention it",
    info=of_facts(made_from="else"),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("repository", String(256), primary_key=True, comment="OWNER/NAME as GitHub spells it"),
    Column("kind", String(32), primary_key=True, comment="a list, a part of an item, or what one element is"),
    Column("key", String(96), primary_key=True, comment="number, id or sha; empty for a whole list"),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    moment("since", nullable=False),
    moment("next_try", nullable=False),
    comment="what could not be collected by itself, while everything else was",
    info=of_facts(made_from="else"),
)

sync_run = Table(
    "sync_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", String(16), nullable=False, comment="running | ok | failed"),
    Column("requests", Integer, nullable=False),
    Column("not_modified", Integer, nullable=False),
    Column("message", Text),
    moment("started_at", nullable=False),
    moment("finished_at"),
    info=of_facts(made_from="else"),
)
