"""What to do today, from the playbook that ships with the package, ranked by expected gain in probability."""

from sprintlib.recommend.candidates import ended_by, freed_by, whole
from sprintlib.recommend.model import Recommendation
from sprintlib.recommend.playbook import Intervention, interventions
from sprintlib.recommend.ranking import recommend
from sprintlib.recommend.reaching import Plan, PlannedAction, cheapest

__all__ = [
    "Intervention",
    "Plan",
    "PlannedAction",
    "Recommendation",
    "cheapest",
    "ended_by",
    "freed_by",
    "interventions",
    "recommend",
    "whole",
]
