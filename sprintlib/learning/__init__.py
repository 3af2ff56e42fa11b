"""What a team adopted: a recalibration of its forecasts from its own outcomes, and priors of other teams."""

from sprintlib.learning.priors import Counts, Priors, keep_priors, read_priors, stored_priors, written_priors
from sprintlib.learning.recalibration import FEWEST_SPRINTS, Recalibration, adopt, in_force, read_versions, revert
from sprintlib.learning.trials import KeptTrial, keep_trial, last_trial

__all__ = [
    "FEWEST_SPRINTS",
    "Counts",
    "KeptTrial",
    "Priors",
    "Recalibration",
    "adopt",
    "in_force",
    "keep_priors",
    "keep_trial",
    "last_trial",
    "read_priors",
    "read_versions",
    "revert",
    "stored_priors",
    "written_priors",
]
