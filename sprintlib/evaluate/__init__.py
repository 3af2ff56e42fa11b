"""Backtests: how good the forecasts would have been, beside what teams use today."""

from sprintlib.evaluate.backtest import Backtest, Score, backtest
from sprintlib.evaluate.dataset import Dataset, read_dataset
from sprintlib.evaluate.text import as_text

__all__ = ["Backtest", "Dataset", "Score", "as_text", "backtest", "read_dataset"]
