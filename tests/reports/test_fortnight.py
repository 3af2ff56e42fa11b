"""Fourteen days of `sprint run due` by a simulated clock: each due report is there once, or has visibly failed.

Everything is as it runs, but that no kernel is started: what the notebook would compute is computed here. GitHub is
away.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sprintlib import backup, github
from sprintlib import settings as settings_module
from sprintlib.analysis.model import Analysis
from sprintlib.clock import write_clock
from sprintlib.errors import ReportError, SprintError, UnreachableError
from sprintlib.reports import dated_report, open_page, run_due
from sprintlib.results import runs
from sprintlib.settings import Settings
from sprintlib.store import open_store
from tests.full_disk import fill
from tests.sprints import put
from tests.world import World

SETTINGS = """[project]
name = "acme"
repositories = ["acme/api", "acme/web"]
time_zone = "Europe/Berlin"
[report]
at = "02:30"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
explain = false
retrospective = false
[clock]
file = "../now"
"""
CALLS = ("02:35", "02:50", "14:00")
BOTH = ("Payments", "Search")


def home_in(folder: Path, first: str, due: str) -> Settings:
    """A project with two sprints under way on the days after `first`; what time it is stands beside its folder."""
    folder.mkdir(exist_ok=True)
    (folder / "sprint.toml").write_text(SETTINGS, encoding="utf-8")
    world = World(open_store(f"sqlite:///{folder / 'data' / 'sprint.db'}"), folder, "Europe/Berlin")
    for milestone, title in enumerate(BOTH, start=1):
        world.milestone(milestone, title, created=first, due=due)
        for number in range(10 * milestone, 10 * milestone + 3):
            put(world, number, title, f"{first} 09:00", milestone=milestone)
    world.flush()
    world.engine.dispose()
    return settings_module.load(folder)


@cache
def analysed(home: str, milestone: str) -> Analysis:
    """What the notebook shows first; later ones show the same as of then, as nothing is collected."""
    return open_page(home, milestone).analysis


def write_pages(settings: Settings, _notebook: Path, partial: Path, parameters: dict[str, Any]) -> None:
    """What the notebook leaves, without a kernel."""
    moment = datetime.fromisoformat(parameters["as_of"])
    analysis = analysed(str(settings.home), parameters["milestone"]).model_copy(update={"as_of": moment})
    (partial / "analysis.json").write_text(analysis.model_dump_json(), encoding="utf-8")
    for name in ("report.ipynb", "report.html", "report.md"):
        (partial / name).write_text(analysis.milestones[0].title, encoding="utf-8")


def away(*_: Any, **__: Any) -> None:
    raise UnreachableError("GitHub could not be reached: check the network.")


def die_in_the_middle(home: str) -> None:
    """A call whose process is killed while the first notebook runs."""
    github.sync = away  # type: ignore[assignment]
    dated_report._execute = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    run_due(settings_module.load(Path(home)), print)


class Fortnight:
    """Calls at moments of the local days from `first` on. happens: what goes on inside the next notebook, once."""

    def __init__(self, settings: Settings, first: date, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings, self.first = settings, first
        self.said: list[str] = []
        self.happens: Callable[[], None] | None = None
        self.fails = False
        monkeypatch.setattr(github, "sync", away)
        monkeypatch.setattr(dated_report, "_execute", self._execute)

    def _execute(self, *what: Any) -> None:
        if self.fails:
            raise ReportError("Cell 3 failed.")
        if self.happens:
            happens, self.happens = self.happens, None
            happens()
        write_pages(*what)

    def moment(self, day: int, at: str, fold: int = 0) -> datetime:
        hour, minute = map(int, at.split(":"))
        local = datetime.combine(self.first, datetime.min.time(), self.settings.time_zone) + timedelta(days=day)
        return local.replace(hour=hour, minute=minute, fold=fold).astimezone(UTC)

    def call(self, now: datetime) -> None:
        write_clock(self.settings.home.parent / "now", now)
        run_due(self.settings, self.said.append)

    def day(self, day: int, *only: str) -> None:
        """Every call of a day; both, where the clocks are set back between."""
        times = only or CALLS
        for now in sorted({self.moment(day, at, fold) for at in times for fold in (0, 1)}):
            self.call(now)

    def table(self) -> Counter[tuple[str, str, str]]:
        """(title, state, local time) of every run."""
        engine = open_store(self.settings.database_url)
        return Counter((run.milestone, run.state, self.local(run.as_of)) for run in runs(engine, "acme"))

    def local(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.settings.time_zone):%m-%d %H:%M}"


def live(fortnight: Fortnight) -> None:
    """The fortnight: days 0 to 13, the clocks change on day 7."""
    for day in range(2):
        fortnight.day(day)
    fortnight.day(2, "00:50", "14:00")  # asleep over the due time
    fortnight.day(3)
    fortnight.day(5, "08:00", "14:00")  # asleep for all of day 4 as well
    for day in (6, 7):
        fortnight.day(day)
    fortnight.happens = lambda: fortnight.call(fortnight.moment(8, "02:35"))  # a second call while the first is at work
    fortnight.day(8)
    write_clock(fortnight.settings.home.parent / "now", fortnight.moment(9, "02:35"))
    script = "import sys; from tests.reports.test_fortnight import die_in_the_middle; die_in_the_middle(sys.argv[1])"
    home = str(fortnight.settings.home)
    died = subprocess.run([sys.executable, "-c", script, home], check=False, cwd=Path(__file__).parents[2])
    assert died.returncode == -signal.SIGKILL
    fortnight.day(9, "02:50", "08:00", "14:00")
    fortnight.day(10)
    fortnight.call(fortnight.moment(50, "12:00"))  # the clock jumps ahead, and is put right again
    fortnight.day(10, "20:00")
    fortnight.day(11)
    fortnight.day(12)
    fortnight.call(fortnight.moment(11, "14:00"))  # it jumps back, and is put right again
    fortnight.day(12, "20:00")
    fortnight.fails = True
    fortnight.day(13, "02:35", "02:50")
    fortnight.fails = False
    fortnight.day(13, "02:55", "08:00", "14:00")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("first", "created", "due"),
    [(date(2026, 3, 22), "03-20", "04-20"), (date(2026, 10, 18), "10-16", "11-16")],
    ids=["spring", "autumn"],
)
def test_a_fortnight_has_each_due_report_once_or_as_a_visible_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: date, created: str, due: str
) -> None:
    home = tmp_path / "home"
    fortnight = Fortnight(home_in(home, created, due), first, monkeypatch)
    live(fortnight)

    def at(day: int, time: str) -> str:
        return fortnight.local(fortnight.moment(day, time))

    made = {2: "14:00", 5: "08:00", 9: "08:00", 13: "08:00", 50: "12:00"}
    days = (0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 50)
    expected = {(title, "ok", at(day, made.get(day, "02:35"))) for title in BOTH for day in days}
    expected -= {("Search", "ok", at(9, "08:00"))}
    expected |= {("Search", "ok", at(9, "02:50")), ("Payments", "killed", at(9, "02:35"))}
    expected |= {(title, "failed", at(13, "02:35")) for title in BOTH}
    assert fortnight.table() == dict.fromkeys(expected, 1)
    reports = home / "papermill_runs"
    folders = {path.relative_to(reports) for path in reports.glob("2*/*")}
    named = {first + timedelta(days=day) for day in days}
    assert folders == {Path(f"{day}", f"acme-{title.lower()}") for day in named for title in BOTH}
    assert fortnight.said.count("Another 'sprint run due' is already running: nothing to do.") == 1
    assert fortnight.said.count("Payments: failed: Cell 3 failed.") == 1
    saved = [one.made_at.astimezone(fortnight.settings.time_zone).date() for one in backup.backups(home / "backups")]
    assert sorted(saved) == sorted(named)
    now = fortnight.moment(13, "20:00")
    assert backup.newest(home / "backups", now).made_at < now  # what a restore takes is not the one of day 50


# ---------------------------------------------------------------- a full disk


@pytest.mark.slow
def test_a_full_disk_is_said_and_the_reports_come_when_there_is_room(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fortnight = Fortnight(home_in(small_disk, "03-20", "04-20"), date(2026, 3, 22), monkeypatch)
    fortnight.day(0, "02:35")
    filling = fill(small_disk)
    for at in ("02:35", "02:50", "08:00"):
        before = len(fortnight.said)
        try:
            fortnight.day(1, at)
        except SprintError as error:
            fortnight.said.append(str(error))
        told = " ".join(fortnight.said[before:])
        assert any(words in told for words in ("free some space", "free some disk space", "No space left")), told
        assert "Traceback" not in told
    filling.unlink()
    fortnight.day(1, "14:00", "20:00")
    good = {one for one in fortnight.table() if one[1] == "ok"}
    days = ("03-22 02:35", "03-23 14:00")
    assert good == {(title, "ok", day) for title in BOTH for day in days}
    assert sorted(path.name for path in (small_disk / "papermill_runs").glob("2026-03-23/*")) == [
        "acme-payments",
        "acme-search",
    ]
    assert len(backup.backups(small_disk / "backups")) == 2
