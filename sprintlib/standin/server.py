"""Serving datasets on the loopback interface, blocking or beside a test."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from sprintlib.standin.app import application
from sprintlib.standin.dataset import Dataset, load

HOST = "127.0.0.1"


def _loaded(datasets: Iterable[Dataset | Path | str]) -> list[Dataset]:
    return [found for given in datasets for found in ([given] if isinstance(given, Dataset) else load(given))]


def _server(datasets: Iterable[Dataset | Path | str], fault: str | None) -> uvicorn.Server:
    config = uvicorn.Config(
        application(_loaded(datasets)),
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        http="h11",
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def _bound(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    return listener


def serve(datasets: Iterable[Dataset | Path | str], port: int, fault: str | None = None) -> None:
    """Serve until interrupted."""
    with _bound(port) as listener:
        _server(datasets, fault).run(sockets=[listener])


@contextmanager
def running(datasets: Iterable[Dataset | Path | str], fault: str | None = None, port: int = 0) -> Iterator[str]:
    """Serve in a background thread on a free loopback port; yields the base URL, such as http://127.0.0.1:4711."""
    server = _server(datasets, fault)
    with _bound(port) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)
