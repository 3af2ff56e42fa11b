"""A log file a day, of JSON lines, that several processes write at once and that goes after 30 days."""

import logging
import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

KEPT_DAYS = 30
_PREFIX, _SUFFIX = "sprint-", ".jsonl"


class DailyFile(logging.Handler):
    """Appends each record as one line to `sprint-YYYY-MM-DD.jsonl` (UTC) of a folder, which is made when first needed.

    A line is one write of a file opened for appending, so that processes do not cut each other's. What the disk
    refuses is lost: logging never stops the work.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._day: date | None = None
        self._file: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        from sprintlib.observe.json_lines import json_line  # a quarter of a second, of processes that have to say much

        try:
            line = json_line(record).encode() + b"\n"
            self._open(datetime.fromtimestamp(record.created, UTC).date())
            if self._file is not None:
                os.write(self._file, line)
        except OSError:
            self._let_go()
        except Exception:  # noqa: BLE001 - as every handler of logging does
            self.handleError(record)

    def close(self) -> None:
        self._let_go()
        super().close()

    def _open(self, day: date) -> None:
        if self._day == day and self._file is not None:
            return
        self._let_go()
        self._folder.mkdir(mode=0o700, exist_ok=True)  # not its parents: a home that is gone stays gone
        path = self._folder / f"{_PREFIX}{day}{_SUFFIX}"
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._day = day
        self._forget(day - timedelta(days=KEPT_DAYS))

    def _forget(self, before: date) -> None:
        for path in self._folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            with suppress(ValueError, OSError):  # a name that is no day of ours; another process was faster
                if date.fromisoformat(path.name[len(_PREFIX) : -len(_SUFFIX)]) < before:
                    path.unlink()

    def _let_go(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
        self._file = None
