"""The feature engineer: what can be measured, and what of it the forecast rests on."""

from dataclasses import asdict

from sprintlib.agents.desk import Desk, write_work
from sprintlib.agents.state import State
from sprintlib.features import MilestoneView, measure
from sprintlib.forecast import Sprint


def engineer(state: State, desk: Desk) -> State:
    """Measure the six families of features, and write down the open work; both can be edited before going on."""
    metrics = measure(view_of(desk.situation(state).sprint))
    features = [asdict(metric) | {"evidence": list(metric.evidence)} for metric in metrics]
    return {"features": features, "work": write_work(desk.outlook(state))}


def view_of(sprint: Sprint) -> MilestoneView:
    """A sprint as the features see it."""
    return MilestoneView(
        past=sprint.past,
        calendar=sprint.calendar,
        numbers={part.repository_id: part.number for part in sprint.parts},
        started_at=min((part.start for part in sprint.parts if part.start), default=None),
        deadline=sprint.deadline,
    )
