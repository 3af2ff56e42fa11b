"""Fitting the prior of the sprint model on simulated sprints."""

from typing import Any

import numpy as np
import polars as pl

from sprintlib.forecast.sprints.features import features, outcomes
from sprintlib.forecast.sprints.fitting import SMALLEST_SCALE, PriorLogisticRegression, with_estimator
from sprintlib.forecast.sprints.local import LocalPrior
from sprintlib.forecast.sprints.model import TIMES, SprintModel, TimeModel


def fit_simulated(sprints: pl.DataFrame, local_prior: LocalPrior, card: dict[str, Any]) -> SprintModel:
    """The prior: a plain ridge on simulated sprints (SPRINT_SCHEMA, all four times)."""
    times: dict[int, TimeModel] = {}
    for time in TIMES:
        rows = sprints.filter(pl.col("time") == time)
        x = features(rows)
        blank = TimeModel(0.0, np.zeros(x.shape[1]), x.mean(axis=0), np.maximum(x.std(axis=0), SMALLEST_SCALE))
        estimator = PriorLogisticRegression().fit(blank.standardised(x), outcomes(rows))
        times[time] = with_estimator(blank, estimator)
    return SprintModel(times, local_prior, card)
