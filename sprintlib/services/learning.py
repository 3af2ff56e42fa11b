"""What is learned from a team's own outcomes and answers: shown, tried, adopted and taken back."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sprintlib import learning
from sprintlib.errors import AnalysisError
from sprintlib.forecast import count, sprint_history
from sprintlib.learning import (
    FEWEST_SPRINTS,
    KeptTrial,
    Recalibration,
    in_force,
    keep_trial,
    last_trial,
    read_versions,
    stored_priors,
)
from sprintlib.project import ProjectHandle
from sprintlib.recommend import read_feedback
from sprintlib.recommend.feedback import Record, records

if TYPE_CHECKING:
    from sprintlib.evaluate.recalibration import Trial


@dataclass(frozen=True)
class LearnedPlay:
    """How a play fared here, and the acceptance (0-1) by which its actions are weighed."""

    play: str
    acceptance: float
    record: str


@dataclass(frozen=True)
class Learned:
    """Everything that was learned by a moment.

    sprints: finished ones that the chance of delivering the scope learns from, always. versions: of the recalibration,
    the oldest first; current: the one in force. plays: from the team's answers. priors: what was imported, in words.
    trial: the newest that `sprint run due` made.
    """

    sprints: int
    versions: tuple[Recalibration, ...]
    current: Recalibration | None
    plays: tuple[LearnedPlay, ...]
    priors: str | None
    trial: KeptTrial | None = None

    @property
    def sentence(self) -> str:
        """What is in force, for a page and for the terminal."""
        if self.current is None:
            said = "No recalibration is in force: forecasts are the model's own."
            if self.trial is None:
                return f"{said} 'sprint learning try' says whether one would help."
            return f"{said} Last tried on {self.trial.tried_at:%Y-%m-%d}: {self.trial.sentence}"
        one = self.current
        return (
            f"Recalibration {one.version} is in force: work takes {one.stretch:.2f} times as long here as the model "
            f"alone says, learned from {count(one.sprints, 'finished sprint')}. On {count(one.scored, 'sprint')} "
            f"forecast from those before, the Brier score was {one.brier:.3f} instead of {one.brier_without:.3f}."
        )

    def rows(self) -> list[list[str]]:
        """Each version in the columns Version, Work takes, Sprints, Brier without, Brier with, State; plain text."""
        return [
            [
                str(one.version),
                f"{one.stretch:.2f} times as long",
                str(one.sprints),
                f"{one.brier_without:.3f}",
                f"{one.brier:.3f}",
                _state(one, self.current),
            ]
            for one in reversed(self.versions)
        ]

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "sentence": self.sentence}


def learned(project: ProjectHandle, as_of: datetime) -> Learned:
    """What was learned by a moment; nothing for who may not see every repository.

    Raises AnalysisError when nothing has been collected.
    """
    project.permit("read")
    if project.withheld:
        return Learned(0, (), None, (), None)
    past = project.state(as_of)
    known = records(read_feedback(project.engine, project.name, as_of), past, project.calendar)
    with project.engine.connect() as connection:
        versions = read_versions(connection, project.name, as_of)
        priors = stored_priors(connection, project.name, as_of)
        trial = last_trial(connection, project.name, as_of)
    return Learned(
        sprints=len(sprint_history(past, project.calendar).finished),
        versions=versions,
        current=in_force(versions),
        plays=tuple(_play(name, record) for name, record in sorted(known.items())),
        priors=None if priors is None else f"imported {priors[0].astimezone(project.settings.time_zone):%Y-%m-%d}",
        trial=trial,
    )


def try_learning(project: ProjectHandle, as_of: datetime) -> "Trial":
    """Whether recalibrating would have helped on the own finished sprints. Nothing is stored."""
    from sprintlib.evaluate.recalibration import try_recalibration  # over a second of imports

    project.permit("read")
    if project.withheld:
        raise AnalysisError("Learning from outcomes takes sight of every repository of the project.")
    return try_recalibration(project.engine, project.settings, as_of)


def adopt_learning(project: ProjectHandle, at: datetime) -> Recalibration:
    """Put into force what the own outcomes say, from a moment on, if it would have helped.

    Raises AnalysisError with the reason where it would not, or where the same is in force; AccessError.
    """
    project.permit("run")
    return _adopt(project, at, try_learning(project, at))


def _adopt(project: ProjectHandle, at: datetime, trial: "Trial") -> Recalibration:
    numbers = trial.stretch, trial.brier_without, trial.brier, trial.error
    stretch, without, brier, error = numbers
    if not trial.helps or stretch is None or without is None or brier is None or error is None:
        raise AnalysisError(f"Nothing was adopted. {trial.sentence}")
    with project.engine.connect() as connection:
        current = in_force(read_versions(connection, project.name))
    if current is not None and (current.stretch, current.sprints) == (stretch, trial.sprints):
        raise AnalysisError(
            f"Nothing new was learned: recalibration {current.version}, which is in force, says the same."
        )
    found = Recalibration(0, stretch, trial.sprints, trial.scored, without, brier, error, adopted_at=at)
    with project.acting("run", "recalibration adopted"), project.engine.begin() as connection:
        made = learning.adopt(connection, project.name, found)
    project.forget()
    return made


def weekly_trial(project: ProjectHandle, at: datetime) -> KeptTrial | None:
    """Try recalibrating, keep what came of it, and adopt it where `[learning] adopt` lets that be.

    A team that took a recalibration back gets no other by itself until it adopts one by hand. None with too few
    finished sprints, or nothing collected: then nothing is kept. Raises AccessError.
    """
    project.permit("run")
    try:
        finished = sprint_history(project.state(at), project.calendar).finished
    except AnalysisError:
        return None
    if len(finished) < FEWEST_SPRINTS:
        return None
    trial = try_learning(project, at)
    sentence, adopted = trial.sentence, None
    if trial.helps and project.settings.learning.adopt:
        if _is_taken_back(project):
            sentence += " It was not adopted: the last one was taken back, and the next is up to you."
        else:
            try:
                made = _adopt(project, at, trial)
            except AnalysisError as error:  # in force already
                sentence += f" {error}"
            else:
                adopted = made.version
                sentence += f" Adopted as recalibration {adopted}; 'sprint learning revert' takes it back."
    elif trial.helps:
        sentence += " 'sprint learning adopt' puts it into force."
    kept = KeptTrial(at, trial.sprints, trial.helps, sentence, adopted)
    with project.engine.begin() as connection:
        keep_trial(connection, project.name, kept)
    return kept


def _is_taken_back(project: ProjectHandle) -> bool:
    with project.engine.connect() as connection:
        versions = read_versions(connection, project.name)
    return bool(versions) and versions[-1].reverted_at is not None


def revert_learning(project: ProjectHandle, at: datetime) -> tuple[Recalibration, Recalibration | None]:
    """Take the recalibration in force back. Returns it and the one that holds from then on.

    Raises AnalysisError where none is in force; AccessError.
    """
    with project.acting("run", "recalibration taken back"), project.engine.begin() as connection:
        gone, now = learning.revert(connection, project.name, at)
    project.forget()
    return replace(gone, reverted_at=at), now


def _play(name: str, record: Record) -> LearnedPlay:
    return LearnedPlay(name, record.acceptance, str(record))


def _state(one: Recalibration, current: Recalibration | None) -> str:
    adopted = f"since {one.adopted_at:%Y-%m-%d}"
    if one.reverted_at is not None:
        return f"taken back {one.reverted_at:%Y-%m-%d}"
    return f"in force {adopted}" if one == current else f"superseded, {adopted}"
