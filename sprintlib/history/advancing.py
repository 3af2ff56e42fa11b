"""Bringing a loaded state forward by what changed since, instead of loading everything again.

What was written is noted by whoever writes facts (facts.changes). The touched items are read again whole, and replace
their rows; so do runs, commits and milestones. What lay ahead of the old moment is read again too, since it may have
happened by the new one. The result equals a load from scratch: tests/history/test_advancing.py asks that of any
sequence of facts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import Connection, Engine, select

from sprintlib.facts.changes import FactChange, changes_after, position
from sprintlib.history.ahead import changes_ahead
from sprintlib.history.cadence import CadenceStays
from sprintlib.history.completeness import incomplete
from sprintlib.history.decisions import with_decisions
from sprintlib.history.fact_reader import RUN_ORDER, FactReader, repositories
from sprintlib.history.first_days import first_days
from sprintlib.history.listed import LISTED
from sprintlib.history.loading import (
    ItemFrames,
    Parts,
    gone_milestones,
    inside,
    read_item_frames,
    read_state,
    seen_titles,
)
from sprintlib.history.machines import Machines
from sprintlib.history.memberships import Memberships, Stays, read_memberships, stays_by_item
from sprintlib.history.milestones import read_milestones
from sprintlib.history.presence import LEAVING
from sprintlib.history.sprint_source import bring_sprints
from sprintlib.history.state import MEMBERSHIPS, Holdings, ProjectState
from sprintlib.history.touched import Touched
from sprintlib.settings import Settings
from sprintlib.store import schema

# beyond this many touched things a load from scratch is as quick
MOST_TOUCHED = 500
_ITEM = ["repository_id", "number"]
_ORDER: dict[str, list[str]] = {
    "items": ["kind", *_ITEM],
    "transitions": [*_ITEM],
    "events": ["happened_at", *_ITEM],
    "comments": ["created_at", *_ITEM],
    "reviews": ["submitted_at", *_ITEM],
    "dependencies": [*_ITEM, "blocker"],
    "commits": ["committed_at", "sha", *_ITEM],
    "runs": RUN_ORDER,
    "changed_files": ["committed_at", "sha", "path", "repository_id"],
}
_A_YEAR = timedelta(days=365)
_MOST_CHUNKS = 64


@dataclass(frozen=True)
class LoadedHistory:
    """A state that can be brought forward.

    parts: what it was made of, before sprints of another source take the place of milestones. position: of the notes
    of changes, up to which it holds everything. ahead: what carries a time after the state's moment. touched: what
    differs from the state before, None where everything was loaded from scratch. stays: in the sprints of a cadence.
    """

    state: ProjectState
    parts: Parts
    position: int
    ahead: frozenset[FactChange]
    touched: Touched | None = None
    stays: CadenceStays | None = None


def load_history(engine: Engine, settings: Settings, as_of: datetime) -> LoadedHistory:
    """What was known at `as_of` (aware), from scratch."""
    with engine.connect() as connection:
        known = position(connection)
        repos = repositories(connection, settings.project.repositories, as_of)
        parts = read_state(connection, repos, settings, as_of)
        state, stays = bring_sprints(parts.state, settings, connection)
        state = with_decisions(state, connection)
        return LoadedHistory(state, parts, known, changes_ahead(connection, repos, as_of), stays=stays)


def advance(history: LoadedHistory, engine: Engine, settings: Settings, as_of: datetime) -> LoadedHistory:
    """The same as `load_history` at a later moment, by reading again only what changed.

    Loads from scratch where the moment is earlier, other repositories are looked at, too much changed, or the notes of
    changes do not reach back so far.
    """
    before = history.state
    with engine.connect() as connection:
        known = position(connection)
        changes = changes_after(connection, history.position) if as_of >= before.as_of else None
        if changes is not None:
            repos = repositories(connection, settings.project.repositories, as_of)
            if not changes and as_of == before.as_of and _is_as_it_was(before, repos, connection, settings):
                return replace(history, touched=Touched())  # with all that was worked out on its state
            ids = repos["repository_id"].to_list()
            reread = touched = Touched.of(changes | history.ahead, ids)
            if touched.size <= MOST_TOUCHED and _same_places(before.repositories, repos):
                step = _Step(connection, history.parts, repos, settings, as_of)
                with suppress(_LeavingError):
                    parts, touched = step.take(touched)
                    state, stays = bring_sprints(parts.state, settings, connection, history.stays, touched)
                    state = with_decisions(state, connection)
                    touched = _with_moves(touched, before, state)
                    ahead = changes_ahead(connection, repos, as_of, reread)
                    return LoadedHistory(state, parts, known, ahead, touched, stays)
    return load_history(engine, settings, as_of)


class _LeavingError(Exception):
    """Something left, came back or is called otherwise: that may concern anything else."""


class _Step:
    """One step from a state to a later one."""

    def __init__(
        self, connection: Connection, parts: Parts, repos: pl.DataFrame, settings: Settings, as_of: datetime
    ) -> None:
        self._connection = connection
        self._parts = parts
        self._repos = repos
        self._settings = settings
        self._as_of = as_of
        self._machines = Machines.of(settings.project.machines)
        self._differing: set[tuple[int, int]] = set()

    def take(self, touched: Touched) -> tuple[Parts, Touched]:
        """The parts as they are now, and what of the touched differs."""
        before, state = self._parts, self._parts.state
        self._check_presence(touched)
        if not touched.size:
            return replace(before, state=self._later()), touched
        milestones = self._reader(touched).milestones()
        born = frozenset(milestones.select(*_ITEM).iter_rows())
        touched = self._with_items_of(touched, born - before.born)
        facts = self._reader(touched)
        payloads, titles = facts.items(), facts.titles()
        sightings = seen_titles(milestones, titles)
        self._check_leaving(facts, touched, payloads, milestones, sightings)
        stays, stays_differ = self._stays(touched, payloads, facts.milestone_events(), milestones, titles)
        known, presence = before.members, state.holdings.presence
        if stays_differ or not sightings.equals(before.sightings):
            names = dict(self._repos.select("repository_id", "repo").iter_rows())
            known = read_memberships(stays, names, milestones, titles)
        members = known.within(presence, milestones).as_of(self._as_of)
        kept = before.snapshots.filter(~_of(touched.milestones, "number"))
        snapshots = pl.concat([kept, facts.snapshots()])
        found, _ = read_item_frames(self._connection, facts, payloads, members, presence, self._as_of, self._settings)
        frames = {name: self._items_frame(name, touched, found) for name in vars(found)}
        memberships = members.resolved.select(MEMBERSHIPS.names())
        if not memberships.equals(state.memberships):
            if not state.holdings.gone.is_empty():
                raise _LeavingError
            frames["items"] = _in_milestones(frames["items"], members)
        starts = first_days(self._settings, state.sprint_parts, milestones, titles, known.resolved)
        changed: dict[str, Any] = {
            **frames,
            "holdings": self._holdings(),
            "first_days": starts.found,
            "unknown_titles": starts.unknown,
        }
        made = replace(
            state,
            as_of=self._as_of,
            repositories=self._repos,
            milestones=read_milestones(milestones, snapshots, members.resolved, facts.milestone_edits(), self._as_of),
            memberships=memberships,
            unresolved=members.unresolved.select(MEMBERSHIPS.names()),
            commits=self._commits(touched, facts),
            runs=_merged(state.runs, facts.runs(), pl.col("id").is_in(sorted(touched.runs)), _ORDER["runs"]),
            listed=self._listed(touched, facts),
            changed_files=self._changed_files(touched, facts),
            **changed,
        )
        parts = Parts(made, stays, born, sightings, snapshots, known, before.gone)
        return parts, self._differences(touched, made)

    def _later(self) -> ProjectState:
        """The state at the later moment, where nothing has happened."""
        state = self._parts.state
        recent = state.changed_files.filter(pl.col("committed_at") > self._as_of - _A_YEAR)
        return replace(
            state, as_of=self._as_of, repositories=self._repos, changed_files=recent, holdings=self._holdings()
        )

    def _holdings(self) -> Holdings:
        ids = self._repos["repository_id"].to_list()
        return replace(self._parts.state.holdings, incomplete=tuple(incomplete(self._connection, ids)))

    def _check_presence(self, touched: Touched) -> None:
        """Raises _LeavingError where an item that once left or came is touched, or leaves or comes meanwhile."""
        holdings, until = self._parts.state.holdings, self._parts.state.as_of
        if self._reader(touched).former_names != holdings.former_names:
            raise _LeavingError
        presence = holdings.presence
        moving = pl.any_horizontal(
            pl.col(name).is_between(until, self._as_of, closed="right").fill_null(value=False)
            for name in ("arrived_at", "gone_at")
        )
        if not presence.filter(_of(touched.items, "number") | moving).is_empty():
            raise _LeavingError

    def _check_leaving(
        self,
        facts: FactReader,
        touched: Touched,
        payloads: pl.DataFrame,
        milestones: pl.DataFrame,
        sightings: pl.DataFrame,
    ) -> None:
        """Raises _LeavingError where something touched is gone, or may be what a gone thing became."""
        before = self._parts
        known = before.state.events.filter(_of(touched.items, "number") & pl.col("kind").is_in(LEAVING))
        left = payloads["gone_at"].is_not_null().any() or facts.leaving_events().height != known.height
        gone = gone_milestones(milestones)
        if left or gone != before.gone or (gone and not sightings.equals(before.sightings)):
            raise _LeavingError

    def _reader(self, touched: Touched) -> FactReader:
        return FactReader(self._connection, self._repos, self._as_of, self._machines, touched)

    def _with_items_of(self, touched: Touched, milestones: Iterable[tuple[int, int]]) -> Touched:
        """With the items that already were in milestones of which nothing was known."""
        items = dict(touched.items)
        for repository_id, number in milestones:
            for table in (schema.issue, schema.pull_request):
                query = select(table.c.number).where(
                    table.c.repository_id == repository_id, table.c.milestone_number == number
                )
                found = frozenset(self._connection.execute(query).scalars())
                items[repository_id] = items.get(repository_id, frozenset()) | found
        return replace(touched, items=items)

    def _stays(
        self,
        touched: Touched,
        payloads: pl.DataFrame,
        events: pl.DataFrame,
        milestones: pl.DataFrame,
        titles: pl.DataFrame,
    ) -> tuple[Stays, bool]:
        """Stays of all items, and whether any differ."""
        keys = {(repository_id, number) for repository_id, own in touched.items.items() for number in own}
        fresh = stays_by_item(payloads, events, milestones, titles)
        if all(fresh.get(key) == self._parts.stays.get(key) for key in keys):
            return self._parts.stays, False
        return {**{key: own for key, own in self._parts.stays.items() if key not in keys}, **fresh}, True

    def _items_frame(self, name: str, touched: Touched, found: ItemFrames) -> pl.DataFrame:
        old, new = getattr(self._parts.state, name), getattr(found, name)
        mine = _of(touched.items, "number")
        self._differing |= _differing(old.filter(mine), new)
        return _merged(old, new, mine, _ORDER[name])

    def _commits(self, touched: Touched, facts: FactReader) -> pl.DataFrame:
        """Commits of touched pull requests, and touched ones that belong to none."""
        old, new = self._parts.state.commits, facts.commits()
        mine = _of(touched.items, "number") | (pl.col("number").is_null() & _of(_shas(new), "sha"))
        elsewhere = old.filter(_of(_shas(new), "sha") & pl.col("number").is_not_null())
        # a commit that was read for itself belongs to the pull requests that are known to hold it
        alone = new.filter(pl.col("number").is_null()).join(elsewhere, on=["repository_id", "sha"], how="anti")
        new = pl.concat([new.filter(_of(touched.items, "number")), alone]).sort(_ORDER["commits"])
        self._differing |= {key for key in _differing(old.filter(mine), new) if key[1] is not None}
        return _merged(old, new, mine, _ORDER["commits"])

    def _listed(self, touched: Touched, facts: FactReader) -> dict[str, pl.DataFrame]:
        """Things that belong to no item: read again in the repositories in which any of a kind changed."""
        frames = dict(self._parts.state.listed)
        for kind in LISTED:
            name = kind.table.name
            if where := touched.repositories_of(name):
                kept = frames[name].filter(~pl.col("repository_id").is_in(sorted(where)))
                frames[name] = pl.concat([kept, facts.listed(kind)]).sort(kind.at, kind.then)
        return frames

    def _changed_files(self, touched: Touched, facts: FactReader) -> pl.DataFrame:
        old, new = self._parts.state.changed_files, facts.changed_files()
        merged = _merged(old, new, _of(touched.commits, "sha"), _ORDER["changed_files"])
        return merged.filter(pl.col("committed_at") > self._as_of - _A_YEAR)

    def _differences(self, touched: Touched, made: ProjectState) -> Touched:
        """Of what was touched, what is another than before."""
        state = self._parts.state
        names = [name for name in made.milestones.columns if name != "known_later"]
        milestones = _differing(state.milestones.select(names), made.milestones.select(names))
        members = _differing(
            state.memberships.select(*_ITEM, "milestone", "entered_at", "left_at"),
            made.memberships.select(*_ITEM, "milestone", "entered_at", "left_at"),
        )
        runs = pl.col("id").is_in(sorted(touched.runs))
        same_runs = state.runs.filter(runs).equals(made.runs.filter(runs))
        return Touched(
            items=_by_repository(self._differing | members),
            milestones=_by_repository(milestones),
            commits={} if made.changed_files.equals(state.changed_files) else touched.commits,
            runs=frozenset() if same_runs else touched.runs,
            listed=frozenset(one for one in touched.listed if not made.listed[one[0]].equals(state.listed[one[0]])),
        )


def _with_moves(touched: Touched, before: ProjectState, state: ProjectState) -> Touched:
    """With what moved between sprints that are no milestones."""
    if state.source == "milestones":
        return touched
    names = [*_ITEM, "milestone", "entered_at", "left_at"]
    moved = _by_repository(_differing(before.memberships.select(names), state.memberships.select(names)))
    items = {key: touched.items.get(key, frozenset()) | numbers for key, numbers in moved.items()}
    return replace(touched, items={**touched.items, **items})


def _is_as_it_was(before: ProjectState, repos: pl.DataFrame, connection: Connection, settings: Settings) -> bool:
    """Whether a state whose facts are the same would be read just so again. Of a board it is not known."""
    if settings.sprints.source == "projects" or not repos.equals(before.repositories):
        return False
    now = with_decisions(before, connection)
    missing = tuple(incomplete(connection, repos["repository_id"].to_list()))
    decided = [(one.experiments, one.recalibration, one.priors) for one in (before, now)]
    return decided[0] == decided[1] and missing == before.holdings.incomplete


def _same_places(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    names = ["repository_id", "repo", "named"]
    return one.select(names).equals(other.select(names))


def _by_repository(keys: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for repository_id, number in keys:
        found.setdefault(repository_id, set()).add(number)
    return {repository_id: frozenset(numbers) for repository_id, numbers in found.items()}


def _shas(commits: pl.DataFrame) -> dict[int, frozenset[str]]:
    grouped = commits.group_by("repository_id").agg(pl.col("sha").unique())
    return {repository_id: frozenset(shas) for repository_id, shas in grouped.iter_rows()}


def _of(keys: Mapping[int, Collection[Any]], column: str) -> pl.Expr:
    """Rows of the touched things of each repository; never null."""
    found = pl.col("repository_id").is_null()
    for repository_id, wanted in keys.items():
        found = found | ((pl.col("repository_id") == repository_id) & pl.col(column).is_in(sorted(wanted)))
    return found.fill_null(value=False)


def _merged(old: pl.DataFrame, new: pl.DataFrame, mine: pl.Expr, order: Sequence[str]) -> pl.DataFrame:
    """The old rows with the new ones in place of mine, in order. What stays is not copied where rows only came."""
    former = old.filter(mine)
    if former.equals(new):
        return old
    if former.height and not new.head(former.height).equals(former):
        return pl.concat([old.filter(~mine), new]).sort(order, maintain_order=True)
    added = new.slice(former.height)
    earliest: Any = added[order[0]].min()
    first = old[order[0]].search_sorted(earliest, side="left")
    tail = pl.concat([old.slice(first), added]).sort(order, maintain_order=True)
    merged = pl.concat([old.head(first), tail])
    return merged.rechunk() if merged.n_chunks() > _MOST_CHUNKS else merged


def _differing(old: pl.DataFrame, new: pl.DataFrame) -> set[tuple[int, int]]:
    """Items or milestones of which a row is another, one more or one less."""
    if old.equals(new):
        return set()
    sides = [rows.select(*_ITEM, row=rows.hash_rows()) for rows in (old, new)]
    names = [*_ITEM, "row"]
    one, other = (side.group_by(names).len() for side in sides)
    names = [*names, "len"]
    left, right = one.join(other, on=names, how="anti"), other.join(one, on=names, how="anti")
    return set(pl.concat([left, right]).select(_ITEM).unique().iter_rows())


def _in_milestones(items: pl.DataFrame, members: Memberships) -> pl.DataFrame:
    placed = items.drop("milestone").join(inside(members.resolved), on=_ITEM, how="left", maintain_order="left")
    return placed.select(items.columns)
