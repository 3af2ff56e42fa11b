"""What the whole workbench takes in memory, without the language model: `python -m benchmarks.footprint`.

The demo's startup is collected; `sprint serve` with its worker and `sprint dashboards` run beside it, one page after
the other is opened in headless Chromium and the last one stays open, webhooks arrive, and `sprint report` writes a
report meanwhile. Every half second all processes are looked at. Told is the peak of each kind: bytes that would be free
if it ended (USS), and bytes in memory (RSS), in which what processes share counts in each. The browser is not counted.
Target: 2.5 GB together.
"""

import argparse
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import requests
from playwright.sync_api import sync_playwright

from benchmarks.dashboards import CONTENT, PATIENCE, demo_home
from benchmarks.events import HOOK, SECRET, Events, send
from benchmarks.processes import MEGABYTE, Watched, chromium, command, watched, word_after
from sprintlib.settings import load
from sprintlib.store import open_store

TARGET = 2.5e9


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=30, help="webhooks that arrive while a page is open")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="sprint-footprint-") as name:
        show(measure(demo_home(Path(name)), given.events))


def measure(home: Path, events: int) -> Watched:
    """Everything at once, on a home that is collected."""
    with command(home, "serve", "--port", "0", SPRINT_WEBHOOK_SECRET=SECRET) as serve:
        api = word_after(home, "serve", "Webhooks go to ", serve).rstrip(".").removesuffix(HOOK)
        with command(home, "dashboards", "--port", "0", "--no-browser") as dashboards:
            url = word_after(home, "dashboards", "Dashboards: ", dashboards)
            with watched({"serve": serve.pid, "dashboards": dashboards.pid}, 0.5) as told:
                look_around(home, url, api, events)
                with command(home, "report", "--no-explain") as report, watched({"report": report.pid}, 0.5) as more:
                    report.wait(600)
                time.sleep(2)
    for now, then in zip(told.held[-len(more.held) :], more.held, strict=False):
        now.update({f"report: {kind}": one for kind, one in then.items()})
    return told


def look_around(home: Path, url: str, api: str, events: int) -> None:
    """Every page, one after the other, and webhooks while the last is open."""
    engine = open_store(load(home).database_url)
    sent = Events(engine)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        base = url.split("voila")[0].rstrip("/")
        for name, content in CONTENT.items():
            page.goto(f"{base}/voila/render/{name}.ipynb", timeout=PATIENCE)
            page.wait_for_selector(content, timeout=PATIENCE)
        with requests.Session() as session:
            for _ in range(events):
                send(session, api, sent.next()[1])
                time.sleep(0.2)
        page.wait_for_timeout(5_000)
        browser.close()
    engine.dispose()


def show(told: Watched) -> None:
    """The table, and the sum."""
    print(f"{psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}, {len(told.held)} looks")
    print("| processes | at most | for themselves, MB | in memory, MB |\n|---|---|---|---|")
    for kind in told.kinds:
        peak = told.peak(kind)
        print(f"| {kind} | {peak.number} | {peak.unique / MEGABYTE:,.0f} | {peak.resident / MEGABYTE:,.0f} |")
    most = told.peak_of_all()
    print(f"together at one moment {most / 1e9:.2f} GB, target {TARGET / 1e9} GB")
    print(json.dumps({"bytes": most, "within": most < TARGET}))


if __name__ == "__main__":
    main()
