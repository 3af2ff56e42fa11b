"""Tone: the team's share of negative comments against its own range. Context with weight 0; never per person.

A lexicon, because nothing trained on unlicensed text is shipped. Its macro-F1 on a public set of GitHub comments
is measured in benchmarks/sentiment.py and stated in docs/metrics/negative_share.md.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

import polars as pl

from sprintlib.features.metric import Metric
from sprintlib.features.view import MilestoneView
from sprintlib.imports import special_functions
from sprintlib.text import prose

FAMILY = "sentiment"
MINIMUM_COMMENTS = 20
MINIMUM_AUTHORS = 3
_LINK = re.compile(r"https?://\S+")
_WORD = re.compile(r"[a-z][a-z'’-]*|[:;]-?[()|/pd]|👍|👎|🎉|😞|😕|❤|🚀", re.I)
_NEGATIONS = re.compile(
    r"not|no|never|cannot|without|hardly|(?:is|do|does|did|ca|wo|was|are|should|could)n't",
)


def classify(text: str) -> int:
    """Tone of one comment: 0 neutral, 1 positive, 2 negative. Code, quotes and links do not count.

    Sums the lexicon's scores; a word within three words after a negation counts the other way round, at half.
    """
    words = _WORD.findall(_LINK.sub(" ", prose(text)).lower().replace("’", "'"))
    scores = _lexicon()
    total = 0.0
    for place, word in enumerate(words):
        score = scores.get(word)
        if score is None:
            continue
        negated = any(_NEGATIONS.fullmatch(before) for before in words[max(0, place - 3) : place])
        total += -0.5 * score if negated else score
    if total <= -1:
        return 2
    return 1 if total >= 1 else 0


def negative_share(view: MilestoneView) -> Metric:
    """Share of negative human comments in the last week, and whether it left the range of the four weeks before.

    Unknown under 20 comments or 3 authors in either period (docs/metrics/negative_share.md).
    """
    week = view.as_of - timedelta(days=7)
    now = _comments(view, week, view.as_of)
    before = _comments(view, week - timedelta(days=28), week)
    window = "comments of the last 7 days, against the 28 days before"
    if min(len(now), len(before)) < MINIMUM_COMMENTS or min(_authors(now), _authors(before)) < MINIMUM_AUTHORS:
        reason = f"under {MINIMUM_COMMENTS} comments or {MINIMUM_AUTHORS} authors in one of the two periods"
        return Metric(FAMILY, "negative_share", None, "share", len(now), window, reason=reason)
    negative = now.filter(pl.col("tone") == 2).sort("created_at", descending=True)
    threads = [
        f"{repo}#{number}" for repo, number in negative.select("repo", "number").unique(maintain_order=True).rows()
    ]
    usual = _upper_limit(int((before["tone"] == 2).sum()), len(before))
    value = len(negative) / len(now)
    dip = f"above the team's own range (up to {usual:.0%})" if value > usual else None
    evidence = tuple(threads[:5])
    return Metric(
        FAMILY, "negative_share", value, "share", len(now), window, reason=dip, evidence=evidence, usual=(0.0, usual)
    )


FEATURES = (negative_share,)


# ------------------------------------------------------------------ shared by the above


@cache
def _lexicon() -> dict[str, float]:
    lines = resources.files("sprintlib.features").joinpath("tone.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {word: float(score) for word, score in pairs}


def _comments(view: MilestoneView, start: datetime, end: datetime) -> pl.DataFrame:
    columns = ["repo", "number", "author", "author_is_bot", "body", "created_at"]
    comments = view.past.comments.select(columns).filter(
        (pl.col("created_at") > start) & (pl.col("created_at") <= end) & ~pl.col("author_is_bot")
    )
    tones = [classify(body or "") for body in comments["body"]]
    return comments.with_columns(pl.Series("tone", tones, dtype=pl.Int64))


def _authors(comments: pl.DataFrame) -> int:
    return comments["author"].n_unique()


def _upper_limit(negative: int, whole: int) -> float:
    """95th percentile of the share under a Beta(1, 1) prior and the earlier comments."""
    return float(special_functions().betaincinv(1 + negative, 1 + whole - negative, 0.95))
