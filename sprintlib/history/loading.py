"""Rebuilding the state of a project at any moment from stored facts."""

from datetime import datetime

import polars as pl
from sqlalchemy import Engine

from sprintlib.history.fact_reader import FactReader, repositories
from sprintlib.history.first_days import first_days
from sprintlib.history.items import read_items, read_transitions
from sprintlib.history.machines import Machines
from sprintlib.history.memberships import read_memberships
from sprintlib.history.milestones import read_milestones
from sprintlib.history.payload_versions import versions_seen
from sprintlib.history.reviews import DISMISSAL
from sprintlib.history.state import MEMBERSHIPS, ProjectState
from sprintlib.settings import Settings


def load_state(engine: Engine, settings: Settings, as_of: datetime) -> ProjectState:
    """What was known about the project at `as_of` (aware; any zone), by the two-clock rule of docs/as-of.md.

    Texts are loaded for items that were open or inside a milestone; elsewhere `body` is null.
    Raises ValueError for a naive moment.
    """
    if as_of.tzinfo is None:
        raise ValueError(f"as_of {as_of!r} has no time zone")
    with engine.connect() as connection:
        repos = repositories(connection, settings.project.repositories, as_of)
        machines = Machines.of(settings.project.machines)
        facts = FactReader(connection, repos, as_of, machines)
        payloads, events, milestones = facts.items(), facts.events(), facts.milestones()
        titles = facts.titles()
        known = read_memberships(payloads, facts.milestone_events(), milestones, titles)
        members = known.as_of(as_of)
        seen, texts = versions_seen(connection, payloads, as_of)
        transitions, states = read_transitions(seen, events, as_of)
        later = facts.later_events(("renamed", "convert_to_draft", "ready_for_review", DISMISSAL))
        items = read_items(seen, states, events, later, _inside(members.resolved), as_of, machines)
        starts = first_days(settings, milestones, titles, known.resolved)
        read = _worth_reading(items, pl.concat([members.resolved, members.unresolved]))
        return ProjectState(
            project=settings.project.name,
            as_of=as_of,
            repositories=repos,
            milestones=read_milestones(milestones, facts.snapshots(), members.resolved, as_of),
            items=_with_bodies(items, facts.bodies(read), texts),
            memberships=members.resolved.select(MEMBERSHIPS.names()),
            transitions=transitions,
            events=events,
            comments=facts.comments(read),
            reviews=facts.reviews(later),
            commits=facts.commits(),
            runs=facts.runs(),
            unresolved=members.unresolved.select(MEMBERSHIPS.names()),
            dependencies=facts.dependencies(),
            releases=facts.releases(),
            changed_files=facts.changed_files(),
            sprint_parts=settings.sprint_parts,
            first_days=starts.found,
            unknown_titles=starts.unknown,
        )


def _inside(members: pl.DataFrame) -> pl.DataFrame:
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
