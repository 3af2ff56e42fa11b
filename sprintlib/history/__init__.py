"""The past of a project: what was known at any moment, rebuilt from stored facts (docs/as-of.md)."""

from sprintlib.history.loading import load_past
from sprintlib.history.past import Past
from sprintlib.history.scope import Scope, burn_up, deadline, flows, scope_of, start_of

__all__ = ["Past", "Scope", "burn_up", "deadline", "flows", "load_past", "scope_of", "start_of"]
