"""Tables of what arrives by itself: deliveries, what is to be asked again, what has changed, and what it cost."""

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from sprintlib.store.columns import metadata, moment, of_repository
from sprintlib.store.nature import of_facts

# SQLite numbers rows by itself only where the key is an INTEGER
_COUNTED = BigInteger().with_variant(Integer, "sqlite")

delivery = Table(
    "delivery",
    metadata,
    Column("id", _COUNTED, primary_key=True),
    Column("guid", String(96), nullable=False, unique=True, comment="X-GitHub-Delivery; it is not signed"),
    Column("digest", String(64), nullable=False, unique=True, comment="SHA-256 of the raw body"),
    Column("event", String(64), nullable=False, comment="X-GitHub-Event"),
    Column("headers", JSON, nullable=False),
    Column("body", LargeBinary, comment="zlib-compressed raw bytes; null once they are no longer kept"),
    Column("state", String(16), nullable=False, comment="waiting | taken | done | ignored | aside"),
    Column("attempts", Integer, nullable=False),
    Column("repeats", Integer, nullable=False, comment="how often the same id or the same body came again"),
    Column("reason", Text, comment="why it is ignored, or what went wrong last"),
    Column("holder", String(96), comment="the worker that has taken it"),
    moment("lease_until"),
    moment("not_before"),
    moment("received_at", nullable=False),
    moment("finished_at"),
    comment="deliveries of webhooks, as they came; each is worked on at least once, and counts once",
)
Index("ix_delivery_state", delivery.c.state, delivery.c.id)
Index("ix_delivery_finished", delivery.c.finished_at)
Index("ix_delivery_received", delivery.c.received_at)

item_refresh = Table(
    "item_refresh",
    metadata,
    of_repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("attempts", Integer, nullable=False),
    moment("wanted_at", nullable=False),
    moment("not_before", nullable=False),
    Column("cause", String(96), comment="guid of the delivery that told of it last"),
    comment="items to ask GitHub about again: a webhook told of them, and its payload lacks the timeline",
)

fact_change = Table(
    "fact_change",
    metadata,
    Column("id", _COUNTED, primary_key=True),
    Column("repository_id", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False, comment="item | milestone | run | release | commit"),
    Column("key", String(96), nullable=False, comment="number, id, tag or sha"),
    Column("cause", String(96), comment="guid of the delivery by which it was written"),
    sqlite_autoincrement=True,
    comment="what was written, in order; only the newest rows are kept, for who brings a loaded state forward",
)

worker = Table(
    "worker",
    metadata,
    Column("holder", String(96), primary_key=True, comment="host, process and when it began"),
    Column("project", String(128), nullable=False),
    moment("seen_at", nullable=False, comment="its last sign of life, by its machine's clock"),
    comment="who keeps the stored analyses of a project up to date; a row goes when its worker ends",
)

milestone_change = Table(
    "milestone_change",
    metadata,
    of_repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("field", String(16), primary_key=True, comment="title | due_on"),
    moment("happened_at", nullable=False, primary_key=True),
    Column("before", Text, comment="the value until then; null: there was none"),
    comment="edits of milestones, which only webhooks tell",
    info=of_facts(about=("milestone", "number"), times=("happened_at",), made_from="payloads"),
)

metric = Table(
    "metric",
    metadata,
    moment("at", nullable=False, primary_key=True, comment="beginning of five minutes"),
    Column("name", String(32), primary_key=True, comment="what was measured, such as retrieval"),
    Column("process", String(16), primary_key=True, comment="which process measured: any name, new at each start"),
    Column("count", Integer, nullable=False, comment="how many values"),
    Column("total", Float, nullable=False),
    Column("last", Float, nullable=False),
    Column("steps", JSON, nullable=False, comment="power of 1.1 -> how many values were at most that"),
    comment="what services and commands measured of themselves; kept for 30 days",
)
