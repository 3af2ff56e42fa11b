"""The real backups, served by the stand-in and collected: exactly what they hold, in about as many requests as said."""

import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from sqlalchemy import Engine, select

from sprintlib.github import SyncSummary, connect, estimate, ingest_dataset, sync
from sprintlib.settings import parse
from sprintlib.store import open_store, schema
from sprintsim.fake_github import running
from tests.github.conftest import HASTE
from tests.github.stores import FACTS, contents, count, differences

NAMES = ("bitcoin-core/secp256k1", "bitcoin/bips")
FILES = ("bitcoin-core_secp256k1.tar.xz", "bitcoin_bips.tar.xz")

pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def backups() -> list[Path]:
    folder = Path(__file__).parents[3] / "shared" / "data" / "github-backups"
    return [folder / name for name in FILES]


@pytest.fixture(scope="module")
def direct(backups: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('direct') / 'sprint.db'}")
    for backup in backups:
        ingest_dataset(engine, backup, "bitcoin")
    yield engine
    engine.dispose()


def entries(backup: Path) -> Counter[str]:
    """How many of each a backup holds, counted without the package."""
    found: Counter[str] = Counter()
    with tarfile.open(backup) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.name.endswith(".json") else None
            document = json.load(content) if content else {}
            if document.get("type") in ("issue", "pull"):
                found[document["type"]] += 1
                found["review comment"] += len(document.get("comments", []))
                found.update(event["event"] for event in document["events"])
    return found


def test_direct_ingestion_holds_what_the_backups_hold(backups: list[Path], direct: Engine):
    held = sum((entries(backup) for backup in backups), Counter())
    assert (held["issue"], held["pull"]) == (517, 1308 + 2104)
    others = {"issue", "pull", "review comment", "commented", "reviewed", "committed", "line-commented"}
    assert {
        "issue": count(direct, schema.issue),
        "pull": count(direct, schema.pull_request),
        "commented": count(direct, schema.comment, kind="issue"),
        "review comment": count(direct, schema.comment, kind="review"),
        "reviewed": count(direct, schema.review),
    } == {name: held[name] for name in ("issue", "pull", "commented", "review comment", "reviewed")}
    assert count(direct, schema.event) == sum(held[name] for name in held if name not in others)
    assert count(direct, schema.milestone) == 11


@dataclass(frozen=True)
class Collected:
    engine: Engine
    estimated: int
    first: SyncSummary
    second: dict[str, dict[str, dict[str, int]]]
    statuses: dict[str, int]


@pytest.fixture(scope="module")
def collected(backups: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collected]:
    home = tmp_path_factory.mktemp("home")
    engine = open_store(f"sqlite:///{home / 'sprint.db'}")
    with running(backups) as url:
        settings = parse(
            {"home": home, "project": {"name": "bitcoin", "repositories": NAMES}, "github": {"api_url": url}}
        )
        estimated = estimate(connect(settings, None, HASTE), settings, NAMES).requests
        first = sync(engine, settings, None, retry_policy=HASTE)
        requests.delete(f"{url}/_stats", timeout=20)
        sync(engine, settings, None, retry_policy=HASTE)
        seen = requests.get(f"{url}/_stats", timeout=20).json()
        yield Collected(engine, estimated, first, seen["repositories"], seen["statuses"])
    engine.dispose()


def test_counts(collected: Collected):
    held = {(part.repository, part.kind): (part.collected, part.expected) for part in collected.first.completeness}
    assert held["bitcoin-core/secp256k1", "issues"] == (517, 517)
    assert held["bitcoin-core/secp256k1", "pulls"] == (1308, 1308)
    assert held["bitcoin/bips", "issues"] == (0, 0)
    assert held["bitcoin/bips", "pulls"] == (2104, 2104)


def test_requests_are_few_and_were_estimated(collected: Collected):
    assert collected.first.requests < 5000
    assert collected.first.requests == pytest.approx(collected.estimated, rel=0.1)


def test_a_second_sync_is_cheap(collected: Collected):
    for paths in collected.second.values():
        answers = Counter[str]()
        for statuses in paths.values():
            answers.update(statuses)
        assert answers.total() <= 12
        assert answers.total() - answers["304"] <= 2


def test_collecting_equals_direct_ingestion(collected: Collected, direct: Engine):
    # a stand-in has its own clone address, and counts a milestone's items among those that the backup holds
    skipped = (schema.snapshot, schema.changed_file, schema.pull_request)
    compared = [table for table in FACTS if table not in skipped]
    without = ("clone_url", "open_issues", "closed_issues")
    assert differences(contents(collected.engine, compared, without), contents(direct, compared, without)) == {}
    # sizes of pull requests are asked for lately closed ones only
    sizes = ("additions", "deletions", "changed_files", "comments")
    pulls = [schema.pull_request]
    assert differences(contents(collected.engine, pulls, sizes), contents(direct, pulls, sizes)) == {}
    assert 200 < count_sized(collected.engine) < 400


def count_sized(engine: Engine) -> int:
    with engine.connect() as connection:
        sizes = connection.execute(select(schema.pull_request.c.additions)).scalars()
        return sum(size is not None for size in sizes)
