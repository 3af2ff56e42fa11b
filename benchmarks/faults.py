"""kill -9 at random, and whether anything is lost: `python -m benchmarks.faults [--kills 100] [--every 10] [--seed 1]`.

A simulated startup goes on, and its GitHub sends webhooks and answers. `sprint serve` and `sprint worker` run all the
time; `sprint watch`, `sprint sync` and `sprint backup` are begun in turn. Each time one of the five is killed, at a
random moment while things happen, then begun again:

    serve     until /health answers
    worker    until nothing waits in the inbox
    watch     until `sprint watch --once` has ended well
    sync      until `sprint sync` has
    backup    until `sprint backup` has

After every kill SQLite itself checks the file; after every so many, and at the end, the store is compared with one
undisturbed sync of the same GitHub, row by row, and every webhook that was answered with success must have been worked
on. At the end the last backup is drilled. The processes are forked from one that has imported everything, so recovery
times hold no start of Python (on two cores: 2 to 4 seconds).
"""

import argparse
import os
import random
import shutil
import sqlite3
import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import requests
from sqlalchemy import func, select

from benchmarks.workbench import Startup, begin, free_port, kill, settings_of, startup, wait_until
from sprintlib import backup, inbox
from sprintlib.backup.files import OLDEST_SCRATCH_SECONDS, SCRATCH, folder_of
from sprintlib.github import sync
from sprintlib.store import open_store, schema
from tests.github.stores import FACTS, contents, differences

ROLES = ("serve", "worker", "watch", "sync", "backup")
# a picture a day is a matter of the day it was taken on; a title's proof is any item that showed it
TABLES = [table for table in FACTS if table is not schema.snapshot]
_AGAIN = {"watch": ("watch", "--once"), "sync": ("sync",), "backup": ("backup",)}
_LONGEST_SECONDS = 1.5
_SPAN = timedelta(minutes=50)


@dataclass(frozen=True)
class Kill:
    """One kill. at_work: the process was alive when it came. seconds: until all was well again, from beginning anew."""

    role: str
    at_work: bool
    seconds: float


class Bench:
    """Serve and worker beside a startup, and what is killed."""

    def __init__(self, about: Startup, folder: Path, seed: int) -> None:
        self.startup, self.folder = about, folder
        self.random = random.Random(seed)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.standing: dict[str, ForkServerProcess] = {}

    def begin(self, *words: str) -> ForkServerProcess:
        """Begin a command; its log is named by its first word."""
        return begin(self.startup.home, words, self.startup.secret, self.folder / f"{words[0]}.log")

    def stand(self) -> None:
        """Serve and worker at work, webhooks on their way."""
        for role in ("serve", "worker"):
            self._again(role)
        self.startup.send_to(self.url)

    def end(self) -> None:
        """Everything ended."""
        for process in self.standing.values():
            kill(process)

    def kill(self, role: str) -> Kill:
        """Kill a process of a role at a random moment while the startup goes on, and begin it again."""
        goes_on = Thread(target=self.startup.go_on, args=(_SPAN,))
        goes_on.start()
        victim = self.standing[role] if role in self.standing else self.begin(role)
        time.sleep(self.random.uniform(0, _LONGEST_SECONDS))
        at_work = kill(victim)
        goes_on.join()
        found = Kill(role, at_work, self._again(role))
        self.check()
        return found

    def _again(self, role: str) -> float:
        began = time.monotonic()
        if role in _AGAIN:
            process = self.begin(*_AGAIN[role])
            process.join(timeout=300)
            if process.exitcode != 0:
                raise SystemExit(f"{role} ended with {process.exitcode}: {self.log(role)}")
        else:
            more = ("--port", self.url.rpartition(":")[2], "--no-worker") if role == "serve" else ()
            self.standing[role] = self.begin(role, *more)
            wait_until(self._answers if role == "serve" else self._is_idle)
        return time.monotonic() - began

    def log(self, role: str) -> str:
        """The end of what a role printed."""
        return (self.folder / f"{role}.log").read_text(encoding="utf-8", errors="replace")[-600:]

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def _is_idle(self) -> bool:
        counted = inbox.counts(self.startup.engine)
        return not counted["waiting"] and not counted["taken"]

    def check(self) -> None:
        """Raises where SQLite finds its file damaged."""
        with closing(sqlite3.connect(self.startup.settings.data_dir / "sprint.db")) as store:
            found = store.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise SystemExit(f"the store is damaged: {found}")

    def lost(self) -> dict[str, Any]:
        """What differs from one undisturbed sync, after everything has been collected and worked on."""
        wait_until(self._is_idle)
        self._again("sync")
        wait_until(lambda: self._is_idle() and not inbox.owed(self.startup.engine))
        home = self.folder / "whole"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        for name in ("sprint.toml", "clock"):
            shutil.copy(self.startup.home / name, home / name)
        settings = settings_of(home)
        engine = open_store(settings.database_url)
        sync(engine, settings, None)
        found = differences(contents(self.startup.engine, TABLES, ("proof",)), contents(engine, TABLES, ("proof",)))
        engine.dispose()
        with self.startup.engine.connect() as connection:
            pings = connection.scalar(select(func.count()).where(schema.delivery.c.event == "ping")) or 0
        counted = inbox.counts(self.startup.engine)
        done = counted["done"] + counted["ignored"] + counted["repeats"] - pings
        if done < self.startup.accepted:
            found["delivery"] = ([f"{self.startup.accepted} were accepted"], [f"{done} were worked on"])
        return found


def run(folder: Path, kills: int, every: int, seed: int, roles: Sequence[str] = ROLES) -> list[Kill]:
    """Kill so many times, each role in turn. Raises SystemExit where something is lost."""
    found: list[Kill] = []
    with startup(folder, seed) as about:
        bench = Bench(about, folder, seed)
        try:
            bench.stand()
            for number in range(1, kills + 1):
                found.append(bench.kill(roles[(number - 1) % len(roles)]))
                if (number % every == 0 or number == kills) and (lost := bench.lost()):
                    raise SystemExit(f"after {number} kills: {lost}")
            drilled(bench)
        finally:
            bench.end()
    return found


def drilled(bench: Bench) -> None:
    """Raises where the last backup is not what was saved, or a killed one left something."""
    place = folder_of(bench.startup.settings)
    long_ago = time.time() - OLDEST_SCRATCH_SECONDS - 60
    for left in place.glob(f"{SCRATCH}*"):
        os.utime(left, (long_ago, long_ago))
    bench._again("backup")
    last = backup.backups(place)[0]
    if not backup.drill(bench.startup.settings, last.file).ok:
        raise SystemExit(f"{last.file} is not what was saved")
    if left := [path.name for path in place.iterdir() if not path.name.endswith(".tar.gz")]:
        raise SystemExit(f"killed backups left {left}")


def main() -> None:
    """Kill, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="sprint-faults-") as name:
        found = run(Path(name), given.kills, given.every, given.seed)
    print(f"{'killed':8} {'times':>5} {'at work':>8} {'well again, median':>19} {'longest':>8}")
    for role in ROLES:
        own = [one for one in found if one.role == role]
        seconds = [one.seconds for one in own] or [0.0]
        at_work = sum(one.at_work for one in own)
        print(f"{role:8} {len(own):5} {at_work:8} {statistics.median(seconds):17.1f} s {max(seconds):6.1f} s")
    print(f"{len(found)} kills; nothing lost: the store is that of one undisturbed sync, every delivery was worked on")


if __name__ == "__main__":
    main()
