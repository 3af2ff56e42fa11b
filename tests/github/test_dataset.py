"""Datasets on disk, without HTTP."""

import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from sprintlib.errors import DatasetError
from sprintlib.github import ingest_dataset
from sprintlib.store import open_store, schema
from tests.github import shop
from tests.github.stores import FACTS, contents, count, differences


def write(folder: Path, documents: list[dict[str, Any]], **extras: Any) -> Path:
    """A dataset folder; extras are top-level files."""
    for document in documents:
        kind = document["type"]
        path = folder / f"{kind}s" / f"{document[kind]['number']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in extras.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run = {"id": 9, "html_url": "h", "created_at": shop.at(3), "updated_at": shop.at(3)}
    return write(
        tmp_path / "shop",
        shop.documents(),
        repository=shop.REPOSITORY,
        milestones=[shop.milestone()],
        workflow_runs=[run],
        releases=[{"node_id": "RE_1", "tag_name": "v1", "created_at": shop.at(3)}],
        dependencies={"1": [{"html_url": f"{shop.HTML}/issues/2"}]},
    )


def test_everything_of_a_folder(engine: Engine, folder: Path):
    assert ingest_dataset(engine, folder, "acme") == ["acme/shop"]
    assert {table.name: count(engine, table) for table in FACTS} == {
        "organization": 1,
        "repository": 1,
        "project": 1,
        "project_repository": 1,
        "milestone": 1,
        "milestone_title": 1,
        "issue": 3,
        "pull_request": 2,
        "review": 1,
        "comment": 2,
        "commit": 2,
        "pull_request_commit": 2,
        "changed_file": 0,
        "workflow_run": 1,
        "release": 1,
        "event": 8,
        "dependency": 1,
        "snapshot": 0,
        "milestone_change": 0,
        "board_item": 0,
        "board_iteration": 0,
        "board_name": 0,
    }


def test_an_archive_is_the_same_as_its_folder(engine: Engine, folder: Path, tmp_path: Path):
    archive = tmp_path / "shop.tar.xz"
    with tarfile.open(archive, "w:xz") as packed:
        packed.add(folder, arcname=".")
    ingest_dataset(engine, archive, "acme")
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    ingest_dataset(other, folder, "acme")
    assert differences(contents(engine), contents(other)) == {}


def test_twice_is_once(engine: Engine, folder: Path):
    ingest_dataset(engine, folder, "acme")
    once = contents(engine, [*FACTS, schema.payload])
    ingest_dataset(engine, folder, "acme")
    assert differences(contents(engine, [*FACTS, schema.payload]), once) == {}


def test_what_a_backup_lacks_comes_from_its_items(engine: Engine, tmp_path: Path):
    newer = shop.milestone(title="Beta", updated_at=shop.at(12), state="closed", closed_at=shop.at(12))
    documents = [*shop.documents(), shop.document(shop.issue(8, 8, milestone=newer))]
    ingest_dataset(engine, write(tmp_path / "backup", documents), "acme")
    with engine.connect() as connection:
        (milestone,) = connection.execute(select(schema.milestone)).mappings()
        (repository,) = connection.execute(select(schema.repository)).mappings()
        titles = set(connection.execute(select(schema.milestone_title.c.title)).scalars())
    assert (milestone["title"], milestone["state"]) == ("Beta", "closed")
    assert (repository["full_name"], repository["default_branch"]) == ("acme/shop", "main")
    assert titles == {"Alpha", "Beta"}


def test_several_repositories_are_one_project(engine: Engine, tmp_path: Path):
    for number, name in enumerate(("shop", "web"), start=7):
        about = shop.REPOSITORY | {"id": number, "node_id": f"R_{number}", "full_name": f"acme/{name}"}
        write(tmp_path / "project" / name, [], repository=about)
    assert ingest_dataset(engine, tmp_path / "project", "acme") == ["acme/shop", "acme/web"]
    about = shop.REPOSITORY | {"id": 9, "node_id": "R_9", "full_name": "acme/more"}
    ingest_dataset(engine, write(tmp_path / "more", [], repository=about), "acme")
    assert count(engine, schema.project_repository, project="acme") == 3


def test_observed_at_can_be_told(engine: Engine, folder: Path):
    then = datetime(2026, 3, 22, 19, tzinfo=UTC)
    ingest_dataset(engine, folder, "acme", observed_at=then)
    assert count(engine, schema.issue, observed_at=then) == 3
    assert count(engine, schema.payload, observed_at=then) == count(engine, schema.payload)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, "is not a dataset"),
        ({"issues/1.json": "{half"}, "cannot be read"),
        ({"issues/1.json": json.dumps(shop.document(shop.issue(1, 1)))}, "does not say which repository"),
        ({"repository.json": '{"id": 7}'}, "not understood"),
    ],
)
def test_a_folder_that_is_no_dataset(engine: Engine, tmp_path: Path, content: dict[str, str], sentence: str):
    folder = tmp_path / "odd"
    folder.mkdir()
    for name, text in content.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=sentence):
        ingest_dataset(engine, folder, "acme")
    assert count(engine, schema.issue) == 0


@pytest.mark.parametrize("content", [None, b"no archive"])
def test_an_archive_that_cannot_be_read(engine: Engine, tmp_path: Path, content: bytes | None):
    archive = tmp_path / "backup.tar.xz"
    if content is not None:
        archive.write_bytes(content)
    with pytest.raises(DatasetError):
        ingest_dataset(engine, archive, "acme")
