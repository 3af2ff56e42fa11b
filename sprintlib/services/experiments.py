"""Experiments of a project: begun and ended by who may, and how they stand, from stored facts alone."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sprintlib import experiments
from sprintlib.errors import AnalysisError
from sprintlib.experiments import Difference, Entry, Experiment, Outcome, difference, entries, items_needed
from sprintlib.forecast import count
from sprintlib.history import ProjectState
from sprintlib.project import ProjectHandle
from sprintlib.recommend import interventions
from sprintlib.recommend.candidates import CUTS
from sprintlib.recommend.feedback import first_move

_DONE = {"closed": "closed", "moved": "had moved"}
_ABOUT_NO_ITEM = ("PB-013", "PB-014")  # a workflow, not an issue or pull request


@dataclass(frozen=True)
class Terms:
    """What an experiment is to compare; see experiments.Experiment."""

    name: str
    usual: str
    other: str
    effect: float
    baseline: float = 0.5
    outcome: Outcome = "closed"
    within: int = 5
    power: float = 0.8
    seed: int | None = None


@dataclass(frozen=True)
class Half:
    """The items that got one play: of `items` that were looked at, those with the outcome."""

    play: str
    items: int
    with_outcome: int


@dataclass(frozen=True)
class ExperimentStanding:
    """How an experiment stood at a moment.

    entered: items in it. measured: of the first `experiment.items` of them, those whose time was over. halves and
    difference: only once all of those are measured, so that nobody can stop at a lucky moment. sentence: all of it.
    """

    experiment: Experiment
    entered: int
    measured: int
    halves: tuple[Half, Half] | None
    difference: Difference | None
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        found = asdict(self)
        for name in ("started_at", "stopped_at"):
            moment = getattr(self.experiment, name)
            found["experiment"][name] = moment.isoformat() if moment else None
        return found


def start_experiment(project: ProjectHandle, terms: Terms, at: datetime) -> Experiment:
    """Begin one: from now on its plays are drawn by lot, item by item.

    Raises AnalysisError for plays that cannot be compared, shares that cannot be, a name or play in use; AccessError.
    """
    _check(terms)
    made = Experiment(
        id=0,
        seed=secrets.randbelow(2**31) if terms.seed is None else terms.seed,
        items=items_needed(terms.baseline, terms.effect, terms.power),
        started_at=at,
        **{name: getattr(terms, name) for name in Terms.__dataclass_fields__ if name != "seed"},
    )
    with project.acting("run", f"experiment {terms.name} started"), project.engine.begin() as connection:
        begun = experiments.start(connection, project.name, made)
    project.forget()
    return begun


def stop_experiment(project: ProjectHandle, name: str, at: datetime) -> ExperimentStanding:
    """End one, for good. Raises AnalysisError for one that is not there or has ended; AccessError."""
    found = _named(project, name)
    with project.acting("run", f"experiment {name} stopped"), project.engine.begin() as connection:
        experiments.stop(connection, found, at)
    project.forget()
    return experiment_standing(project, name, at)


def experiment_standings(project: ProjectHandle, as_of: datetime) -> tuple[ExperimentStanding, ...]:
    """Every experiment that had begun by a moment, as it stood then; none for who may not see every repository.

    Raises AnalysisError when nothing has been collected.
    """
    project.permit("read")
    if project.withheld:
        return ()
    past = project.state(as_of)
    with project.engine.connect() as connection:
        known = experiments.read_experiments(connection, project.name, as_of)
        return tuple(_standing(project, past, one, entries(connection, one, as_of)) for one in known)


def experiment_standing(project: ProjectHandle, name: str, as_of: datetime) -> ExperimentStanding:
    """One of them. Raises AnalysisError for a name that none had by then."""
    found = next((one for one in experiment_standings(project, as_of) if one.experiment.name == name), None)
    if found is None:
        raise AnalysisError(f"There is no experiment '{name}': 'sprint experiment list' shows them all.")
    return found


def _named(project: ProjectHandle, name: str) -> Experiment:
    with project.engine.connect() as connection:
        known = experiments.read_experiments(connection, project.name)
    found = next((one for one in known if one.name == name), None)
    if found is None:
        raise AnalysisError(f"There is no experiment '{name}': 'sprint experiment list' shows them all.")
    return found


def _check(terms: Terms) -> None:
    for play in (terms.usual, terms.other):
        if play not in interventions():
            raise AnalysisError(f"There is no play '{play}': they are PB-001 to PB-{len(interventions()):03d}.")
        if play in CUTS or play in _ABOUT_NO_ITEM:
            raise AnalysisError(f"{play} is not about one item, so its items cannot be drawn by lot.")
    if terms.usual == terms.other:
        raise AnalysisError(f"Both plays are {terms.usual}: name two different ones.")


def _standing(
    project: ProjectHandle, past: ProjectState, experiment: Experiment, entered: tuple[Entry, ...]
) -> ExperimentStanding:
    first = entered[: experiment.items]
    outcomes = {one: _outcome(project, past, experiment, one) for one in first}
    measured = sum(found is not None for found in outcomes.values())
    halves = _halves(experiment, outcomes) if measured == experiment.items else None
    shown = difference(*((half.with_outcome, half.items) for half in halves)) if halves else None
    sentence = _judged(experiment, halves, shown) if halves and shown else _not_yet(experiment, len(entered), measured)
    return ExperimentStanding(experiment, len(entered), measured, halves, shown, sentence)


def _outcome(project: ProjectHandle, past: ProjectState, experiment: Experiment, entry: Entry) -> bool | None:
    """Whether it came within its working days; None while these are not over. A gone item counts as without it."""
    calendar = project.calendar
    if calendar.working_time(entry.entered_at, past.as_of) < experiment.within:
        return None
    key = {"repository_id": entry.repository_id, "number": entry.number}
    if experiment.outcome == "moved":
        refs = past.items.filter(**key)["ref"].to_list()
        days = first_move(refs, entry.entered_at, past, calendar)
        return days is not None and days <= experiment.within
    states = past.transitions.filter(**key).sort("at", maintain_order=True).select("at", "to").iter_rows()
    then = [to for at, to in states if calendar.working_time(entry.entered_at, at) <= experiment.within]
    return bool(then) and then[-1] != "open"


def _halves(experiment: Experiment, outcomes: Mapping[Entry, bool | None]) -> tuple[Half, Half]:
    def half(play: str) -> Half:
        found = [bool(came) for one, came in outcomes.items() if one.play == play]
        return Half(play, len(found), sum(found))

    return half(experiment.usual), half(experiment.other)


def _not_yet(experiment: Experiment, entered: int, measured: int) -> str:
    known = f"{measured} of {count(experiment.items, 'item')}"
    waiting = min(entered, experiment.items) - measured
    said = f"; the {count(experiment.within, 'working day')} of {waiting} more are not over"
    if experiment.stopped_at is not None and entered < experiment.items:
        return f"Too few: {known} when it was stopped, so nothing can be said of an effect."
    return f"Not enough yet: {known}{said if waiting else ''}."


def _judged(experiment: Experiment, halves: tuple[Half, Half], found: Difference) -> str:
    usual, other = halves
    done = _DONE[experiment.outcome]
    told = (
        f"{other.with_outcome} of {other.items} items with {other.play} {done} within "
        f"{count(experiment.within, 'working day')} ({found.second:.0%}), {usual.with_outcome} of {usual.items} with "
        f"{usual.play} ({found.first:.0%}): {100 * found.value:+.0f} points, 95% interval {100 * found.low:+.0f} to "
        f"{100 * found.high:+.0f}."
    )
    if not found.is_shown:
        return f"{told} That includes no difference, so none has been shown."
    return f"{told} Chance alone would rarely do that: {other.play} is what made the difference here."


__all__ = [
    "ExperimentStanding",
    "Half",
    "Terms",
    "experiment_standing",
    "experiment_standings",
    "start_experiment",
    "stop_experiment",
]
