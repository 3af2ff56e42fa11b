"""What is held about one person: exported whole, erased everywhere, and still erased when facts come in again."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sprintlib import inbox
from sprintlib.access import Identity, Role, entries
from sprintlib.access.sessions import begin_session
from sprintlib.cli.main import sprint
from sprintlib.errors import AccessError
from sprintlib.github import sync
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze
from sprintlib.services.privacy import erase_person, export_person
from sprintlib.settings import load
from sprintlib.store import open_store, schema
from sprintlib.store.erased import Erased, digest_of
from sprintsim.fake_github import running
from tests.github import shop
from tests.github.conftest import HASTE, NOW

WHO = "cleo"
ERASED = Erased({digest_of("cleo"): "person-1a2b3c", digest_of("state"): "person-000000"})


def words(text: str) -> list[str]:
    return ["".join(part) for part in text.lower().replace('"', " ").split()]


def mentions(folder: Path, word: str) -> list[str]:
    """Files below a folder with a word in them."""
    return [file.name for file in folder.rglob("*") if file.is_file() and word.encode() in file.read_bytes().lower()]


def rows(project: ProjectHandle, table: Any) -> list[dict[str, Any]]:
    with project.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def project_of(home: Path, url: str) -> ProjectHandle:
    (home / "sprint.toml").write_text(
        f'[project]\nname = "acme"\nrepositories = ["{shop.NAME}"]\n'
        f'[github]\napi_url = "{url}"\ndetails_days = 3650\nclone = false\n[auth]\nmembers = ["{WHO}"]\n',
        encoding="utf-8",
    )
    settings = load(home)
    return ProjectHandle(settings, open_store(settings.database_url), lambda: NOW)


def test_erased_everywhere_and_still_so_after_the_next_sync(tmp_path: Path) -> None:
    with running([shop.dataset()]) as url:
        project = project_of(tmp_path, url)
        sync(project.engine, project.settings, None, retry_policy=HASTE)
        body = json.dumps({"pusher": {"name": WHO, "email": f"{WHO}@acme.example"}, "text": f"thanks @{WHO}"})
        inbox.receive(project.engine, "g-1", "push", {}, body.encode())
        analyze(project, store=True)
        begin_session(project.engine, tmp_path / "data", project.settings.auth, WHO)

        held = export_person(project, WHO)["tables"]
        assert {"pull_request", "review", "payload", "event", "delivery", "session"} & set(held) == {
            "pull_request",
            "review",
            "payload",
            "event",
            "delivery",
            "session",
        }, set(held)
        assert all(WHO in json.dumps(row).lower() for found in held.values() for row in found)
        assert mentions(tmp_path / "data", WHO)

        done = erase_person(project, WHO.upper())
        assert set(done.rows) == set(held) - {"session"}
        assert mentions(tmp_path / "data", WHO) == []
        assert export_person(project, WHO)["tables"] == {}
        assert set(export_person(project, done.pseudonym)["tables"]) == set(done.rows)
        assert erase_person(project, WHO).rows == {}

        before = {table: rows(project, table) for table in (schema.event, schema.payload)}
        with project.engine.begin() as connection:  # as if nothing had been asked for before
            connection.execute(schema.sync_cursor.delete())
            connection.execute(schema.item_cursor.delete())
            connection.execute(schema.event.delete())
        sync(project.engine, project.settings, None, retry_policy=HASTE)
        inbox.receive(project.engine, "g-2", "push", {}, body.replace("thanks", "hello").encode())
    assert export_person(project, WHO)["tables"] == {}
    ids = {row["id"] for row in before[schema.event]}
    assert {row["id"] for row in rows(project, schema.event)} == ids
    assert {row["digest"] for row in rows(project, schema.payload)} == {row["digest"] for row in before[schema.payload]}
    told = [(one.action, one.subject) for one in entries(project.engine) if one.action == "privacy"]
    assert told == [("privacy", f"erase {done.pseudonym}")] * 2
    analyze(project)
    project.engine.dispose()


def test_who_may_and_whom(tmp_path: Path) -> None:
    project = project_of(tmp_path, "http://127.0.0.1:9")
    for refused in ("@ada", "", "a b", "-x", "x" * 65, "ada/api"):
        with pytest.raises(AccessError, match="is no login"):
            export_person(project, refused)
    with pytest.raises(AccessError, match="acme owns acme/shop"):
        erase_person(project, "acme")
    member = project.seen_by(Identity("ada", Role.member, "session"))
    for act in (export_person, erase_person):
        with pytest.raises(AccessError, match="takes the role admin"):
            act(member, WHO)
    project.engine.dispose()


def test_the_commands(tmp_path: Path) -> None:
    project_of(tmp_path, "http://127.0.0.1:9").engine.dispose()
    run = CliRunner().invoke
    told = run(sprint, ["--home", str(tmp_path), "privacy", "export", "ada"])
    assert json.loads(told.output) == {"login": "ada", "tables": {}}
    asked = run(sprint, ["--home", str(tmp_path), "privacy", "erase", "ada"], input="n\n")
    assert asked.exit_code == 1
    done = run(sprint, ["--home", str(tmp_path), "privacy", "erase", "ada", "--yes"])
    assert "0 rows were changed.\nNot reached:\n  - reports and backups" in done.output
    told = run(sprint, ["--home", str(tmp_path), "privacy", "erase", "ada", "--yes", "--json"])
    assert set(json.loads(told.output)) == {"pseudonym", "rows", "remains"}


def test_a_login_is_a_whole_word_in_whatever_case() -> None:
    for text, expected in (
        ("Cleo, @cleo and cleo's", "person-1a2b3c, @person-1a2b3c and person-1a2b3c's"),
        ("cleopatra, cleo-x, x-cleo, x_cleo", "cleopatra, cleo-x, x-cleo, x_cleo"),
        ("https://github.com/cleo", "https://github.com/person-1a2b3c"),
        ("cleo/shop:fix by cleo.", "person-1a2b3c/shop:fix by person-1a2b3c."),
    ):
        assert ERASED.text(text) == expected


def test_accounts_lose_what_tells_them_and_vocabulary_stays() -> None:
    account = {"login": "cleo", "id": 4, "avatar_url": "https://x/u/4", "type": "User"}
    assert ERASED.value({"user": account, "state": "state", "n": 1}) == {
        "user": {"login": "person-1a2b3c", "type": "User"},
        "state": "state",
        "n": 1,
    }
    committer = {"name": "Cleo C", "email": "c@acme.example", "username": "cleo"}
    assert "acme" not in str(ERASED.value([committer]))


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_who_is_not_named_changes_nothing_and_twice_is_once(value: Any) -> None:
    assert Erased({digest_of("nobody-of-that-name"): "person-x"}).value(value) == value
    assert ERASED.value(ERASED.value(value)) == ERASED.value(value)
