"""Open items of a sprint that wait for another open item, in the same repository or in another one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from sprintlib.evidence import Evidence
from sprintlib.history import Sprint


class BlockedItem(NamedTuple):
    """`item` of the sprint waits for `blocker`, refs of open items; blocker None: a label says blocked, not by what.

    since: when both were there and it was stated. said: the statement, as evidence. source: the strongest signal.
    """

    item: str
    blocker: str | None
    since: datetime
    source: str
    said: Evidence

    @property
    def crosses(self) -> bool:
        """Whether the blocker lies in another repository."""
        return self.blocker is not None and self.item.partition("#")[0] != self.blocker.partition("#")[0]


def blocked_items(
    sprint: Sprint, edges: pl.DataFrame, pulls_of: Mapping[str, Sequence[str]]
) -> tuple[BlockedItem, ...]:
    """Blocking edges (schema dependencies.EDGES) on open items of the sprint, or on the pull requests that carry them.

    A blocker outside the project is left out: nobody here knows whether it is open.
    """
    carried = [(pull, item) for item, pulls in pulls_of.items() for pull in {item, *pulls}]
    waiting = pl.DataFrame(carried, schema={"waiting": pl.String, "item": pl.String}, orient="row")
    created = sprint.past.items.select("ref", "created_at", "kind")
    rows = (
        edges.filter((pl.col("type") == "blocks") & ((pl.col("blocker_state") == "open") | pl.col("blocker").is_null()))
        .join(waiting, on="waiting")
        .filter(pl.col("blocker").is_null() | (pl.col("blocker") != pl.col("item")))
        .join(created.rename({"ref": "blocker", "created_at": "blocker_since"}).drop("kind"), on="blocker", how="left")
        .join(created.select(evidence_ref="ref", evidence_kind="kind"), on="evidence_ref")
        .with_columns(since=pl.max_horizontal("since", "blocker_since"))
        .unique(["item", "blocker"], keep="first", maintain_order=True)
        .sort("item", "blocker", nulls_last=True)
    )
    return tuple(_blockade(row) for row in rows.to_dicts())


def _blockade(row: dict[str, Any]) -> BlockedItem:
    said = Evidence.model_validate(
        {
            "ref": row["evidence_ref"],
            "kind": "comment" if "#issuecomment-" in row["evidence_url"] else row["evidence_kind"],
            "url": row["evidence_url"],
            "note": row["note"],
        }
    )
    return BlockedItem(row["item"], row["blocker"], row["since"], row["source"], said)
