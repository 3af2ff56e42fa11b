"""Collecting facts from GitHub, or from a dataset on disk."""

from sprintlib.github.client import Client, Patience, connect
from sprintlib.github.dataset import ingest_dataset
from sprintlib.github.progress import OnProgress, shown
from sprintlib.github.summary import Completeness, SyncSummary
from sprintlib.github.sync import sync
from sprintlib.github.token import Token, find_token, save_token

__all__ = [
    "Client",
    "Completeness",
    "OnProgress",
    "Patience",
    "SyncSummary",
    "Token",
    "connect",
    "find_token",
    "ingest_dataset",
    "save_token",
    "shown",
    "sync",
]
