"""Having cron, launchd or systemd call `sprint run due` every quarter of an hour, and keep services running.

What is due is decided by `sprint run due`, not here.
"""

from sprintlib.schedule.installing import default_kind, definition, install, install_service, remove, status
from sprintlib.schedule.programs import EVERY_MINUTES, Kind, Service, command_line, log_file

__all__ = [
    "EVERY_MINUTES",
    "Kind",
    "Service",
    "command_line",
    "default_kind",
    "definition",
    "install",
    "install_service",
    "log_file",
    "remove",
    "status",
]
