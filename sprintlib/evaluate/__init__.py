"""Backtests: how good the forecasts would have been, beside what teams use today."""

from sprintlib.evaluate.backtest import Score, ScoredBacktest, backtest
from sprintlib.evaluate.dataset import Dataset, read_dataset
from sprintlib.evaluate.own import OwnBacktest, backtest_own, own_text
from sprintlib.evaluate.text import as_text

__all__ = [
    "Dataset",
    "OwnBacktest",
    "Score",
    "ScoredBacktest",
    "as_text",
    "backtest",
    "backtest_own",
    "own_text",
    "read_dataset",
]
