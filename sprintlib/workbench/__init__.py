"""The public face for notebooks: a project opened once, its frames, and analyses that show themselves.

Frames are polars; charts are altair. Everything is as of one moment, and is what command line and pages show.
"""

from sprintlib.workbench.answer import SprintAnswer
from sprintlib.workbench.backtest import Backtest
from sprintlib.workbench.project import Project, open
from sprintlib.workbench.series import Metrics, SprintDays
from sprintlib.workbench.sprint_analysis import Findings, SprintAnalysis, SprintForecast, WhatIf

__all__ = [
    "Backtest",
    "Findings",
    "Metrics",
    "Project",
    "SprintAnalysis",
    "SprintAnswer",
    "SprintDays",
    "SprintForecast",
    "WhatIf",
    "open",
]
