"""The embedded store: SQLite by default, PostgreSQL by URL."""

from sprintlib.store.engine import data_dir_of, open_store, store_error
from sprintlib.store.fitting import fitted
from sprintlib.store.frames import frame
from sprintlib.store.writing import append, insert_into, upsert

__all__ = ["append", "data_dir_of", "fitted", "frame", "insert_into", "open_store", "store_error", "upsert"]
