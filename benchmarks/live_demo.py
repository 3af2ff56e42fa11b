"""The live demo as a viewer has it: `python -m benchmarks.live_demo [--minutes 10] [--images docs/img]`.

`sprint demo --live` runs in an empty folder, and its overview stays open in headless Chromium. Told at the end: when
the page first showed a verdict, how many days went by and what the terminal said of each, how often the page changed
and for how long it did not show a stored probability, what each kind of process held at the start and at the end, and
every line of a log, every console message and every answer that speaks of an error. Four pictures show the page as it
moves.
"""

import argparse
import re
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, sync_playwright

from benchmarks.processes import MEGABYTE, Holding, Watched, chromium, command, watched, word_after
from sprintlib.analysis import MilestoneAnalysis
from sprintlib.demo import PROJECT
from sprintlib.results import latest_analyses
from sprintlib.settings import load
from sprintlib.store import open_store
from sprintlib.views.words import percent

TODAY, PICTURES = "2026-11-23", 4
PATIENCE = 120_000
_FIRST_MINUTE, _LOOK_SECONDS = 60.0, 0.25
_TROUBLE = re.compile(r"\b(?:error|traceback|exception|critical)\b", re.IGNORECASE)
_ROWS = "#milestones tbody tr"


@dataclass
class Seen:
    """What a viewer got. changes: seconds since the start at which the rows differed. lags: behind the store, each."""

    first: float = 0.0
    changes: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


def main(minutes: float, images: Path | None) -> None:
    """Print what was seen."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        home, began = Path(folder), time.monotonic()
        words = ("demo", "--live", "--no-browser", "--today", TODAY)
        with command(home, *words) as demo, watched({"demo": demo.pid}, every=5) as held:
            page = word_after(home, "demo", "Dashboards: ", demo)
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
            seen = look_on(
                browser.new_page(viewport={"width": 1280, "height": 720}), page, home, minutes, images, began
            )
            browser.close()
            demo.send_signal(signal.SIGINT)
            code = demo.wait(60)
        told = (home / "demo.log").read_text(encoding="utf-8")
        seen.trouble += [f"exit code {code}"] if code else []
        seen.trouble += troubles(home)
    print(told)
    show(seen, held)


def look_on(page: Page, address: str, home: Path, minutes: float, images: Path | None, began: float) -> Seen:
    """Keep the page open, and note what changes on it."""
    seen = Seen()
    page.on("console", lambda said: _note(seen, said))
    page.on("response", lambda one: seen.trouble.append(f"{one.status} {one.url}") if one.status >= 500 else None)
    page.on("request", lambda one: _stay_here(seen, one.url))
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector(_ROWS, timeout=PATIENCE)
    seen.first = time.monotonic() - began
    engine = open_store(load(home / "data" / "demo").database_url)
    until, before = time.monotonic() + 60 * minutes, _rows(page)
    pictures = [began + seen.first + 60 * minutes * (number + 1) / (PICTURES + 1) for number in range(PICTURES)]
    behind: float | None = None
    while time.monotonic() < until:
        page.wait_for_timeout(1000 * _LOOK_SECONDS)
        if (now := _rows(page)) != before:
            before = now
            seen.changes.append(time.monotonic() - began)
        if not shows(now, latest_analyses(engine, PROJECT)):
            behind = behind or time.monotonic()
        elif behind is not None:
            seen.lags.append(time.monotonic() - behind)
            behind = None
        if images and pictures and time.monotonic() > pictures[0]:
            pictures.pop(0)
            page.screenshot(path=images / f"live-{PICTURES - len(pictures)}.png")
    engine.dispose()
    return seen


def _rows(page: Page) -> list[str]:
    return page.locator(_ROWS).all_inner_texts()


def shows(rows: Sequence[str], stored: Sequence[tuple[datetime, MilestoneAnalysis]]) -> bool:
    """Whether each milestone with a row shows the probability that is stored of it. One past its due date has none."""
    told = {
        one.title: percent(one.probability)
        for as_of, one in stored
        if one.probability is not None and (one.due_on is None or one.due_on >= as_of.date())
    }
    return all(chance in row for title, chance in told.items() for row in rows if title in row)


def _note(seen: Seen, said: ConsoleMessage) -> None:
    if said.type == "error":
        seen.trouble.append(f"console: {said.text}")


def _stay_here(seen: Seen, url: str) -> None:
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost", None):
        seen.trouble.append(f"a request left this machine: {url}")


def troubles(home: Path) -> list[str]:
    """Lines of all logs that speak of an error."""
    logs = sorted((home / "data" / "demo" / "logs").glob("*"))
    texts = {log.name: log.read_text(encoding="utf-8", errors="replace") for log in logs}
    # a logger of that name tells everything
    lines = [(name, line) for name, text in texts.items() for line in text.replace("uvicorn.error", "").splitlines()]
    return [f"{name}: {line}" for name, line in lines if _TROUBLE.search(line)]


def show(seen: Seen, held: Watched) -> None:
    """Print what the viewer got, and what it took."""
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M}; first row after {seen.first:.1f} s")
    print(f"the rows changed {len(seen.changes)} times", end="")
    lags = sorted(seen.lags)
    print(f", {median(lags):.1f} s (at most {lags[-1]:.1f}, n {len(lags)}) after a chance was stored" if lags else "")
    for kind in held.kinds:
        early, late = (_middle(held, kind, first) for first in (True, False))
        print(f"  {kind}: {_told(early)} in the second minute, {_told(late)} in the last")
    print(f"at most {held.peak_of_all() / MEGABYTE:.0f} MB together")
    print(f"troubles: {len(seen.trouble)}", *seen.trouble[:20], sep="\n  ")


def _middle(held: Watched, kind: str, first: bool) -> Holding | None:
    """What a kind of process held in the second minute of the page, or in the last."""
    last = held.seconds[-1] - _FIRST_MINUTE
    chosen: Sequence[Holding] = [
        look[kind]
        for at, look in zip(held.seconds, held.held, strict=True)
        if kind in look and (_FIRST_MINUTE < at < 2 * _FIRST_MINUTE if first else at > last)
    ]
    return chosen[len(chosen) // 2] if chosen else None


def _told(one: Holding | None) -> str:
    return f"{one.number}, {one.unique / MEGABYTE:.0f} MB, {one.files} files" if one else "none"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--images", type=Path)
    given = parser.parse_args()
    main(given.minutes, given.images)
