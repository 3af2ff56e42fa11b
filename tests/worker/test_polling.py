"""Following GitHub by asking: how often, and what is said when it does not answer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from sprintlib.calendar import WorkingCalendar
from sprintlib.cli.main import sprint
from sprintlib.errors import RateLimitError, TokenError, UnreachableError
from sprintlib.store import open_store, schema
from sprintlib.worker import Pace, Watch
from sprintsim.fake_github import running
from tests.github import shop
from tests.github.conftest import NOW
from tests.live_github import LiveGitHub
from tests.worker.test_interleavings import settings_for
from tests.worker.test_worker import write_home

WEDNESDAY = datetime(2026, 3, 18, 11, tzinfo=UTC)
NIGHT = datetime(2026, 3, 18, 23, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 22, 11, tzinfo=UTC)


def waits(moment: datetime, *changed: bool) -> list[float]:
    pace = Pace(WorkingCalendar())
    return [pace.after(one, moment) for one in changed]


def test_often_while_something_happens_and_seldom_while_nothing_does() -> None:
    assert waits(WEDNESDAY, True, False, False, True) == [30.0, 45.0, 67.5, 30.0]
    assert waits(WEDNESDAY, *[False] * 20)[-1] == 300.0
    assert waits(NIGHT, *[False] * 20)[-1] == 900.0
    assert waits(SUNDAY, *[False] * 20)[-1] == 900.0


def test_without_a_token_few_requests_an_hour_are_there() -> None:
    assert Pace(WorkingCalendar()).after(True, WEDNESDAY, has_token=False) == 900.0


def test_after_an_error_it_waits_longer_each_time_or_until_the_limit_is_over() -> None:
    pace = Pace(WorkingCalendar())
    away = [pace.after_error(UnreachableError("away"), WEDNESDAY) for _ in range(10)]
    assert away[:2] == [45.0, 67.5]
    assert away[-1] == 300.0
    over = WEDNESDAY + timedelta(minutes=20)
    assert pace.after_error(RateLimitError("used up", over), WEDNESDAY) == 1201.0
    assert pace.after_error(TokenError("refused"), WEDNESDAY) == 300.0


def test_it_goes_on_where_github_was_away(tmp_path: Path) -> None:
    said: list[str] = []
    engine = open_store(f"sqlite:///{tmp_path / 'data' / 'sprint.db'}")
    dataset = shop.dataset()
    with running([dataset]) as url:
        port = int(url.rpartition(":")[2])
        watch = Watch(engine, settings_for(tmp_path, url), said.append)
        watch.poll()
    watch.poll()
    with running([dataset], port=port):
        LiveGitHub(dataset, NOW).act("close", 0)
        watch.poll()
        watch.poll()
    told = [sentence for sentence in said if not sentence.startswith("Asking")]
    assert told[0].startswith("Up to date, ")
    assert told[1].startswith("GitHub cannot be reached; what is here stays as it is. Next try at ")
    assert told[2].startswith("Up to date, ")
    assert told[3].startswith("Nothing new (")
    with engine.connect() as connection:
        closed = select(func.count()).select_from(schema.issue).where(schema.issue.c.state == "closed")
        assert connection.scalar(closed) == 2
    engine.dispose()


def test_watch_once_collects_and_analyses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with running([shop.dataset()]) as url:
        write_home(tmp_path, url)
        first = CliRunner().invoke(sprint, ["--home", str(tmp_path), "watch", "--once"])
        again = CliRunner().invoke(sprint, ["--home", str(tmp_path), "watch", "--once"])
    assert first.exit_code == 0, first.output
    assert "1 analysis changed." in first.output
    assert "no analysis changed." in again.output
