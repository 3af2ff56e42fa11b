"""When single items close: a discrete-time hazard from few facts, learned elsewhere and corrected by the team's own."""

from sprintlib.forecast.items.closing import FEWEST_CLOSED, ItemClosings, closings_of
from sprintlib.forecast.items.hazard import shipped_hazard

__all__ = ["FEWEST_CLOSED", "ItemClosings", "closings_of", "shipped_hazard"]
