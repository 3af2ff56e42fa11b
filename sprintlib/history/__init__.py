"""The past of a project: what was known at any moment, rebuilt from stored facts."""

from sprintlib.history.loading import load_past
from sprintlib.history.past import Past

__all__ = ["Past", "load_past"]
