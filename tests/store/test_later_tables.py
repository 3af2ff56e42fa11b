"""What was added to the store later works alike on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from sprintlib.access import sessions
from sprintlib.errors import SignInError
from sprintlib.facts.board_names import note_name, stored_as
from sprintlib.facts.boards import write_items, write_iterations
from sprintlib.figures import figures, keep
from sprintlib.history import find_sprints, load_state
from sprintlib.inbox import apply_delivery
from sprintlib.observe.measures import drain, record
from sprintlib.project import ProjectHandle
from sprintlib.results import digest_table, run_table
from sprintlib.services.privacy import erase_person, export_person
from sprintlib.settings import AuthSettings, Settings, SprintSettings, parse
from sprintlib.store import schema
from tests.github import shop
from tests.inbox.test_application import about, delivery
from tests.inbox.test_board_changes import changed, iteration

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TODAY = date(2026, 3, 20)


@pytest.fixture(params=["engine", "on_postgresql"])
def store(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    sprints = SprintSettings(source="projects", project="acme/3", points="Points")
    return parse({"home": tmp_path, "project": {"name": "acme", "repositories": [shop.NAME]}, "sprints": sprints})


def test_sessions(store: Engine, tmp_path: Path) -> None:
    auth = AuthSettings(mode="password", members=("cleo",))
    value = sessions.begin_session(store, tmp_path, auth, "cleo", ["acme/shop"])
    found = sessions.find_session(store, tmp_path, value)
    assert (found.login, found.repositories) == ("cleo", ("acme/shop",))
    sessions.renew_check(store, found, None, "acme")
    assert sessions.find_session(store, tmp_path, value).repositories is None
    sessions.end_session(store, found)
    with pytest.raises(SignInError, match="The session has ended"):
        sessions.find_session(store, tmp_path, value)


def test_digests_are_sent_once(store: Engine) -> None:
    assert digest_table.claim(store, "acme", "file", TODAY)
    assert not digest_table.claim(store, "acme", "file", TODAY)
    digest_table.finish(store, "acme", "file", TODAY, "failed", message="the disk is full")
    assert digest_table.claim(store, "acme", "file", TODAY)
    digest_table.finish(store, "acme", "file", TODAY, "sent", "digest.md")
    assert not digest_table.claim(store, "acme", "file", TODAY)
    last = digest_table.last_sent(store, "acme", before=TODAY + timedelta(days=1))
    assert last is not None
    assert (last.day, last.reference, last.message) == (TODAY, "digest.md", None)


def test_runs_know_their_kind(store: Engine) -> None:
    for kind in ("sprint_analysis", "retrospective"):
        run_table.finish(store, run_table.start(store, "acme", "2.4", NOW, "hand", {}, kind), "done")
    assert [one.kind for one in run_table.runs(store, "acme")] == ["retrospective", "sprint_analysis"]


def test_figures_add_up(store: Engine) -> None:
    drain()
    for at, seconds in ((NOW - timedelta(minutes=6), 0.2), (NOW, 0.4), (NOW, 0.4)):
        record("api_latency", seconds)
        keep(store, at)
    (latency,) = [one for one in figures(store, NOW) if one.name == "api_latency"]
    assert (latency.count, round(latency.value or 0, 1)) == (3, 0.4)


def test_boards_and_what_webhooks_tell_of_them(store: Engine, settings: Settings) -> None:
    apply_delivery(store, settings, delivery("issues", about("opened", issue=shop.issue(9, 2))))
    rows = [
        {"iteration": key, "seen_at": NOW - timedelta(days=18), "title": title, "first_day": first, "days": 14}
        for key, title, first in (("a1", "Sprint 1", date(2026, 3, 2)), ("b2", "Sprint 2", date(2026, 3, 16)))
    ]
    with store.begin() as connection:
        stored = note_name(connection, "Acme/3", 3, "PVT_3", NOW)
        for _ in range(2):
            write_iterations(connection, stored, rows)
            write_items(connection, stored, [], NOW)
    moved = delivery("projects_v2_item", changed(17, "iteration", "Sprint", iteration("a1"), iteration("b2")))
    apply_delivery(store, settings, moved)
    with store.begin() as connection:
        assert note_name(connection, "initech/3", 3, "PVT_3", NOW + timedelta(days=1)) == "acme/3"
        assert {stored_as(connection, name) for name in ("acme/3", "Initech/3")} == {"acme/3"}
        assert len(connection.execute(select(schema.board_iteration)).all()) == 2
    for name in ("acme/3", "initech/3"):
        asked = settings.model_copy(update={"sprints": SprintSettings(source="projects", project=name)})
        past = load_state(store, asked, NOW)
        (found,) = find_sprints(past, ProjectHandle(asked, store).calendar)
        assert (found.title, found.items["ref"].to_list()) == ("Sprint 2", ["acme/shop#9"])


def test_a_person_is_exported_and_erased(store: Engine, settings: Settings) -> None:
    apply_delivery(store, settings, delivery("issues", about("opened", issue=shop.issue(9, 2))))
    project = ProjectHandle(settings, store, lambda: NOW)
    with store.connect() as connection:
        who = str(connection.scalar(select(schema.issue.c.author)))
    assert "issue" in export_person(project, who)["tables"]
    told = erase_person(project, who)
    with store.connect() as connection:
        assert connection.scalar(select(schema.issue.c.author)) == told.pseudonym
        assert connection.scalar(select(schema.erased_person.c.pseudonym)) == told.pseudonym
    assert export_person(project, who)["tables"].keys() <= {"audit"}
