"""What to do today, from the playbook that ships with the package, by expected gain for the effort."""

from sprintlib.recommend.candidates import ended_by, freed_by, with_pull_requests
from sprintlib.recommend.feedback import Feedback, give_feedback, read_feedback
from sprintlib.recommend.model import Recommendation
from sprintlib.recommend.playbook import Intervention, interventions
from sprintlib.recommend.ranking import recommend
from sprintlib.recommend.target_search import Plan, PlannedAction, cheapest

__all__ = [
    "Feedback",
    "Intervention",
    "Plan",
    "PlannedAction",
    "Recommendation",
    "cheapest",
    "ended_by",
    "freed_by",
    "give_feedback",
    "interventions",
    "read_feedback",
    "recommend",
    "with_pull_requests",
]
