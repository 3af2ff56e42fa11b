"""What threatens a sprint: one rule a module, in words and with evidence (docs/risks.md).

A new rule is a module here (model.Rule), a row in docs/risks.md and a test; thresholds of its own are settings.
"""

from sprintlib.risks.blockades import Blockade
from sprintlib.risks.instructions_in_text import find_hostile_text
from sprintlib.risks.model import Risk
from sprintlib.risks.rules import find_risks, plays, rules
from sprintlib.risks.situation import Situation, listed, shorten

__all__ = ["Blockade", "Risk", "Situation", "find_hostile_text", "find_risks", "listed", "plays", "rules", "shorten"]
