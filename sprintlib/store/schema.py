"""Tables of the store: facts as GitHub gave them, and results that can be rebuilt from them.

Facts keep two clocks: when something happened in the world (`created_at`, `happened_at`, ...) and when we
fetched it (`observed_at`). All times are UTC. Table names are singular. People appear as logins only.
"""

from sprintlib.store import listed
from sprintlib.store.access import api_token, audit, erased_person, session
from sprintlib.store.boards import board_item, board_iteration, board_name
from sprintlib.store.collecting import item_cursor, listed_page, set_aside, sync_cursor, sync_run
from sprintlib.store.columns import UtcDateTime, metadata
from sprintlib.store.decisions import experiment, experiment_item, imported_prior, learning_trial, recalibration
from sprintlib.store.facts import (
    changed_file,
    comment,
    commit,
    dependency,
    event,
    issue,
    milestone,
    milestone_title,
    organization,
    payload,
    project,
    project_repository,
    pull_request,
    pull_request_commit,
    repository,
    repository_name,
    review,
    snapshot,
    workflow_run,
)
from sprintlib.store.live import delivery, fact_change, item_refresh, metric, milestone_change, worker
from sprintlib.store.results import (
    FULL_TEXT,
    TRIGRAMS,
    analysis,
    chunk,
    digest,
    evidence,
    feedback,
    recommendation,
    run,
    vector,
)

__all__ = [
    "FULL_TEXT",
    "TRIGRAMS",
    "UtcDateTime",
    "analysis",
    "api_token",
    "audit",
    "board_item",
    "board_iteration",
    "board_name",
    "changed_file",
    "chunk",
    "comment",
    "commit",
    "delivery",
    "dependency",
    "digest",
    "erased_person",
    "event",
    "evidence",
    "experiment",
    "experiment_item",
    "fact_change",
    "feedback",
    "imported_prior",
    "issue",
    "item_cursor",
    "item_refresh",
    "learning_trial",
    "listed",
    "listed_page",
    "metadata",
    "metric",
    "milestone",
    "milestone_change",
    "milestone_title",
    "organization",
    "payload",
    "project",
    "project_repository",
    "pull_request",
    "pull_request_commit",
    "recalibration",
    "recommendation",
    "repository",
    "repository_name",
    "review",
    "run",
    "session",
    "set_aside",
    "snapshot",
    "sync_cursor",
    "sync_run",
    "vector",
    "worker",
    "workflow_run",
]
