"""What webhooks tell of a GitHub Project: a field of an entry changed, and when."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from sprintlib.facts.board_names import note_name
from sprintlib.history import load_state
from sprintlib.inbox import IgnoredError, UnreadableError, apply_delivery
from sprintlib.settings import Settings, SprintSettings, parse
from sprintlib.store import append, schema
from tests.github import shop
from tests.inbox.test_application import Json, about, delivery

EVENT = "projects_v2_item"


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    """Issue 9 is known, and two iterations of acme's project 3."""
    sprints = SprintSettings(source="projects", project="acme/3", points="Points")
    made = parse({"home": tmp_path, "project": {"name": "acme", "repositories": [shop.NAME]}, "sprints": sprints})
    apply_delivery(engine, made, delivery("issues", about("opened", issue=shop.issue(9, 2))))
    seen_at = datetime(2026, 3, 1, tzinfo=UTC)
    rows = [
        {"board": "acme/3", "iteration": key, "seen_at": seen_at, "title": key, "first_day": first, "days": 14}
        for key, first in (("a1", date(2026, 3, 2)), ("b2", date(2026, 3, 16)))
    ]
    with engine.begin() as connection:
        append(connection, schema.board_iteration, rows)
    return made


def changed(day: int, kind: str, name: str, before: Any, to: Any, **more: Any) -> Json:
    """Issue 9's entry was edited on that day of March."""
    value = {"field_node_id": "F", "field_type": kind, "field_name": name, "project_number": 3}
    return told("edited", day, changes={"field_value": {**value, "from": before, "to": to}}, **more)


def told(action: str, day: int, **more: Any) -> Json:
    entry = {"id": 77, "content_node_id": shop.issue(9, 2)["node_id"], "content_type": "Issue"}
    times = {"created_at": shop.at(3), "updated_at": shop.at(day), "archived_at": None}
    return {"action": action, "projects_v2_item": {**entry, **times}, "organization": {"login": "Acme"}, **more}


def iteration(key: str) -> Json:
    return {"id": key, "title": key, "duration": 14, "start_date": "2026-03-16", "completed": False}


def versions(engine: Engine) -> list[tuple[int, str | None, float | None, str | None]]:
    table = schema.board_item
    with engine.connect() as connection:
        rows = connection.execute(select(table).order_by(table.c.updated_at))
        return [(row.updated_at.day, row.iteration, row.points, row.status) for row in rows]


def test_a_move_tells_both_sides_and_when(engine: Engine, settings: Settings) -> None:
    moved = delivery(EVENT, changed(17, "iteration", "Sprint", iteration("a1"), iteration("b2")))
    for _ in range(2):  # a second time changes nothing
        apply_delivery(engine, settings, moved)
    apply_delivery(engine, settings, delivery(EVENT, changed(18, "number", "Points", None, 5)))
    apply_delivery(engine, settings, delivery(EVENT, changed(19, "single_select", "Status", None, {"name": "Done"})))
    assert versions(engine) == [
        (3, "a1", None, None), (17, "b2", None, None), (18, "b2", 5.0, None), (19, "b2", 5.0, "Done")
    ]  # fmt: skip
    past = load_state(engine, settings, datetime(2026, 3, 20, tzinfo=UTC))
    assert [past.memberships["milestone_title"].to_list(), past.points["points"].to_list()] == [["a1", "b2"], [5.0]]


def test_what_comes_late_takes_its_place(engine: Engine, settings: Settings) -> None:
    apply_delivery(engine, settings, delivery(EVENT, changed(19, "iteration", "Sprint", iteration("a1"), None)))
    apply_delivery(engine, settings, delivery(EVENT, changed(17, "iteration", "Sprint", None, iteration("a1"))))
    assert [version[:2] for version in versions(engine)] == [(3, "a1"), (17, "a1"), (19, None)]


def test_an_entry_that_is_archived_leaves(engine: Engine, settings: Settings) -> None:
    apply_delivery(engine, settings, delivery(EVENT, changed(17, "iteration", "Sprint", None, iteration("b2"))))
    apply_delivery(engine, settings, delivery(EVENT, told("archived", 19)))
    assert versions(engine)[-1][:2] == (19, None)


@pytest.mark.parametrize(
    "payload",
    [
        changed(17, "text", "Notes", "a", "b"),
        changed(17, "number", "Size", 1, 2),
        changed(17, "iteration", "Sprint", None, iteration("b2"), organization={"login": "other"}),
        told("archived", 17),
        told("reordered", 17),
        told("edited", 17, changes={"field_value": {"field_node_id": "F", "field_type": "iteration"}}),
    ],
)
def test_what_does_not_count_is_ignored(engine: Engine, settings: Settings, payload: Json) -> None:
    with pytest.raises(IgnoredError, match="it changes nothing in acme/3 that is used here"):
        apply_delivery(engine, settings, delivery(EVENT, payload))
    assert versions(engine) == []


def test_an_odd_one_is_not_understood(engine: Engine, settings: Settings) -> None:
    with pytest.raises(UnreadableError, match="projects_v2_item is missing"):
        apply_delivery(engine, settings, delivery(EVENT, {"action": "edited"}))


def test_without_a_project_as_source_it_is_ignored(engine: Engine, settings: Settings) -> None:
    other = settings.model_copy(update={"sprints": SprintSettings()})
    with pytest.raises(IgnoredError, match="no GitHub Project is the source of sprints here"):
        apply_delivery(engine, other, delivery(EVENT, told("archived", 17)))


def test_after_its_owner_was_renamed_the_board_is_known_by_its_id(engine: Engine, settings: Settings) -> None:
    with engine.begin() as connection:
        note_name(connection, "acme/3", 3, "PVT_3", datetime(2026, 3, 1, tzinfo=UTC))
    for day, organization, node_id, is_meant in (
        (17, "initech", "PVT_3", True),
        (18, "acme", "PVT_4", False),
        (19, "acme", None, True),
        (20, "initech", None, False),
    ):
        payload = changed(day, "iteration", "Sprint", None, iteration("b2"), organization={"login": organization})
        payload["projects_v2_item"]["project_node_id"] = node_id
        if is_meant:
            apply_delivery(engine, settings, delivery(EVENT, payload))
        else:
            with pytest.raises(IgnoredError):
                apply_delivery(engine, settings, delivery(EVENT, payload))
    assert [version[:2] for version in versions(engine)] == [(3, None), (17, "b2"), (19, "b2")]
