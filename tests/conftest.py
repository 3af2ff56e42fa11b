"""Fixtures that several rooms' tests share."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Engine

from sprintlib.facts.rows import Origin
from sprintlib.store import engine as engine_module
from sprintlib.store import open_store
from tests.full_disk import small_file_system
from tests.migrated import copying
from tests.sprints import team_in
from tests.startup import startup_home
from tests.world import World

ROOT = Path(__file__).parent.parent
REAL_DATA = ROOT.parent / "shared" / "data"

# The same examples every time, so that a landing never depends on luck; `make explore` looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)  # how long it takes is no matter of tests
hypothesis.settings.register_profile("explore", derandomize=False, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_configure() -> None:
    """Whoever runs the tests in the background of a script has Ctrl-C ignored; its tests need it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip `realdata` tests where the data sets are not beside the project."""
    if REAL_DATA.is_dir():
        return
    for item in items:
        if item.get_closest_marker("realdata"):
            item.add_marker(pytest.mark.skip(reason="the real data sets are not beside this clone"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real data sets; only for tests marked `realdata`."""
    return REAL_DATA


@pytest.fixture(scope="session", autouse=True)
def copied_stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    """Every new SQLite store of this process is a copy of a migrated one; undone, it is migrated itself."""
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(engine_module, "upgrade", copying(tmp_path_factory.mktemp("migrated")))
        yield patches


@pytest.fixture(autouse=True)
def _no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on, or leaks, the developer's own token, home or database."""
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "SPRINT_HOME", "SPRINT_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's own Chromium for `browser` and `page` of pytest-playwright; tests are skipped without one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    on_macos = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if found is None and not on_macos.is_file():
        pytest.skip("Chromium is not installed here")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {**browser_type_launch_args, "executable_path": found or str(on_macos), "args": quiet}


@pytest.fixture
def on_postgresql(postgresql: str, tmp_path: Path) -> Iterator[Engine]:
    """A new store on PostgreSQL; the database is empty again afterwards."""
    engine = open_store(postgresql, data_dir=tmp_path / "data")
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """SQLAlchemy URL of an empty database on a server that lives as long as the tests, where one is installed."""
    binaries = _postgresql_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed here")
    # not below pytest's folder: every pytest that starts meanwhile takes it away from other users
    folder = Path(tempfile.mkdtemp(prefix="sprint-postgresql-"))
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(binaries / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, user=user)

    run("initdb", "-A", "trust", "-U", "sprint", "--no-sync")
    # a socket in its own folder: no port that somebody else may take
    run("pg_ctl", "-o", f"-c listen_addresses='' -k {folder} -c fsync=off", "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql+psycopg://sprint@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _postgresql_binaries() -> Path | None:
    """The newest installed PostgreSQL's programs; Debian keeps them off PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    return found[0] if found else Path(on_path).parent if on_path else None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB, to be filled."""
    with small_file_system(tmp_path / "disk") as place:
        yield place


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty project."""
    return World(open_store(f"sqlite:///{tmp_path / 'sprint.db'}"), tmp_path)


@pytest.fixture
def team(tmp_path: Path) -> World:
    """Both sprints of tests.sprints in acme/api: one behind the team, one under way."""
    return team_in(tmp_path)


@pytest.fixture(scope="session")
def startup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of tests.startup. Read it only."""
    return startup_home(tmp_path_factory.mktemp("startup"))


@pytest.fixture
def origin() -> Origin:
    """Where payloads of tests come from."""
    return Origin(7, "rest", datetime(2026, 3, 20, 12, tzinfo=UTC))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty store in a data folder of its own."""
    engine = open_store(f"sqlite:///{tmp_path / 'data' / 'sprint.db'}")
    yield engine
    engine.dispose()
