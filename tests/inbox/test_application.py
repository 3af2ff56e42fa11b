"""From deliveries to facts: what GitHub sends, and what nobody should."""

import gzip
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, select

from sprintlib import inbox
from sprintlib.history import load_state
from sprintlib.inbox import Delivery, IgnoredError, UnreadableError, apply_delivery
from sprintlib.settings import Settings, parse
from sprintlib.store import schema
from sprintlib.worker import Worker
from tests.github import shop
from tests.github.stores import FACTS, contents, count

Json = dict[str, Any]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return parse({"home": tmp_path, "project": {"name": "acme", "repositories": [shop.NAME]}})


def delivery(event: str, payload: Any, raw: bytes | None = None, content_type: str = "application/json") -> Delivery:
    body = json.dumps(payload).encode() if raw is None else raw
    now = datetime.now(UTC)
    return Delivery(1, "guid", event, "taken", 1, 0, None, now, None, {"content-type": content_type}, body)


def about(action: str, **more: Any) -> Json:
    return {"action": action, "repository": shop.REPOSITORY, "sender": shop.user("ann"), **more}


def test_an_issue_is_a_fact_and_is_to_be_asked_about(engine: Engine, settings: Settings) -> None:
    apply_delivery(engine, settings, delivery("issues", about("opened", issue=shop.issue(9, 4))))
    assert count(engine, schema.issue, number=9, state="open", source="webhook") == 1
    assert count(engine, schema.event) == 0
    wanted = inbox.next_refresh(engine)
    assert wanted
    assert (wanted.repository_id, wanted.number) == (7, 9)


def test_an_older_payload_that_comes_later_changes_nothing(engine: Engine, settings: Settings) -> None:
    for day, title in ((6, "New"), (5, "Old")):
        issue = shop.issue(9, 4, title=title, updated_at=shop.at(day))
        apply_delivery(engine, settings, delivery("issues", about("edited", issue=issue)))
    assert count(engine, schema.issue, title="New") == 1


def test_a_form_tells_the_same(engine: Engine, settings: Settings) -> None:
    raw = urlencode({"payload": json.dumps(about("opened", issue=shop.issue(9, 4)))}).encode()
    apply_delivery(engine, settings, delivery("issues", None, raw, "application/x-www-form-urlencoded; charset=utf-8"))
    assert count(engine, schema.issue, number=9) == 1


def test_a_review_and_comments_are_facts(engine: Engine, settings: Settings) -> None:
    review = {key: value for key, value in shop.reviewed(61, 4, 8).items() if key != "event"}
    pull = shop.pull(4, 4)
    apply_delivery(
        engine, settings, delivery("pull_request_review", about("submitted", review=review, pull_request=pull))
    )
    told = about("created", comment=shop.review_comment(71, 4, 7), pull_request=pull)
    apply_delivery(engine, settings, delivery("pull_request_review_comment", told))
    comment = {key: value for key, value in shop.commented(51, 4, 5).items() if key not in ("event", "actor")}
    issue = {**shop.issue(4, 4), "pull_request": {"url": "u"}}
    apply_delivery(engine, settings, delivery("issue_comment", about("created", comment=comment, issue=issue)))
    assert count(engine, schema.review, number=4, state="approved") == 1
    assert sorted(contents(engine, [schema.comment])["comment"].values()) == [1, 1]
    assert count(engine, schema.issue) == 0
    assert count(engine, schema.pull_request, number=4) == 1


def test_what_a_milestone_was_before_an_edit_is_known(engine: Engine, settings: Settings) -> None:
    after = shop.milestone(due_on="2026-05-01T07:00:00Z", title="Beta", updated_at=shop.at(10))
    changes = {"due_on": {"from": "2026-04-01T07:00:00Z"}, "title": {"from": "Alpha"}}
    apply_delivery(engine, settings, delivery("milestone", about("edited", milestone=after, changes=changes)))
    for day, due_on, title in ((5, date(2026, 4, 1), "Alpha"), (12, date(2026, 5, 1), "Beta")):
        state = load_state(engine, settings, datetime(2026, 3, day, tzinfo=UTC))
        (row,) = state.milestones.to_dicts()
        assert (row["due_on"], row["title_then"]) == (due_on, title)
        assert "due_on" not in row["known_later"]
        assert "title_then" not in row["known_later"]


def test_what_was_deleted_is_gone_from_then_on(engine: Engine, settings: Settings) -> None:
    comment = {key: value for key, value in shop.commented(51, 9, 5).items() if key not in ("event", "actor")}
    issue = shop.issue(9, 4)
    apply_delivery(engine, settings, delivery("issue_comment", about("created", comment=comment, issue=issue)))
    apply_delivery(engine, settings, delivery("issue_comment", about("deleted", comment=comment, issue=issue)))
    before, one = datetime.now(UTC), delivery("issues", about("deleted", issue=issue))
    for _ in range(2):
        apply_delivery(engine, settings, one)
    late = shop.issue(9, 4, title="Late")
    apply_delivery(engine, settings, delivery("issues", about("edited", issue=late)))
    assert count(engine, schema.issue, number=9, gone_at=one.received_at) == 1
    assert count(engine, schema.comment, gone_at=None) == 0
    assert load_state(engine, settings, before).items.height == 1
    assert load_state(engine, settings, datetime.now(UTC)).items.is_empty()


def test_a_deletion_that_comes_before_the_making_holds(engine: Engine, settings: Settings) -> None:
    comment = {key: value for key, value in shop.commented(51, 9, 5).items() if key not in ("event", "actor")}
    issue, milestone = shop.issue(9, 4), shop.milestone()
    for action in ("deleted", "created"):
        apply_delivery(engine, settings, delivery("issue_comment", about(action, comment=comment, issue=issue)))
        apply_delivery(engine, settings, delivery("milestone", about(action, milestone=milestone)))
    for action in ("deleted", "opened"):
        apply_delivery(engine, settings, delivery("issues", about(action, issue=issue)))
    for table in (schema.comment, schema.milestone, schema.issue):
        assert count(engine, table) == 1
        assert count(engine, table, gone_at=None) == 0


def test_runs_releases_and_blockers(engine: Engine, settings: Settings) -> None:
    times = {"created_at": shop.at(3), "updated_at": shop.at(4), "run_started_at": shop.at(3)}
    run = {"id": 5, "run_attempt": 1, "name": "CI", "status": "completed", "conclusion": "failure", "html_url": "h"}
    apply_delivery(engine, settings, delivery("workflow_run", about("completed", workflow_run={**run, **times})))
    release = {"id": 3, "node_id": "RE_3", "tag_name": "v1", "created_at": shop.at(3), "published_at": shop.at(3)}
    apply_delivery(engine, settings, delivery("release", about("published", release=release)))
    told = about("blocked_by_added", blocked_issue=shop.issue(1, 1), blocking_issue=shop.issue(2, 1))
    apply_delivery(engine, settings, delivery("issue_dependencies", told))
    assert count(engine, schema.workflow_run, id=5, conclusion="failure") == 1
    assert count(engine, schema.listed.release, tag="v1") == 1
    assert inbox.owed(engine) == 2


@pytest.mark.parametrize(
    ("event", "payload", "why"),
    [
        ("issues", {"action": "opened"}, "it is about no repository"),
        ("star", about("created"), "nothing is used of events of the kind 'star'"),
        ("", about("created"), "nothing is used of events of the kind ''"),
        (
            "issues",
            {"repository": {"id": 8, "full_name": "acme/other"}},
            "acme/other is not a repository of this project",
        ),
    ],
)
def test_what_is_ignored_says_why(engine: Engine, settings: Settings, event: str, payload: Json, why: str) -> None:
    with pytest.raises(IgnoredError, match=why):
        apply_delivery(engine, settings, delivery(event, payload))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "it is not JSON"),
        (b"\xff\xfe\x00", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[1]", "it is no JSON object"),
        (b"null", "it is no JSON object"),
        (b'{"repository": {"id": true, "full_name": "acme/shop"}}', "its repository has no id or no name"),
        (b'{"repository": {"id": 7, "full_name": 3}}', "its repository has no id or no name"),
        (b'{"repository": {"id": 7, "full_name": "acme/shop"}}', "its form is not understood"),
        (json.dumps(about("opened", issue=[])).encode(), "its form is not understood"),
        (json.dumps(about("opened", issue={**shop.issue(9, 4), "number": "9"})).encode(), "its form is not understood"),
        (
            json.dumps(about("opened", issue={**shop.issue(9, 4), "number": 10**30})).encode(),
            "its form is not understood",
        ),
        (json.dumps(about("opened", issue=shop.issue(9, 4, updated_at=None))).encode(), "its form is not understood"),
        (json.dumps(about("opened", issue=shop.issue(9, 4, created_at="soon"))).encode(), "its form is not understood"),
        (json.dumps(about("opened", issue=shop.issue(9, 4, labels=7))).encode(), "its form is not understood"),
    ],
)
def test_what_cannot_be_understood_says_why_and_writes_nothing(
    engine: Engine, settings: Settings, raw: bytes, why: str
) -> None:
    before = contents(engine)
    with pytest.raises(UnreadableError, match=why):
        apply_delivery(engine, settings, delivery("issues", None, raw))
    assert contents(engine) == before


def test_a_worker_puts_each_where_it_belongs(engine: Engine, settings: Settings) -> None:
    bodies = [("issues", about("opened", issue=shop.issue(9, 4))), ("ping", {"zen": "z"}), ("star", about("created"))]
    for number, (event, payload) in enumerate([*bodies, ("issues", about("opened"))]):
        inbox.receive(engine, f"g{number}", event, {}, json.dumps(payload).encode())
    Worker(engine, settings).settle()
    states = {one.guid: one.state for one in inbox.listed(engine)}
    assert states == {"g0": "done", "g1": "done", "g2": "ignored", "g3": "aside"}
    assert inbox.find(engine, "g3").reason == "its form is not understood (issue is missing)"


@pytest.mark.realdata
def test_every_payload_that_github_publishes(real_data: Path, engine: Engine, tmp_path: Path) -> None:
    """Taken once, twice and in another order: none fails, and the facts are the same."""
    with gzip.open(real_data / "webhooks" / "api.github.com.index.json.gz") as file:
        examples = [(kind["name"], example) for kind in json.load(file) for example in kind["examples"]]
    assert len(examples) == 329
    names = {(one.get("repository") or {}).get("full_name") for _, one in examples} - {None}
    project = {"name": "octo", "repositories": sorted(names)}
    found = []
    for place, order in enumerate((examples, examples[::-1])):
        store = engine if not place else _another(tmp_path)
        told = parse({"home": tmp_path, "project": project})
        outcomes = Counter(_outcome(store, told, event, payload) for event, payload in [*order, *order[::3]])
        assert outcomes["aside"] == 0
        assert outcomes["ignored"] > 0
        assert outcomes["done"] > 100
        # examples of one thing at one second differ, as no two deliveries of GitHub do
        tables = [table for table in FACTS if table in (schema.event, schema.workflow_run, schema.comment)]
        found.append(contents(store, tables))
    assert found[0] == found[1]


def _another(folder: Path) -> Engine:
    from sprintlib.store import open_store

    return open_store(f"sqlite:///{folder / 'other' / 'sprint.db'}")


RECEIVED = datetime(2026, 11, 27, 12, tzinfo=UTC)


def _outcome(engine: Engine, settings: Settings, event: str, payload: Json) -> str:
    try:
        apply_delivery(engine, settings, replace(delivery(event, payload), received_at=RECEIVED))
    except IgnoredError:
        return "ignored"
    except UnreadableError as error:
        raise AssertionError(f"{event} {payload.get('action')}: {error}") from error
    return "done"


def test_stored_reasons_are_one_line(engine: Engine, settings: Settings) -> None:
    hostile = about("opened", issue=shop.issue(9, 4, created_at="\x1b]8;;https://evil.example\x07click"))
    inbox.receive(engine, "g", "issues", {}, json.dumps(hostile).encode())
    Worker(engine, settings).settle()
    with engine.connect() as connection:
        (reason,) = connection.execute(select(schema.delivery.c.reason)).one()
    assert reason.isprintable()
