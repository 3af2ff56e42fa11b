"""Collecting facts from GitHub, or from a dataset on disk."""

from sprintlib.github.dataset import ingest_dataset

__all__ = ["ingest_dataset"]
