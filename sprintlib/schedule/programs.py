"""What is called, and what each scheduler needs to know about it."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from sprintlib.child_environment import DESKTOP, child_environment
from sprintlib.settings import Settings

Kind = Literal["cron", "launchd", "systemd"]
Service = Literal["watch", "serve", "dashboards"]
SERVICES: tuple[Service, ...] = get_args(Service)
EVERY_MINUTES = 15
# no scheduler knows a login shell's PATH; git and gh lie in one of these
SEARCH_PATH = "/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin"
_OPTIONS: dict[Service, tuple[str, ...]] = {"watch": (), "serve": (), "dashboards": ("--no-browser",)}


def command_line(settings: Settings) -> list[str]:
    """What is called every quarter of an hour, with absolute paths only."""
    return [*_program(settings), "run", "due", "--quiet"]


def service_command(settings: Settings, service: Service) -> list[str]:
    """What is kept running."""
    return [*_program(settings), service, *_OPTIONS[service]]


def _program(settings: Settings) -> list[str]:
    script = Path(sys.executable).parent / "sprint"
    program = [str(script)] if script.is_file() else [sys.executable, "-m", "sprintlib"]
    return [*program, "--home", str(settings.home)]


def log_file(settings: Settings, service: Service | None = None) -> Path:
    """Where unattended runs, or a service, write what they say."""
    return settings.data_dir / f"{service or 'run-due'}.log"


def tag(settings: Settings) -> str:
    """One schedule per home folder: eight digits of its path's hash."""
    return hashlib.sha256(str(settings.home).encode()).hexdigest()[:8]


def ask(program: str, words: Sequence[str], given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a scheduler's own command."""
    return subprocess.run(
        [program, *words], env=child_environment(DESKTOP), input=given, capture_output=True, text=True, check=False
    )


def first_line(said: str) -> str:
    """The first line of what a command said, for a sentence."""
    return (said.strip().splitlines() or ["no reason given"])[0]
