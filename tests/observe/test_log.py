"""What is kept of a running program: JSON lines a day, with the ids of what caused them, and no secret."""

import json
import logging
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprintlib.masking import MASK
from sprintlib.observe import log
from sprintlib.observe.context import bound
from sprintlib.observe.daily_file import DailyFile
from sprintlib.observe.json_lines import json_line, redacted

TOKEN = "ghp_" + "a1B2" * 9


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    loggers = (log.LOGGER, logging.getLogger("uvicorn"))
    before = [(logger.handlers[:], logger.level) for logger in loggers]
    log.configure()
    yield
    for logger, (handlers, level) in zip(loggers, before, strict=True):
        for handler in logger.handlers:
            handler.close()
        logger.handlers[:] = handlers
        logger.setLevel(level)


def lines(home: Path) -> list[dict]:
    return [json.loads(line) for path in sorted((home / "logs").iterdir()) for line in path.read_text().splitlines()]


def record(text: str = "said", *, day: date | None = None, **more: object) -> logging.LogRecord:
    made = log.LOGGER.makeRecord("sprintlib", logging.INFO, "here.py", 1, text, (), None, extra=more)
    if day:
        made.created = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    return made


def test_a_line_says_when_what_and_by_what_it_was_caused(tmp_path: Path) -> None:
    log.keep(tmp_path)
    with bound(request="r-1"), bound(delivery="d-1", nothing=None):
        log.LOGGER.info("facts of %s written", "acme/api", extra={"count": 3})
    log.LOGGER.debug("too much")
    (found,) = lines(tmp_path)
    assert datetime.fromisoformat(found.pop("at")).utcoffset() == timedelta(0)
    found.pop("process")
    assert found == {
        "level": "info",
        "event": "facts of acme/api written",
        "logger": "sprintlib",
        "request": "r-1",
        "delivery": "d-1",
        "count": 3,
    }


def test_only_the_user_can_read_it_and_nothing_is_made_before_a_line(tmp_path: Path) -> None:
    log.keep(tmp_path)
    assert not (tmp_path / "logs").exists()
    log.LOGGER.warning("one")
    (file,) = (tmp_path / "logs").iterdir()
    assert file.name == f"sprint-{datetime.now(UTC):%Y-%m-%d}.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_day_is_a_file_and_thirty_days_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    for name in ("sprint-2026-02-18.jsonl", "sprint-2026-02-17.jsonl", "sprint-notes.jsonl", "serve.log"):
        (folder / name).write_text("")
    handler = DailyFile(folder)
    handler.emit(record(day=date(2026, 3, 19)))
    handler.emit(record(day=date(2026, 3, 20)))
    handler.emit(record(day=date(2026, 3, 20)))
    handler.close()
    assert sorted(path.name for path in folder.iterdir()) == [
        "serve.log",
        "sprint-2026-02-18.jsonl",
        "sprint-2026-03-19.jsonl",
        "sprint-2026-03-20.jsonl",
        "sprint-notes.jsonl",
    ]
    assert len((folder / "sprint-2026-03-20.jsonl").read_text().splitlines()) == 2


def test_an_error_is_kept_with_its_traceback_and_without_its_secret(tmp_path: Path) -> None:
    log.keep(tmp_path)
    try:
        raise RuntimeError(f"refused {TOKEN}")
    except RuntimeError:
        log.LOGGER.exception("it broke")
    (found,) = lines(tmp_path)
    assert "Traceback (most recent call last)" in found["exception"]
    assert f"RuntimeError: refused {MASK}" in found["exception"]
    assert TOKEN not in json.dumps(found)


@pytest.mark.parametrize(
    "more",
    [
        {"token": "x"},
        {"headers": {"Authorization": "whatever", "X-Hub-Signature-256": "sha256=12"}},
        {"url": "postgresql+psycopg://sprint:x9geheim@db/sprint"},
        {"said": ["one", {"client_secret": "x9geheim"}]},
        {"said": f"with {TOKEN}"},
        {"api_key": "x9geheim"},
        {"said": "sprint_" + "Ab1_" * 10 + "xyz"},
    ],
)
def test_secrets_do_not_pass(more: dict) -> None:
    told = json_line(record(**more))
    for secret in ("x9geheim", TOKEN, "whatever", "sha256=12", "Ab1_Ab1_", '"x"'):
        assert secret not in told
    assert MASK in told


@given(st.sampled_from(("secret", "password", "GITHUB_TOKEN", "cookie", "apiKey")), st.text(min_size=1), st.text())
def test_what_is_called_a_secret_is_never_written(name: str, value: str, other: str) -> None:
    kept = redacted(None, "", {"event": "e", "deep": [{"more": {name: value}}], name: value, "number": 3})
    assert kept == {"event": "e", "deep": [{"more": {name: MASK}}], name: MASK, "number": 3}
    assert json.loads(json_line(record(said=other)))["event"] == "said"


def test_processes_do_not_cut_each_others_lines(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from sprintlib.observe import log; log.configure(); log.keep(pathlib.Path(sys.argv[1]))\n"
        "for number in range(200): log.LOGGER.info('x' * 900, extra={'number': number, 'who': sys.argv[2]})"
    )
    ran = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), who]) for who in "ab"]
    assert [process.wait(timeout=60) for process in ran] == [0, 0]
    found = lines(tmp_path)
    assert sorted((one["who"], one["number"]) for one in found) == [(who, n) for who in "ab" for n in range(200)]


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("a file")
    log.configure()
    log.keep(tmp_path)
    log.LOGGER.warning("said all the same")
    assert "said all the same" in capsys.readouterr().err


def test_stderr_is_told_without_secrets_and_not_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure()
    log.keep(tmp_path)
    log.LOGGER.warning("refused %s", TOKEN)
    log.LOGGER.error("told before", extra=log.KEPT_ONLY)
    log.LOGGER.info("for the file")
    told = capsys.readouterr().err
    assert f"refused {MASK}" in told
    assert "told before" not in told
    assert "for the file" not in told
    assert [one["event"] for one in lines(tmp_path)] == [f"refused {MASK}", "told before", "for the file"]
    assert "kept_only" not in lines(tmp_path)[1]
