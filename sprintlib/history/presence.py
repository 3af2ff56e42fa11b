"""From when to when items were there: transferred, deleted and converted ones are counted until they went."""

from datetime import datetime

import polars as pl

from sprintlib.history.state import ITEMS, PRESENCE
from sprintlib.store.frames import UTC_DATETIME

_KEY = ["repository_id", "number"]
LEAVING = ("transferred", "converted_to_discussion")
# the clock of an answer may be behind the one of an event
_IN_TIME = pl.col("happened_at") <= pl.col("gone_at") + pl.duration(minutes=5)


def read_presence(items: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Items that came or went otherwise than by being opened (schema PRESENCE).

    items: newest payloads, with `gone_at` of those that GitHub has no longer; events: LEAVING ones of all times, as
    identity may use later facts. An item that was converted to a discussion went when its event says. One that was
    transferred within the project keeps author and creation time: the new one is there since its event of the
    transfer, and the old one until then; before, it is not counted twice.
    """
    gone = items.filter(pl.col("gone_at").is_not_null()).select(*_KEY, "author", "created_at", "title", "gone_at")
    if gone.is_empty():
        return pl.DataFrame(schema=PRESENCE)
    told = gone.join(events, on=_KEY).filter(_IN_TIME)
    converted = told.filter(kind="converted_to_discussion").group_by(_KEY).agg(went_at=pl.col("happened_at").max())
    moves = _moves(gone, items, events)
    left = moves.group_by(_KEY).agg(moved_at=pl.col("moved_at").max())
    until = gone.join(converted, on=_KEY, how="left").join(left, on=_KEY, how="left")
    went = until.select(
        *_KEY, arrived_at=pl.lit(None, UTC_DATETIME), gone_at=pl.min_horizontal("gone_at", "went_at", "moved_at")
    )
    arrived = moves.select(
        repository_id="repository_id_new", number="number_new", arrived_at="moved_at", until=pl.lit(None, UTC_DATETIME)
    )
    both = pl.concat([went, arrived.rename({"until": "gone_at"})])
    return both.group_by(_KEY, maintain_order=True).agg(pl.col("arrived_at").max(), pl.col("gone_at").min())


def _moves(gone: pl.DataFrame, items: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Transfers within the project: the key of the item that went, that of the one that came, and `moved_at`."""
    transfers = events.filter(kind="transferred").join(items.select(*_KEY, "author", "created_at", "title"), on=_KEY)
    found = gone.join(transfers, on=["author", "created_at"], suffix="_new", nulls_equal=True)
    is_other = (pl.col("repository_id") != pl.col("repository_id_new")) | (pl.col("number") != pl.col("number_new"))
    # of several that were opened in one second, as by a script, the one of the same title
    likely = found.filter(is_other & _IN_TIME).rename({"happened_at": "moved_at"})
    chosen = likely.sort(pl.col("title") == pl.col("title_new"), "moved_at")
    return chosen.unique(_KEY, keep="last", maintain_order=True).unique(
        ["repository_id_new", "number_new"], keep="last", maintain_order=True
    )


def there(table: pl.DataFrame, presence: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Rows whose item (repository_id, number) was there at the moment, in their order."""
    absent = presence.filter(
        (pl.col("arrived_at") > moment).fill_null(value=False) | (pl.col("gone_at") <= moment).fill_null(value=False)
    )
    return table if absent.is_empty() else table.join(absent, on=_KEY, how="anti", maintain_order="left")


def within(members: pl.DataFrame, presence: pl.DataFrame, milestones: pl.DataFrame) -> pl.DataFrame:
    """Memberships cut to when their item, and the milestone itself, was there.

    milestones: repository_id, number and gone_at of each.
    """
    ends = milestones.filter(pl.col("gone_at").is_not_null()).select(
        "repository_id", pl.col("number").alias("milestone"), pl.col("gone_at").alias("milestone_gone_at")
    )
    if presence.is_empty() and ends.is_empty():
        return members
    cut = (
        members.join(presence, on=_KEY, how="left", maintain_order="left")
        .join(ends, on=["repository_id", "milestone"], how="left", maintain_order="left")
        .with_columns(
            entered_at=pl.max_horizontal("entered_at", "arrived_at"),
            left_at=pl.min_horizontal("left_at", "gone_at", "milestone_gone_at"),
        )
    )
    return cut.filter((pl.col("left_at") > pl.col("entered_at")).fill_null(value=True)).select(members.columns)


def gone_items(items: pl.DataFrame, presence: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Items (schema ITEMS) that had been there and were there no longer at the moment."""
    gone = presence.filter(pl.col("gone_at") <= moment)
    return items.join(gone, on=_KEY, how="semi", maintain_order="left").select(ITEMS.names())
