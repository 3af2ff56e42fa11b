"""True sentences about a project, and the same sentences made false in one way each.

The generator knows what is stored, so each falsehood is false: what it puts in does not stand in the source that is
cited, nor is it stored of the item. It is tested itself in test_falsehoods.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import polars as pl

from sprintlib.evidence import Evidence
from sprintlib.history import ProjectState
from sprintlib.knowledge import Claim, Source
from sprintlib.knowledge.cleaning import clean

_QUOTED_WORDS = 10


@dataclass(frozen=True)
class Truth:
    """A true claim, the item it is about, and the source that it cites."""

    claim: Claim
    row: dict[str, Any]
    source: Source


@dataclass(frozen=True)
class Falsehood:
    """A claim made false, and how: wrong id, invented id, wrong number, wrong date, wrong login, wrong state, ..."""

    how: str
    claim: Claim


def truths(past: ProjectState, random: Random, items: int) -> list[Truth]:
    """Sentences about up to `items` items with their sources S1, S2, ..., each source telling what is stored."""
    rows = past.items.filter(pl.col("author").is_not_null()).sort("ref").to_dicts()
    counted = past.comments.group_by("repository_id", "number").len()
    comments = {(key, number): count for key, number, count in counted.iter_rows()}
    found = []
    for place, row in enumerate(random.sample(rows, min(items, len(rows))), start=1):
        count = comments.get((row["repository_id"], row["number"]), 0)
        found += [
            Truth(Claim(text=text, evidence=(f"S{place}",)), row, source)
            for source in [_source(f"S{place}", row, count)]
            for text in _sentences(row, count, source)
        ]
    return found


def _source(key: str, row: dict[str, Any], comments: int) -> Source:
    body = clean(row["body"] or "")
    told = (
        f"{row['ref']}, {row['kind']}, {row['state']}, opened {row['created_at']:%Y-%m-%d} by {row['author']}, "
        f"comments: {comments}\n{row['title']}\n{body}"
    )
    evidence = Evidence(ref=row["ref"], kind=row["kind"], url=row["html_url"], note=row["title"])
    return Source(id=key, text=told, evidence=(evidence,))


def _sentences(row: dict[str, Any], comments: int, source: Source) -> Iterator[str]:
    title = row["title"].replace('"', "'")
    yield f'{row["ref"]} "{title}" is {row["state"]}.'
    yield f"{row['author']} opened {row['ref']} on {row['created_at']:%Y-%m-%d}."
    yield f"{row['ref']} has {comments} comments."
    words = source.text.partition("\n")[2].partition("\n")[2].replace('"', "'").split()
    if len(words) >= 2 * _QUOTED_WORDS:
        yield f'{row["ref"]} says "{" ".join(words[:_QUOTED_WORDS])}".'


def falsehoods(truth: Truth, others: list[Truth], past: ProjectState, random: Random) -> Iterator[Falsehood]:
    """Every way in which this claim can be made false."""
    claim, row = truth.claim, truth.row
    strangers = [one for one in others if one.row["ref"] != row["ref"] and one.row["ref"] not in truth.source.text]
    strangers = [
        one for one in strangers if row["ref"] not in one.source.text and f"#{row['number']}" not in one.source.text
    ]
    yield Falsehood("invented id", claim.model_copy(update={"evidence": ("S9999",)}))
    if strangers:
        wrong = random.choice(strangers)
        yield Falsehood("wrong id", claim.model_copy(update={"evidence": wrong.claim.evidence}))
    unquoted = re.sub(r'"[^"]*"', "", claim.text)
    if number := re.search(r"has (\d+) comments", unquoted):
        other = _absent_number(int(number[1]), truth.source.text, row, random)
        yield _said("wrong number", claim, f"has {number[1]} comments", f"has {other} comments")
    if date := re.search(r"on (\d{4}-\d\d-\d\d)\.", unquoted):
        later = row["created_at"] + timedelta(days=random.randint(3, 400))
        if f"{later:%Y-%m-%d}" not in truth.source.text and later.date() != _closed(row):
            yield _said("wrong date", claim, date[1], f"{later:%Y-%m-%d}")
        stranger = _stranger(truth, past, random)
        if stranger:
            yield _said("wrong login", claim, f"{row['author']} opened", f"@{stranger} opened")
    if unquoted.rstrip().endswith(f"is {row['state']}."):
        other_state = "closed" if row["state"] == "open" else "open"
        yield _said("wrong state", claim, f"is {row['state']}.", f"is {other_state}.")
        if row["state"] == "open":
            yield _said("future fact", claim, "is open.", f"was closed on {past.as_of + timedelta(days=9):%Y-%m-%d}.")
    if " says " in claim.text:
        halves = [one for one in strangers if " says " in one.claim.text]
        if halves:
            mine = claim.text.split('"')[1].split()
            its = random.choice(halves).claim.text.split('"')[1].split()
            stitched = " ".join(mine[: len(mine) // 2] + its[len(its) // 2 :])
            yield Falsehood("stitched quote", claim.model_copy(update={"text": f'{row["ref"]} says "{stitched}".'}))


def _said(how: str, claim: Claim, old: str, new: str) -> Falsehood:
    return Falsehood(how, claim.model_copy(update={"text": claim.text.replace(old, new)}))


def _absent_number(number: int, text: str, row: dict[str, Any], random: Random) -> int:
    stored = {number, row["additions"], row["deletions"]}
    while True:
        other = number + random.randint(1, 50)
        if other not in stored and not re.search(rf"(?<!\d){other}(?!\d)", text):
            return other


def _closed(row: dict[str, Any]) -> Any:
    return row["closed_at"].date() if row["closed_at"] else None


def _stranger(truth: Truth, past: ProjectState, random: Random) -> str | None:
    """Somebody who never had to do with the item and is not named in the source."""
    row = truth.row
    same = (pl.col("repository_id") == row["repository_id"]) & (pl.col("number") == row["number"])
    events = past.events.filter(same)
    near = {row["author"], *row["assignees"], *events["actor"], *events["subject"]}
    near |= {*past.comments.filter(same)["author"], *past.reviews.filter(same)["author"]}
    everybody = sorted(set(past.items["author"].drop_nulls()) - near)
    far = [login for login in everybody if login.lower() not in truth.source.text.lower()]
    return random.choice(far) if far else None
