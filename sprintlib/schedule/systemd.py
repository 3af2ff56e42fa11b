"""Units of a user's own systemd: a timer that calls `sprint run due`, and a service for each that is kept running."""

import os
import shutil
from pathlib import Path

from sprintlib.errors import SprintError
from sprintlib.schedule.programs import (
    EVERY_MINUTES,
    SEARCH_PATH,
    Service,
    ask,
    command_line,
    first_line,
    log_file,
    service_command,
    tag,
)
from sprintlib.settings import Settings

_UNIT = """[Unit]
Description={what}
{after}
[Service]
Type={kind}
ExecStart={command}
Environment=PATH={path}
StandardOutput=append:{log}
StandardError=append:{log}
{more}"""
_TIMER = """[Unit]
Description=sprint: reports and backups that are due

[Timer]
OnCalendar=*:0/{minutes}
Persistent=true

[Install]
WantedBy=timers.target
"""
# begun again after a crash, ever more slowly, and never given up
_KEPT = "Restart=always\nRestartSec=5\n\n[Install]\nWantedBy=default.target\n"


def units(settings: Settings, service: Service | None = None) -> dict[str, str]:
    """File name -> content of what is written. Raises SprintError for a folder that no unit can name."""
    name = f"sprint-{service or 'run-due'}-{tag(settings)}"
    command = service_command(settings, service) if service else command_line(settings)
    log = str(log_file(settings, service))
    if any("\n" in word for word in (*command, log)):
        raise SprintError("systemd cannot call a program in a folder with a line break in its name: move the home.")
    unit = _UNIT.format(
        what=f"sprint {service}" if service else "sprint run due",
        after="After=network-online.target\n" if service else "",
        kind="exec" if service else "oneshot",
        command=" ".join(map(_quoted, command)),
        path=SEARCH_PATH,
        log=_escaped(log),
        more=_KEPT if service else "",
    )
    if service:
        return {f"{name}.service": unit}
    return {f"{name}.service": unit, f"{name}.timer": _TIMER.format(minutes=EVERY_MINUTES)}


def definition(settings: Settings, service: Service | None = None) -> str:
    """All files that are written, each after its name."""
    return "\n".join(f"# {name}\n{content}" for name, content in units(settings, service).items())


def install(settings: Settings, service: Service | None = None) -> str:
    """Write the units and start them; returns what was done. Raises SprintError."""
    if not shutil.which("systemctl"):
        raise SprintError("There is no systemctl here: use 'sprint schedule install --cron'.")
    _folder().mkdir(parents=True, exist_ok=True)
    written = units(settings, service)
    for name, content in written.items():
        (_folder() / name).write_text(content, encoding="utf-8")
    started = list(written)[-1]
    for words in (["daemon-reload"], ["enable", "--now", started]):
        done = ask("systemctl", ["--user", *words])
        if done.returncode != 0:
            raise SprintError(
                f"systemd did not start {started} ({first_line(done.stderr)}): its files are in {_folder()}; "
                "use 'sprint schedule install --cron' where there is no systemd of your own."
            )
    log = log_file(settings, service)
    linger = "To go on after you log out: loginctl enable-linger."
    if service:
        return f"systemd keeps 'sprint {service}' running; it writes to {log}. {linger}"
    return f"systemd calls 'sprint run due' every {EVERY_MINUTES} minutes; it writes to {log}. {linger}"


def remove(settings: Settings, service: Service | None = None) -> str | None:
    """Stop the units and delete them; None where there were none."""
    names = [name for name in units(settings, service) if (_folder() / name).is_file()]
    if not names:
        return None
    if shutil.which("systemctl"):
        ask("systemctl", ["--user", "disable", "--now", names[-1]])
    for name in names:
        (_folder() / name).unlink()
    if shutil.which("systemctl"):
        ask("systemctl", ["--user", "daemon-reload"])
    if service:
        return f"systemd no longer keeps 'sprint {service}' running for this home folder."
    return "systemd no longer calls 'sprint run due' for this home folder."


def status(settings: Settings, service: Service | None = None) -> str | None:
    """How it is scheduled, or None."""
    last = list(units(settings, service))[-1]
    if not (_folder() / last).is_file():
        return None
    return f"systemd keeps 'sprint {service}' running" if service else f"systemd, every {EVERY_MINUTES} minutes"


def _folder() -> Path:
    configured = os.environ.get("XDG_CONFIG_HOME")
    return (Path(configured) if configured else Path.home() / ".config") / "systemd" / "user"


def _quoted(word: str) -> str:
    """A word of ExecStart: in quotes, with what systemd would replace doubled."""
    return '"' + _escaped(word.replace("\\", "\\\\").replace('"', '\\"')).replace("$", "$$") + '"'


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
