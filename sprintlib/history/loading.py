"""Rebuilding the state of a project at any moment from stored facts."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, Engine

from sprintlib.facts.names import called_today
from sprintlib.history.completeness import incomplete
from sprintlib.history.decisions import with_decisions
from sprintlib.history.fact_reader import FactReader, repositories
from sprintlib.history.first_days import first_days
from sprintlib.history.items import read_items, read_transitions
from sprintlib.history.listed import LISTED
from sprintlib.history.machines import Machines
from sprintlib.history.memberships import Memberships, Stays, read_memberships, stays_by_item
from sprintlib.history.milestones import read_milestones
from sprintlib.history.payload_versions import versions_seen
from sprintlib.history.presence import gone_items, read_presence, there
from sprintlib.history.reviews import DISMISSAL
from sprintlib.history.sprint_source import with_sprints
from sprintlib.history.state import MEMBERSHIPS, Holdings, ProjectState
from sprintlib.settings import Settings
from sprintlib.store.frames import UTC_DATETIME

_ITEM = ["repository_id", "number"]


@dataclass(frozen=True)
class ItemFrames:
    """What is known item by item, as frames of a ProjectState, and the memberships that it rests on."""

    items: pl.DataFrame
    transitions: pl.DataFrame
    events: pl.DataFrame
    comments: pl.DataFrame
    reviews: pl.DataFrame
    dependencies: pl.DataFrame


def load_state(engine: Engine, settings: Settings, as_of: datetime) -> ProjectState:
    """What was known about the project at `as_of` (aware; any zone), by the two-clock rule of docs/as-of.md.

    Texts are loaded for items that were open or inside a milestone; elsewhere `body` is null.
    Raises ValueError for a naive moment.
    """
    if as_of.tzinfo is None:
        raise ValueError(f"as_of {as_of!r} has no time zone")
    with engine.connect() as connection:
        repos = repositories(connection, settings.project.repositories, as_of)
        state = with_sprints(read_state(connection, repos, settings, as_of).state, settings, connection)
        return with_decisions(state, connection)


@dataclass(frozen=True)
class Parts:
    """A state with what it was made of, so that it can be brought forward; sprints are GitHub's milestones in it.

    members: of all times; born, gone: milestones that are known, and those of them that GitHub has no longer.
    """

    state: ProjectState
    stays: Stays
    born: frozenset[tuple[int, int]]
    sightings: pl.DataFrame
    snapshots: pl.DataFrame
    members: Memberships
    gone: frozenset[tuple[int, int]]


def read_state(connection: Connection, repos: pl.DataFrame, settings: Settings, as_of: datetime) -> Parts:
    """The state as GitHub's milestones make it, with its parts. repos: schema REPOSITORIES."""
    machines = Machines.of(settings.project.machines)
    facts = FactReader(connection, repos, as_of, machines)
    payloads, milestones, titles, snapshots = facts.items(), facts.milestones(), facts.titles(), facts.snapshots()
    presence = read_presence(payloads, facts.leaving_events())
    stays = stays_by_item(payloads, facts.milestone_events(), milestones, titles)
    known = read_memberships(stays, dict(repos.select("repository_id", "repo").iter_rows()), milestones, titles)
    members = known.within(presence, milestones).as_of(as_of)
    found, every = read_item_frames(connection, facts, payloads, members, presence, as_of, settings)
    named = settings.sprint_parts.items()
    parts = {title: tuple(called_today(part, facts.former_names) for part in told) for title, told in named}
    starts = first_days(settings, parts, milestones, titles, known.resolved)
    state = ProjectState(
        project=settings.project.name,
        as_of=as_of,
        repositories=repos,
        milestones=read_milestones(milestones, snapshots, members.resolved, facts.milestone_edits(), as_of),
        memberships=members.resolved.select(MEMBERSHIPS.names()),
        commits=facts.commits(),
        runs=facts.runs(),
        unresolved=members.unresolved.select(MEMBERSHIPS.names()),
        listed={kind.table.name: facts.listed(kind) for kind in LISTED},
        changed_files=facts.changed_files(),
        sprint_parts=parts,
        holdings=Holdings(
            gone=gone_items(every, presence, as_of),
            presence=presence,
            former_names=facts.former_names,
            incomplete=tuple(incomplete(connection, repos["repository_id"].to_list())),
        ),
        first_days=starts.found,
        unknown_titles=starts.unknown,
        **vars(found),
    )
    born = frozenset(milestones.select("repository_id", "number").iter_rows())
    return Parts(state, stays, born, seen_titles(milestones, titles), snapshots, known, gone_milestones(milestones))


def read_item_frames(
    connection: Connection,
    facts: FactReader,
    payloads: pl.DataFrame,
    members: Memberships,
    presence: pl.DataFrame,
    as_of: datetime,
    settings: Settings,
) -> tuple[ItemFrames, pl.DataFrame]:
    """What is known of these items, and all of them with those that are gone.

    payloads: newest of each; members: as of the moment, theirs at least; presence: of all items.
    """
    events = facts.events()
    seen, texts = versions_seen(connection, payloads, as_of)
    transitions, states = read_transitions(seen, events, as_of)
    later = facts.later_events(("renamed", "convert_to_draft", "ready_for_review", DISMISSAL))
    machines = Machines.of(settings.project.machines)
    every = read_items(seen, states, events, later, inside(members.resolved), as_of, machines)
    items = there(every, presence, as_of)
    own = [part.join(payloads, on=_ITEM, how="semi") for part in (members.resolved, members.unresolved)]
    # any item may be in a sprint that is no milestone
    read = _worth_reading(items, pl.concat(own) if settings.sprints.source == "milestones" else items)
    found = ItemFrames(
        items=_with_bodies(items, facts.bodies(read), texts),
        transitions=while_there(transitions, presence).sort(_ITEM, maintain_order=True),
        events=events,
        comments=there(facts.comments(read), presence, as_of),
        reviews=there(facts.reviews(later), presence, as_of),
        dependencies=there(facts.dependencies(), presence, as_of),
    )
    return found, every


def gone_milestones(milestones: pl.DataFrame) -> frozenset[tuple[int, int]]:
    """Those that GitHub has no longer. milestones: newest payloads."""
    return frozenset(milestones.filter(pl.col("gone_at").is_not_null()).select(_ITEM).iter_rows())


def seen_titles(milestones: pl.DataFrame, titles: pl.DataFrame) -> pl.DataFrame:
    """All that memberships know of titles, to tell whether it changed."""
    names = ("repository_id", "number", "title")
    own = milestones.select(*names, "created_at", "updated_at", at="observed_at")
    said = titles.select(*names, pl.lit(None, UTC_DATETIME).alias("created_at"), "seen_at").rename({"seen_at": "at"})
    return pl.concat([own, said], how="diagonal").sort(pl.all())


def while_there(transitions: pl.DataFrame, presence: pl.DataFrame) -> pl.DataFrame:
    """What happened to items until they were gone."""
    if presence.is_empty():
        return transitions
    ends = presence.select("repository_id", "number", "gone_at")
    known = transitions.join(ends, on=["repository_id", "number"], how="left", maintain_order="left")
    return known.filter((pl.col("at") < pl.col("gone_at")).fill_null(value=True)).select(transitions.columns)


def inside(members: pl.DataFrame) -> pl.DataFrame:
    """The milestone each item is in: repository_id, number, milestone."""
    return members.filter(pl.col("left_at").is_null()).select("repository_id", "number", "milestone")


def _worth_reading(items: pl.DataFrame, members: pl.DataFrame) -> dict[int, list[int]]:
    """Numbers, by repository, of the items that were open or ever inside a milestone."""
    chosen = pl.concat(
        [
            items.filter(state="open").select("repository_id", "number"),
            members.select("repository_id", "number"),
        ]
    ).unique()
    grouped = chosen.sort("repository_id", "number").group_by("repository_id", maintain_order=True).agg("number")
    return dict(grouped.iter_rows())


def _with_bodies(items: pl.DataFrame, newest: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Items with their texts: as seen by the moment where that is another one than the newest."""
    key = ["repository_id", "number"]
    older = newest.select(key).join(seen, on=key)
    bodies = pl.concat([newest.join(older, on=key, how="anti"), older])
    return items.drop("body").join(bodies, on=key, how="left", maintain_order="left").select(items.columns)
