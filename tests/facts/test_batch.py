"""Pages of payloads in the store: idempotent, in any order, nothing lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from sprintlib.errors import CollectError
from sprintlib.facts.batch import (
    FactBatch,
    payload_errors,
    read_payload,
    write_project,
    write_repository,
    write_snapshots,
)
from sprintlib.facts.rows import Origin
from sprintlib.store import open_store, schema
from tests.github import shop
from tests.github.stores import FACTS, contents, count

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
ORIGIN = Origin(7, "rest", NOW)
Page = tuple[str, list[dict[str, Any]], int | None, datetime]


@contextmanager
def memory() -> Iterator[Engine]:
    engine = open_store("sqlite://")
    with engine.begin() as connection:
        write_repository(connection, shop.REPOSITORY, ORIGIN)
    yield engine
    engine.dispose()


@pytest.fixture
def store() -> Iterator[Engine]:
    with memory() as engine:
        yield engine


def write(engine: Engine, kind: str, payloads: list[dict], number: int | None = None, at: datetime = NOW) -> None:
    with engine.begin() as connection:
        FactBatch(replace(ORIGIN, observed_at=at)).add(kind, payloads, number).write(connection)


def rows(engine: Engine, table: Any) -> list[dict]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def versions() -> list[Page]:
    """Pages of a repository in which everything changes once, as they may arrive in any order."""
    later = NOW + timedelta(hours=1)
    renamed = shop.milestone(title="Beta", updated_at=shop.at(6))
    finished = {"status": "completed", "conclusion": "success", "updated_at": shop.at(4)}
    run = {"id": 9, "html_url": "h", "created_at": shop.at(3), "updated_at": shop.at(3), "status": "in_progress"}
    edited = {**shop.commented(51, 1, 5), "body": "Looks bad", "updated_at": shop.at(6)}
    return [
        ("issue", [shop.issue(1, 1, milestone=shop.milestone())], None, NOW),
        ("issue", [shop.issue(1, 1, title="Renamed", updated_at=shop.at(7), milestone=renamed)], None, later),
        ("pull", [shop.pull(3, 3)], None, NOW),
        ("pull", [shop.pull(3, 3, state="closed", updated_at=shop.at(9), additions=11)], None, later),
        ("milestone", [shop.milestone()], None, NOW),
        ("milestone", [renamed], None, later),
        ("comment", [shop.commented(51, 1, 5)], None, NOW),
        ("timeline", [edited, shop.event("labeled", 12, 2, label={"name": "bug"})], 1, later),
        ("timeline", [shop.reviewed(61, 3, 8), shop.committed("c" * 40, 4)], 3, NOW),
        ("timeline", [shop.reviewed(61, 3, 8, state="dismissed"), shop.committed("e" * 40, 5)], 3, later),
        ("event", [{**shop.event("labeled", 12, 2, label={"name": "bug"}), "issue": shop.issue(1, 1)}], None, NOW),
        ("run", [run], None, NOW),
        ("run", [run | finished], None, later),
        ("release", [{"node_id": "RE_1", "tag_name": "v1", "created_at": shop.at(3)}], None, NOW),
        ("review_comment", [shop.review_comment(71, 3, 7)], None, NOW),
    ]


def ingested(pages: list[Page]) -> dict[str, Any]:
    with memory() as engine:
        for kind, payloads, number, at in pages:
            write(engine, kind, payloads, number, at)
        return contents(engine, [*FACTS, schema.payload])


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(st.permutations(versions()), st.lists(st.integers(0, len(versions()) - 1), max_size=6))
def test_pages_may_arrive_in_any_order_and_again(pages: list[Page], repeated: list[int]):
    assert ingested([*pages, *(pages[index] for index in repeated)]) == ingested(versions())


def test_the_newest_version_stays(store: Engine):
    for kind, payloads, number, at in reversed(versions()):
        write(store, kind, payloads, number, at)
    assert [row["title"] for row in rows(store, schema.issue)] == ["Renamed"]
    assert [(row["state"], row["additions"]) for row in rows(store, schema.pull_request)] == [("closed", 11)]
    assert [row["title"] for row in rows(store, schema.milestone)] == ["Beta"]
    assert [row["body"] for row in rows(store, schema.comment) if row["kind"] == "issue"] == ["Looks bad"]
    assert [row["state"] for row in rows(store, schema.review)] == ["dismissed"]
    assert [row["conclusion"] for row in rows(store, schema.workflow_run)] == ["success"]


def test_every_version_of_a_payload_is_kept_once(store: Engine):
    for _ in range(2):
        for kind, payloads, number, at in versions():
            write(store, kind, payloads, number, at)
    bodies = [read_payload(row["body"])["title"] for row in rows(store, schema.payload) if row["kind"] == "issue"]
    assert sorted(bodies) == ["Issue 1", "Renamed"]


def test_sizes_stay_when_the_list_does_not_tell_them(store: Engine):
    write(store, "pull", [shop.pull(3, 3)])
    listed = shop.pull(3, 3, updated_at=shop.at(8), title="New")
    for key in ("additions", "deletions", "changed_files"):
        del listed[key]
    write(store, "pull", [listed], at=NOW + timedelta(hours=1))
    (row,) = rows(store, schema.pull_request)
    assert (row["title"], row["additions"], row["deletions"], row["changed_files"]) == ("New", 10, 2, 1)


def test_events_of_the_list_and_of_timelines_are_the_same(store: Engine):
    event = shop.event("milestoned", 11, 1, milestone={"title": "Alpha"})
    write(store, "event", [{**event, "issue": shop.issue(1, 1)}])
    write(store, "timeline", [event], number=1)
    assert [(row["id"], row["number"], row["subject"]) for row in rows(store, schema.event)] == [("11", 1, "Alpha")]
    assert count(store, schema.payload, kind="event") == 1


def test_comments_of_the_list_and_of_timelines_are_the_same(store: Engine):
    entry = shop.commented(51, 1, 5)
    write(store, "timeline", [entry], number=1)
    listed = {key: value for key, value in entry.items() if key not in ("event", "actor")}
    write(store, "comment", [listed])
    assert count(store, schema.comment) == 1
    assert count(store, schema.payload, kind="comment") == 1


def test_an_event_of_a_deleted_issue_is_passed_over(store: Engine):
    write(store, "event", [{**shop.event("labeled", 12, 2), "issue": None}])
    assert count(store, schema.event) == 0


def test_pull_requests_among_issues_are_left_to_their_own_list(store: Engine):
    write(store, "issue", [shop.issue(3, 3, pull_request={"url": "..."}), shop.issue(1, 1)])
    assert [row["number"] for row in rows(store, schema.issue)] == [1]


def test_stars_make_no_new_payload(store: Engine):
    starred = {**shop.REPOSITORY, "stargazers_count": 6}
    pull = shop.pull(3, 3)
    write(store, "pull", [pull])
    write(store, "pull", [{**pull, "base": {**pull["base"], "repo": starred}}])
    (row,) = [row for row in rows(store, schema.payload) if row["kind"] == "pull"]
    body = read_payload(row["body"])
    assert body["base"]["repo"] == {
        "id": 7,
        "node_id": "R_7",
        "full_name": "acme/shop",
        "html_url": "https://github.com/acme/shop",
        "private": False,
    }
    assert body["title"] == "Pull 3"


def test_titles_are_kept_with_the_first_proof(store: Engine):
    early, late = shop.milestone(updated_at=shop.at(2)), shop.milestone(updated_at=shop.at(8))
    renamed = shop.milestone(title="Beta", updated_at=shop.at(9))
    write(store, "issue", [shop.issue(2, 2, milestone=late), shop.issue(5, 5, milestone=renamed)])
    write(store, "issue", [shop.issue(1, 1, milestone=early)])
    seen = {(row["title"], row["proof"], row["seen_at"].day) for row in rows(store, schema.milestone_title)}
    assert seen == {("Alpha", "acme/shop#1", 2), ("Beta", "acme/shop#5", 9)}


def test_blockers_are_replaced_as_a_whole(store: Engine):
    web = "https://github.com/acme/web/issues"

    def blocked_by(number: int, *blockers: int) -> None:
        with store.begin() as connection:
            facts = FactBatch(ORIGIN)
            facts.blocked_by(number, [{"html_url": f"{web}/{blocker}"} for blocker in blockers])
            facts.write(connection)

    blocked_by(1, 3, 4)
    blocked_by(2, 3)
    blocked_by(1, 4, 5)
    edges = sorted((row["number"], row["blocker"]) for row in rows(store, schema.dependency))
    assert edges == [(1, "acme/web#4"), (1, "acme/web#5"), (2, "acme/web#3")]


def test_commits_of_a_forced_push_are_kept(store: Engine):
    write(store, "timeline", [shop.committed("c" * 40, 4)], number=3)
    write(store, "timeline", [shop.committed("e" * 40, 5)], number=3)
    assert {row["sha"][0] for row in rows(store, schema.pull_request_commit)} == {"c", "e"}


def test_addresses_of_commits_are_not_kept(store: Engine):
    signed = {**shop.committed("c" * 40, 4), "verification": {"payload": "author Bob B <bob@example.org>"}}
    write(store, "timeline", [signed], number=3)
    (row,) = [row for row in rows(store, schema.payload) if row["kind"] == "commit"]
    body = read_payload(row["body"])
    assert (body["author"]["name"], body["message"]) == ("Bob B", "Fix it\n")
    assert "example.org" not in str(body)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="unknown kind of payload 'star'"):
        FactBatch(ORIGIN).add("star", [{}])


@pytest.mark.parametrize("broken", [{}, {"number": 1}, {**shop.issue(1, 1), "created_at": "yesterday"}])
def test_a_payload_that_is_not_understood_is_one_sentence(broken: dict):
    with (
        pytest.raises(CollectError, match=r"^GitHub gave issues in a form that is not understood .*\.$"),
        payload_errors("issues"),
    ):
        FactBatch(ORIGIN).add("issue", [broken])


def test_a_new_repository_under_a_taken_name(store: Engine):
    with store.begin() as connection:
        write_repository(connection, {**shop.REPOSITORY, "id": 8, "node_id": "R_8"}, Origin(8, "rest", NOW))
    assert {row["id"]: row["full_name"] for row in rows(store, schema.repository)} == {
        7: "acme/shop#7",
        8: "acme/shop",
    }


def test_a_renamed_repository_stays_itself(store: Engine):
    with store.begin() as connection:
        write_repository(connection, {**shop.REPOSITORY, "full_name": "acme/store"}, ORIGIN)
    assert [(row["id"], row["full_name"]) for row in rows(store, schema.repository)] == [(7, "acme/store")]


def test_repositories_that_leave_a_project(store: Engine):
    with store.begin() as connection:
        write_repository(connection, {**shop.REPOSITORY, "id": 8, "full_name": "acme/web"}, Origin(8, "rest", NOW))
        write_project(connection, "acme", [7, 8])
        write_project(connection, "acme", [8])
        write_project(connection, "other", [7])
        write_project(connection, "other", [8], only=False)
    links = {(row["project"], row["repository_id"]) for row in rows(store, schema.project_repository)}
    assert links == {("acme", 8), ("other", 7), ("other", 8)}


def test_one_snapshot_a_day_and_milestone(store: Engine):
    write(store, "milestone", [shop.milestone(), shop.milestone(2, "Beta", due_on=None)])

    def snapshot(day: int) -> None:
        with store.begin() as connection:
            write_snapshots(connection, 7, date(2026, 3, day), NOW)

    snapshot(20)
    write(store, "milestone", [shop.milestone(title="Gamma", updated_at=shop.at(19))])
    snapshot(20)
    snapshot(21)
    seen = sorted((row["day"].day, row["number"], row["title"], row["due_on"]) for row in rows(store, schema.snapshot))
    due = date(2026, 4, 1)
    assert seen == [(20, 1, "Alpha", due), (20, 2, "Beta", None), (21, 1, "Gamma", due), (21, 2, "Beta", None)]


def test_a_page_is_stored_whole_or_not_at_all(store: Engine, monkeypatch: pytest.MonkeyPatch):
    write_page: Callable[..., None] = FactBatch.write

    def fail_at_the_end(self: FactBatch, connection: Any) -> None:
        write_page(self, connection)
        connection.execute(update(schema.issue).values(title=None))  # refused by the store

    monkeypatch.setattr(FactBatch, "write", fail_at_the_end)
    with pytest.raises(Exception, match="NOT NULL"):
        write(store, "issue", [shop.issue(1, 1)])
    assert (count(store, schema.issue), count(store, schema.payload, kind="issue")) == (0, 0)
