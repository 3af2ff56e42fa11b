"""What the team adopted, taken into a forecast: how much longer work takes here than the model alone says."""

from dataclasses import replace

from sprintlib.forecast.absences import staffed
from sprintlib.forecast.inputs import ForecastInputs


def recalibrated(inputs: ForecastInputs) -> ForecastInputs:
    """The same at the pace that the recalibration in force says, and its words: so chances, dates and gains agree."""
    found = inputs.sprint.past.recalibration
    if found is None:
        return inputs
    return replace(inputs, work=staffed(inputs.work, 1 / found.stretch), adopted=(*inputs.adopted, str(found)))
