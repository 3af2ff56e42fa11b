"""A backup is made while others write, restores to the same rows and the same analysis, and says when it cannot."""

import json
import os
import shutil
import sqlite3
import tarfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import sleep

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url

from sprintlib import backup, inbox
from sprintlib.backup.copying import without_password
from sprintlib.backup.manifest import contents_of
from sprintlib.backup.moving import move_store
from sprintlib.cli.main import sprint
from sprintlib.errors import BackupError
from sprintlib.locks import file_lock
from sprintlib.settings import Settings, load
from sprintlib.store import open_store, schema
from tests.world import World, at

NOON = at("03-20 12:00")
SETTINGS = '[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n'


@pytest.fixture
def home(team: World, tmp_path: Path) -> Path:
    """A home with the two sprints of tests.sprints."""
    team.flush()
    team.engine.dispose()
    folder = tmp_path / "home"
    (folder / "data").mkdir(parents=True)
    (folder / "sprint.toml").write_text(SETTINGS, encoding="utf-8")
    with closing(sqlite3.connect(str(team.engine.url.database))) as store:
        store.execute("PRAGMA journal_mode = DELETE")  # one file, to be moved
    place = Path(str(team.engine.url.database)).rename(folder / "data" / "sprint.db")
    with closing(sqlite3.connect(place)) as store:
        store.execute("PRAGMA journal_mode = WAL")  # as it was: nobody can switch to it while others write
    return folder


@pytest.fixture
def settings(home: Path) -> Settings:
    return load(home)


def count(url: str) -> int:
    engine = open_store(url)
    with engine.connect() as connection:
        found = connection.scalar(select(func.count()).select_from(schema.issue))
    engine.dispose()
    return found or 0


def test_a_new_machine_gets_the_same_rows_and_the_same_analysis(settings: Settings, tmp_path: Path) -> None:
    made = backup.make_backup(settings, NOON)
    assert made.file.name == "sprint-20260320T120000Z.tar.gz"
    assert made.file.stat().st_mode & 0o777 == 0o600
    drilled = backup.drill(settings, made.file)
    assert (drilled.ok, drilled.differing, drilled.analysis) == (True, (), True)
    assert drilled.rows > 18  # issues alone
    done = backup.restore(made.file, tmp_path / "new", NOON)
    assert (done.kept, done.notes) == (None, ("sprint.toml was restored too.",))
    assert count(load(tmp_path / "new").database_url) == count(settings.database_url) == 18


def test_without_its_keys_a_new_machine_says_what_cannot_be_read(
    settings: Settings, home: Path, tmp_path: Path
) -> None:
    engine = open_store(settings.database_url)
    inbox.receive(engine, "g", "push", {}, b"{}")
    engine.dispose()
    made = backup.make_backup(settings, NOON)
    assert backup.drill(settings, made.file).ok
    done = backup.restore(made.file, tmp_path / "new", NOON)
    assert done.notes[1:] == (
        "1 webhook delivery cannot be read, since the keys stayed on the other machine: copy its data/keys.json to "
        "read it; nothing else needs the keys, and 'sprint sync' asks GitHub again for what it told.",
    )
    assert count(load(tmp_path / "new").database_url) == 18
    shutil.copy(home / "data" / "keys.json", tmp_path / "new" / "data" / "keys.json")
    engine = open_store(load(tmp_path / "new").database_url)
    assert inbox.find(engine, "g").body == b"{}"
    engine.dispose()


def test_what_was_there_is_kept_beside(settings: Settings, home: Path) -> None:
    made = backup.make_backup(settings, NOON)
    with closing(sqlite3.connect(home / "data" / "sprint.db")) as store, store:
        store.execute("DELETE FROM issue WHERE number = 14")
    (home / "sprint.toml").write_text(SETTINGS + "# mine\n", encoding="utf-8")
    done = backup.restore(made.file, home, NOON + timedelta(hours=1))
    assert done.kept == home / "data" / "sprint.db.before-20260320T130000Z"
    assert (count(f"sqlite:///{done.kept}"), count(settings.database_url)) == (17, 18)
    assert (home / "sprint.toml").read_text().endswith("# mine\n")
    assert (home / "sprint.toml.of-backup").read_text() == SETTINGS


def test_a_new_home_never_takes_the_store_that_the_old_settings_name(
    settings: Settings, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "sprint.toml").write_text(f'{SETTINGS}[store]\nurl = "{settings.database_url}"\n', encoding="utf-8")
    made = backup.make_backup(load(home), NOON)
    with pytest.raises(BackupError, match="names a store of its own"):
        backup.restore(made.file, tmp_path / "new", NOON)
    assert not (tmp_path / "new" / "sprint.toml").exists()
    monkeypatch.setenv("SPRINT_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    backup.restore(made.file, tmp_path / "new", NOON)
    assert count(f"sqlite:///{tmp_path / 'other.db'}") == 18


def test_a_database_that_is_no_longer_one_is_replaced(settings: Settings, home: Path) -> None:
    made = backup.make_backup(settings, NOON)
    (home / "data" / "sprint.db").write_bytes(b"lost")
    backup.restore(made.file, home, NOON)
    assert count(settings.database_url) == 18


def test_writers_go_on_meanwhile_and_the_copy_is_of_one_moment(settings: Settings, home: Path) -> None:
    stop, written = Event(), [0]

    def write() -> None:
        with closing(sqlite3.connect(home / "data" / "sprint.db", timeout=30)) as store:
            while not stop.is_set():
                with store:  # both or neither
                    for name in ("one", "two"):
                        store.execute("INSERT INTO project (name) VALUES (?)", (f"{name}-{written[0]}",))
                written[0] += 1
                sleep(0.001)

    writer = Thread(target=write)
    writer.start()
    try:
        made = backup.make_backup(settings, NOON)
    finally:
        stop.set()
        writer.join()
    assert written[0] > 0
    assert backup.drill(settings, made.file).ok
    from sprintlib.backup.files import read_manifest

    assert read_manifest(made.file).contents.rows["project"] % 2 == 0


def test_no_restore_while_somebody_collects(settings: Settings, home: Path) -> None:
    made = backup.make_backup(settings, NOON)
    before = (home / "data" / "sprint.db").read_bytes()
    with (
        file_lock(home / "data" / "sync.lock"),
        pytest.raises(BackupError, match="is collecting or reporting: stop it"),
    ):
        backup.restore(made.file, home, NOON)
    assert (home / "data" / "sprint.db").read_bytes() == before


# ---------------------------------------------------------------- broken backups


def broken(made: Path, how: str) -> None:
    data = bytearray(made.read_bytes())
    match how:
        case "cut":
            made.write_bytes(data[: len(data) // 2])
        case "flipped":
            data[len(data) // 2] ^= 0xFF
            made.write_bytes(data)
        case "empty":
            made.write_bytes(b"")
        case "text":
            made.write_text("hello")
        case "other archive":
            with tarfile.open(made, "w:gz") as archive:
                archive.add(__file__, "readme.py")
        case "another file":
            _with(made, {"../../evil": b"x"})


def _with(made: Path, more: dict[str, bytes]) -> None:
    """The backup once more, with a manifest that names other files too."""
    import hashlib
    import io

    with tarfile.open(made, "r:gz") as archive:
        content = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
    manifest = json.loads(content["manifest.json"])
    manifest["files"] |= {name: hashlib.sha256(data).hexdigest() for name, data in more.items()}
    content |= more | {"manifest.json": json.dumps(manifest).encode()}
    with tarfile.open(made, "w:gz") as archive:
        for name, data in content.items():
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))


@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "text", "other archive", "another file"])
def test_a_broken_backup_is_one_sentence_and_nothing_is_touched(
    settings: Settings, home: Path, tmp_path: Path, how: str
) -> None:
    made = backup.make_backup(settings, NOON)
    broken(made.file, how)
    before = (home / "data" / "sprint.db").read_bytes()
    with pytest.raises(BackupError) as said:
        backup.restore(made.file, home, NOON)
    assert "\n" not in str(said.value)
    assert (home / "data" / "sprint.db").read_bytes() == before
    assert sorted(path.name for path in home.iterdir()) == ["backups", "data", "sprint.toml"]
    assert not (tmp_path / "evil").exists()


def test_a_drill_finds_rows_that_are_not_what_was_saved(settings: Settings, tmp_path: Path) -> None:
    made = backup.make_backup(settings, NOON)
    with tarfile.open(made.file, "r:gz") as archive:
        archive.extract("sprint.db", tmp_path, filter="data")
    with closing(sqlite3.connect(tmp_path / "sprint.db")) as store, store:
        store.execute("UPDATE issue SET title = 'other' WHERE number = 14")
    _with(made.file, {"sprint.db": (tmp_path / "sprint.db").read_bytes()})
    drilled = backup.drill(settings, made.file)
    assert (drilled.ok, drilled.differing, drilled.analysis) == (False, ("issue",), False)


# ---------------------------------------------------------------- how long they are kept, and when one is due


def test_the_last_of_each_day_then_of_each_week_and_always_the_newest(settings: Settings) -> None:
    folder = settings.home / "backups"
    folder.mkdir()
    for hours in range(0, 24 * 100, 12):
        (folder / f"sprint-{NOON - timedelta(hours=hours):%Y%m%dT%H%M%SZ}.tar.gz").touch()
    (folder / "notes.txt").touch()
    backup.prune(settings, NOON)
    kept = [found.made_at for found in backup.backups(folder)]
    assert (len([day for day in kept if NOON - day <= timedelta(days=30)]), len(kept)) == (31, 35)
    assert (folder / "notes.txt").exists()
    backup.prune(settings, NOON + timedelta(days=999))
    assert [found.made_at for found in backup.backups(folder)] == [NOON]


def test_a_clock_that_was_ahead_costs_no_backup(settings: Settings) -> None:
    folder = settings.home / "backups"
    for days in (0, 1, 2):
        backup.make_backup(settings, NOON + timedelta(days=days))
    ahead = NOON + timedelta(days=400)
    backup.make_backup(settings, ahead)
    assert backup.prune(settings, ahead) == []  # the other three are old by that clock
    now = NOON + timedelta(days=3)
    assert backup.newest(folder, now).made_at == NOON + timedelta(days=2)
    assert backup.newest(folder, NOON - timedelta(days=1)).made_at == ahead  # there is no other
    assert backup.is_due(settings, now)
    backup.make_backup(settings, now)
    assert not backup.is_due(settings, now)


def test_what_killed_backups_left_goes_after_a_day(settings: Settings) -> None:
    folder = settings.home / "backups"
    for name, hours in ((".making-old", 25), (".making-young", 23)):
        (folder / name).mkdir(parents=True)
        (folder / name / "sprint.db").write_bytes(b"half")
        moment = time.time() - 3600 * hours
        os.utime(folder / name, (moment, moment))
    made = backup.make_backup(settings, NOON)
    assert sorted(path.name for path in folder.iterdir()) == [".making-young", made.file.name]


def test_one_a_day_is_due_in_the_projects_time_zone(settings: Settings) -> None:
    zone = settings.project.model_copy(update={"time_zone": "Pacific/Auckland"})
    settings = settings.model_copy(update={"project": zone})
    assert backup.is_due(settings, NOON)
    backup.make_backup(settings, datetime(2026, 3, 20, 10, 30, tzinfo=UTC))  # 23:30 there
    assert not backup.is_due(settings, datetime(2026, 3, 20, 10, 59, tzinfo=UTC))
    assert backup.is_due(settings, datetime(2026, 3, 20, 11, 1, tzinfo=UTC))


# ---------------------------------------------------------------- commands and PostgreSQL


def test_the_commands(home: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "No backup in" in str(run(sprint, ["--home", str(home), "drill"]).exception)
    made = json.loads(run(sprint, ["--home", str(home), "backup", "--json"]).output)["backups"]
    assert [Path(one["file"]).parent for one in made] == [home / "backups"]
    drilled = json.loads(run(sprint, ["--home", str(home), "drill", "--json"]).output)
    assert (drilled["ok"], drilled["analysis"]) == (True, True)
    new = tmp_path / "new"
    done = run(sprint, ["--home", str(tmp_path), "restore", "--from", made[0]["file"], "--to", str(new), "--json"])
    assert json.loads(done.output)["home"] == str(new)
    assert count(f"sqlite:///{new / 'data' / 'sprint.db'}") == 18


def test_postgresql(on_postgresql: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    url = on_postgresql.url.render_as_string(hide_password=False)
    move_store(settings.database_url, url)
    monkeypatch.setenv("SPRINT_DATABASE_URL", url)
    made = backup.make_backup(settings, NOON)
    drilled = backup.drill(settings, made.file)
    assert (drilled.ok, drilled.analysis) == (True, True)
    with on_postgresql.begin() as connection:
        before = contents_of(connection)
        connection.execute(schema.issue.delete().where(schema.issue.c.number == 14))
    backup.restore(made.file, settings.home, NOON)
    with on_postgresql.connect() as connection:
        assert before.differences(contents_of(connection)) == []
    monkeypatch.delenv("SPRINT_DATABASE_URL")
    with pytest.raises(BackupError, match="is of a postgresql store and this home uses sqlite"):
        backup.restore(made.file, settings.home, NOON)


def test_moving_to_a_server_and_back(on_postgresql: Engine, settings: Settings, tmp_path: Path) -> None:
    url = on_postgresql.url.render_as_string(hide_password=False)
    with open_store(settings.database_url).begin() as connection:
        connection.execute(schema.run.insert(), {**_run(), "id": 7})
    done = CliRunner().invoke(sprint, ["store", "migrate", settings.database_url, url, "--json"])
    assert json.loads(done.output)["rows"]["issue"] == 18
    with on_postgresql.begin() as connection:  # numbers go on where they were
        added = connection.execute(schema.run.insert().returning(schema.run.c.id), [_run(), _run()]).scalars().all()
        connection.execute(schema.run.delete().where(schema.run.c.id > 7))
    assert added == [8, 9]
    back = f"sqlite:///{tmp_path / 'back.db'}"
    move_store(url, back)
    with open_store(settings.database_url).connect() as first, open_store(back).connect() as second:
        assert contents_of(first).differences(contents_of(second)) == []
    with pytest.raises(BackupError, match="holds rows already"):
        move_store(settings.database_url, url)
    with pytest.raises(BackupError, match="are the same store"):
        move_store(url, url)


def _run() -> dict[str, object]:
    moments = {"as_of": NOON, "started_at": NOON}
    return {"project": "acme", "milestone": "Sprint 2", "state": "ok", "trigger": "hand", "parameters": {}, **moments}


def test_the_password_of_a_server_is_in_no_address_that_others_see() -> None:
    url = make_url("postgresql+psycopg://sprint:geheim@db.example:5433/acme?sslmode=require")
    plain = without_password(url).render_as_string(hide_password=False)
    assert plain == "postgresql+psycopg://sprint@db.example:5433/acme?sslmode=require"
