"""Collecting facts from GitHub, or from a dataset on disk.

Names are imported when they are first used: reading stored payloads must not wait for the GitHub client.
"""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.github.client import Client, RetryPolicy, connect
    from sprintlib.github.collection import Via, sync
    from sprintlib.github.dataset import ingest_dataset
    from sprintlib.github.planning import Planning, find_planning
    from sprintlib.github.progress import OnProgress, shown, silent
    from sprintlib.github.refresh import Refresher
    from sprintlib.github.request_estimate import Estimate, estimate, full_name
    from sprintlib.github.summary import Completeness, SyncSummary
    from sprintlib.github.template import check_overwrite, guess_project_name, guess_time_zone, write_settings
    from sprintlib.github.token import Token, find_token, save_token

__all__ = [
    "Client",
    "Completeness",
    "Estimate",
    "OnProgress",
    "Planning",
    "Refresher",
    "RetryPolicy",
    "SyncSummary",
    "Token",
    "Via",
    "check_overwrite",
    "connect",
    "estimate",
    "find_planning",
    "find_token",
    "full_name",
    "guess_project_name",
    "guess_time_zone",
    "ingest_dataset",
    "save_token",
    "shown",
    "silent",
    "sync",
    "write_settings",
]

__getattr__ = lazy_exports(
    __name__,
    {
        "client": ("Client", "RetryPolicy", "connect"),
        "collection": ("Via", "sync"),
        "dataset": ("ingest_dataset",),
        "refresh": ("Refresher",),
        "request_estimate": ("Estimate", "estimate", "full_name"),
        "planning": ("Planning", "find_planning"),
        "progress": ("OnProgress", "shown", "silent"),
        "summary": ("Completeness", "SyncSummary"),
        "template": ("check_overwrite", "guess_project_name", "guess_time_zone", "write_settings"),
        "token": ("Token", "find_token", "save_token"),
    },
)
