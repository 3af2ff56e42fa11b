"""What is overdue, by literal clocks; and catching up with it."""

import fcntl
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from sprintlib import digest, github
from sprintlib.cli.main import sprint
from sprintlib.digest import Outcome
from sprintlib.errors import AnalysisError, BackupError, ReportError, UnreachableError
from sprintlib.reports import DatedSprint, Slot, due, is_due, overdue, run_due, slot_at
from sprintlib.reports.due_kinds import _looked_back_since
from sprintlib.results import Run, run_table, runs
from sprintlib.store import open_store, schema, upsert
from sprintlib.store.schema import run

NINE, TEN = DatedSprint("1-9", "Sprint 9"), DatedSprint("1-10", "Sprint 10")
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
SLOT = Slot(MONDAY, MONDAY + timedelta(days=1))
WORKING_DAYS = ("mon", "tue", "wed", "thu", "fri")


def with_report(settings, zone="UTC", **changes):
    project = settings.project.model_copy(update={"time_zone": zone})
    return settings.model_copy(update={"project": project, "report": settings.report.model_copy(update=changes)})


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "slot"),
    [
        ("UTC", utc(2026, 11, 23, 7, 29), utc(2026, 11, 20, 7, 30)),  # Monday before it is time: Friday's
        ("UTC", utc(2026, 11, 23, 7, 30), utc(2026, 11, 23, 7, 30)),
        ("UTC", utc(2026, 11, 22, 12, 0), utc(2026, 11, 20, 7, 30)),  # Sunday
        ("Europe/Berlin", utc(2026, 11, 23, 6, 30), utc(2026, 11, 23, 6, 30)),  # winter
        ("Europe/Berlin", utc(2026, 7, 6, 5, 30), utc(2026, 7, 6, 5, 30)),  # summer
        ("Pacific/Auckland", utc(2026, 11, 22, 18, 30), utc(2026, 11, 22, 18, 30)),  # already Monday there
        ("America/Los_Angeles", utc(2026, 11, 23, 15, 0), utc(2026, 11, 20, 15, 30)),  # 07:00 there
    ],
)
def test_the_last_moment_at_which_reports_became_due(settings, zone, now, slot):
    assert slot_at(with_report(settings, zone), WORKING_DAYS, now).start == slot


def test_days_and_time_come_from_the_settings(settings):
    weekly = with_report(settings, days=("wed",), at="18:00")
    slot = slot_at(weekly, weekly.report.days, utc(2026, 11, 23, 7, 30))
    assert slot == Slot(utc(2026, 11, 18, 18, 0), utc(2026, 11, 25, 18, 0))
    assert slot_at(weekly, (), utc(2026, 11, 23, 7, 30)) is None


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        (utc(2026, 3, 29, 12), utc(2026, 3, 29, 1, 30), utc(2026, 3, 30, 0, 30)),  # there is no 02:30 in this night
        (utc(2026, 10, 25, 1, 0), utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 1, 30)),  # in this one there are two
    ],
)
def test_every_day_has_one_slot_however_the_clocks_change(settings, now, start, end):
    nightly = with_report(settings, "Europe/Berlin", at="02:30")
    assert slot_at(nightly, (*WORKING_DAYS, "sat", "sun"), now) == Slot(start, end)


def past_run(state="ok", as_of=MONDAY, started_at=None, milestone="Sprint 9", trigger="due", sprint=None):
    return Run(
        id=1,
        milestone=milestone,
        as_of=as_of,
        state=state,
        trigger=trigger,
        started_at=started_at or as_of,
        finished_at=None,
        folder=None,
        message=None,
        pid=None,
        sprint=sprint,
    )


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        ([], True),
        ([past_run(as_of=MONDAY - timedelta(minutes=1))], True),  # the one of the time before
        ([past_run(as_of=MONDAY + timedelta(minutes=5))], False),
        ([past_run(as_of=MONDAY + timedelta(minutes=5), trigger="hand")], False),  # made by hand will do
        ([past_run(as_of=MONDAY - timedelta(days=90), started_at=MONDAY + timedelta(minutes=5))], True),  # on the past
        ([past_run(as_of=MONDAY + timedelta(minutes=5), milestone="Sprint 8")], True),
        ([past_run("failed", MONDAY + timedelta(hours=1, minutes=30))], False),  # tried half an hour ago
        ([past_run("killed", MONDAY + timedelta(hours=1))], True),  # an hour ago
        ([past_run("failed", MONDAY - timedelta(minutes=10))], True),  # before it was due
        ([past_run("failed", MONDAY + timedelta(hours=1, minutes=30), trigger="hand")], True),
        ([past_run("running", MONDAY + timedelta(hours=1, minutes=50))], False),
        ([past_run(as_of=MONDAY + timedelta(days=365))], True),  # made while the clock was a year ahead
        ([past_run("failed", MONDAY + timedelta(hours=20))], True),  # the clock was set back since
        ([past_run("failed", MONDAY + timedelta(hours=2, minutes=1))], False),  # by a minute
    ],
)
def test_a_report_is_due_once(past, expected):
    assert is_due(NINE, SLOT, past, now=MONDAY + timedelta(hours=2)) is expected


def test_a_sprint_with_another_title_is_not_reported_twice():
    renamed, other = DatedSprint("1-9", "Sprint 9: payments"), DatedSprint("1-19", "Sprint 9")
    done = past_run(as_of=MONDAY + timedelta(minutes=5), sprint="1-9")
    assert not is_due(renamed, SLOT, [done], now=MONDAY + timedelta(hours=2))
    assert is_due(other, SLOT, [done], now=MONDAY + timedelta(hours=2))


def test_without_a_dated_milestone_any_report_will_do():
    assert not is_due(None, SLOT, [past_run(milestone="Backlog")], now=MONDAY)
    assert is_due(None, SLOT, [], now=MONDAY)


@pytest.mark.parametrize(
    ("hours", "past", "expected"),
    [
        (1, [], True),
        (47, [], True),
        (48, [], False),  # the report of the day will do
        (-1, [], False),
        (2, [past_run(as_of=MONDAY + timedelta(hours=1))], False),
        (2, [past_run(as_of=MONDAY + timedelta(hours=1), trigger="hand")], False),
        (2, [past_run(as_of=MONDAY - timedelta(hours=1))], True),  # on what was planned until then
        (2, [past_run("failed", MONDAY + timedelta(hours=1, minutes=30))], False),
        (2, [past_run("failed", MONDAY + timedelta(minutes=30))], True),
    ],
)
def test_a_sprint_that_has_just_begun_has_a_report_on_any_day(settings, monkeypatch, hours, past, expected):
    begun = DatedSprint("1-9", "Sprint 9", MONDAY)
    monkeypatch.setattr(due, "open_dated_sprints", lambda *_: [begun])
    monkeypatch.setattr(due, "runs", lambda *_: past)
    now = MONDAY + timedelta(hours=hours)
    nothing_else = with_report(settings, days=())
    assert (overdue(None, nothing_else, now) == [begun]) is expected
    assert overdue(None, with_report(settings, days=(), at_start=False), now) == []


@pytest.mark.parametrize(
    ("past", "days"),
    [
        ([], 7),
        ([past_run(as_of=MONDAY - timedelta(days=3))], 7),
        ([past_run(as_of=MONDAY - timedelta(days=20))], 20),  # the laptop slept meanwhile
        ([past_run(as_of=MONDAY - timedelta(days=20)), past_run(as_of=MONDAY - timedelta(days=2))], 7),
        ([past_run(as_of=MONDAY - timedelta(days=2), trigger="hand"), past_run(as_of=MONDAY - timedelta(days=30))], 30),
        ([past_run(as_of=MONDAY - timedelta(days=400))], 90),
        ([past_run(as_of=MONDAY + timedelta(days=4))], 7),  # the clock was ahead
    ],
)
def test_sprints_that_ended_while_nothing_ran_are_looked_back_on(past, days):
    assert _looked_back_since(past, MONDAY) == MONDAY - timedelta(days=days)


# ---------------------------------------------------------------- catching up


@pytest.fixture
def titles(monkeypatch):
    """Open dated milestones, without a store full of facts."""
    found = [NINE, TEN]
    monkeypatch.setattr(due, "open_dated_sprints", lambda *_: found)
    return found


@pytest.fixture
def written(monkeypatch, settings):
    """Reports that were asked for; the ones of `broken` fail."""

    asked = _Asked()

    def write(
        settings, milestone=None, as_of=None, trigger="hand", notebook=None, explain=None, kind="sprint_analysis"
    ):
        asked.append((milestone, trigger))
        engine = open_store(settings.database_url)
        now = datetime.now(UTC)
        run_id = run_table.start(engine, settings.project.name, milestone or "Backlog", now, trigger, {})
        if milestone in asked.broken:
            run_table.finish(engine, run_id, "failed", "Cell 3 failed.")
            raise ReportError("Cell 3 failed.")
        run_table.finish(engine, run_id, "ok", folder=f"x/{milestone}")
        return _Files(settings, milestone)

    monkeypatch.setattr(due, "write_report", write)
    monkeypatch.setattr(github, "sync", lambda *_, **__: None)
    return asked


class _Asked(list):
    def __init__(self):
        super().__init__()
        self.broken = set()


class _Files:
    def __init__(self, settings, milestone):
        self.html = settings.reports_dir / "report.html"
        self.title = milestone or "Backlog"


@pytest.mark.usefixtures("titles")
def test_every_open_dated_milestone_gets_its_report_once(settings, written):
    said = []
    first = run_due(settings, said.append)
    assert written == [("Sprint 9", "due"), ("Sprint 10", "due")]
    assert [result.ok for result in first] == [True, True]
    assert run_due(settings, said.append) == []
    assert len(written) == 2
    assert said[-1] == "Nothing is due."


@pytest.mark.usefixtures("titles")
def test_a_failure_does_not_stop_the_next_and_is_not_repeated_at_once(settings, written):
    written.broken = {"Sprint 9"}
    said = []
    results = run_due(settings, said.append)
    assert [(result.milestone, result.ok) for result in results] == [("Sprint 9", False), ("Sprint 10", True)]
    assert "Sprint 9: failed: Cell 3 failed." in said
    assert run_due(settings, said.append) == []


def test_without_a_dated_milestone_there_is_one_report(settings, written, titles):
    titles.clear()
    run_due(settings, [].append)
    assert written == [(None, "due")]
    assert run_due(settings, [].append) == []


@pytest.mark.usefixtures("titles")
def test_missed_days_are_caught_up_once(settings, written):
    run_due(settings, [].append)
    later = datetime.now(UTC) + timedelta(days=21)
    assert overdue(open_store(settings.database_url), settings, later) == [NINE, TEN]


@pytest.mark.usefixtures("titles")
def test_reports_are_written_although_nothing_new_can_be_collected(settings, written, monkeypatch):
    def unreachable(*_, **__):
        raise UnreachableError("GitHub could not be reached: check the network.")

    monkeypatch.setattr(github, "sync", unreachable)
    said = []
    assert len(run_due(settings, said.append)) == 2
    assert said[0] == (
        "Nothing new was collected: GitHub could not be reached: check the network. "
        "The reports use what was collected before."
    )


@pytest.mark.usefixtures("titles")
def test_nothing_is_collected_when_nothing_is_due(settings, written, monkeypatch):
    run_due(settings, [].append)
    monkeypatch.setattr(github, "sync", lambda *_, **__: pytest.fail("asked GitHub for nothing"))
    assert run_due(settings, [].append) == []


@pytest.mark.usefixtures("titles")
def test_a_second_call_at_the_same_time_does_nothing(settings, written):
    settings.data_dir.mkdir()
    said = []
    with (settings.data_dir / "run-due.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run_due(settings, said.append) == []
    assert said == ["Another 'sprint run due' is already running: nothing to do."]
    assert written == []


def test_a_data_folder_that_cannot_be_made_is_one_sentence(settings):
    settings.data_dir.write_text("a file in the way")
    with pytest.raises(ReportError, match="data cannot be written"):
        run_due(settings, [].append)


# ---------------------------------------------------------------- which milestones


def milestone(number, title, **changes):
    values = {
        "repository_id": 1,
        "number": number,
        "title": title,
        "state": "open",
        "due_on": date(2026, 12, 1),
        "html_url": f"https://github.com/sprint-demo/api/milestone/{number}",
        "created_at": utc(2026, 10, 1),
        "closed_at": None,
        "source": "rest",
        "observed_at": utc(2026, 11, 1),
    }
    return values | changes


def test_open_dated_sprints_by_their_deadline(settings):
    engine = open_store(settings.database_url)
    repository = {
        "id": 1,
        "full_name": "sprint-demo/api",
        "html_url": "https://github.com/sprint-demo/api",
        "source": "rest",
        "observed_at": utc(2026, 11, 1),
    }
    rows = [
        milestone(1, "later", due_on=date(2026, 12, 24)),
        milestone(2, "soon"),
        milestone(3, "undated", due_on=None),
        milestone(4, "over", state="closed", closed_at=utc(2026, 10, 20)),
    ]
    with engine.begin() as connection:
        upsert(connection, schema.repository, [repository])
        upsert(connection, schema.project, [{"name": "demo"}])
        upsert(connection, schema.project_repository, [{"project": "demo", "repository_id": 1}])
        upsert(connection, schema.milestone, rows)
    over, soon, later = DatedSprint("1-4", "over"), DatedSprint("1-2", "soon"), DatedSprint("1-1", "later")
    assert due.open_dated_sprints(engine, settings, utc(2026, 11, 23)) == [soon, later]
    assert due.open_dated_sprints(engine, settings, utc(2026, 10, 10)) == [over, soon, later]


# ---------------------------------------------------------------- command


def call(settings, *words):
    return CliRunner().invoke(sprint, ["--home", str(settings.home), "run", *words])


@pytest.mark.usefixtures("titles")
def test_the_command_exits_1_when_a_report_failed(settings, written):
    written.broken = {"Sprint 10"}
    ended = call(settings, "due")
    assert ended.exit_code == 1
    assert "Sprint 9: " in ended.output
    assert "Sprint 10: failed: Cell 3 failed." in ended.output


@pytest.mark.usefixtures("titles")
def test_the_command_is_quiet_when_nothing_is_due(settings, written):
    assert "Sprint 10: " in call(settings, "due", "--quiet").output
    again = call(settings, "due", "--quiet")
    assert (again.exit_code, again.output) == (0, "")


@pytest.mark.usefixtures("titles", "written")
def test_the_command_as_json(settings):
    said = json.loads(call(settings, "due", "--json").output)
    assert [result["milestone"] for result in said["results"]] == ["Sprint 9", "Sprint 10"]


@pytest.mark.usefixtures("titles", "written")
def test_the_list_of_runs(settings):
    assert "No report has run yet" in call(settings, "list").output
    call(settings, "due")
    listed = call(settings, "list", "--limit", "1").output
    assert "ok" in listed
    assert "Sprint 10" in listed
    assert "Sprint 9" not in listed
    as_json = json.loads(call(settings, "list", "--json").output)
    assert [found["milestone"] for found in as_json] == ["Sprint 10", "Sprint 9"]
    assert {found["state"] for found in as_json} == {"ok"}


def test_one_run_in_full_and_written_again(settings, monkeypatch):
    engine = open_store(settings.database_url)
    named = run_table.start(engine, "demo", "Sprint 9", MONDAY, "due", {})
    run_table.finish(engine, named, "failed", "Cell 3 of the notebook failed.")
    nearest = run_table.start(engine, "demo", "(nearest deadline)", MONDAY, "hand", {})
    run_table.finish(engine, nearest, "timeout", "Not ready.")
    ended = run_table.start(engine, "demo", "1-8", MONDAY, "due", {}, "retrospective")
    run_table.finish(engine, ended, "ok", folder="2026-11-23/demo-sprint-8", milestone="Sprint 8", sprint="1-8")
    shown = call(settings, "show", str(named)).output.splitlines()
    assert shown[:3] == ["about  Sprint 9 (sprint analysis)", "as of  2026-11-23 07:30 UTC", "state  failed, due"]
    assert shown[-1] == "said   Cell 3 of the notebook failed."
    asked = []

    def write(_settings, subject, kind, explain):
        asked.append((subject, kind, explain))
        return _Files(settings, subject)

    monkeypatch.setattr("sprintlib.reports.write_report", write)
    assert call(settings, "retry", str(named)).output == f"Sprint 9: {settings.reports_dir / 'report.html'}\n"
    call(settings, "retry", str(nearest), "--no-explain")
    call(settings, "retry", str(ended))
    assert asked == [
        ("Sprint 9", "sprint_analysis", None),
        (None, "sprint_analysis", False),
        ("1-8", "retrospective", None),
    ]
    going = run_table.start(engine, "demo", "Sprint 9", MONDAY, "due", {})
    assert str(call(settings, "retry", str(going)).exception) == f"Run {going} is still at work: wait for it."
    assert str(call(settings, "show", "99").exception).startswith("There is no run 99: ")


def test_the_list_recognises_runs_that_were_killed(settings):
    engine = open_store(settings.database_url)
    run_table.start(engine, "demo", "Sprint 9", MONDAY, "due", {})
    with engine.begin() as connection:
        connection.execute(run.update().values(pid=None))
    assert "killed" in call(settings, "list").output
    assert runs(engine, "demo")[0].state == "killed"


@pytest.mark.usefixtures("titles", "written")
def test_the_backup_of_the_day_is_made_once_and_its_failure_is_said(settings, monkeypatch):
    settings = settings.model_copy(update={"backup": settings.backup.model_copy(update={"daily": True})})
    said = []
    assert [result.kind for result in run_due(settings, said.append) if result.ok] == ["report", "report", "backup"]
    assert run_due(settings, said.append) == []
    (made,) = (settings.home / "backups").iterdir()
    made.unlink()
    monkeypatch.setattr(due.backup, "make_backup", raising(BackupError("The disk is full.")))
    assert [(result.kind, result.ok) for result in run_due(settings, said.append)] == [("backup", False)]
    assert said[-1] == "Backup: failed: The disk is full."


def raising(error):
    def fail(*_arguments):
        raise error

    return fail


@pytest.mark.usefixtures("titles", "written")
def test_the_digest_goes_out_after_the_reports_and_its_failure_is_said(settings, monkeypatch):
    outcomes = [Outcome("file", "sent", "Sent to file."), Outcome("slack", "failed", "Slack cannot be reached.")]
    monkeypatch.setattr(digest, "waiting", lambda _: ["file", "slack"])
    monkeypatch.setattr(digest, "send_due", lambda _: outcomes)
    said = []
    results = [(result.kind, result.ok) for result in run_due(settings, said.append)]
    assert results == [("report", True), ("report", True), ("digest", True), ("digest", False)]
    assert said[-2:] == ["Digest to file: Sent to file.", "Digest to slack: Slack cannot be reached."]
    monkeypatch.setattr(digest, "send_due", raising(AnalysisError("Nothing has been collected yet.")))
    run_due(settings, said.append)
    assert said[-1] == "Digest: failed: Nothing has been collected yet."
