"""What to do today, from the playbook that ships with the package, ranked by expected gain in probability."""

from sprintlib.recommend.model import Recommendation
from sprintlib.recommend.playbook import Intervention, interventions
from sprintlib.recommend.ranking import recommend

__all__ = ["Intervention", "Recommendation", "interventions", "recommend"]
