"""The fast simulator: teams and their sprints as progress tables, without payloads.

What does the state of a sprint at 0, 30, 50 and 80 % of its planned time say about the work delivered at its end,
before any real sprint has been seen? Items are scheduled on developers one after the other; work arrives, gets
stuck, is dropped, and boards lie about it. Constants and their sources: `simulated_sprints.json`, the card.
"""

import heapq
import json
from dataclasses import dataclass
from importlib import resources

import numpy as np
import polars as pl

from sprintlib.evaluate.dataset import SPRINT_SCHEMA
from sprintlib.forecast.sprints.model import TIMES

_CALENDAR_TO_WORKING_DAYS = 5 / 7
_FIBONACCI = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
_NEVER = float("inf")
_LARGEST_SHARE = 0.9
_SHARES = (
    "rush",
    "removals",
    "untracked",
    "skips_in_progress",
    "logs_when_started",
    "stalls",
    "stalled_pace",
    "points",
    "carried_over",
    "blocked",
)


@dataclass(frozen=True)
class _Team:
    """What differs between teams; drawn once from the hyper-priors."""

    members: int
    days: float
    pace: float  # items per developer and working day
    load: float  # committed items / what the team can close
    arrivals: float  # items added per committed item
    rush: float  # share of arrivals that go to the front of the queue
    removals: float
    untracked: float  # share of sprints whose board is only updated at the end
    skips_in_progress: bool
    logs_when_started: float  # share of items put on the board only when work on them starts
    stalls: float  # share of sprints in which little happens
    points: bool


@dataclass
class _Item:
    work: float
    effort: float  # developer days
    added: float  # working day on which it is on the board
    removed: float = _NEVER
    started: float = _NEVER
    done: float = _NEVER


def simulated_sprints(teams: int, seed: int, constants: dict[str, float] | None = None) -> pl.DataFrame:
    """Simulate `teams` teams with a few to a few dozen sprints each.

    Returns a frame of SPRINT_SCHEMA, four rows a sprint (empty boards left out), every team its own organisation.
    The same seed gives the same rows. `constants`: those of `published_constants()`, changed at will.
    """
    constants = constants or published_constants()
    rng = np.random.default_rng(seed)
    rows: list[tuple[object, ...]] = []
    for number in range(teams):
        world = _drawn_world(rng, constants)
        team = _drawn_team(rng, world)
        for sprint in range(1 + rng.geometric(1 / constants["sprints_per_team"])):
            items, length, tracked = _played_sprint(rng, team, world)
            overrun = float(rng.exponential(world["overrun"]))
            rows += _snapshots(f"team-{number}", number, sprint, team, items, length, tracked, overrun)
    return pl.DataFrame(rows, schema=SPRINT_SCHEMA, orient="row")


def published_constants() -> dict[str, float]:
    """The constants that ship, by name. Each has its source beside it in `simulated_sprints.json`."""
    card = json.loads(resources.files("training").joinpath("simulated_sprints.json").read_text("utf-8"))
    return {name: float(entry["value"]) for name, entry in card["constants"].items()}


def _drawn_world(rng: np.random.Generator, constants: dict[str, float]) -> dict[str, float]:
    """Domain randomisation: nobody knows the constants, so each team lives by its own draw around them."""
    doubt = rng.lognormal(0, constants["doubt"], len(constants))
    world = {name: value * factor for (name, value), factor in zip(constants.items(), doubt, strict=True)}
    return world | {name: min(world[name], _LARGEST_SHARE) for name in _SHARES}


def _drawn_team(rng: np.random.Generator, c: dict[str, float]) -> _Team:
    def share(mean: float, concentration: float) -> float:
        return float(rng.beta(mean * concentration, (1 - mean) * concentration))

    return _Team(
        members=max(1, round(float(rng.lognormal(np.log(c["members"]), c["members_spread"])))),
        days=float(rng.choice([5.0, 7.0, 14.0, 21.0], p=[0.1, 0.2, 0.55, 0.15])),
        pace=float(rng.lognormal(np.log(c["pace"]), c["pace_spread"])),
        load=float(rng.lognormal(np.log(c["load"]), c["load_team_spread"])),
        arrivals=float(rng.gamma(c["arrivals_shape"], c["arrivals"] / c["arrivals_shape"])),
        rush=share(c["rush"], 3.0),
        removals=share(c["removals"], 4.0),
        untracked=share(c["untracked"], 1.5),
        skips_in_progress=bool(rng.random() < c["skips_in_progress"]),
        logs_when_started=share(c["logs_when_started"], 1.0),
        stalls=share(c["stalls"], 3.0),
        points=bool(rng.random() < c["points"]),
    )


def _played_sprint(rng: np.random.Generator, team: _Team, c: dict[str, float]) -> tuple[list[_Item], float, bool]:
    """The items of one sprint with their days, its length in working days, and whether the board was kept."""
    length = team.days * _CALENDAR_TO_WORKING_DAYS
    begun = -float(rng.exponential(c["clock_late"])) * length  # people start before somebody starts the sprint
    pace = team.pace * float(rng.lognormal(-0.5 * c["pace_sprint_spread"] ** 2, c["pace_sprint_spread"]))
    if rng.random() < team.stalls:
        pace *= c["stalled_pace"]
    capacity = team.members * team.pace * length
    committed = max(1, round(capacity * team.load * float(rng.lognormal(0, c["load_sprint_spread"]))))
    items = _committed_items(rng, team, committed, pace, length, c)
    items += _arriving_items(rng, team, committed, pace, length, c)
    _schedule(rng, items, team, c)
    _descope(rng, items, team, length, c)
    for item in items:
        item.added, item.removed = item.added + begun, item.removed + begun
        item.started, item.done = item.started + begun, item.done + begun
    return items, length, bool(rng.random() >= team.untracked)


def _new_item(rng: np.random.Generator, team: _Team, pace: float, added: float, c: dict[str, float]) -> _Item:
    effort = float(rng.lognormal(-0.5 * c["effort_spread"] ** 2, c["effort_spread"])) / pace
    if not team.points:
        return _Item(1.0, effort, added)
    guess = effort * pace * 3 * float(rng.lognormal(0, c["estimate_error"]))
    return _Item(float(_FIBONACCI[np.abs(_FIBONACCI - guess).argmin()]), effort, added)


def _committed_items(
    rng: np.random.Generator, team: _Team, count: int, pace: float, length: float, c: dict[str, float]
) -> list[_Item]:
    """What is planned at the start; some of it was begun before the sprint, and some is nearly done."""
    items = [_new_item(rng, team, pace, 0.0, c) for _ in range(count)]
    for item in items:
        if rng.random() < c["carried_over"]:
            item.effort *= float(rng.random())
            item.started = 0.0
        elif rng.random() < team.logs_when_started:
            item.added = _NEVER  # on the board from the day work on it starts
    return items


def _arriving_items(
    rng: np.random.Generator, team: _Team, committed: int, pace: float, length: float, c: dict[str, float]
) -> list[_Item]:
    count = int(rng.poisson(committed * team.arrivals))
    days = np.sort(rng.random(count) ** c["arrivals_early"]) * length
    return [_new_item(rng, team, pace, float(day), c) for day in days]


def _schedule(rng: np.random.Generator, items: list[_Item], team: _Team, c: dict[str, float]) -> None:
    """List scheduling: whoever is free takes the next item; a blocked item waits and frees its developer."""
    free = [float(day) for day in rng.exponential(c["start_delay"], team.members)]
    heapq.heapify(free)
    waiting = [(0.0 if item.started == 0 else 1.0 + index, index) for index, item in enumerate(items)]
    arrivals = [index for index, item in enumerate(items) if 0 < item.added < _NEVER]
    for index in arrivals:
        rushed = rng.random() < team.rush
        waiting[index] = (0.5 if rushed else waiting[index][0], index)
    queue = sorted(waiting)
    while queue:
        now = heapq.heappop(free)
        position = next(
            (n for n, (_, i) in enumerate(queue) if items[i].added <= now or items[i].added == _NEVER), None
        )
        if position is None:
            now = min(items[i].added for _, i in queue)
            heapq.heappush(free, now)
            continue
        item = items[queue.pop(position)[1]]
        item.started = now
        if item.added == _NEVER:
            item.added = now
        ready = now + item.effort
        if rng.random() < c["blocked"]:
            item.done = ready + float(rng.exponential(c["blocked_days"]))
        else:
            item.done = ready + float(rng.exponential(c["review_days"]))
        heapq.heappush(free, ready)


def _descope(rng: np.random.Generator, items: list[_Item], team: _Team, length: float, c: dict[str, float]) -> None:
    """Someone looks at the burn-up: work not started by then may be taken out, more of it in a late sprint."""
    review = float(rng.random()) * length
    late = sum(item.done > length for item in items) / len(items)
    for item in items:
        if item.started > review and rng.random() < team.removals * (1 + c["descope_when_late"] * late):
            item.removed = max(review, item.added)


def _snapshots(
    organisation: str,
    team_number: int,
    sprint: int,
    team: _Team,
    items: list[_Item],
    length: float,
    tracked: bool,
    overrun: float,
) -> list[tuple[object, ...]]:
    end = length * (1 + overrun)  # somebody closes the sprint, mostly some days late
    delivered = sum(item.work for item in items if item.done <= end and item.removed == _NEVER)
    rows: list[tuple[object, ...]] = []
    for time in TIMES:
        now = time / 100 * length
        inside = [item for item in items if item.added <= now < item.removed]
        if not inside:
            continue
        done = [item for item in inside if tracked and item.done <= now]
        begun = [item for item in inside if tracked and not team.skips_in_progress and item.started <= now < item.done]
        seen = {id(item) for item in (*done, *begun)}
        todo = [item for item in inside if id(item) not in seen]
        added = sum(0 < item.added <= now for item in items)
        removed = sum(item.removed <= now for item in items)
        at_start = sum(item.added <= 0 for item in items)
        counts = (at_start, added, removed, len(todo), len(begun), len(done))
        work = tuple(sum(item.work for item in group) for group in (todo, begun, done))
        rows.append(
            (
                organisation,
                team_number,
                sprint,
                time,
                team.days,
                float(team.members),
                *map(float, counts),
                *work,
                delivered,
            )
        )
    return rows
