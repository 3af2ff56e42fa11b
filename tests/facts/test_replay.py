"""Everything that is made from payloads can be made from them again, of every kind, without GitHub."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine, func, inspect, select, update

from sprintlib import archive
from sprintlib.cli.main import sprint
from sprintlib.facts.deliveries import read_delivery, write_gone
from sprintlib.facts.replay import compare, replay
from sprintlib.github import ingest_dataset, silent, sync
from sprintlib.settings import Settings, load
from sprintlib.store import open_store, schema
from sprintsim.fake_github import Dataset
from tests.archive import events
from tests.conftest import ROOT
from tests.github import shop
from tests.github.conftest import HASTE, dataset, make_settings, settings, url

__all__ = ["dataset", "make_settings", "settings", "url"]

# each with how it gets into a store
KINDS = {
    "blocked_by",
    "comment",
    "commit",
    "embedded_milestone",
    "event",
    "gone",
    "issue",
    "milestone",
    "milestone_change",
    "pull",
    "release",
    "repository",
    "review",
    "run",
    "size",
}
RUN: dict[str, Any] = {
    "id": 801,
    "run_attempt": 1,
    "workflow_id": 5,
    "name": "CI",
    "head_branch": "main",
    "head_sha": "a" * 40,
    "status": "completed",
    "conclusion": "failure",
    "html_url": f"{shop.HTML}/actions/runs/801",
    "created_at": shop.at(4),
    "updated_at": shop.at(4),
}


@pytest.fixture
def made(tmp_path: Path) -> Callable[[Engine], Engine]:
    """A store that is made again from another."""

    def make(engine: Engine) -> Engine:
        again = open_store(f"sqlite:///{tmp_path / 'again.db'}")
        replay(engine, again, silent)
        return again

    return make


def kinds(engine: Engine) -> dict[str, int]:
    payload = schema.payload.c
    with engine.connect() as connection:
        return dict(connection.execute(select(payload.kind, func.count()).group_by(payload.kind)).all())


def deliver(engine: Engine, event: str, payload: dict[str, Any]) -> None:
    telling = read_delivery(event, payload, 7)
    with engine.begin() as connection:
        for batch in telling.batches:
            batch.write(connection)
        write_gone(connection, telling, datetime(2026, 3, 20, tzinfo=UTC))


def live_through(engine: Engine, settings: Settings, dataset: Dataset, folder: Path) -> None:
    """An archive, a first collection by GraphQL, changes and deletions, webhooks, and a second collection."""
    lines = [*events.of_the_shop(), events.event("IssuesEvent", {"issue": shop.issue(8, 1)})]
    path = events.write(folder / "1.json.gz", lines)
    archive.collect(engine, settings.project, [shop.NAME], [(path.name, partial(events.opened, path))])
    dataset.set_extra("releases", [{"id": 1, "node_id": "RE_1", "tag_name": "v1", "created_at": shop.at(3)}])
    dataset.set_extra("workflow_runs", [RUN])
    blocker = {"number": 2, "html_url": f"{shop.HTML}/issues/2"}
    dataset.set_extra("dependencies", {"1": [blocker], "5": [blocker]})
    for number in (1, 5):
        told = {"issue_dependencies_summary": {"total_blocked_by": 1}, "updated_at": shop.at(6)}
        dataset.put(shop.document(shop.issue(number, 1, **told)))
    sync(engine, settings, None, retry_policy=HASTE, via="graphql")
    dataset.remove(2)
    lifted = {"issue_dependencies_summary": {"total_blocked_by": 0}, "updated_at": shop.at(10)}
    dataset.put(shop.document(shop.issue(5, 5, title="Renamed", **lifted)))
    edited = {"title": {"from": "Alpha"}, "due_on": {"from": "2026-04-01T07:00:00Z"}}
    later = shop.milestone(1, "Beta", updated_at=shop.at(11), due_on=None)
    deliver(engine, "milestone", {"action": "edited", "milestone": later, "changes": edited})
    comment = {
        "id": 52,
        "node_id": "IC_52",
        "body": "Gone",
        "user": shop.user("bob"),
        "issue_url": f"{shop.API}/issues/1",
    }
    told = {"created_at": shop.at(12), "updated_at": shop.at(12), **comment}
    deliver(engine, "issue_comment", {"action": "deleted", "issue": shop.issue(1, 1), "comment": told})
    sync(engine, settings, None, retry_policy=HASTE)


def test_every_kind_of_payload_makes_the_same_rows_again(
    engine: Engine, settings: Settings, dataset: Dataset, tmp_path: Path, made: Callable[[Engine], Engine]
):
    live_through(engine, settings, dataset, tmp_path)
    assert set(kinds(engine)) == KINDS
    again = made(engine)
    compared = list(compare(engine, again))
    assert [one for one in compared if one.missing or one.surplus] == []
    assert {one.table for one in compared if not one.rows} == set()
    assert kinds(again) == kinds(engine)
    again.dispose()


def test_a_row_that_no_payload_tells_is_found(engine: Engine, settings: Settings, made: Callable[[Engine], Engine]):
    sync(engine, settings, None, retry_policy=HASTE)
    with engine.begin() as connection:
        connection.execute(update(schema.issue).where(schema.issue.c.number == 1).values(title="Never told"))
    again = made(engine)
    differing = [one for one in compare(engine, again) if one.missing or one.surplus]
    assert [(one.table, one.missing, one.surplus) for one in differing] == [("issue", 1, 1)]
    again.dispose()


def test_what_was_told_last_counts_also_where_it_had_been_told_before(
    engine: Engine, settings: Settings, dataset: Dataset, made: Callable[[Engine], Engine]
):
    """A release has no time of its own that says which version is newer."""
    first = {"id": 1, "node_id": "RE_1", "tag_name": "v1", "name": "One", "created_at": shop.at(3)}
    now = datetime.now(UTC)
    for place, name in enumerate(("One", "Two", "One")):
        dataset.set_extra("releases", [first | {"name": name}])
        sync(engine, settings, None, retry_policy=HASTE)
        with engine.begin() as connection:  # a sync takes less than the second that GitHub's clock tells
            moved = {"seen_at": now - timedelta(minutes=5 - place)}
            just = schema.payload.c.seen_at > now - timedelta(minutes=1)
            connection.execute(update(schema.payload).where(just).values(moved))
            connection.execute(update(schema.listed.release).values(observed_at=moved["seen_at"]))
    again = made(engine)
    with again.connect() as connection:
        assert connection.execute(select(schema.listed.release.c.name)).scalars().all() == ["One"]
    again.dispose()


@pytest.mark.parametrize("database", ["engine", "on_postgresql"])
def test_a_store_from_before_can_be_made_again(
    request: pytest.FixtureRequest,
    database: str,
    settings: Settings,
    dataset: Dataset,
    tmp_path: Path,
    made: Callable[[Engine], Engine],
):
    """What its payloads did not say about themselves is found in the rows."""
    engine: Engine = request.getfixturevalue(database)
    live_through(engine, settings, dataset, tmp_path)
    migrate(engine, "0017")
    columns = {column["name"] for column in inspect(engine).get_columns("payload")}
    assert columns == {"kind", "key", "digest", "repository_id", "body", "observed_at"}
    migrate(engine, "head")
    again = made(engine)
    assert [one for one in compare(engine, again) if one.missing or one.surplus] == []
    again.dispose()


def migrate(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "sprintlib/store/migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.upgrade if revision == "head" else command.downgrade)(config, revision)


def test_the_command_compares_and_leaves_the_store_alone(tmp_path: Path, settings: Settings):
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/shop"]\n')
    engine = open_store(load(tmp_path).database_url)
    sync(engine, settings, None, retry_policy=HASTE)
    engine.dispose()
    ran = CliRunner().invoke(sprint, ["--home", str(tmp_path), "replay", "--json"])
    assert ran.exit_code == 0
    told = json.loads(ran.stdout)
    assert told["equal"]
    assert {"table": "issue", "rows": 3, "missing": 0, "surplus": 0} in told["tables"]
    again = CliRunner().invoke(
        sprint, ["--home", str(tmp_path), "replay", "--into", str(tmp_path / "data/replayed.db")]
    )
    assert again.exit_code == 1
    assert "exists already" in str(again.exception)
    with create_engine(load(tmp_path).database_url).begin() as connection:
        connection.execute(update(schema.issue).values(title="Never told"))
    assert CliRunner().invoke(sprint, ["--home", str(tmp_path), "replay"]).exit_code == 1


@pytest.mark.realdata
@pytest.mark.slow
def test_secp256k1_is_made_again(real_data: Path, engine: Engine, made: Callable[[Engine], Engine]):
    ingest_dataset(engine, real_data / "github-backups" / "bitcoin-core_secp256k1.tar.xz", "bitcoin")
    again = made(engine)
    compared = list(compare(engine, again))
    assert [one for one in compared if one.missing or one.surplus] == []
    assert {one.table: one.rows for one in compared}["pull_request"] == 1308
    again.dispose()
