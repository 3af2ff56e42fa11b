"""Reviews that were dismissed: GitHub overwrites their verdict, and its event says what it was."""

import polars as pl

_ITEM = ["repository_id", "number"]
_ID = [*_ITEM, "review"]
DISMISSAL = "review_dismissed"


def before_dismissal(reviews: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """The reviews with the verdict they had before these events dismissed them.

    reviews: repository_id, number, state and html_url, which ends in the id of the review. later: events; a dismissal
    has the verdict as `subject` and that id as `detail`. Adds `dismissed_at`, where one of them did it, and
    `overwritten`: dismissed, on an item where one of them names no review that is known, so that the verdict is lost.
    """
    events = later.filter(kind=DISMISSAL).select(*_ITEM, review="detail", verdict="subject", dismissed_at="happened_at")
    if events.is_empty():
        never = pl.lit(None, later.schema["happened_at"])
        return reviews.with_columns(dismissed_at=never, overwritten=pl.lit(value=False))
    named = reviews.with_columns(review=pl.col("html_url").str.extract(r"#pullrequestreview-(\d+)$"))
    verdicts = events.drop_nulls().unique(_ID, keep="first", maintain_order=True)
    unclear = events.join(verdicts.join(named, on=_ID, how="semi"), on=_ID, how="anti").select(*_ITEM).unique()
    dismissed = pl.col("state") == "dismissed"
    return (
        named.join(verdicts, on=_ID, how="left", maintain_order="left")
        .join(unclear.with_columns(unclear=pl.lit(value=True)), on=_ITEM, how="left", maintain_order="left")
        .with_columns(
            state=pl.when(dismissed).then(pl.coalesce("verdict", "state")).otherwise("state"),
            overwritten=dismissed & pl.col("verdict").is_null() & pl.col("unclear").fill_null(value=False),
        )
        .drop("review", "verdict", "unclear")
    )
