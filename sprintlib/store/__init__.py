"""The embedded store: SQLite by default, PostgreSQL by URL."""

from sprintlib.store.engine import open_store, store_error
from sprintlib.store.fitting import fitted
from sprintlib.store.frames import frame
from sprintlib.store.writing import append, upsert

__all__ = ["append", "fitted", "frame", "open_store", "store_error", "upsert"]
