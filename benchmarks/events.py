"""From an event to a stored recommendation: how long it takes, and what a burst does.

    python benchmarks/events.py HOME [--seconds 60] [--rate 1] [--burst 1000] [--kills 5] [--grow N]

HOME holds a project that was collected (`sprint demo`, or a backup). It is copied, and the copy is served by
`sprint serve` with a worker of its own. Events are signed webhooks about stored items, each one a new comment. Three
measurements, each printed with its n:

1. RATE events a second for so many seconds: from the request to the row of the analysis that holds it, without LLM;
2. the answer to each request meanwhile;
3. a burst, with the worker killed KILLS times on the way: how long until nothing waits, whether anything was lost or
   counted twice.

Without GitHub: asking about items afterwards is GitHub's time, not ours, and happens beside the worker.
--grow adds N copies of the stored closed items with their events, to show what a longer history costs.
"""

import argparse
import hashlib
import hmac
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import requests
from sqlalchemy import Engine, String, cast, func, insert, select

from sprintlib import inbox
from sprintlib.facts.batch import read_payload
from sprintlib.settings import Settings, load
from sprintlib.store import open_store, schema

SECRET = "benchmark"
HOOK = "/webhooks/github"
Json = dict[str, Any]
_AFTER_ALL = 10**13  # no id of GitHub's is as large


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def told(name: str, values: list[float]) -> str:
    """A line with p50, p95 and p99 of seconds."""
    parts = ", ".join(
        f"p{round(100 * share)} {1000 * percentile(values, share):,.0f} ms" for share in (0.5, 0.95, 0.99)
    )
    return f"{name}: {parts} (n = {len(values):,})"


class Events:
    """Webhooks about the open items of a store, each as if somebody had just commented."""

    def __init__(self, engine: Engine) -> None:
        payload, issue = schema.payload, schema.issue
        query = (
            select(payload.c.body, payload.c.repository_id, schema.repository.c.full_name)
            .join(issue, payload.c.key == cast(issue.c.repository_id, String) + "-" + cast(issue.c.number, String))
            .join(schema.repository, schema.repository.c.id == payload.c.repository_id)
            .where(payload.c.kind == "issue", issue.c.state == "open")
            .order_by(issue.c.milestone_number.is_(None), issue.c.number)
            .limit(60)
        )
        with engine.connect() as connection:
            self._items = [(read_payload(body), key, name) for body, key, name in connection.execute(query)]
        self._count = 0
        self._moment = datetime.now(UTC)

    def next(self) -> tuple[str, bytes]:
        """The id of its comment, and the raw body."""
        self._count += 1
        issue, key, name = self._items[self._count % len(self._items)]
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        address = f"https://github.com/{name}/issues/{issue['number']}"
        node = f"IC_benchmark_{self._count}"
        comment = {
            "id": 9_000_000_000 + self._count,
            "node_id": node,
            "issue_url": f"https://api.github.com/repos/{name}/issues/{issue['number']}",
            "html_url": f"{address}#issuecomment-{self._count}",
            "user": {"login": "somebody", "type": "User"},
            "body": f"Event {self._count}: looked at it, goes on tomorrow.",
            "created_at": now,
            "updated_at": now,
        }
        repository = {"id": key, "full_name": name, "html_url": f"https://github.com/{name}"}
        payload = {"action": "created", "issue": {**issue, "updated_at": now}, "comment": comment}
        return node, json.dumps({**payload, "repository": repository}).encode()


def send(session: requests.Session, url: str, body: bytes) -> float:
    """Post one delivery. Returns how long the answer took."""
    signature = "sha256=" + hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    headers = {
        "content-type": "application/json",
        "x-github-event": "issue_comment",
        "x-github-delivery": hashlib.sha256(body).hexdigest()[:36],
        "x-hub-signature-256": signature,
    }
    began = time.perf_counter()
    answer = session.post(url + HOOK, data=body, headers=headers, timeout=60)
    took = time.perf_counter() - began
    assert answer.status_code == 202, answer.text
    return took


@contextmanager
def served(home: Path) -> Iterator[str]:
    """`sprint serve` on a home. GitHub is away: nothing listens at that address."""
    environment = {**os.environ, "SPRINT_WEBHOOK_SECRET": SECRET}
    command = [sys.executable, "-m", "sprintlib", "--home", str(home), "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    try:
        yield process.stdout.readline().split("Webhooks go to ")[1].partition(HOOK)[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def worker_of(home: Path) -> psutil.Process | None:
    """The worker that `sprint serve` runs for this home."""
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if "worker" in line and str(home) in line:
            return process
    return None


def finished(engine: Engine, since: int) -> dict[str, datetime]:
    """Digest of each delivery after a row -> when it was done, which is after its analysis was stored."""
    table = schema.delivery.c
    query = select(table.digest, table.finished_at).where(table.id > since, table.state == "done")
    with engine.connect() as connection:
        return dict(connection.execute(query).all())


def newest(engine: Engine) -> int:
    """The number of the newest delivery."""
    with engine.connect() as connection:
        return connection.scalar(select(func.max(schema.delivery.c.id))) or 0


def drained(engine: Engine, seconds: float) -> bool:
    """Wait until nothing waits. Returns False where that takes longer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        counted = inbox.counts(engine)
        if not counted["waiting"] and not counted["taken"]:
            return True
        time.sleep(0.05)
    return False


def steady(engine: Engine, url: str, events: Events, seconds: float, rate: float) -> None:
    """RATE events a second; what each took, and what its answer took."""
    since, sent, answers, session = newest(engine), {}, [], requests.Session()
    began = time.monotonic()
    for number in range(round(seconds * rate)):
        time.sleep(max(began + number / rate - time.monotonic(), 0.0))
        _, body = events.next()
        sent[hashlib.sha256(body).hexdigest()] = datetime.now(UTC)
        answers.append(send(session, url, body))
    assert drained(engine, 120), inbox.counts(engine)
    done = finished(engine, since)
    lags = [(done[digest] - at).total_seconds() for digest, at in sent.items()]
    print(told(f"event to stored analysis at {rate:g} a second", lags))
    minutes = [lags[first : first + round(60 * rate)] for first in range(0, len(lags), round(60 * rate))]
    print("  median of each minute:", ", ".join(f"{1000 * percentile(one, 0.5):,.0f}" for one in minutes), "ms")
    print(told("the receiver's answer meanwhile", answers))


def burst(engine: Engine, home: Path, url: str, events: Events, count: int, kills: int) -> None:
    """COUNT events as fast as they go, the worker killed on the way."""
    nodes, answers, session = [], [], requests.Session()
    began = time.monotonic()

    def kill() -> None:
        for _ in range(kills):
            time.sleep(1.5)
            worker = worker_of(home)
            if worker:
                worker.send_signal(signal.SIGKILL)

    killer = Thread(target=kill)
    killer.start()
    for number in range(count):
        time.sleep(max(began + number / 50 - time.monotonic(), 0.0))  # fifty a second
        node, body = events.next()
        nodes.append(node)
        answers.append(send(session, url, body))
    sent_after = time.monotonic() - began
    killer.join()
    ok = drained(engine, 300)
    took = time.monotonic() - began
    with engine.connect() as connection:
        own = schema.comment.c.node_id.in_(nodes)
        held = connection.scalar(select(func.count()).select_from(schema.comment).where(own))
        rows = connection.execute(select(schema.analysis.c.sprint, schema.analysis.c.as_of, schema.analysis.c.revision))
        twice = len(pairs := rows.all()) - len(set(pairs))
    print(
        f"burst of {count:,} (sent in {sent_after:.1f} s), worker killed {kills} times: drained {ok} after {took:.1f} s"
    )
    print(f"  {held:,} of {count:,} comments are held, {twice} analyses stored twice, inbox {inbox.counts(engine)}")
    print(told("the receiver's answer at 50 a second", answers))


def grow(engine: Engine, times: int) -> None:
    """Copies of closed items with all that happened to them, in no milestone: a history so many times as long."""
    with engine.begin() as connection:
        closed: set[tuple[int, int]] = set()
        for table in (schema.issue, schema.pull_request):
            rows = connection.execute(select(table).where(table.c.state == "closed")).mappings().all()
            closed |= {(row["repository_id"], row["number"]) for row in rows}
            for copy in range(1, times + 1):
                copies = [{**_copied(row, copy), "milestone_number": None} for row in rows]
                connection.execute(insert(table), copies)
        for table in (schema.event, schema.comment, schema.review):
            rows = connection.execute(select(table)).mappings().all()
            own = [row for row in rows if (row["repository_id"], row["number"]) in closed]
            own = [row for row in own if row.get("kind") not in ("milestoned", "demilestoned")]
            for copy in range(1, times + 1):
                connection.execute(insert(table), [_copied(row, copy) for row in own])


def _copied(row: Any, copy: int) -> Json:
    """A row of another item; ids of copies are numbers that GitHub has not come to."""
    new = {name: f"{row[name]}-{copy}" for name in ("id", "node_id") if isinstance(row.get(name), str)}
    if isinstance(row.get("id"), int):
        new["id"] = row["id"] + _AFTER_ALL * copy
    return {**row, **new, "number": row["number"] + 100_000 * copy}


def settings_without_github(home: Path) -> Settings:
    """The copy's settings, with an address at which nobody is."""
    text = (home / "sprint.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("api_url")]
    if "[github]" not in lines:
        lines.append("[github]")
    lines.insert(lines.index("[github]") + 1, 'api_url = "http://127.0.0.1:9"')
    (home / "sprint.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(home)


def main() -> None:
    """Measure as asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=1)
    parser.add_argument("--burst", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--grow", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(given.home, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("clones", "github"))
        engine = open_store(settings_without_github(home).database_url)
        if given.grow:
            grow(engine, given.grow)
        with engine.connect() as connection:
            for table in (schema.issue, schema.pull_request, schema.event, schema.comment):
                print(f"{table.name}: {connection.scalar(select(func.count()).select_from(table)):,}", end="  ")
        print(f"({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})")
        events = Events(engine)
        with served(home) as url:
            send(requests.Session(), url, events.next()[1])
            drained(engine, 120)  # the worker is there, with everything loaded
            time.sleep(2)
            if given.seconds:
                steady(engine, url, events, given.seconds, given.rate)
            if given.burst:
                burst(engine, home, url, events, given.burst, given.kills)


if __name__ == "__main__":
    main()
