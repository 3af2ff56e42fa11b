"""Fixtures that several rooms' tests share."""

import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
REAL_DATA = ROOT.parent / "shared" / "data"


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
