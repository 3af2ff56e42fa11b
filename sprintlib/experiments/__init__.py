"""Experiments: which of two plays an item gets by lot, and what an effect takes to be seen (docs/experiments.md)."""

from sprintlib.experiments.keeping import Entry, enrol, entries, read_experiments, running, start, stop
from sprintlib.experiments.model import NAME, Drawn, Experiment, Outcome
from sprintlib.experiments.statistics import Difference, difference, items_needed

__all__ = [
    "NAME",
    "Difference",
    "Drawn",
    "Entry",
    "Experiment",
    "Outcome",
    "difference",
    "enrol",
    "entries",
    "items_needed",
    "read_experiments",
    "running",
    "start",
    "stop",
]
