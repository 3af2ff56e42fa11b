"""What encryption, cut addresses and kept answers cost: `python -m benchmarks.sealing [--dataset FILE] [--redis URL]`.

CPU time of one process, each way in turn, the least of three: collecting a recorded dataset (or a simulated startup)
with and without cutting addresses; putting deliveries into the inbox with and without encryption; a stored read of the
API from the store, from memory, and from Redis, as wall-clock percentiles.
"""

import argparse
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine
from starlette.testclient import TestClient

from sprintlib import inbox
from sprintlib.access.sealing import Seal
from sprintlib.api import create_app
from sprintlib.api.answers import Answers
from sprintlib.api.redis_answers import RedisAnswers
from sprintlib.github.dataset import ingest_dataset
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze
from sprintlib.settings import parse
from sprintlib.store import open_store
from sprintsim.simulation import write_startup

_DELIVERIES, _READS, _TIMES = 500, 200, 3
_NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
_REPOSITORIES = ["sprint-demo/api", "sprint-demo/web", "sprint-demo/mobile"]
_ROUTES = ("/api/v1/analyses/latest", "/api/v1/risks", "/api/v1/milestones")


class Nothing:
    """Keeps no answer."""

    are_here = True

    def get(self, tag: str) -> bytes | None:
        """None."""

    def put(self, tag: str, body: bytes) -> None:
        """Forget it."""


class OnlyRedis(RedisAnswers):
    """Answers of another server, each time."""

    def get(self, tag: str) -> bytes | None:
        """Without memory."""
        self._here._bodies.clear()
        return super().get(tag)


def main(dataset: Path | None, redis: str | None) -> None:
    """Print what each costs."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        write_startup(home / "startup", 4, date(2026, 11, 23))
        _collecting(home, dataset or home / "startup")
        _receiving(home)
        _reading(home, redis)


def _collecting(home: Path, dataset: Path) -> None:
    ways: dict[str, AbstractContextManager[Any]] = {
        "addresses cut": nullcontext(),
        "addresses kept": patch("sprintlib.facts.batch.without_addresses", lambda value: value),
    }
    for name, way in ways.items():
        seconds = []
        for number in range(_TIMES):
            engine = open_store(f"sqlite:///{home / name / str(number)}/sprint.db")
            with way:
                seconds.append(_taken(partial(ingest_dataset, engine, dataset, "demo", _NOW)))
            engine.dispose()
        print(f"collecting, {name:15} {min(seconds):7.2f} s")


def _receiving(home: Path) -> None:
    chosen = Random(1)
    words = [f"{chosen.getrandbits(24):x}" for _ in range(400)]
    told = [" ".join(chosen.choices(words, k=1200)) for _ in range(_DELIVERIES)]  # 8 kB, as GitHub sends for an issue
    ways: dict[str, AbstractContextManager[Any]] = {
        "encrypted": nullcontext(),
        "plain": patch.object(Seal, "close", lambda _, plain: plain),
    }
    for name, way in ways.items():
        engine = open_store(f"sqlite:///{home / name}/sprint.db")
        with way:
            seconds = min(_taken(partial(_put, engine, told, turn)) for turn in range(_TIMES))
            size = (home / name / "sprint.db").stat().st_size
            took = _taken(partial(inbox.claim, engine, "x", 1000))
        each = seconds / _DELIVERIES * 1000
        print(f"a delivery received, {name:10} {each:6.3f} ms; 1,000 taken {took:.3f} s; {size / 1e6:.1f} MB")
        engine.dispose()


def _put(engine: Engine, told: list[str], turn: int) -> None:
    for number, text in enumerate(told):
        body = {"text": text, "turn": turn, "pusher": {"email": "ada@acme.example"}}
        inbox.receive(engine, f"{turn}-{number}", "push", {}, json.dumps(body).encode())


def _reading(home: Path, redis: str | None) -> None:
    (home / "sprint.toml").write_text("", encoding="utf-8")
    settings = parse({"home": home, "project": {"name": "demo", "repositories": _REPOSITORIES}})
    settings = settings.model_copy(
        update={"api": settings.api.model_copy(update={"requests_per_minute": 1_000_000, "answers_url": "memory://"})}
    )
    engine = open_store(settings.database_url)
    ingest_dataset(engine, home / "startup", "demo", _NOW)
    project = ProjectHandle(settings, engine, lambda: _NOW)
    analyze(project, _NOW, store=True)
    ways: dict[str, Answers | None] = {"store": Nothing(), "memory": None}
    if redis:
        ways["redis"] = OnlyRedis(redis, settings.data_dir)
    for name, answers in ways.items():
        with _kept_in(answers):
            client = TestClient(create_app(project, None), base_url="http://127.0.0.1")
        for route in _ROUTES:
            client.get(route)
            taken = sorted(_waited(partial(client.get, route)) for _ in range(_READS))
            middle, high = (taken[int(share * _READS)] * 1000 for share in (0.5, 0.95))
            print(f"{route:24} from {name:7} p50 {middle:6.2f} ms, p95 {high:6.2f} ms")
    engine.dispose()


def _kept_in(answers: Answers | None) -> AbstractContextManager[Any]:
    return nullcontext() if answers is None else patch("sprintlib.api.context._answers", lambda _: answers)


def _taken(act: Callable[[], object]) -> float:
    began = process_time()
    act()
    return process_time() - began


def _waited(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path)
    parser.add_argument("--redis")
    given = parser.parse_args()
    main(given.dataset, given.redis)
