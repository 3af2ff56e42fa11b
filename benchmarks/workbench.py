"""The workbench in processes beside a simulated startup that goes on: what the benchmarks of a running system share."""

import multiprocessing
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import psutil
from sqlalchemy import Engine

from sprintlib.clock import write_clock
from sprintlib.demo import write_settings
from sprintlib.github import sync
from sprintlib.live_demo.simulated_time import SimulatedTime
from sprintlib.settings import Settings
from sprintlib.store import open_store
from sprintsim.fake_github import running
from sprintsim.live import LiveStartup
from sprintsim.simulation import simulate
from sprintsim.simulation.clock import shift

STAGE = date(2026, 11, 13)
DAYS_BEFORE, DAYS_AFTER = 8, 6
_PRELOADED = (
    "sprintlib.cli.main",
    "sprintlib.cli.serve",
    "sprintlib.cli.worker",
    "sprintlib.cli.watch",
    "sprintlib.cli.sync",
    "sprintlib.cli.backup",
    "sprintlib.api",
    "sprintlib.backup",
    "sprintlib.github",
    "sprintlib.services.collection",
    "sprintlib.worker",
)


@dataclass
class Startup:
    """A simulated startup, the GitHub that shows it, and the home of a project that was collected from it."""

    home: Path
    settings: Settings
    engine: Engine
    secret: str
    _live: LiveStartup
    _seen: list[datetime]
    _ends: datetime
    sent: int = 0
    accepted: int = 0

    @property
    def now(self) -> datetime:
        """The startup's time."""
        return self._seen[0]

    def send_to(self, url: str) -> None:
        """Have webhooks sent to the receiver at an address, instead of where they went before."""
        for dataset in self._live.datasets:
            for hook in dataset.hooks.all():
                dataset.hooks.remove(hook.id)
            dataset.hooks.create(f"{url}/webhooks/github", self.secret, ["*"])

    def go_on(self, span: timedelta) -> int:
        """Let that much time go by. Returns how many webhooks were sent; of those nobody took, none is sent again."""
        moment = min(self.now + span, self._ends)
        write_clock(self.home / "clock", moment)
        happened = self._live.advance(moment)
        self._seen[0] = moment
        for one in happened:
            self.accepted += self._live.dataset(one.repo).hooks.tell(one.event, one.payload)
        self.sent += len(happened)
        return len(happened)


@contextmanager
def startup(folder: Path, seed: int, more: str = "") -> Iterator[Startup]:
    """Simulate a startup below a folder, serve it as GitHub does, and collect it once. more: lines of sprint.toml."""
    home = folder / "home"
    home.mkdir(parents=True)
    days = [shift(STAGE, number) for number in range(-DAYS_BEFORE, DAYS_AFTER)]
    times = SimulatedTime(days, 1.0)
    begin = times.moment(0)
    live = LiveStartup(folder / "github", simulate(seed, STAGE, until=shift(STAGE, DAYS_AFTER)), begin)
    seen = [begin]
    with running(live.datasets, clock=lambda: seen[0]) as url:
        write_settings(home, home, url, clock="clock")
        file = home / "sprint.toml"
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
        write_clock(home / "clock", begin)
        settings = settings_of(home)
        engine = open_store(settings.database_url)
        sync(engine, settings, None)
        yield Startup(home, settings, engine, secrets.token_hex(16), live, seen, times.evening(len(days) - 1))
        engine.dispose()


def settings_of(home: Path) -> Settings:
    """What its sprint.toml says."""
    from sprintlib.settings import load

    return load(home)


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# ---------------------------------------------------------------- commands in processes of their own


def forks() -> multiprocessing.context.ForkServerContext:
    """Where `begin` takes processes from: one that has imported everything, so that beginning anew costs no seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    return context


def begin(home: Path, words: Sequence[str], secret: str, log: Path) -> ForkServerProcess:
    """A `sprint` command on a home, in a process and session of its own; what it prints goes to the end of a log."""
    process = forks().Process(target=_run, args=(str(home), tuple(words), secret, str(log)), daemon=False)
    process.start()
    return process


def _run(home: str, words: Sequence[str], secret: str, log: str) -> None:
    os.setsid()
    os.environ["SPRINT_WEBHOOK_SECRET"] = secret
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    from sprintlib.cli.main import main

    main(["--home", home, *words])


def kill(process: ForkServerProcess) -> bool:
    """SIGKILL to a process. Returns whether it was still at work."""
    at_work = process.is_alive()
    with suppress(ProcessLookupError):
        os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    return at_work and process.exitcode == -signal.SIGKILL


def wait_until(true: Callable[[], bool], seconds: float = 120.0) -> float:
    """Seconds until something holds. Raises TimeoutError."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not within {seconds:.0f} seconds")
        time.sleep(0.02)
    return time.monotonic() - began


def family(pid: int) -> list[psutil.Process]:
    """A process and all that it started, as far as they live."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []
