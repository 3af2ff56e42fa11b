"""Why the score is what it is: drivers that sum to it, and one sentence."""

from sprintlib.explain.drivers import explain
from sprintlib.explain.sentence import summary

__all__ = ["explain", "summary"]
