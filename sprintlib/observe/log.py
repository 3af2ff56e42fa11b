"""The package's log: warnings on stderr in words, and everything in `logs/` of the home as JSON lines."""

import logging
from pathlib import Path

from sprintlib.masking import mask
from sprintlib.observe.daily_file import DailyFile

LOGGER = logging.getLogger("sprintlib")
_SERVER = logging.getLogger("uvicorn")  # its warnings belong to ours
FOLDER = "logs"
KEPT_ONLY = {"kept_only": True}  # as `extra`: what stderr has been told already in a sentence of its own


class _Words(logging.Formatter):
    """A line for people, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def configure(verbose: bool = False) -> None:
    """Begin anew with stderr alone. Without `verbose` only warnings are shown."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Words("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.DEBUG if verbose else logging.WARNING)
    handler.addFilter(lambda record: not hasattr(record, "kept_only"))
    for logger in (LOGGER, _SERVER):
        for before in logger.handlers:
            before.close()
        logger.handlers[:] = [handler]
        logger.setLevel(handler.level)


def keep(home: Path) -> None:
    """From now on, keep lines from INFO on in `logs/` of a home as well, one file a day (UTC)."""
    handler = DailyFile(home / FOLDER)
    handler.setLevel(logging.INFO)
    for logger in (LOGGER, _SERVER):
        for before in logger.handlers:
            if isinstance(before, DailyFile):
                before.close()
        logger.handlers[:] = [one for one in logger.handlers if not isinstance(one, DailyFile)] + [handler]
        logger.setLevel(min(logger.level or logging.INFO, logging.INFO))


def keep_words(path: Path) -> None:
    """Write everything into one more file, which is begun anew, as it stands on stderr. Raises OSError."""
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(LOGGER.handlers[0].formatter)
    LOGGER.addHandler(handler)
