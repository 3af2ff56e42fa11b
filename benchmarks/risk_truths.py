"""What is really so in a simulated startup, where more is so than was put in on purpose.

Taken from what the simulation alone knows (who worked on what and when, what happened afterwards), or from git itself;
no rule and no threshold of a detector takes part.
"""

import subprocess
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

import polars as pl

from sprintlib.risks import SprintContext
from sprintsim.simulation import EventLog
from sprintsim.simulation.event_log import Key
from sprintsim.simulation.state import states_of

Claims = set[tuple[str, ...]]
_LONGEST = 0.9  # of all that was finished
_OWN_SHARE = 0.75  # of all lines ever


def ref_of(key: Key) -> str:
    """`sprint-demo/api#12`."""
    return f"sprint-demo/{key[0]}#{key[1]}"


def take_longest(event_log: EventLog, said: Claims) -> Claims:
    """Items that in the end take longer than nine tenths of all that the startup finishes, or never end.

    From the first hour that somebody works on an item, seen on GitHub or not, to its end, in days on which anybody of
    the team works at all; also what comes after the moment that was looked at.
    """
    states, days = states_of(event_log), _days_at_work(event_log)
    started: dict[Key, date] = {}
    for stint in event_log.stints:
        started[stint.piece] = min(stint.began.date(), started.get(stint.piece, stint.began.date()))
    lasted = {
        ref_of(key): bisect_right(days, closed.date()) - bisect_left(days, first)
        for key, first in started.items()
        if (closed := states[key].closed_at)
    }
    limit = pl.Series(list(lasted.values())).quantile(_LONGEST, "linear")
    assert limit is not None
    endless = {ref_of(key) for key in started} - lasted.keys()
    return {claim for claim in said if claim[0] in endless or lasted.get(claim[0], 0) > limit}


def conflict(event_log: EventLog, context: SprintContext, repositories: Path, said: Claims) -> Claims:
    """Pairs of pull requests that git cannot merge as they are then, in a file that both change themselves."""
    past, paths = context.sprint.past, _paths(event_log, context.sprint.past.as_of)
    heads = dict(
        past.commits.drop_nulls("number")
        .sort("committed_at")
        .select(pl.format("{}#{}", "repo", "number"), "sha")
        .iter_rows()
    )
    found: Claims = set()
    for one, other in said:
        repository = repositories / one.partition("#")[0].rpartition("/")[2] / "repo.git"
        if _conflicts(repository, heads[one], heads[other]) & paths[one] & paths[other]:
            found.add((one, other))
    return found


def _conflicts(repository: Path, one: str, other: str) -> set[str]:
    """Files that `git merge` would leave to a person."""
    command = ("git", "-C", str(repository), "merge-tree", "--write-tree", "--name-only", "--no-messages", one, other)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1:  # 1 says that there are conflicts
        raise RuntimeError(done.stderr)
    return set(done.stdout.splitlines()[1:])


def have_one_author(event_log: EventLog, as_of: datetime, said: Claims) -> Claims:
    """Pull requests that change a file of which one person wrote three quarters of all lines so far.

    All lines since the startup began, merged or not: what the team knows.
    """
    lines: defaultdict[tuple[str, str], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for commit in event_log.commits:
        if event_log.start < commit.at <= as_of:
            for change in commit.changes:
                lines[commit.repo, change.path][commit.author] += change.added
    single = {place for place, authors in lines.items() if max(authors.values()) > _OWN_SHARE * sum(authors.values())}
    paths = _paths(event_log, as_of)
    return {(ref,) for (ref,) in said if any((_repo(ref), path) in single for path in paths[ref])}


def rest(event_log: EventLog, since: datetime, until: datetime, pieces: Mapping[str, Iterable[Key]]) -> Claims:
    """Pull requests for which nobody worked, at a desk or on GitHub; pieces: the issues they carry and themselves."""
    worked = {one.piece for one in event_log.stints if one.ended > since and one.began < until}
    return {(ref,) for ref, keys in pieces.items() if worked.isdisjoint(keys)}


def _days_at_work(event_log: EventLog) -> list[date]:
    return sorted({stint.began.date() for stint in event_log.stints})


def _paths(event_log: EventLog, as_of: datetime) -> defaultdict[str, set[str]]:
    """What each pull request changes."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for commit in event_log.commits:
        if commit.at <= as_of:
            found[ref_of((commit.repo, commit.number))] |= {change.path for change in commit.changes}
    return found


def _repo(ref: str) -> str:
    return ref.partition("#")[0].rpartition("/")[2]
