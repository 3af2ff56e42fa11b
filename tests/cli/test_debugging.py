"""`sprint --debug`: versions, settings without secrets, tracebacks, and a log that is kept."""

import json
import logging
import platform
import stat
from pathlib import Path

import pytest

import sprintlib
from sprintlib.cli import main
from sprintlib.cli import main as main_module
from sprintlib.observe import log

SETTINGS = (
    '[project]\nname = "acme"\nrepositories = ["acme/api"]\n'
    '[store]\nurl = "postgresql+psycopg://sprint:geheim@127.0.0.1:1/sprint"\n[github]\napi_url = "https://ghe.acme.example"\n'
)


@pytest.fixture(autouse=True)
def logging_as_it_was():
    before = log.LOGGER.handlers[:], log.LOGGER.level
    yield
    for handler in log.LOGGER.handlers:
        if isinstance(handler, logging.FileHandler):
            handler.close()
    log.LOGGER.handlers[:] = before[0]
    log.LOGGER.setLevel(before[1])


def failed(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return int(stopped.value.code or 0)


def test_an_expected_error_keeps_its_sentence_and_shows_where_it_came_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sprint.toml").write_text(SETTINGS)
    assert failed("--home", str(tmp_path), "--debug", "analyze", "--milestone", "2.4") == 1
    told = capsys.readouterr().err
    assert "\nsprint: The store postgresql+psycopg://sprint:***@" in told
    assert f"sprintlib {sprintlib.__version__}" in told
    assert platform.python_version() in told
    assert f"command    sprint --home {tmp_path} --debug analyze --milestone 2.4" in told
    assert f"home       {tmp_path}" in told
    assert "postgresql+psycopg://sprint:***@127.0.0.1:1/sprint" in told
    assert '"repositories": ["acme/api"]' in told
    assert "Traceback (most recent call last):" in told
    assert "geheim" not in told
    assert "ghe.acme" not in told


def test_all_of_it_is_kept_for_the_user_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api"]\n')
    for _ in range(2):
        failed("--home", str(tmp_path), "--debug", "analyze")
    kept = tmp_path / "data" / "debug.log"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text().count("command    sprint ") == 1
    assert "Traceback" in kept.read_text()
    assert f"log file   {kept}" in capsys.readouterr().err


def test_without_settings_it_says_so_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert failed("--home", str(tmp_path), "--debug", "analyze") == 2
    assert "log file   none: No sprint.toml in" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_unexpected_error_is_in_the_log_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api"]\n')
    monkeypatch.setitem(main_module.__globals__["COMMANDS"], "analyze", ("tests.cli.broken", "Fails."))
    with pytest.raises(ZeroDivisionError):
        main(["--home", str(tmp_path), "--debug", "analyze"])
    assert "ZeroDivisionError: division by zero" in (tmp_path / "data" / "debug.log").read_text()


def test_without_it_nothing_of_this_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert failed("--home", str(tmp_path), "analyze") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("sprint: No sprint.toml in")


def test_a_failure_is_kept_in_the_log_of_the_home(tmp_path: Path) -> None:
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api"]\n')
    failed("--home", str(tmp_path), "ask", "what is blocked")
    (line,) = next((tmp_path / "logs").iterdir()).read_text().splitlines()
    told = json.loads(line)
    assert (told["level"], told["command"]) == ("error", "ask")
    assert told["event"].startswith("Nothing has been collected yet")
