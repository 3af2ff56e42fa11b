"""What the team said to recommendations: accepted, dismissed or put off, and what moved afterwards.

Only what was said up to the moment of an analysis counts for it. What moved after an action was accepted is counted
and shown; that the action moved it is never said.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import polars as pl
from sqlalchemy import Engine, insert, select

from sprintlib.calendar import WorkingCalendar
from sprintlib.errors import AnalysisError
from sprintlib.facts.names import called_today, former_names
from sprintlib.history import ProjectState
from sprintlib.learning import Priors
from sprintlib.store import schema

OUTCOME_DAYS = 3.0  # working days after which it is looked at what moved
Decision = Literal["accept", "dismiss", "snooze", "undo"]  # undo takes the last answer back


@dataclass(frozen=True)
class Feedback:
    """One decision. play: entry of the playbook. items: refs the recommendation was about. until: of a snooze."""

    recommendation: str
    play: str
    items: tuple[str, ...]
    decision: Decision
    happened_at: datetime
    reason: str | None = None
    until: date | None = None


@dataclass(frozen=True)
class Record:
    """How a play fared here. moved: of `followed` acceptances three working days old, those with a move on an item."""

    accepted: int = 0
    dismissed: int = 0
    followed: int = 0
    moved: int = 0

    @property
    def acceptance(self) -> float:
        """Share accepted under a Beta(1, 1) prior: a half before anything was said."""
        return (self.accepted + 1) / (self.accepted + self.dismissed + 2)

    def __str__(self) -> str:
        told = f"Accepted {self.accepted} and dismissed {self.dismissed} times here"
        if self.followed:
            told += f"; within 3 working days, something moved on the items in {self.moved} of {self.followed}"
        return f"{told}."


def give_feedback(
    engine: Engine,
    project: str,
    recommendation: str,
    decision: Decision,
    at: datetime,
    reason: str | None = None,
    until: date | None = None,
) -> Feedback:
    """Store a decision on a recommendation of a stored analysis. Raises AnalysisError for an id that none has."""
    with engine.begin() as connection:
        query = (
            select(schema.recommendation.c.analysis_id)
            .join(schema.analysis)
            .where(schema.analysis.c.project == project, schema.recommendation.c.id == recommendation)
            .order_by(schema.analysis.c.as_of.desc(), schema.analysis.c.revision.desc())
        )
        analysis = connection.scalar(query.limit(1))
        if analysis is None:
            raise AnalysisError(
                f"No stored analysis recommends '{recommendation}': 'sprint feedback list' shows what can be answered."
            )
        cited = connection.execute(
            select(schema.evidence.c.ref, schema.evidence.c.kind).where(
                schema.evidence.c.analysis_id == analysis,
                schema.evidence.c.supports == f"recommendation:{recommendation}"[:96],
            )
        ).all()
        given = Feedback(
            recommendation=recommendation,
            play=_play(recommendation),
            items=tuple(dict.fromkeys(ref for ref, kind in cited if kind in ("issue", "pull"))),
            decision=decision,
            happened_at=at,
            reason=reason,
            until=until,
        )
        row = {**vars(given), "items": list(given.items), "project": project}
        connection.execute(insert(schema.feedback).values(row))
    return given


def read_feedback(engine: Engine, project: str, as_of: datetime) -> tuple[Feedback, ...]:
    """What had been said by a moment and not taken back, in order; repositories are called as they are today."""
    table = schema.feedback
    names = ("recommendation", "play", "items", "decision", "happened_at", "reason", "until")
    query = (
        select(*(table.c[name] for name in names))
        .where(table.c.project == project, table.c.happened_at <= as_of)
        .order_by(table.c.happened_at, table.c.id)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
        former = former_names(connection)
    said = (Feedback(**{**row, "items": tuple(row["items"])}) for row in rows)
    return standing(under_names_of_today(given, former) for given in said)


def standing(said: Iterable[Feedback]) -> tuple[Feedback, ...]:
    """The answers that stand, in order: each `undo` takes the last one to the same recommendation back."""
    found: list[Feedback] = []
    for given in said:
        if given.decision != "undo":
            found.append(given)
            continue
        last = next((one for one in reversed(found) if one.recommendation == given.recommendation), None)
        if last is not None:
            found.remove(last)
    return tuple(found)


def under_names_of_today(given: Feedback, former: Mapping[str, str]) -> Feedback:
    """An answer with its action and items called as since repositories were renamed. former: as identifier_today."""
    return replace(
        given,
        recommendation=identifier_today(given.recommendation, former),
        items=tuple(called_today(ref, former) for ref in given.items),
    )


def identifier_today(recommendation: str, former: Mapping[str, str]) -> str:
    """The id that an action has since repositories were renamed: `pb-006-acme-shop-44` -> `pb-006-acme-store-44`.

    former: former name -> OWNER/NAME of today. One so long that it ends in a checksum is left as it was.
    """
    for old, today in former.items():
        recommendation = re.sub(rf"-{slug(old)}(?=-\d+(-|$))", f"-{slug(today)}", recommendation)
    return recommendation


def slug(text: str) -> str:
    """Lower-case letters and digits, with a dash for everything between them."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def hidden(feedback: Sequence[Feedback], today: date) -> frozenset[str]:
    """Recommendations whose last answer was to dismiss them, or to put them off until a later day."""
    last = {given.recommendation: given for given in feedback}
    return frozenset(name for name, given in last.items() if _is_hidden(given, today))


def _is_hidden(given: Feedback, today: date) -> bool:
    return given.decision == "dismiss" or (given.decision == "snooze" and today < (given.until or date.min))


def records(feedback: Sequence[Feedback], past: ProjectState, calendar: WorkingCalendar) -> dict[str, Record]:
    """How each play fared, by its id. An acceptance or dismissal said again on the same day counts once."""
    found: dict[str, Record] = {}
    once = {(given.recommendation, given.decision, given.happened_at.date()): given for given in feedback}
    for given in once.values():
        if given.decision == "snooze":
            continue
        before = found.get(given.play, Record())
        accepted = given.decision == "accept"
        due = accepted and calendar.working_time(given.happened_at, past.as_of) >= OUTCOME_DAYS
        found[given.play] = Record(
            accepted=before.accepted + accepted,
            dismissed=before.dismissed + (not accepted),
            followed=before.followed + due,
            moved=before.moved + (due and _moved(given, past, calendar)),
        )
    return found


def acceptance(play: str, known: Mapping[str, Record], priors: Priors | None) -> float:
    """Share of a play's actions that is reckoned with: by own answers, or imported ones where there is none yet."""
    counts = priors.plays.get(play) if priors else None
    if play not in known and counts is not None:
        return Record(counts.accepted, counts.dismissed).acceptance
    return known.get(play, Record()).acceptance


def record_words(play: str, known: Mapping[str, Record], priors: Priors | None) -> str | None:
    """How a play fared here, or in imported priors where nobody said anything here; None for neither."""
    if play in known:
        return str(known[play])
    counts = priors.plays.get(play) if priors else None
    if counts is None:
        return None
    told = f"accepted {counts.accepted} and dismissed {counts.dismissed} times"
    return f"Not answered here yet; in imported priors {told}."


def _moved(given: Feedback, past: ProjectState, calendar: WorkingCalendar) -> bool:
    """Whether an item was closed, reviewed, or acted on by a person within the three working days."""
    days = first_move(given.items, given.happened_at, past, calendar)
    return days is not None and days <= OUTCOME_DAYS


def first_move(items: Sequence[str], since: datetime, past: ProjectState, calendar: WorkingCalendar) -> float | None:
    """Working days until an item was closed, reviewed, or acted on by a person; None where nothing moved yet.

    items: refs. since: from when on it is counted.
    """
    people = ~pl.col("actor_is_bot")
    moments = pl.concat(
        [
            past.transitions.filter(pl.col("to") != "open").select("repo", "number", "at"),
            past.events.filter(people).select("repo", "number", at="happened_at"),
            past.reviews.filter(~pl.col("author_is_bot")).select("repo", "number", at="submitted_at"),
            past.commits.drop_nulls("number").select("repo", "number", at="committed_at"),
        ]
    ).filter(pl.concat_str("repo", pl.lit("#"), "number").is_in(list(items)) & (pl.col("at") > since))
    return min((calendar.working_time(since, at) for at in moments["at"]), default=None)


def _play(recommendation: str) -> str:
    """`pb-006-acme-api-44` -> PB-006."""
    return recommendation[:6].upper()
