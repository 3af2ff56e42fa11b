"""What to do today, from the playbook that ships with the package, by expected gain for the effort."""

from sprintlib.recommend.candidates import candidates, ended_by, freed_by, with_pull_requests
from sprintlib.recommend.feedback import Feedback, give_feedback, read_feedback
from sprintlib.recommend.model import Advice, Alternative, Plan, PlannedAction, Recommendation, short_id
from sprintlib.recommend.playbook import Intervention, interventions
from sprintlib.recommend.ranking import recommend
from sprintlib.recommend.target_search import cheapest

__all__ = [
    "Advice",
    "Alternative",
    "Feedback",
    "Intervention",
    "Plan",
    "PlannedAction",
    "Recommendation",
    "candidates",
    "cheapest",
    "ended_by",
    "freed_by",
    "give_feedback",
    "interventions",
    "read_feedback",
    "recommend",
    "short_id",
    "with_pull_requests",
]
