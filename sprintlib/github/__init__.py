"""Collecting facts from GitHub, or from a dataset on disk."""

from sprintlib.github.client import Client, Patience, connect
from sprintlib.github.dataset import ingest_dataset
from sprintlib.github.estimate import Estimate, estimate
from sprintlib.github.progress import OnProgress, shown
from sprintlib.github.summary import Completeness, SyncSummary
from sprintlib.github.sync import sync
from sprintlib.github.template import check_overwrite, guess_project_name, guess_time_zone, write_settings
from sprintlib.github.token import Token, find_token, save_token

__all__ = [
    "Client",
    "Completeness",
    "Estimate",
    "OnProgress",
    "Patience",
    "SyncSummary",
    "Token",
    "check_overwrite",
    "connect",
    "estimate",
    "find_token",
    "guess_project_name",
    "guess_time_zone",
    "ingest_dataset",
    "save_token",
    "shown",
    "sync",
    "write_settings",
]
