"""What GitHub has no longer is counted no longer, what slipped is fetched, and names and node ids are no identity."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from sprintlib.github import SyncSummary, sync
from sprintlib.settings import Settings
from sprintlib.store import schema
from sprintsim.fake_github import Dataset, running
from tests.github import shop
from tests.github.conftest import HASTE, MakeSettings
from tests.github.stores import count
from tests.github.test_sync import change, rows, sentences

Collect = Callable[..., SyncSummary]


@pytest.fixture
def collect(engine: Engine, settings: Settings) -> Collect:
    def collect(chosen: Settings | None = None) -> SyncSummary:
        return sync(engine, chosen or settings, None, retry_policy=HASTE)

    return collect


def gone(engine: Engine, table: Any, key: str = "number") -> set[int]:
    return {row[key] for row in rows(engine, table) if row["gone_at"] is not None}


def test_a_deleted_issue_is_gone_and_one_more_does_not_hide_it(engine: Engine, collect: Collect, dataset: Dataset):
    collect()
    dataset.remove(2)
    dataset.put(shop.document(shop.issue(9, 12)))
    assert sentences(collect())["issues"] == "3 of 3 issues"
    assert gone(engine, schema.issue) == {2}
    assert count(engine, schema.issue, number=9) == 1


def test_an_issue_that_is_listed_again_is_back(engine: Engine, collect: Collect, dataset: Dataset):
    document = dataset.items[2].document()
    collect()
    dataset.remove(2)
    collect()
    dataset.put(document)
    assert sentences(collect())["issues"] == "3 of 3 issues"
    assert gone(engine, schema.issue) == set()


def test_an_item_that_slipped_is_fetched(engine: Engine, collect: Collect, dataset: Dataset):
    """One that is held too many does not make up for one that is missing."""
    collect()
    with engine.begin() as connection:
        connection.execute(update(schema.issue).where(schema.issue.c.number == 2).values(number=77))
        connection.execute(schema.pull_request.delete().where(schema.pull_request.c.number == 3))
    change(dataset, 1, title="Renamed", updated_at=shop.at(11))
    assert sentences(collect())["issues"] == "3 of 3 issues"
    assert gone(engine, schema.issue) == {77}
    assert {row["number"] for row in rows(engine, schema.pull_request)} == {3, 4}


def test_a_deleted_milestone_and_comment_are_gone(engine: Engine, collect: Collect, dataset: Dataset):
    dataset.set_extra("milestones", [shop.milestone(), shop.milestone(7, "Old plan")])
    collect()
    dataset.set_extra("milestones", [shop.milestone()])
    document = dataset.items[1].document()
    document["events"] = [event for event in document["events"] if event["event"] != "commented"]
    document["issue"] |= {"comments": 0, "updated_at": shop.at(12)}
    dataset.put(document)
    said = sentences(collect())
    assert (said["milestones"], said["comments"]) == ("1 of 1 milestones", "0 of 0 issue comments")
    assert gone(engine, schema.milestone) == {7}
    assert gone(engine, schema.comment, "id") == {51}


def test_new_node_ids_make_nothing_new(engine: Engine, collect: Collect, dataset: Dataset):
    collect()
    for number in (1, 2, 4):
        change(dataset, number, node_id=f"new_{number}", updated_at=shop.at(12))
    said = sentences(collect())
    assert (said["issues"], said["pulls"]) == ("3 of 3 issues", "2 of 2 pull requests")
    with engine.connect() as connection:
        keys = select(schema.payload.c.key).where(schema.payload.c.kind == "issue").distinct()
        assert set(connection.scalars(keys)) == {"7-1", "7-2", "7-5"}


def test_a_first_collection_through_a_former_name(
    engine: Engine, collect: Collect, dataset: Dataset, make_settings: MakeSettings
):
    dataset.rename("acme/store")
    with running([dataset]) as url:
        summary = collect(make_settings(url, "acme/shop"))
    assert summary.warnings[0] == "acme/shop is now acme/store: update sprint.toml."
    names = {row["name"]: row["repository_id"] for row in rows(engine, schema.repository_name)}
    assert names == {"acme/shop": 7, "acme/store": 7}


def test_two_names_of_one_repository_are_one(
    engine: Engine, collect: Collect, dataset: Dataset, make_settings: MakeSettings
):
    collect()
    dataset.rename("new-owner/store")
    with running([dataset]) as url:
        summary = collect(make_settings(url, "acme/shop", "new-owner/store"))
    assert summary.repositories == ("new-owner/store",)
    assert count(engine, schema.project_repository, project="acme") == 1
