"""Who owes the next move on an open pull request, and since when nobody has moved.

Three steps of Nudge (Maddila et al., TOSEM 2022): expected time, activity filter, actor. Machines never count. What
people write is read (`remarks.py`), since many teams approve and ask in comments.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import polars as pl

from sprintlib.history import ProjectState
from sprintlib.risks.presence import known, present
from sprintlib.risks.remarks import ReviewRemark, read_remark

Role = Literal["author", "reviewer", "maintainer"]

# What a person does to move a pull request; labels, milestones and mentions are bookkeeping.
_MOVES = (
    "review_requested",
    "ready_for_review",
    "reopened",
    "head_ref_force_pushed",
    "review_dismissed",
    "auto_merge_enabled",
)
_PUSHES = ("committed", "head_ref_force_pushed")
_SPOKEN = ("issue", "review", "commented")  # comments, comments on lines, and reviews without a verdict
_AUTHOR_LABEL = re.compile(
    r"author.{0,3}action|changes[ _-]requested"
    r"|\b(?:needs?|requires?|(?:a?waiting|pending)(?:[ :_/-]+(?:for|on))?)[ :_/-]+"
    r"(?:the )?(?:author|changes|response|contributor|info\w*|rebase|work|update|revision)",
    re.I,
)
_ONE_REVIEW = timedelta(hours=3)  # in which somebody writes the lines of a review and then its summary
_KEY = ["repository_id", "number"]


class _Move(NamedTuple):
    at: datetime
    who: str | None
    what: str
    subject: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class NextMove:
    """`role` (login `who`, where one person can be named) owes a move since `since`; `reason` in words.

    reason: a clause without a full stop, such as `Review requested from bob`. approved: by somebody who saw the last
    commit. who: None also where whoever owes it has been away (`presence.py`).
    """

    role: Role
    who: str | None
    since: datetime
    reason: str
    approved: bool = False


def next_moves(past: ProjectState, refs: list[str]) -> dict[str, NextMove]:
    """The next move of each of these open pull requests."""
    pulls = past.items.filter(pl.col("ref").is_in(refs))
    by_ref: dict[str, list[_Move]] = {ref: [] for ref in pulls["ref"]}
    columns = ("ref", "at", "who", "what", "subject", "text")
    for ref, *move in moves(past, pulls).select(columns).iter_rows():
        by_ref[ref].append(_Move(*move))
    labels, there = _labels(past, pulls), present(past)
    people, machines = known(past), _machines(past)
    found: dict[str, NextMove] = {}
    for row in pulls.to_dicts():
        talk = _Talk(None if row["author_is_bot"] else row["author"], people, machines)
        found[row["ref"]] = _next(talk, row["created_at"], by_ref[row["ref"]], labels.get(row["ref"]))
    return {ref: move if move.who in there else replace(move, who=None) for ref, move in found.items()}


def _next(talk: "_Talk", created_at: datetime, every: list[_Move], label: _Move | None) -> NextMove:
    """After what people did, oldest first, and the label that asks the author for something."""
    done = [move for move in every if move.at > created_at]  # commits may be older
    for move in sorted([*done, *([label] if label else [])], key=lambda move: move.at):
        talk.take(move)
    return talk.next(since=max([created_at, *(move.at for move in done)]))


@dataclass
class _Talk:
    """What is still open between the people of a pull request, after the moves that were taken so far.

    author: None for one who is nobody to ask. people: logins that a mention can mean. machines: whose reviews nobody
    waits for.
    """

    author: str | None
    people: frozenset[str]
    machines: frozenset[str] = frozenset()
    asked: dict[str, datetime] = field(default_factory=dict)  # reviewers who have not answered -> since when
    verdicts: dict[str | None, _Move] = field(default_factory=dict)  # the last of each, approved or changes_requested
    question: _Move | None = None  # to the author, not answered
    answered: _Move | None = None  # the last question that the author answered
    turn: tuple[str, str | None] | None = None  # who was asked by name and has not answered, and by whom
    offer: _Move | None = None
    promised: bool = False  # the author said that more is to come, and it has not
    pushed_at: datetime | None = None

    def take(self, move: _Move) -> None:
        """Bring the state up to date with one more move."""
        if move.what in _PUSHES:
            self.pushed_at, self.promised = move.at, False
            self._answer()
        elif move.what == "review_requested" and move.subject:
            if move.subject not in self.machines:
                self.asked[move.subject] = move.at
                if self.turn and self.turn[1] == move.who:
                    self.turn = None  # who mentions one person and then requests another's review waits for the latter
        elif move.what == "review_request_removed" and move.subject:
            self.asked.pop(move.subject, None)
        elif move.what in ("labeled", "changes_requested"):
            self._object(move)
        elif move.what == "approved":
            self._approve(move)
        elif move.what in _SPOKEN:
            self._hear(move, read_remark(move.text or "?"))

    def _hear(self, move: _Move, remark: ReviewRemark) -> None:
        was_asked = self.turn is not None and move.who == self.turn[0]
        named = self._named(remark, move.who)
        if was_asked or remark.stance == "question":
            self.turn = None
        if self.question and named == self.question.who:
            self._answer()  # by somebody who knows as well as the author
        if move.who is not None and move.who == self.author:
            self._answer()
            self.promised = self.promised or remark.promises
            self.turn = (named, move.who) if named and remark.stance == "question" else None
        elif remark.stance == "approval" and not self._has_just_asked(move, remark):
            self._approve(move)
        elif remark.stance == "question" and (not remark.asks) and (was_asked or self._has_approved(move.who)):
            return  # an answer, or more words on what they approve
        elif remark.stance == "objection":
            self._object(move)
        elif remark.stance == "offer":
            self.offer = move
        elif remark.stance == "question":
            self._ask(move, named)

    def _has_just_asked(self, move: _Move, remark: ReviewRemark) -> bool:
        """`Looks good` on top of questions on lines, which are still to be answered."""
        open_one = self.question
        same = open_one is not None and open_one.who == move.who and open_one.what == "review"
        return bool(same and open_one and not remark.firm and move.at - open_one.at < _ONE_REVIEW)

    def _has_approved(self, who: str | None) -> bool:
        """Whether they approved what is there now."""
        verdict = self.verdicts.get(who)
        new = self.pushed_at is not None and verdict is not None and verdict.at < self.pushed_at
        return verdict is not None and verdict.what == "approved" and not new

    def _ask(self, move: _Move, named: str | None) -> None:
        self.asked.pop(move.who or "", None)
        if named:
            self.turn = named, move.who
        else:
            self.question = move

    def _named(self, remark: ReviewRemark, speaker: str | None) -> str | None:
        """The first whom a remark names, if it names somebody else and not the author."""
        logins = {login.lower(): login for login in self.people}
        names = [logins[name] for name in remark.to if name in logins]
        others = [name for name in names if name != speaker]
        return None if not others or self.author in others else others[0]

    def _answer(self) -> None:
        self.answered, self.question = self.question or self.answered, None

    def _approve(self, move: _Move) -> None:
        self.verdicts[move.who] = move._replace(what="approved")
        self.asked.pop(move.who or "", None)
        if self.offer and self.offer.who == move.who:
            self.offer = None
        for name in ("question", "answered"):  # what somebody asked before is settled by the approval
            open_one = getattr(self, name)
            if open_one and open_one.who == move.who:
                setattr(self, name, None)

    def _object(self, move: _Move) -> None:
        if move.what != "labeled":
            self.verdicts[move.who] = move._replace(what="changes_requested")
        self.asked.pop(move.who or "", None)
        self.question = move

    def next(self, since: datetime) -> NextMove:
        """Whose turn it is, since the last move."""
        approvals = [one for one in self.verdicts.values() if one.what == "approved"]
        last = max(approvals, key=lambda one: one.at, default=None)
        seen = last is not None and (self.pushed_at is None or last.at > self.pushed_at)
        role, who, reason = self._turn(last, seen)
        return NextMove(role, who, since, reason, approved=seen)

    def _turn(self, last: _Move | None, seen: bool) -> tuple[Role, str | None, str]:
        """last: the last approval; seen: it was given to what is there now."""
        objections = [one for one in self.verdicts.values() if one.what == "changes_requested"]
        if self.question:
            return "author", self.author, _asks(self.question)
        if self.promised:
            return "author", self.author, "The author said that more is to come"
        if self.turn:
            name, by = self.turn
            return "reviewer", name, f"{by or 'Somebody'} asked {name} for an opinion"
        if objections:
            who = max(objections, key=lambda one: one.at).who
            return "reviewer", who, f"The changes that {who or 'a reviewer'} requested were made"
        if self.asked:
            name = min(self.asked, key=lambda login: (self.asked[login], login))
            return "reviewer", name, f"Review requested from {name}"
        if self.offer and (last is None or self.offer.at > last.at):
            return "reviewer", self.offer.who, f"{self.offer.who or 'Somebody'} offered to look at it"
        if last and seen:
            return "maintainer", None, f"{last.who or 'A reviewer'} approved it"
        if last:
            return "reviewer", last.who, f"New commits since {last.who or 'a reviewer'} approved it"
        if self.answered and self.answered.what != "labeled":
            who = self.answered.who
            return "reviewer", who, f"The author answered {who or 'a comment'}"
        return "maintainer", None, "No reviewer requested"


def _asks(question: _Move) -> str:
    who = question.who or "Somebody"
    if question.what == "labeled":
        return f'It is labelled "{question.subject}"'
    if question.what == "changes_requested":
        return f"{who} requested changes"
    return f"{who} commented last"


def moves(past: ProjectState, pulls: pl.DataFrame) -> pl.DataFrame:
    """Everything people did to move these pull requests: repository_id, number, ref, at, who, what, subject, text.

    pulls: repository_id, number, ref. text: of comments and reviews, null where it is not loaded.
    """
    return past.cached(_human_moves).join(pulls.select(*_KEY, "ref"), on=_KEY, maintain_order="left")


def _human_moves(past: ProjectState) -> pl.DataFrame:
    """Everything people did to move an item: repository_id, number, at, who, what, subject, text."""
    human = ~pl.col("author_is_bot")
    said = past.reviews.filter(human)
    lines = past.comments.filter(human & (pl.col("kind") == "review")).select(*_KEY, "author").unique()
    # a review without words is the envelope of comments on lines, which are read themselves
    empty = (pl.col("state") == "commented") & (pl.col("body").fill_null("") == "")
    around = pl.struct(*_KEY, "author").is_in(lines.select(pl.struct(*_KEY, "author")).to_series().implode())
    said = said.with_columns(state=pl.when(empty & around).then(pl.lit("submitted")).otherwise("state"))
    frames = (
        past.events.filter(pl.col("kind").is_in([*_MOVES, "review_request_removed"]) & ~pl.col("actor_is_bot")).select(
            *_KEY, at="happened_at", who="actor", what="kind", subject="subject", text=_NOTHING
        ),
        past.comments.filter(human).select(
            *_KEY, at="created_at", who="author", what="kind", subject=_NOTHING, text="body"
        ),
        said.select(*_KEY, at="submitted_at", who="author", what="state", subject=_NOTHING, text="body"),
        past.commits.filter(pl.col("number").is_not_null() & human).select(
            *_KEY, at="committed_at", who=_NOTHING, what=pl.lit("committed"), subject=_NOTHING, text=_NOTHING
        ),
    )
    return pl.concat(frames)


def _labels(past: ProjectState, pulls: pl.DataFrame) -> dict[str, _Move]:
    """Pull requests -> when a label that asks their author for something was put on; only what is on them now."""
    on = pulls.select(*_KEY, "ref", subject="labels").explode("subject").drop_nulls("subject")
    put = past.events.filter(pl.col("kind") == "labeled").join(on, on=[*_KEY, "subject"])
    return {
        ref: _Move(at, who, "labeled", subject)
        for ref, at, who, subject in put.sort("happened_at")
        .select("ref", "happened_at", "actor", "subject")
        .iter_rows()
        if _AUTHOR_LABEL.search(subject)
    }


def _machines(past: ProjectState) -> frozenset[str]:
    """Logins of the machines that were seen."""
    seen = [frame.filter("author_is_bot")["author"] for frame in (past.comments, past.reviews, past.items)]
    return frozenset(pl.concat([*seen, past.events.filter("actor_is_bot")["actor"]]).drop_nulls())


_NOTHING = pl.lit(None, dtype=pl.String)
