"""How quick the dashboards are: `python -m benchmarks.dashboards`, a quarter of an hour on two quiet cores.

Wall-clock times in headless Chromium, of the first meaningful content: cold, from a kernel started ahead, after a click
and of a what-if; memory a viewer; so many viewers at once. Beside it, in the same run, a bare Voilà notebook and, with
the PYTHON of an environment that has Streamlit, a Streamlit page, which both show the verdict and the burn-up that this
program has stored. `--loads 3` gives an impression.

The demo is simulated and stands at a seeded clock. --real: secp256k1 and bips from ../shared/data, too.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import nbformat
import psutil
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import update

from sprintlib.analysis import Analysis
from sprintlib.clock import write_clock
from sprintlib.demo import REPOSITORIES
from sprintlib.github import ingest_dataset, sync
from sprintlib.settings import load
from sprintlib.store import open_store, schema
from sprintlib.views import burn_up_chart, headline
from sprintsim.fake_github import running
from sprintsim.simulation import write_startup

BACKUPS = Path(__file__).parents[2] / "shared" / "data" / "github-backups"
REAL = {"bitcoin-core/secp256k1": "bitcoin-core_secp256k1.tar.xz", "bitcoin/bips": "bitcoin_bips.tar.xz"}
REAL_NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
SEED, NOW = 4, datetime(2026, 11, 23, 16, tzinfo=UTC)
TARGETS = {"preheated": "1.0", "click": "0.3", "what-if": "1.0", "memory a viewer": "150"}
PATIENCE = 300_000  # milliseconds
CONTENT = {
    "overview": ".verdict",
    "milestone": ".answer .figure strong",
    "dependencies": "main header.title h1:has-text('Dependencies')",
    "actions": "#ranked",
    "trends": "article.metric",
    "health": "#checks",
    "reports": "main header.title h1:has-text('Reports')",
}


def main() -> None:
    """Print a table for each project."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--loads", type=int, default=20, help="visits of each page")
    parser.add_argument("--viewers", type=int, default=10, help="pages open at once, at most 12")
    parser.add_argument("--real", action="store_true", help="secp256k1 and bips, too")
    parser.add_argument("--streamlit", metavar="PYTHON", help="of an environment with Streamlit")
    asked = parser.parse_args()
    for name, make in [("demo", demo_home), *([("secp256k1 and bips", real_home)] if asked.real else [])]:
        with TemporaryDirectory() as folder, sync_playwright() as playwright:
            home = make(Path(folder))
            run(home, "analyze")
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
            print(
                f"\n{name}, {asked.loads} loads a page, {psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}\n"
            )
            print("| what | median | longest | n | target |\n|---|---|---|---|---|")
            measure_dashboards(browser, home, asked.loads, asked.viewers)
            measure_others(browser, home, asked.loads, asked.streamlit)
            browser.close()


def chromium() -> str:
    """The system's own."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise SystemExit("Chromium is not installed here.")
    return found


# ------------------------------------------------------------------ projects


def demo_home(home: Path) -> Path:
    """The simulated startup, its clock standing still."""
    write_startup(home / "github", SEED, date(2026, 11, 23))
    settled(home, "Mooring", list(REPOSITORIES), NOW)
    engine = open_store(f"sqlite:///{home / 'data' / 'sprint.db'}")
    with running([home / "github"], clock=lambda: NOW) as url:
        settings = load(home)
        github = settings.github.model_copy(update={"api_url": url})
        sync(engine, settings.model_copy(update={"github": github}), None)
    with engine.begin() as connection:  # collecting goes by the clock on the wall, which is not the startup's
        connection.execute(update(schema.sync_run).values(started_at=NOW, finished_at=NOW, message=None))
    engine.dispose()
    return home


def real_home(home: Path) -> Path:
    """secp256k1 and bips, as of a day on which milestones were open."""
    engine = open_store(f"sqlite:///{home / 'data' / 'sprint.db'}")
    for file in REAL.values():
        ingest_dataset(engine, BACKUPS / file, "bitcoin", REAL_NOW)
    engine.dispose()
    return settled(home, "bitcoin", list(REAL), REAL_NOW)


def settled(home: Path, name: str, repositories: list[str], now: datetime) -> Path:
    """The home with its settings and a clock that stands still."""
    write_clock(home / "clock.txt", now)
    settings = f'[project]\nname = "{name}"\nrepositories = {json.dumps(repositories)}\n\n[clock]\nfile = "clock.txt"\n'
    (home / "sprint.toml").write_text(settings, encoding="utf-8")
    return home


def run(home: Path, *arguments: str) -> str:
    """What a command of ours prints."""
    command = [sys.executable, "-m", "sprintlib", "--home", str(home), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


# ------------------------------------------------------------------ ours


def measure_dashboards(browser: Browser, home: Path, loads: int, viewers: int) -> None:
    """Cold, preheated, click, what-if, memory, and many at once."""
    with served(home) as (server, url):
        show("overview, cold", [visit(browser, f"{url}overview.ipynb", CONTENT["overview"])])
    with served(home) as (server, url):
        for name, content in CONTENT.items():
            times = [visit(browser, f"{url}{name}.ipynb", content, before=lambda: rest(server)) for _ in range(loads)]
            show(f"{name}, preheated", times, TARGETS["preheated"])
        rest(server)
        with opened(browser, f"{url}overview.ipynb", CONTENT["overview"]) as page:
            page.wait_for_selector("#live[data-state=live]", timeout=PATIENCE)
            for name in CONTENT:
                times = [click(page, name) for _ in range(max(loads // 2, 1))]
                show(f"{name}, after a click", times, TARGETS["click"])
            show("a what-if", [what_if(page, place) for place in range(max(loads // 2, 1))], TARGETS["what-if"])
            used = sorted(memory(process) for process in kernels(server))
            show("memory a viewer, MB", used[-1:], TARGETS["memory a viewer"])
        rest(server)
        show(f"{viewers} viewers at once", at_once(browser, f"{url}overview.ipynb", viewers), TARGETS["preheated"])


@contextmanager
def served(home: Path) -> Iterator[tuple[psutil.Process, str]]:
    """`sprint dashboards`, and where its pages are."""
    command = [sys.executable, "-m", "sprintlib", "--home", str(home), "dashboards", "--no-browser", "--no-analyze"]
    process = subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        if found is None:
            raise SystemExit("The dashboards did not start.")
        yield psutil.Process(process.pid), f"{found.group()}voila/render/"
    finally:
        stop(process)


def stop(process: "subprocess.Popen[str]") -> None:
    """End a server and what it started."""
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    process.wait(60)
    for child in psutil.wait_procs(children, timeout=10)[1]:
        child.kill()


def kernels(server: psutil.Process) -> list[psutil.Process]:
    """The kernels of a server, those that wait for a visitor included."""
    return [child for child in server.children(recursive=True) if "ipykernel_launcher" in " ".join(child.cmdline())]


def rest(server: psutil.Process) -> None:
    """Wait until pages that were left are gone and one kernel waits for a visitor, doing nothing."""
    for _ in range(int(PATIENCE / 1000)):
        found = kernels(server)
        if len(found) == 1 and found[0].cpu_percent(1.0) < 5:
            return
        time.sleep(0.2)
    raise SystemExit("No kernel waits for a visitor.")


def memory(process: psutil.Process) -> float:
    """What a process has for itself, in MB; children's included."""
    family = [process, *process.children(recursive=True)]
    return sum(one.memory_full_info().uss for one in family) / 1e6


def click(page: Page, name: str) -> float:
    """Seconds from a click in the navigation to the content of that page."""
    if page.locator(f".site-header a[data-page={name}][aria-current=page]").count():
        other = "health" if name != "health" else "reports"
        click(page, other)
    begun = time.perf_counter()
    page.locator(f".site-header a[data-page={name}]").click()
    page.wait_for_selector(f".site-header a[data-page={name}][aria-current=page]", timeout=PATIENCE)
    page.wait_for_selector(CONTENT[name], timeout=PATIENCE)
    return time.perf_counter() - begun


def what_if(page: Page, place: int) -> float:
    """Seconds from a tick to the new chance; it is taken back afterwards."""
    click(page, "milestone")
    boxes = page.locator("#what-if input[name=drop]")
    begun = time.perf_counter()
    boxes.nth(place % boxes.count()).click()
    page.wait_for_selector(".outcome", timeout=PATIENCE)
    spent = time.perf_counter() - begun
    page.locator("#what-if-undo").click()
    page.wait_for_selector(".outcome", state="detached", timeout=PATIENCE)
    return spent


def at_once(browser: Browser, url: str, viewers: int) -> list[float]:
    """Seconds to the first content of each of so many pages, all asked for at the same time."""
    contexts = [browser.new_context() for _ in range(viewers)]
    pages = [context.new_page() for context in contexts]
    begun = time.perf_counter()
    for page in pages:
        page.evaluate("url => { setTimeout(() => location.assign(url)) }", url)
    times = []
    for page in pages:
        page.wait_for_selector(CONTENT["overview"], timeout=PATIENCE)
        times.append(time.perf_counter() - begun)
    for context in contexts:
        close(context)
    return times


# ------------------------------------------------------------------ a bare Voilà notebook, and Streamlit

_NOTEBOOK = """import json, altair as alt
from IPython.display import HTML, display
stored = json.load(open("stored.json"))
display(HTML(f'<h1 class="verdict">{stored["figure"]} {stored["words"]}</h1>'))
display(alt.Chart.from_dict(stored["burn_up"]))"""
_STREAMLIT = """import json, streamlit as st
stored = json.load(open("stored.json"))
st.title(f'{stored["figure"]} {stored["words"]}')
st.vega_lite_chart(stored["burn_up"], use_container_width=True)"""


def measure_others(browser: Browser, home: Path, loads: int, streamlit: str | None) -> None:
    """The same verdict and burn-up by two other means, each visit with nothing prepared but the server itself."""
    folder = home / "others"
    folder.mkdir()
    analysis = Analysis.model_validate_json(run(home, "analyze", "--json"))
    figure, words = headline(analysis, analysis.milestones[0])
    shown = {"figure": figure, "words": words, "burn_up": burn_up_chart(analysis, analysis.milestones[0]).to_dict()}
    (folder / "stored.json").write_text(json.dumps(shown), encoding="utf-8")
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(_NOTEBOOK)]), folder / "bare.ipynb")
    (folder / "page.py").write_text(_STREAMLIT, encoding="utf-8")
    voila = [sys.executable, "-m", "voila", "bare.ipynb", "--no-browser", "--port=8871"]
    with beside(folder, voila, 8871):
        show("bare Voilà notebook", [visit(browser, "http://127.0.0.1:8871/", "h1.verdict") for _ in range(loads)])
    if streamlit:
        options = ["--server.headless=true", "--server.port=8872", "--browser.gatherUsageStats=false"]
        with beside(folder, [streamlit, "-m", "streamlit", "run", "page.py", *options], 8872):
            show("Streamlit", [visit(browser, "http://127.0.0.1:8872/", "h1") for _ in range(loads)])


@contextmanager
def beside(folder: Path, command: list[str], port: int) -> Iterator[None]:
    """A server that listens on a port."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    try:
        while not any(one.laddr.port == port for one in psutil.net_connections("tcp") if one.status == "LISTEN"):
            if process.poll() is not None:
                raise SystemExit(f"{' '.join(command[1:3])} did not start.")
            time.sleep(0.2)
        yield
    finally:
        stop(process)


# ------------------------------------------------------------------ visits


@contextmanager
def opened(browser: Browser, url: str, content: str) -> Iterator[Page]:
    """A page whose content is there; left afterwards."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url, wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector(content, timeout=PATIENCE)
    yield page
    close(context)


def visit(browser: Browser, url: str, content: str, before: Callable[[], None] = lambda: None) -> float:
    """Seconds from the address to the first content, in a browser that has been nowhere before."""
    before()
    begun = time.perf_counter()
    with opened(browser, url, content):
        return time.perf_counter() - begun


def close(context: BrowserContext) -> None:
    """Leave, as somebody does who closes a tab."""
    for page in context.pages:
        page.close(run_before_unload=True)
    context.close()


def show(name: str, figures: list[float], target: str = "") -> None:
    """One row of the table."""
    print(f"| {name} | {median(figures):.2f} | {max(figures):.2f} | {len(figures)} | {target} |", flush=True)


if __name__ == "__main__":
    main()
