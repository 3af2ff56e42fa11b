"""Figures of the running program against their targets: one function for pages, commands and Prometheus."""

from sprintlib.figures.figure import Figure
from sprintlib.figures.keeping import Keeper, keep
from sprintlib.figures.reading import breaches, figures

__all__ = ["Figure", "Keeper", "breaches", "figures", "keep"]
