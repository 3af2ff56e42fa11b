"""From an empty folder to dashboards that move: the processes of the live demo, and the loop that drives them."""

import secrets
import time
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine

from sprintlib.analysis import MilestoneAnalysis
from sprintlib.clock import write_clock
from sprintlib.demo import DATASET, PROJECT, Step, as_of, empty_folder, own_database, write_settings, writing
from sprintlib.github import sync
from sprintlib.live_demo.day import SimulatedDay, open_sprints
from sprintlib.live_demo.processes import Process, beside
from sprintlib.live_demo.simulated_time import SimulatedTime
from sprintlib.project import ProjectHandle
from sprintlib.results import latest_analyses
from sprintlib.settings import Settings
from sprintsim.fake_github import running as served
from sprintsim.live import LiveStartup, Webhook
from sprintsim.simulation import simulate
from sprintsim.simulation.clock import shift

CLOCK = "clock"
# working days before and after the one at which `sprint demo` stands still: a sprint ends, the next is planned and due
DAYS_BEFORE, DAYS_AFTER = 8, 6
_TICK_SECONDS = 0.5
Say = Callable[[str], None]


@dataclass
class _GitHubTime:
    """The clock of the stand-in: it follows the startup's, and is never ahead of what is served."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class LiveDemo:
    """What runs. page: the address of the dashboards."""

    page: str
    _time: SimulatedTime
    _startup: LiveStartup
    _github_time: _GitHubTime
    _clock: Path
    _engine: Engine
    _processes: Sequence[Process]

    def run(self, say: Say) -> None:
        """Let the days go by, with a line on each, until KeyboardInterrupt. Raises SprintError if a process ends."""
        began, before = time.monotonic(), self._open_sprints()
        days, number, events = self._time.days, 0, 0
        while True:
            seconds = time.monotonic() - began
            while number < self._time.number(seconds):
                events += self._step(self._time.evening(number))
                after = self._open_sprints()
                say(SimulatedDay(days[number], events, before, after).line())
                before, number, events = after, number + 1, 0
                if number == len(days):
                    say("That is all there is: its time stands still, and the dashboards stay until Ctrl-C.")
            if number < len(days):
                events += self._step(self._time.moment(seconds))
            for process in self._processes:
                process.check()
            time.sleep(_TICK_SECONDS)

    def _open_sprints(self) -> dict[str, MilestoneAnalysis]:
        return open_sprints(latest_analyses(self._engine, PROJECT), self._github_time.moment)

    def _step(self, moment: datetime) -> int:
        """Let it be that time, and everything happen up to it. Returns how many webhooks were sent."""
        write_clock(self._clock, moment)
        happened = self._startup.advance(moment)
        self._github_time.moment = moment
        for one in happened:
            self._send(one)
        return len(happened)

    def _send(self, one: Webhook) -> None:
        dataset = self._startup.dataset(one.repo)
        dataset.hooks.tell(one.event, one.payload)


@contextmanager
def live_demo(
    home: Path, seed: int, today: date, pace: float, port: int, step: Step, *, browser: bool
) -> Iterator[LiveDemo]:
    """Start all of it in `<home>/data/demo/`, which is emptied first, and end all of it after the block.

    today: the day before which the simulated time ends. pace: seconds a working day. port: of the dashboards, 0 takes a
    free one. Raises SettingsError for a day to come or a folder that is not the demo's, and what the stages raise.
    """
    as_of(today)
    folder = home / "data" / "demo"
    stage = shift(today, -DAYS_AFTER)
    simulated = SimulatedTime([shift(stage, number) for number in range(-DAYS_BEFORE, DAYS_AFTER)], pace)
    begin = simulated.moment(0)
    github_time = _GitHubTime(begin)
    with own_database():
        with writing(folder):
            empty_folder(folder)
        with step("Simulating a startup"):
            startup = LiveStartup(folder / DATASET, simulate(seed, stage, until=today), begin)
        with served(startup.datasets, clock=github_time) as url:
            with step("Collecting it over HTTP") as progress:
                with writing(folder):
                    settings = write_settings(folder, home, url, clock=CLOCK)
                    write_clock(folder / CLOCK, begin)
                project = ProjectHandle.open(settings)
                sync(project.engine, settings, None, progress)
            with _processes(settings, startup, port, step) as (page, processes):
                if browser:
                    webbrowser.open(page)
                yield LiveDemo(page, simulated, startup, github_time, folder / CLOCK, project.engine, processes)
            project.engine.dispose()


@contextmanager
def _processes(settings: Settings, startup: LiveStartup, port: int, step: Step) -> Iterator[tuple[str, list[Process]]]:
    """The receiver with its worker, and the dashboards. Gives the address of the page."""
    secret = secrets.token_hex(32)
    receiver = beside("The receiver", settings.home, ["serve", "--port", "0"], {"SPRINT_WEBHOOK_SECRET": secret})
    arguments = ["dashboards", "--port", str(port), "--no-browser"]
    with receiver as serve, beside("The dashboards", settings.home, arguments, {}) as dashboards:
        with step("Starting receiver and worker"):
            hook = serve.word_after("Webhooks go to ").rstrip(".")
            for dataset in startup.datasets:
                dataset.hooks.create(hook, secret, ["*"])
        with step("Starting the dashboards"):
            page = dashboards.word_after("Dashboards: ")
        yield page, [serve, dashboards]
