"""GitHub's JSON for what happened."""

from sprintlib.simulate.payloads.actions import workflow_run
from sprintlib.simulate.payloads.context import Context, Json
from sprintlib.simulate.payloads.items import issue, pull
from sprintlib.simulate.payloads.repositories import full_repository, milestone, release
from sprintlib.simulate.payloads.timeline import review_comments, timeline

__all__ = [
    "Context",
    "Json",
    "full_repository",
    "issue",
    "milestone",
    "pull",
    "release",
    "review_comments",
    "timeline",
    "workflow_run",
]
