"""One sentence for the first screen."""

from sprintlib.forecast import Outlook, count, day_name, percent
from sprintlib.forecast.model import Forecast


def summary(outlook: Outlook, forecast: Forecast) -> str:
    """What a lead reads first; plain text."""
    sprint = outlook.sprint
    left = sprint.open_items.height
    if forecast.probability is None or forecast.reason:
        return f"{sprint.title}: {forecast.reason}"
    return (
        f"{sprint.title} has a {percent(forecast.probability)} chance to be done by {day_name(sprint.due_on)}: "
        f"{left} of {count(sprint.items.height, 'item')} are open."
    )
