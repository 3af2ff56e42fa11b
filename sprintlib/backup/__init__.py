"""Backups of a home: made while everything runs, checked, restored, and drilled, since an untried backup is none.

A backup is one file, `sprint-20261127T101500Z.tar.gz`: the store as of one moment, sprint.toml, and a manifest with
what must be in it. Secrets are not in it: tokens and webhook secrets live in the environment or in files of their own.
The search index is not either: it is made anew from the store by `sprint index`.
"""

from sprintlib.backup.drill import Drill, drill
from sprintlib.backup.files import Backup, backups, newest, prune
from sprintlib.backup.making import is_due, make_backup
from sprintlib.backup.manifest import BackupManifest
from sprintlib.backup.restoring import Restored, restore

__all__ = [
    "Backup",
    "BackupManifest",
    "Drill",
    "Restored",
    "backups",
    "drill",
    "is_due",
    "make_backup",
    "newest",
    "prune",
    "restore",
]
