"""What a team adopted: a recalibration of its forecasts from its own outcomes, and priors of other teams."""

from sprintlib.learning.priors import Counts, Priors, keep_priors, read_priors, stored_priors, written_priors
from sprintlib.learning.recalibration import Recalibration, adopt, in_force, read_versions, revert

__all__ = [
    "Counts",
    "Priors",
    "Recalibration",
    "adopt",
    "in_force",
    "keep_priors",
    "read_priors",
    "read_versions",
    "revert",
    "stored_priors",
    "written_priors",
]
