"""A simulated startup: what happens in it, and the same in GitHub's JSON and in git."""

from sprintlib.simulate.chronicle import Chronicle
from sprintlib.simulate.process import simulate
from sprintlib.simulate.startup import write_startup

__all__ = ["Chronicle", "simulate", "write_startup"]
