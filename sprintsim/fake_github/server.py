"""Serving datasets on the loopback interface, blocking or beside a test."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from sprintlib.errors import SettingsError
from sprintsim.fake_github.accounts import Accounts
from sprintsim.fake_github.app import application
from sprintsim.fake_github.dataset import Dataset
from sprintsim.fake_github.faults import Fault
from sprintsim.fake_github.gateway import Clock, utc_now
from sprintsim.fake_github.loading import check_servable, load

if TYPE_CHECKING:
    from sprintsim.fake_github.apps import StandInApp

HOST = "127.0.0.1"

Datasets = Sequence[Dataset | Path | str]


def _server(
    datasets: Datasets,
    fault: Fault | str | None,
    clock: Clock = utc_now,
    graphql_schema: Path | None = None,
    accounts: Accounts | None = None,
    github_app: "StandInApp | None" = None,
) -> uvicorn.Server:
    made = [dataset for dataset in datasets if isinstance(dataset, Dataset)]
    read = load(*(path for path in datasets if not isinstance(path, Dataset)))
    check_servable(read)
    config = uvicorn.Config(
        application(
            [*made, *read],
            Fault.parse(fault) if isinstance(fault, str) else fault,
            clock,
            graphql_schema,
            accounts,
            github_app,
        ),
        date_header=False,  # the application says what the time is
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        http="h11",
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def _bound(port: int) -> socket.socket:
    # named as TCP, or asyncio leaves Nagle's algorithm on and every small answer waits 40 ms for an acknowledgement
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # from here on connections wait, so that nobody is refused before the loop runs
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(f"Port {port} cannot be used ({error.strerror}): choose another with --port.") from None
    return listener


def _address(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def serve(
    datasets: Datasets, port: int, fault: Fault | str | None = None, ready: Callable[[str], None] | None = None
) -> None:
    """Serve until interrupted. Port 0 takes a free one; `ready` is told the base URL.

    Raises DatasetError when a dataset cannot be read, SettingsError for a wrong fault or a port in use.
    """
    check_servable(dataset for dataset in datasets if isinstance(dataset, Dataset))
    with _bound(port) as listener:
        server = _server(datasets, fault)
        if ready:
            ready(_address(listener))
        server.run(sockets=[listener])


@contextmanager
def running(
    datasets: Datasets,
    fault: Fault | str | None = None,
    port: int = 0,
    clock: Clock = utc_now,
    graphql_schema: Path | None = None,
    accounts: Accounts | None = None,
    github_app: "StandInApp | None" = None,
) -> Iterator[str]:
    """Serve in a background thread on a free loopback port; yields the base URL, such as http://127.0.0.1:4711.

    clock: what its answers say the time is. graphql_schema: a file with GitHub's own; by default the part that is
    needed. accounts: who may sign in. github_app: an app that may ask.
    """
    server = _server(datasets, fault, clock, graphql_schema, accounts, github_app)
    with _bound(port) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield _address(listener)
        finally:
            server.should_exit = True
            thread.join(timeout=10)
