"""Logging for the command line and for unattended runs."""

import logging
from pathlib import Path

LOGGER = logging.getLogger("sprintlib")


def configure(verbose: bool = False, log_file: Path | None = None) -> None:
    """Send the package's log to `log_file`, or to stderr. Without `verbose` only warnings are shown."""
    handler: logging.Handler = logging.FileHandler(log_file) if log_file else logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for before in LOGGER.handlers:
        before.close()
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(logging.DEBUG if verbose else logging.WARNING)
