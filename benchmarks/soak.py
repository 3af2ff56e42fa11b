"""A day of 1,000 events in ten minutes, and what has grown at its end: `python -m benchmarks.soak [--minutes 10]`.

The demo's startup is collected from the local GitHub. `sprint serve` with its worker and `sprint dashboards` run, a
milestone page stays open in headless Chromium, a client asks the API every other second, and somebody comments, closes,
labels, renames or reviews an item: each is a webhook, and GitHub answers accordingly when it is asked about the item.
The project's clock goes through 24 hours meanwhile. Once an hour of it a question is asked; once the explanations are
asked of a stand-in for Ollama, so that all eight figures have something to measure.

Every few seconds all processes are looked at. After the first quarter (caches fill, the kernel that waits for the next
visitor starts) the middle of the second quarter is compared with the middle of the last: what a leak does goes on.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread

import psutil
import requests
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine, func, select

from benchmarks.dashboards import CONTENT, PATIENCE, SEED
from benchmarks.events import HOOK, SECRET
from benchmarks.processes import MEGABYTE, Watched, chromium, command, watched, word_after
from sprintlib import inbox
from sprintlib.clock import write_clock
from sprintlib.demo import PROJECT, REPOSITORIES
from sprintlib.figures import figures
from sprintlib.github import sync
from sprintlib.settings import Settings, load
from sprintlib.store import open_store, schema
from sprintsim.fake_github import Dataset, running
from sprintsim.fake_github import load as load_datasets
from sprintsim.simulation import write_startup
from tests.live_github import LiveGitHub, signed
from tests.llm.ollama import OllamaStandIn
from tests.llm.ollama import running as ollama

DAY, EVENTS = timedelta(hours=24), 1000
BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
KINDS = ("comment", "comment", "comment", "close", "reopen", "label", "rename", "review", "milestone", "demilestone")
ROUTES = ("milestones", "analyses/latest", "risks", "recommendations", "forecasts", "health")
# what may have grown by from the second quarter to the last: bytes and files of a kind of process, bytes of the store
MOST_MEMORY, MOST_SHARE, MOST_FILES, MOST_STORE_PER_EVENT = 20e6, 0.1, 8, 12_000


@dataclass(frozen=True)
class Growth:
    """One thing that must not grow: before and after, in what, and whether that is within what was said."""

    what: str
    before: float
    after: float
    unit: str
    within: bool

    def line(self) -> str:
        """A row of the table."""
        said = "yes" if self.within else "NO"
        return f"| {self.what} | {self.before:,.1f} | {self.after:,.1f} | {self.unit} | {said} |"


class Day:
    """The events of a day at one home, and who asks meanwhile."""

    def __init__(self, home: Path, settings: Settings, dataset: Dataset, api: str, seconds: float) -> None:
        self.home, self.settings, self.api, self.seconds = home, settings, api, seconds
        self.github = LiveGitHub(dataset, BEGIN)
        self.github._ids = count(8_000_000_000)  # that nobody else has
        self.random, self.sent, self.store_bytes = random.Random(SEED), 0, list[tuple[float, int]]()
        self.errors: list[str] = []

    def now(self, share: float) -> datetime:
        """The project's time at a share of the day."""
        return BEGIN + share * DAY

    def live(self, events: int) -> None:
        """Send so many events, evenly, while clients ask."""
        began, over = time.monotonic(), [False]
        client = Thread(target=self._ask, args=(lambda: over[0],))
        client.start()
        try:
            with requests.Session() as session:
                for number in range(events):
                    time.sleep(max(began + number * self.seconds / events - time.monotonic(), 0.0))
                    self._event(session, number / events)
                    if number % (events // 24 or 1) == 0:
                        self.store_bytes.append(((time.monotonic() - began) / self.seconds, store_size(self.settings)))
                    if number == events // 2:
                        self._explain()
        finally:
            over[0] = True
            client.join()

    def _event(self, session: requests.Session, share: float) -> None:
        moment = self.now(share)
        write_clock(self.home / "clock.txt", moment)
        self.github.now = max(moment, self.github.now)
        kind = self.random.choice(KINDS)
        who = self.random.randrange(10_000)
        happened = self.github.act(kind, who) or self.github.act("comment", who)
        for event, payload in happened:
            body = json.dumps(payload).encode()
            answer = session.post(self.api + HOOK, data=body, headers=signed(event, body, secret=SECRET), timeout=60)
            if answer.status_code != 202:
                self.errors.append(f"{event}: {answer.status_code}")
            self.sent += 1

    def _ask(self, over: Callable[[], bool]) -> None:
        with requests.Session() as session:
            for place in count():
                if over():
                    return
                route = ROUTES[place % len(ROUTES)] if place % 30 else "ask?question=what+blocks+the+checkout"
                with suppress(requests.RequestException):
                    answer = session.get(f"{self.api}/api/v1/{route}", timeout=60)
                    if answer.status_code != 200:
                        self.errors.append(f"{route}: {answer.status_code}")
                time.sleep(2)

    def _explain(self) -> None:
        command = [sys.executable, "-m", "sprintlib", "--home", str(self.home), "explain"]
        subprocess.run(command, capture_output=True, check=False, timeout=300)


def store_size(settings: Settings) -> int:
    """Bytes of the database and its log of writes."""
    return sum(path.stat().st_size for path in settings.data_dir.glob("sprint.db*"))


@contextmanager
def made(folder: Path, llm: str) -> Iterator[tuple[Path, Settings, Dataset]]:
    """The startup on the local GitHub, and a home that was collected from it."""
    write_startup(folder / "github", SEED, date(2026, 11, 23))
    datasets = load_datasets(folder / "github")
    home = folder / "home"
    home.mkdir()
    with running(datasets) as url:
        names = json.dumps(list(REPOSITORIES))
        (home / "sprint.toml").write_text(
            f'[project]\nname = "{PROJECT}"\nrepositories = {names}\n[github]\napi_url = "{url}"\n'
            f'[clock]\nfile = "clock.txt"\n[llm]\nhost = "{llm}"\nmodel = "llama3.2:3b"\n',
            encoding="utf-8",
        )
        write_clock(home / "clock.txt", BEGIN)
        settings = load(home)
        engine = open_store(settings.database_url)
        sync(engine, settings, None)
        engine.dispose()
        yield home, settings, datasets[0]


def quarter(values: Sequence[float], place: int) -> float:
    """The middle of one quarter of what was seen; place: 0-3."""
    size = max(len(values) // 4, 1)
    return median(values[place * size : (place + 1) * size] or values[-1:])


def growths(told: Watched, day: Day) -> list[Growth]:
    """Everything that must not grow, of the second quarter and the last."""
    found = []
    for kind in told.kinds:
        looks = [look[kind] for look in told.held if kind in look]
        if len(looks) < len(told.held) / 2:
            continue  # a process of a moment
        memory = [quarter([one.unique for one in looks], place) for place in (1, 3)]
        files = [quarter([one.files for one in looks], place) for place in (1, 3)]
        number = [quarter([one.number for one in looks], place) for place in (1, 3)]
        grown = memory[1] - memory[0]
        fits = grown <= max(MOST_MEMORY, MOST_SHARE * memory[0])
        found.append(Growth(f"{kind}, memory", memory[0] / MEGABYTE, memory[1] / MEGABYTE, "MB", fits))
        found.append(Growth(f"{kind}, open files", files[0], files[1], "", files[1] - files[0] <= MOST_FILES))
        found.append(Growth(f"{kind}, processes", number[0], number[1], "", number[1] <= number[0]))
    sizes = [size for share, size in day.store_bytes if share >= 0.25]
    each = (sizes[-1] - sizes[0]) / max(0.75 * day.sent, 1)
    told_as = f"MB, {each / 1000:.1f} kB an event"
    fits = each <= MOST_STORE_PER_EVENT
    found.append(Growth("database", sizes[0] / MEGABYTE, sizes[-1] / MEGABYTE, told_as, fits))
    return found


def run(folder: Path, minutes: float, events: int) -> tuple[list[Growth], Day, Engine]:
    """The day, and what has grown."""
    with ExitStack() as stack:
        llm = stack.enter_context(ollama(OllamaStandIn(script=["{}"])))
        home, settings, dataset = stack.enter_context(made(folder, llm))
        serve = stack.enter_context(command(home, "serve", "--port", "0", SPRINT_WEBHOOK_SECRET=SECRET))
        api = word_after(home, "serve", "Webhooks go to ", serve).rstrip(".").removesuffix(HOOK)
        dashboards = stack.enter_context(command(home, "dashboards", "--port", "0", "--no-browser"))
        url = word_after(home, "dashboards", "Dashboards: ", dashboards).split("voila")[0].rstrip("/")
        day = Day(home, settings, dataset, api, 60 * minutes)
        roots = {"serve": serve.pid, "dashboards": dashboards.pid}
        with viewed(f"{url}/voila/render/milestone.ipynb"), watched(roots, minutes) as told:
            day.live(events)
        engine = open_store(settings.database_url)
        until = time.monotonic() + 120
        while time.monotonic() < until and inbox.counts(engine)["waiting"]:
            time.sleep(0.5)
        time.sleep(31)  # figures are written down every half minute
        return growths(told, day), day, engine


@contextmanager
def viewed(url: str) -> Iterator[None]:
    """A page that is open in headless Chromium during the block, and still shows what it is about at its end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(url, timeout=PATIENCE)
        page.wait_for_selector(CONTENT["milestone"], timeout=PATIENCE)
        yield
        page.wait_for_selector(CONTENT["milestone"], timeout=PATIENCE)
        browser.close()


def main() -> None:
    """Live the day, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--events", type=int, default=EVENTS)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="sprint-soak-") as name:
        found, day, engine = run(Path(name), given.minutes, given.events)
        counted = inbox.counts(engine)
        with engine.connect() as connection:
            analyses = connection.scalar(select(func.count()).select_from(schema.analysis))
        measured = figures(engine)
        engine.dispose()
    print(
        f"{day.sent} events in {given.minutes:g} minutes, {psutil.cpu_count()} cores, {psutil.getloadavg()[0]:.1f} load"
    )
    print(f"inbox {counted}; {analyses} analyses stored; errors: {day.errors[:3] or 'none'} ({len(day.errors)})")
    print("| what | second quarter | last quarter | | within |\n|---|---|---|---|---|")
    print("\n".join(one.line() for one in found))
    print("| figure | value | n | state |\n|---|---|---|---|")
    for one in measured:
        value = "not measured" if one.value is None else one.shown(one.value)
        print(f"| {one.name} | {value} | {one.count} | {one.state} |")
    if not all(one.within for one in found) or any(one.value is None for one in measured):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
