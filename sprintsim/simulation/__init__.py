"""A simulated startup: what happens in it, and the same in GitHub's JSON and in git."""

from sprintsim.simulation.event_log import EventLog
from sprintsim.simulation.process import simulate
from sprintsim.simulation.startup import write_startup

__all__ = ["EventLog", "simulate", "write_startup"]
