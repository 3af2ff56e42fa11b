"""The past of a project: what was known at any moment, rebuilt from stored facts (docs/as-of.md).

Counting the scope of a milestone is in `sprintlib.history.scope`.
"""

from sprintlib.history.loading import load_past
from sprintlib.history.past import Past

__all__ = ["Past", "load_past"]
