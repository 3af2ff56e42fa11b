"""What answers are made from: one project as of a moment, and the looks into it that several answers need."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import polars as pl
from sqlalchemy import Engine

from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.evidence import Evidence
from sprintlib.history import ProjectState, Sprint, closed_refs, find_sprints
from sprintlib.history.remarks import Remark, remarks_on, reviewed_files
from sprintlib.knowledge import Source, clean, instructions
from sprintlib.masking import mask
from sprintlib.questions.model import Analyse
from sprintlib.questions.periods import written
from sprintlib.risks.context import shorten
from sprintlib.risks.next_actor import NextMove, next_moves
from sprintlib.settings import Settings

Row = dict[str, Any]  # of ProjectState.items
MOST_CITED = 10
_QUOTED_WORDS = 45
_ITEM_EVENTS = ("closed", "reopened", "merged", "review_requested", "review_request_removed")


class Edge(NamedTuple):
    """`waiting` waits for `blocker`, because of `note` at `url`."""

    waiting: str
    blocker: str | None
    blocker_state: str | None
    source: str
    ref: str
    url: str
    note: str


@dataclass(frozen=True)
class AskedProject:
    """A project as of the moment of `past`. analyse: the analysis of the milestone of a title."""

    past: ProjectState
    settings: Settings
    engine: Engine
    analyse: Analyse

    @cached_property
    def calendar(self) -> WorkingCalendar:
        return WorkingCalendar.from_settings(self.settings)

    @cached_property
    def today(self) -> date:
        return self.calendar.local_date(self.past.as_of)

    @cached_property
    def items(self) -> dict[str, Row]:
        """Every item by its ref."""
        return {row["ref"]: row for row in self.past.items.drop("body").iter_rows(named=True)}

    @cached_property
    def logins(self) -> dict[str, str]:
        """Lower case -> as GitHub spells it: who opened, reviewed, was asked or is assigned to anything."""
        past = self.past
        asked = past.events.filter(kind="review_requested")["subject"]
        columns = (past.items["author"], past.reviews["author"], asked, past.items["assignees"].explode())
        return {login.lower(): login for column in columns for login in column.drop_nulls().unique()}

    @cached_property
    def repos(self) -> tuple[str, ...]:
        return tuple(self.past.repositories["repo"])

    @cached_property
    def hosts(self) -> frozenset[str]:
        return frozenset({urlsplit(url).netloc.lower() for url in self.past.repositories["html_url"]} | {"github.com"})

    @cached_property
    def milestones(self) -> list[Row]:
        return self.past.milestones.to_dicts()

    @cached_property
    def open_sprints(self) -> list[Sprint]:
        """By due date, those without one last."""
        return find_sprints(self.past, self.calendar)

    def sprint(self, title: str) -> Sprint | None:
        return next(iter(find_sprints(self.past, self.calendar, title)), None)

    @cached_property
    def edges(self) -> list[Edge]:
        """Who waits for whom, open items only, the surest first."""
        found = self.past.cached(find_dependencies).filter(type="blocks")
        columns = ("waiting", "blocker", "blocker_state", "source", "evidence_ref", "evidence_url", "note")
        return [Edge(*row) for row in found.select(columns).iter_rows()]

    @cached_property
    def closes(self) -> dict[str, frozenset[str]]:
        """Pull request -> the items that it says it closes."""
        pulls = self.past.items.filter(kind="pull").select("ref", "repo", "title", "body")
        found = {ref: closed_refs(f"{title}\n{body or ''}", repo) - {ref} for ref, repo, title, body in pulls.rows()}
        return {ref: closed for ref, closed in found.items() if closed}

    @cached_property
    def closing_pull_requests(self) -> dict[str, list[str]]:
        """Item -> pull requests that say they close it, the newest first."""
        found: dict[str, list[str]] = defaultdict(list)
        for pull, closed in self.closes.items():
            for ref in closed & self.items.keys():
                found[ref].append(pull)
        return {ref: sorted(pulls, key=lambda one: self.items[one]["created_at"])[::-1] for ref, pulls in found.items()}

    def moves(self, refs: Iterable[str]) -> dict[str, NextMove]:
        """Who owes the next move on open pull requests that are no draft."""
        wanted = [ref for ref in refs if self.items[ref]["state"] == "open" and not self.items[ref]["draft"]]
        return next_moves(self.past, [ref for ref in wanted if self.items[ref]["kind"] == "pull"])

    @cached_property
    def merges(self) -> dict[tuple[int, str], str]:
        """(repository id, merge commit) -> the pull request that was merged with it."""
        told = self.past.events.filter(kind="merged").drop_nulls("detail")
        rows = told.select("repository_id", "detail", pl.concat_str("repo", pl.lit("#"), "number")).rows()
        return {(key, sha): ref for key, sha, ref in rows}

    def events(self, row: Row) -> list[Row]:
        """What opened, closed or asked for a review of one item, oldest first."""
        return self._events.get((row["repository_id"], row["number"]), [])

    @cached_property
    def _events(self) -> dict[tuple[int, int], list[Row]]:
        found: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for event in self.past.events.filter(pl.col("kind").is_in(_ITEM_EVENTS)).iter_rows(named=True):
            found[event["repository_id"], event["number"]].append(event)
        return dict(found)

    def reviews(self, row: Row) -> list[Row]:
        """Reviews of one pull request by people, oldest first."""
        same = (pl.col("repository_id") == row["repository_id"]) & (pl.col("number") == row["number"])
        return self.past.reviews.filter(same & ~pl.col("author_is_bot")).to_dicts()

    def remarks(self, row: Row) -> list[Remark]:
        """What people said on one item and may be quoted: no bots, nothing edited since, nothing like an order."""
        found = remarks_on(self.engine, row["repository_id"], row["number"], self.past.as_of)
        return [one for one in found if not one.by_bot and not one.known_later and not instructions(one.body)]

    @cached_property
    def commits(self) -> dict[tuple[int, str], str]:
        """(repository id, sha) -> first line of the message."""
        rows = self.past.commits.select("repository_id", "sha", "message").unique(["repository_id", "sha"])
        return {(key, sha): (message or "").partition("\n")[0] for key, sha, message in rows.iter_rows()}

    @cached_property
    def files(self) -> dict[str, set[str]]:
        """Open pull request -> files that its commits change, of those whose commits are known with files."""
        opened = self.past.items.filter(kind="pull", state="open").select("repository_id", "number", "ref")
        own = self.past.commits.join(opened, on=["repository_id", "number"]).select("repository_id", "sha", "ref")
        found: dict[str, set[str]] = defaultdict(set)
        for ref, path in own.join(self.past.changed_files, on=["repository_id", "sha"]).select("ref", "path").rows():
            found[ref].add(path)
        return dict(found)

    @cached_property
    def commented_files(self) -> dict[str, dict[str, str]]:
        """Open pull request -> file that a reviewer commented on -> URL of such a comment."""
        refs = {(row["repository_id"], row["number"]): ref for ref, row in self.items.items() if row["state"] == "open"}
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for key, number, path, url in reviewed_files(
            self.engine, self.past.repositories["repository_id"].to_list(), self.past.as_of
        ):
            if (key, number) in refs:
                found[refs[key, number]][path] = url
        return dict(found)

    def milestone_of(self, row: Row) -> str | None:
        """Title of the milestone an item is in."""
        return self._milestone_titles.get((row["repository_id"], row["milestone"]))

    @cached_property
    def _milestone_titles(self) -> dict[tuple[int, int], str]:
        return {(row["repository_id"], row["number"]): row["title"] for row in self.milestones}

    def short(self, ref: str) -> str:
        """`web#12` for `acme/web#12`, where one repository of the project has that name."""
        name = ref.partition("/")[2]
        owner = ref.partition("#")[0]
        twins = [repo for repo in self.repos if repo.partition("/")[2].lower() == name.partition("#")[0].lower()]
        return name if twins == [owner] else ref

    def called(self, ref: str) -> str:
        """`web#12 "Title"`; the ref alone where its title reads like an order to a language model."""
        title = self.title(ref)
        return f'{self.short(ref)} "{title}"' if title else self.short(ref)

    def title(self, ref: str) -> str:
        """The title of an item on one short line, without quotation marks of its own; empty where it cannot be told."""
        row = self.items.get(ref)
        if row is None or instructions(row["title"]):
            return ""
        return shorten(row["title"]).replace('"', "'").replace("“", "'").replace("”", "'")

    def evidence(self, ref: str) -> Evidence:
        row = self.items[ref]
        return Evidence.model_validate(
            {"ref": ref, "kind": row["kind"], "url": row["html_url"], "note": self.title(ref)}
        )

    def day(self, moment: datetime) -> str:
        """The local day of a moment: `Fri 27 Nov 2026`."""
        return written(self.calendar.local_date(moment))

    def sheet(self, ref: str) -> Source:
        """Everything stored of an item in a few lines, as what sentences about it are checked against."""
        return Source(id=f"item:{ref}", text="\n".join(self._lines(ref)), evidence=(self.evidence(ref),))

    def sheets(self, refs: Iterable[str], said: str = "") -> Source:
        """The items of a list as one source. said: what was counted over them."""
        several = list(refs)
        text = "\n".join([said, *(line for ref in several for line in self._lines(ref))])
        cited = tuple(self.evidence(ref) for ref in several[:MOST_CITED])
        return Source(id=f"items:{'+'.join(several[:MOST_CITED])}:{len(several)}:{said}", text=text, evidence=cited)

    def looked_up(self, ref: str, told: str) -> Source:
        """What a look through everything stored found about an item, such as that nothing names it."""
        return Source(id=f"looked up:{ref}:{told}", text=f"{ref} {told}", evidence=(self.evidence(ref),))

    def _lines(self, ref: str) -> Iterator[str]:
        row = self.items[ref]
        kind = "pull request" if row["kind"] == "pull" else "issue"
        inside = self.milestone_of(row)
        yield f"{ref} {self.short(ref)} {kind} {self.called(ref)}"
        yield f"state {row['state']}{', draft' if row['draft'] else ''}{f', in milestone {inside}' if inside else ''}"
        yield f"opened by {row['author']} on {self.day(row['created_at'])}"
        if row["assignees"]:
            yield f"assigned to {', '.join(row['assignees'])}"
        if row["labels"]:
            yield f"labels: {', '.join(row['labels'])}"
        for event in self.events(row):
            at, subject = self.day(event["happened_at"]), event["subject"] or ""
            commit = f" commit {event['detail'][:7]}" if event["detail"] and len(event["detail"]) == 40 else ""
            reason = f" as {event['detail'].replace('_', ' ')}" if event["detail"] and not commit else ""
            yield f"{event['kind'].replace('_', ' ')} {subject}{reason} by {event['actor']} on {at}{commit}"
        for review in self.reviews(row) if row["kind"] == "pull" else ():
            verdict = review["state"].replace("_", " ")
            yield f"review {verdict} by {review['author']} on {self.day(review['submitted_at'])}"

    def quotable(self, body: str) -> str:
        """The beginning of what somebody said, cleaned, without quotation marks of its own."""
        words = clean(mask(body), self.hosts).split()
        told = " ".join(words[:_QUOTED_WORDS]).replace('"', "'").replace("“", "'").replace("”", "'")
        return f"{told} ..." if len(words) > _QUOTED_WORDS else told

    def names(self, refs: Iterable[str], most: int = MOST_CITED) -> str:
        """`web#1, web#2 and api#3`; `web#1, web#2 and 7 more`."""
        several = [self.short(ref) for ref in refs]
        if len(several) > most:
            several = [*several[: most - 1], f"{len(several) - most + 1} more"]
        return " and ".join(filter(None, [", ".join(several[:-1]), several[-1]])) if several else "none"
