"""Tables of GitHub Projects (v2), where some teams plan: iterations, and in which an item was from when on."""

from sqlalchemy import BigInteger, Column, Date, Float, Index, Integer, String, Table, Text

from sprintlib.store.columns import metadata, moment, observed, of_repository
from sprintlib.store.nature import of_facts

_BOARD = "OWNER/NUMBER of the GitHub Project, in lower case"  # as it was first seen: board_name has today's

board_name = Table(
    "board_name",
    metadata,
    Column("name", String(160), primary_key=True, comment="OWNER/NUMBER of a GitHub Project, in lower case"),
    Column("project_id", BigInteger, nullable=False, comment="GitHub's id of it, which outlives its owner's name"),
    Column("node_id", String(64)),
    Column("board", String(160), nullable=False, comment="what its iterations and items are stored under"),
    moment("seen_at", nullable=False, comment="when it was first called so; its newest name is that of today"),
    comment="names by which GitHub Projects were seen",
    info=of_facts(made_from="else"),
)
Index("ix_board_name_project_id", board_name.c.project_id)

board_iteration = Table(
    "board_iteration",
    metadata,
    Column("board", String(160), primary_key=True, comment=_BOARD),
    Column("iteration", String(64), primary_key=True, comment="GitHub's id of it, which outlives another title"),
    moment("seen_at", nullable=False, primary_key=True, comment="when it was first seen like this"),
    Column("title", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("days", Integer, nullable=False),
    comment="iterations of GitHub Projects: a row whenever one was seen otherwise than before",
    info=of_facts(made_from="else"),
)

board_item = Table(
    "board_item",
    metadata,
    Column("board", String(160), primary_key=True, comment=_BOARD),
    of_repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    moment("updated_at", nullable=False, primary_key=True, comment="GitHub's own time, from which on it was so"),
    Column("item", BigInteger, comment="GitHub's id of the entry"),
    Column("iteration", String(64), comment="null: in none, archived or taken off the board"),
    Column("status", String(128)),
    Column("points", Float),
    moment("created_at", nullable=False, comment="when it was put on the board"),
    *observed(),
    comment="issues and pull requests on GitHub Projects: a row for each version that was seen",
    info=of_facts(made_from="else"),
)
Index("ix_board_item_repository_id", board_item.c.repository_id, board_item.c.number)
