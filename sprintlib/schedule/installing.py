"""Installing and removing, whichever scheduler it is."""

import sys
from collections.abc import Iterator

from sprintlib.schedule import cron, launchd, systemd
from sprintlib.schedule.programs import SERVICES, Kind, Service
from sprintlib.settings import Settings


def default_kind() -> Kind:
    """What this system has: launchd on macOS, cron elsewhere."""
    return "launchd" if sys.platform == "darwin" else "cron"


def definition(settings: Settings, kind: Kind, service: Service | None = None) -> str:
    """What `install` writes: the block of a crontab, a launchd property list or units of systemd."""
    if kind == "cron":
        return cron.definition(settings)
    return launchd.definition(settings, service) if kind == "launchd" else systemd.definition(settings, service)


def install(settings: Settings, kind: Kind) -> str:
    """Have `sprint run due` called; installing again replaces. Returns what was done. Raises SprintError."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if kind == "cron":
        return cron.install(settings)
    return launchd.install(settings) if kind == "launchd" else systemd.install(settings)


def install_service(settings: Settings, service: Service) -> str:
    """Keep a service running from now on, after a reboot too. Returns what was done. Raises SprintError."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    darwin = sys.platform == "darwin"
    return launchd.install(settings, service) if darwin else systemd.install(settings, service)


def remove(settings: Settings) -> str:
    """Undo every `install` and `install_service`. Returns what was done."""
    done = [cron.remove(settings), launchd.remove(settings), systemd.remove(settings)]
    done += [keeper.remove(settings, service) for keeper in (launchd, systemd) for service in SERVICES]
    return "; ".join(line for line in done if line) or "Nothing was scheduled for this home folder."


def status(settings: Settings) -> str | None:
    """How unattended reports are scheduled and what is kept running, or None."""
    return "; ".join(_installed(settings)) or None


def _installed(settings: Settings) -> Iterator[str]:
    for found in (cron.status(settings), launchd.status(settings), systemd.status(settings)):
        if found:
            yield found
    for keeper in (launchd, systemd):
        for service in SERVICES:
            if found := keeper.status(settings, service):
                yield found
