"""`sprint` commands beside a benchmark, and what they hold: memory, open files, kernels."""

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from threading import Event, Thread

import psutil

MEGABYTE = 1e6
_START_SECONDS = 300


@dataclass(frozen=True)
class Holding:
    """Of one kind of process at one moment. number: how many. unique: bytes that would be free if they ended.

    resident: bytes in memory, shared ones counted in each. files: open ones, sockets included.
    """

    number: int
    unique: int
    resident: int
    files: int


@dataclass
class Watched:
    """What all processes held, by kind, at each look. seconds: since the first."""

    seconds: list[float] = field(default_factory=list)
    held: list[dict[str, Holding]] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        """Every kind that was seen."""
        return sorted({kind for look in self.held for kind in look})

    def peak(self, kind: str) -> Holding:
        """The most of everything that a kind ever held."""
        found = [look[kind] for look in self.held if kind in look]
        return Holding(
            max(one.number for one in found),
            max(one.unique for one in found),
            max(one.resident for one in found),
            max(one.files for one in found),
        )

    def peak_of_all(self) -> int:
        """The most bytes that all together held for themselves at one moment."""
        return max(sum(one.unique for one in look.values()) for look in self.held)


def kind_of(process: psutil.Process) -> str:
    """serve, worker, dashboards, kernel, or embedding, from how a process was begun."""
    words = " ".join(process.cmdline())
    if "ipykernel_launcher" in words:
        return "kernel"
    found = re.search(r"\b(serve|worker|dashboards|watch|embedding|report|execute)\b", words)
    return found.group() if found else "other"


def look(roots: Mapping[str, int]) -> dict[str, Holding]:
    """What these processes and all that they started hold now, by kind."""
    found: dict[str, Holding] = {}
    for pid in roots.values():
        with suppress(psutil.Error):
            root = psutil.Process(pid)
            for process in (root, *root.children(recursive=True)):
                with suppress(psutil.Error):
                    kind, info = kind_of(process), process.memory_full_info()
                    before = found.get(kind, Holding(0, 0, 0, 0))
                    found[kind] = Holding(
                        before.number + 1,
                        before.unique + info.uss,
                        before.resident + info.rss,
                        before.files + process.num_fds(),
                    )
    return found


@contextmanager
def watched(roots: Mapping[str, int], every: float) -> Iterator[Watched]:
    """Look every so many seconds until the end of the block."""
    told, over, began = Watched(), Event(), time.monotonic()

    def go_on() -> None:
        while not over.wait(every):
            told.held.append(look(roots))
            told.seconds.append(time.monotonic() - began)

    thread = Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join()


@contextmanager
def command(home: Path, *words: str, **environment: str) -> Iterator["Popen[bytes]"]:
    """A `sprint` command until the end of the block; what it prints is in WORD.log of its home."""
    with (home / f"{words[0]}.log").open("wb") as log:
        process = Popen(
            [sys.executable, "-m", "sprintlib", "--home", str(home), *words],
            stdin=DEVNULL,
            stdout=log,
            stderr=STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        )
    try:
        yield process
    finally:
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.terminate()
        process.wait(60)
        for child in psutil.wait_procs(children, timeout=10)[1]:
            child.kill()


def word_after(home: Path, name: str, before: str, process: "Popen[bytes]") -> str:
    """The word that a command prints after some others, once it does. Raises SystemExit where it ends before."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        found = (home / f"{name}.log").read_text(encoding="utf-8", errors="replace").partition(before)[2]
        if "\n" in found:
            return found.split()[0]
        time.sleep(0.1)
    raise SystemExit((home / f"{name}.log").read_text(encoding="utf-8", errors="replace"))


def chromium() -> str:
    """The system's own. Raises SystemExit without one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise SystemExit("Chromium is not installed here.")
    return found
