"""How fast the API answers: `python benchmarks/api.py HOME [--clients N] [--requests N] [--as-of T]`.

One server process and N clients at once, over the store of a home that has stored analyses; the limit of requests is
raised for it. Milliseconds of each route, and the memory of the server before and after. The first line of a route
is of an empty memory, of answers or of what was worked out on a moment, with one request of each client.

`--datasette PROGRAM` also asks Datasette, from an environment of its own, for rows of the same SQLite file.
"""

import argparse
import multiprocessing
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import urlsplit

import psutil
import requests
import uvicorn

from sprintlib.api import create_app
from sprintlib.project import ProjectHandle
from sprintlib.settings import load

_STORED = ("analyses/latest", "analyses", "forecasts", "risks", "recommendations", "milestones", "repositories", "runs")


def main(home: Path, clients: int, each: int, as_of: str | None, minutes: float) -> None:
    """Print the percentiles."""
    moment = f"as_of={as_of}&" if as_of else ""
    computed = (f"what-if?{moment}people=1", f"analysis?{moment}", f"ask?{moment}question=what+is+blocked")
    print(f"{clients} clients, {each} requests each; ms")
    with _served(home) as (url, server):
        began = server.memory_info().rss
        tag = requests.get(f"{url}/analyses/latest", timeout=60).headers["etag"]
        _measure(url, "analyses/latest, 304", "analyses/latest", clients, each, {"If-None-Match": tag})
        for path in _STORED:
            _measure(url, f"{path}, first", path, clients, 1)
            _measure(url, path, path, clients, each)
        for path in computed:
            name = path.partition("?")[0]
            _measure(url, f"{name}, first", path, clients, 1)
            _measure(url, name, path, clients, max(1, each // 10))
        if minutes:
            _for_minutes(url, server, clients, minutes)
        print(f"memory of the server: {began / 1e6:.0f} MB before, {server.memory_info().rss / 1e6:.0f} MB after")


def beside(program: str, home: Path, clients: int, each: int) -> None:
    """Print the same of Datasette, which knows tables and no results: rows of milestones and issues, 50 a page."""
    file, port = home / "data" / "sprint.db", _free_port()
    command = [program, "serve", "--immutable", str(file), "--port", str(port), "--setting", "num_sql_threads", "3"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/{file.stem}"
    try:
        _wait(url, process.poll)
        for table in ("milestone", "issue"):
            path = f"{table}.json?_shape=objects&_size=50"
            _measure(url, f"datasette: {table}", path, clients, each)
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, ended: Callable[[], int | None]) -> None:
    while ended() is None:
        try:
            requests.get(url, timeout=60)
            return
        except requests.ConnectionError:
            sleep(0.2)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _measure(url: str, name: str, path: str, clients: int, each: int, headers: dict[str, str] | None = None) -> None:
    def ask(_client: int) -> list[tuple[float, int]]:
        with _connected(url) as connection:
            return [_timed(connection, f"{urlsplit(url).path}/{path}", headers) for _ in range(each)]

    with ThreadPoolExecutor(clients) as pool:
        found = [one for answers in pool.map(ask, range(clients)) for one in answers]
    times = sorted(seconds * 1000 for seconds, _ in found)
    at = {share: times[min(len(times) - 1, int(share * len(times)))] for share in (0.5, 0.95, 0.99)}
    statuses = sorted({status for _, status in found})
    told = "  ".join(f"p{share * 100:.0f} {value:8.1f}" for share, value in at.items())
    print(f"{name:<24}{told}  n {len(times)}, {statuses}")


def _timed(connection: HTTPConnection, path: str, headers: dict[str, str] | None) -> tuple[float, int]:
    began = perf_counter()
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    answer.read()
    return perf_counter() - began, answer.status


@contextmanager
def _connected(url: str) -> Iterator[HTTPConnection]:
    """A connection that is kept; the standard library's, since the clients share the cores with the server."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=120)) as connection:
        yield connection


def _for_minutes(url: str, server: psutil.Process, clients: int, minutes: float) -> None:
    """Stored results, one route after the other, and the memory of the server at the end of each minute."""
    until = perf_counter() + 60 * minutes

    def ask(_client: int) -> int:
        with _connected(url) as connection:
            for count, path in enumerate(cycle(_STORED)):
                if perf_counter() > until:
                    return count
                _timed(connection, f"{urlsplit(url).path}/{path}", None)
        return 0

    with ThreadPoolExecutor(clients) as pool:
        asked = [pool.submit(ask, client) for client in range(clients)]
        held = []
        while perf_counter() < until - 1:
            sleep(min(60.0, max(until - perf_counter(), 0.1)))
            held.append(f"{server.memory_info().rss / 1e6:.0f}")
        count = sum(one.result() for one in asked)
    print(f"{count:,} answers in {minutes:g} minutes; MB at the end of each: {' '.join(held)}")


@contextmanager
def _served(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    port = _free_port()
    process = multiprocessing.Process(target=_serve, args=(home, port), daemon=True)
    process.start()
    url = f"http://127.0.0.1:{port}/api/v1"
    _wait(f"{url}/auth/me", lambda: process.exitcode)
    try:
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()


def _serve(home: Path, port: int) -> None:
    settings = load(home)
    unhurried = settings.api.model_copy(update={"requests_per_minute": 10_000_000})
    project = ProjectHandle.open(settings.model_copy(update={"api": unhurried}))
    uvicorn.run(create_app(project, None), port=port, log_level="critical", access_log=False, lifespan="off")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--requests", type=int, default=50)
    parser.add_argument("--as-of")
    parser.add_argument("--minutes", type=float, default=0, help="for so long stored results are asked for at the end")
    parser.add_argument("--datasette", metavar="PROGRAM")
    options = parser.parse_args()
    main(options.home, options.clients, options.requests, options.as_of, options.minutes)
    if options.datasette:
        beside(options.datasette, options.home, options.clients, options.requests)
