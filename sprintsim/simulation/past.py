"""A chronicle as it stood at an earlier moment."""

from dataclasses import replace
from datetime import datetime

from sprintsim.simulation.event_log import EventLog, Key


def up_to(event_log: EventLog, moment: datetime) -> EventLog:
    """What had happened by then, the moment included: what a chronicle that ended there would hold.

    A commit or an entry of a pull request that nobody had opened yet was on somebody's disk only.
    """
    items = tuple(item for item in event_log.items if item.created_at <= moment)
    known = {item.key for item in items}
    happenings = tuple(
        happening
        for happening in event_log.happenings
        if happening.at <= moment and (happening.repo, happening.number) in known
    )
    blocks = [((one.repo, one.number), one.other) for one in happenings if one.kind == "blocked_by_added" and one.other]
    return replace(
        event_log,
        until=moment,
        milestones=tuple(
            each if each.closed_at is None or each.closed_at <= moment else replace(each, closed_at=None)
            for each in event_log.milestones
            if each.created_at <= moment
        ),
        items=items,
        happenings=happenings,
        commits=tuple(
            commit
            for commit in event_log.commits
            if commit.at <= moment and (not commit.number or (commit.repo, commit.number) in known)
        ),
        runs=tuple(run for run in event_log.runs if run.started_at <= moment),
        releases=tuple(release for release in event_log.releases if release.at <= moment),
        blocked_by=_by_waiting(blocks),
    )


def _by_waiting(blocks: list[tuple[Key, Key]]) -> dict[Key, tuple[Key, ...]]:
    """Who waits -> for what, each in the order in which it was said."""
    found: dict[Key, tuple[Key, ...]] = {}
    for waiting, blocker in blocks:
        found[waiting] = (*found.get(waiting, ()), blocker)
    return found
