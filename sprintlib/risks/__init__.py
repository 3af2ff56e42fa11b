"""What threatens a sprint: one rule a module, in words and with evidence (docs/risks.md).

A new rule is a module here (model.Rule), a row in docs/risks.md and a test; thresholds of its own are settings.
"""

from sprintlib.risks.context import SprintContext, listed, shorten
from sprintlib.risks.model import Risk
from sprintlib.risks.prompt_injection import find_hostile_text
from sprintlib.risks.rules import find_risks, plays, rules
from sprintlib.risks.waiting import BlockedItem

__all__ = [
    "BlockedItem",
    "Risk",
    "SprintContext",
    "find_hostile_text",
    "find_risks",
    "listed",
    "plays",
    "rules",
    "shorten",
]
