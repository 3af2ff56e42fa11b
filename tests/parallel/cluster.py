"""A Dask cluster on loopback, of processes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


class Cluster:
    """Scheduler and workers as processes of their own on loopback."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.folder = folder
        self.processes = [self._start("scheduler", "--host", "127.0.0.1", "--port", self.address.rpartition(":")[2])]
        for _ in range(2):
            self.add_worker()

    def add_worker(self) -> None:
        more = ("--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard")
        self.processes.append(self._start("worker", self.address, *more, "--local-directory", str(self.folder)))

    def _start(self, what: str, *arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "distributed.cli.dask_" + what, *arguments]
        if what == "scheduler":
            command.append("--no-dashboard")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "2"}
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder
        )

    def wait(self, workers: int) -> None:
        from distributed import Client

        with Client(self.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
