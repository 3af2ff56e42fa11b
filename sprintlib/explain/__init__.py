"""Why the score is what it is: drivers that sum to it, and one sentence."""

from sprintlib.explain.drivers import explain, health
from sprintlib.explain.sentence import summary

__all__ = ["explain", "health", "summary"]
