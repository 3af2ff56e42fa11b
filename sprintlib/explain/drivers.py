"""The account of the health score."""

from sprintlib.explain.model import Driver
from sprintlib.forecast import Outlook
from sprintlib.forecast.model import Forecast


def explain(outlook: Outlook, forecast: Forecast) -> tuple[Driver, ...]:
    """Nothing yet."""
    return ()
