"""What a collection costs: requests, bytes, time and CPU of GraphQL, REST, perceval and github-to-sqlite.

    python benchmarks/collect.py DATASET... [--items N] [--latency 0 150] [--via graphql rest] [--others FOLDER]

All ask the same stand-in, one after the other, each in a process of its own. DATASET: a folder or .tar.xz (see `sprint
github-server`); --items: only the newest N of it. --latency: milliseconds before each answer, as GitHub is far away.
--others: where the environment of perceval and github-to-sqlite is made, from PyPI, or is already; a temporary folder
by default; `none` leaves them out. The host of github-to-sqlite is fixed in its code, so it is replaced there before it
runs. A second collection follows at once: perceval is told from when on, github-to-sqlite knows no such thing and asks
for everything again.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from sprintsim.fake_github import Dataset
from sprintsim.fake_github.app import application
from sprintsim.fake_github.loading import load

_COUNTED = ("/repos/", "/repositories/", "/graphql", "/user", "/users/", "/rate_limit")
_ENTERPRISE = "/api/v3"
_PEERS = ("perceval", "github-to-sqlite")
_PERCEVAL = "from perceval.perceval import main; main()"
_TO_SQLITE = """
import inspect, sys
import github_to_sqlite.utils as utils
exec(compile(inspect.getsource(utils).replace("https://api.github.com", {url!r}), utils.__file__, "exec"), vars(utils))
from github_to_sqlite.cli import cli
for part in ("issues", "pull-requests", "issue-comments", "releases"):
    cli([part, {db!r}, {name!r}], standalone_mode=False)
"""


class Delayed:
    """The stand-in, each answer late; counts requests and bytes of answers."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.seconds = 0.0
        self.requests = self.bytes = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["path"].startswith(_ENTERPRISE):  # as perceval asks any host but GitHub's own
            scope = {**scope, "path": scope["path"].removeprefix(_ENTERPRISE)}
        if not scope["path"].startswith(_COUNTED):
            await self._app(scope, receive, send)
            return
        self.requests += 1

        async def counted(message: Any) -> None:
            self.bytes += len(message.get("body", b""))
            await send(message)

        await asyncio.sleep(self.seconds)
        await self._app(scope, receive, counted)


@dataclass(frozen=True)
class Cost:
    """Of one collection; wall and CPU in seconds."""

    requests: int
    megabytes: float
    wall: float
    cpu: float


def main(dataset: Path, most: int | None, latencies: Sequence[int], ways: Sequence[str], others: str | None) -> None:
    """Print a table. others: the Python of an environment that has the two."""
    (whole,) = load(dataset)
    served = newest(whole, most or len(whole.items))
    delayed = Delayed(application([served]))
    server = uvicorn.Server(uvicorn.Config(delayed, port=0, log_level="critical", lifespan="off", ws="none"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    load_now = f"load {os.getloadavg()[0]:.1f}"
    print(
        f"{served.full_name}, {len(served.items):,} of {len(whole.items):,} items, {os.cpu_count()} cores, {load_now}"
    )
    print(f"{'collection':<44}{'requests':>9}{'MB':>8}{'wall s':>8}{'CPU s':>8}", flush=True)
    for latency in latencies:
        delayed.seconds = latency / 1000
        measure(delayed, f"http://127.0.0.1:{port}", served.full_name, f" at {latency} ms", ways, others)
    server.should_exit = True


def newest(whole: Dataset, most: int) -> Dataset:
    """The items with the highest numbers."""
    part = Dataset(whole.full_name)
    part.extras.update(whole.extras)
    part.set_extra("repository", whole.repository())
    for number in sorted(whole.items)[-most:]:
        part.put(with_reactions(whole.items[number].document()))
    return part


def with_reactions(document: dict[str, Any]) -> dict[str, Any]:
    """An item of a backup as GitHub gives it: without these perceval stops."""
    entries = [entry for entry in document["events"] if entry.get("event") == "commented"]
    for thing in (document[document["type"]], *entries, *document.get("comments", ())):
        thing.setdefault("reactions", {"total_count": 0})
    return document


def measure(delayed: Delayed, url: str, name: str, at: str, ways: Sequence[str], others: str | None) -> None:
    """Each collector twice."""
    sprint = [sys.executable, "-m", "sprintlib"]
    for via in ways:
        with tempfile.TemporaryDirectory() as home:
            settings = f'[project]\nname = "b"\nrepositories = ["{name}"]\n[github]\napi_url = "{url}"\nclone = false\n'
            (Path(home) / "sprint.toml").write_text(settings)
            command = [*sprint, "--home", home, "sync", "--via", via]
            show(f"sprint, {via}, first{at}", run(delayed, command))
            show(f"sprint, {via}, second{at}", run(delayed, command))
    if others is not None:
        measure_peers(delayed, url, name, at, others)


def measure_peers(delayed: Delayed, url: str, name: str, at: str, others: str) -> None:
    """Perceval and github-to-sqlite, twice each."""
    owner, _, repository = name.partition("/")
    for category in ("pull_request", "issue"):
        options = [
            "--enterprise-url",
            url,
            "--api-token",
            "x",
            "--category",
            category,
            "--no-archive",
            "-o",
            os.devnull,
        ]
        command = [others, "-c", _PERCEVAL, "github", owner, repository, *options]
        began = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
        show(f"perceval, {category}s, first{at}", run(delayed, command))
        show(f"perceval, {category}s, second{at}", run(delayed, [*command, "--from-date", began]))
    with tempfile.TemporaryDirectory() as home:
        script = _TO_SQLITE.format(url=url, db=f"{home}/github.db", name=name)
        for which in ("first", "second"):
            show(f"github-to-sqlite, {which}{at}", run(delayed, [others, "-c", script]))


def environment(folder: Path) -> str:
    """The Python of an environment with the two in this folder, made where it is not there. Prints their versions."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_PEERS]
        subprocess.run(install, check=True)
    asked = (
        f"from importlib.metadata import version; print(*(f'{{one}} {{version(one)}}' for one in {_PEERS}), sep=', ')"
    )
    subprocess.run([python, "-c", asked], check=True)
    return str(python)


def run(delayed: Delayed, command: Sequence[str]) -> Cost | str:
    """One process, to its end; the last line of what it says where it fails."""
    before, began = (delayed.requests, delayed.bytes), time.monotonic()
    with tempfile.TemporaryFile() as said:
        environment = {**os.environ, "GITHUB_TOKEN": "x" * 40}
        files = [(os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_DUP2, said.fileno(), 2)]
        process = os.posix_spawn(command[0], list(command), environment, file_actions=files)
        _, status, used = os.wait4(process, 0)
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
    if status or any("Error!" in line for line in lines):  # perceval ends well after it
        return f"failed: {next((line for line in lines if 'Error!' in line), (lines or ['without a word'])[-1])[:200]}"
    told = (delayed.requests - before[0], (delayed.bytes - before[1]) / 1e6)
    return Cost(*told, time.monotonic() - began, used.ru_utime + used.ru_stime)


def show(what: str, cost: Cost | str) -> None:
    """One line of the table."""
    if isinstance(cost, str):
        print(f"{what:<44} {cost}", flush=True)
    else:
        numbers = f"{cost.requests:>9,}{cost.megabytes:>8.1f}{cost.wall:>8.1f}{cost.cpu:>8.1f}"
        print(f"{what:<44}{numbers}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", type=Path, nargs="+")
    parser.add_argument("--items", type=int)
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 150])
    parser.add_argument("--via", nargs="*", default=["graphql", "rest"], choices=["graphql", "rest"])
    parser.add_argument("--others")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        python = None if options.others == "none" else environment(Path(options.others or made))
        for one in options.datasets:
            main(one, options.items, options.latency, options.via, python)
