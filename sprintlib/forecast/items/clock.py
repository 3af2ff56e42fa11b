"""Working time of many moments at once."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sprintlib.calendar import WorkingCalendar

Days = NDArray[np.float64]


class WorkingClock:
    """Working days since `first`, for any number of moments from then to `last`; WorkingCalendar.working_time at once.

    Moments before `first` count as `first`, later ones than `last` as `last`.
    """

    def __init__(self, calendar: WorkingCalendar, first: datetime, last: datetime) -> None:
        start, end = calendar.local_date(first), calendar.local_date(last)
        days = [start + timedelta(days=place) for place in range((end - start).days + 2)]
        worked = [float(calendar.is_working_day(day)) for day in days[:-1]]
        self._opens = np.array([calendar.start_of_day(day).timestamp() for day in days])
        self._passed = np.concatenate([[0.0], np.cumsum(worked)])

    def read(self, moments: pl.Series) -> Days:
        """Working days since the first local day began, of UTC moments; nan for null. Shape (n,)."""
        seconds = moments.dt.epoch("us").cast(pl.Float64).fill_null(np.nan).to_numpy() / 1e6
        found: Days = np.interp(seconds, self._opens, self._passed)
        return found
