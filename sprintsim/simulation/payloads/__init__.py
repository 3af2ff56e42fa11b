"""GitHub's JSON for what happened."""

from sprintsim.simulation.payloads.actions import workflow_run
from sprintsim.simulation.payloads.boards import board
from sprintsim.simulation.payloads.context import Context, Json
from sprintsim.simulation.payloads.items import issue, pull
from sprintsim.simulation.payloads.repositories import full_repository, milestone, release
from sprintsim.simulation.payloads.timeline import review_comments, timeline

__all__ = [
    "Context",
    "Json",
    "board",
    "full_repository",
    "issue",
    "milestone",
    "pull",
    "release",
    "review_comments",
    "timeline",
    "workflow_run",
]
