"""Hours of GH Archive become facts, those of every era; what is bad is counted and named, and a sync fills the rest."""

import gzip
import json
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from sprintlib import archive
from sprintlib.archive import Download, Hour, Wanted, hours, scan_file
from sprintlib.cli.main import sprint
from sprintlib.errors import CollectError, SettingsError
from sprintlib.github import sync
from sprintlib.settings import Settings
from sprintlib.store import open_store, schema
from tests.archive import events
from tests.github import shop
from tests.github.conftest import HASTE
from tests.github.odd_server import Answer, odd_server
from tests.github.stores import contents, count, differences

SHOP = Wanted(frozenset({7}), frozenset({shop.NAME}), frozenset())


def collect(
    engine: Engine, known: Settings, *paths: Path, repositories: tuple[str, ...] = ()
) -> archive.ArchiveSummary:
    sources = [(path.name, partial(nullcontext, path)) for path in paths]
    return archive.collect(engine, known.project, repositories or known.project.repositories, sources)


def of_table(engine: Engine, table: Any, *names: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*(table.c[name] for name in names)))]


# ------------------------------------------------------------------ into facts


def test_an_hour_becomes_facts(engine: Engine, settings: Settings, tmp_path: Path):
    summary = collect(engine, settings, events.write(tmp_path / "1.json.gz", events.of_the_shop()))
    assert (summary.events, summary.kept, summary.bad) == (10, 8, 0)
    assert summary.without_facts == {"PushEvent": 1}
    assert summary.as_dict()["other_repositories"] == 1
    assert sorted(of_table(engine, schema.issue, "number")) == [(1,), (2,), (5,)]
    assert sorted(of_table(engine, schema.pull_request, "number", "merged")) == [(3, True), (4, False)]
    assert of_table(engine, schema.review, "id", "state") == [(61, "approved")]
    assert sorted(of_table(engine, schema.comment, "kind", "id")) == [("issue", 51), ("review", 71)]
    assert of_table(engine, schema.milestone, "number", "title") == [(1, "Alpha")]
    assert of_table(engine, schema.repository, "id", "full_name", "source") == [(7, shop.NAME, "archive")]
    assert count(engine, schema.project_repository, project="acme", repository_id=7) == 1


def test_a_sync_afterwards_fills_what_is_missing_and_doubles_nothing(
    engine: Engine, settings: Settings, tmp_path: Path
):
    collect(engine, settings, events.write(tmp_path / "1.json.gz", events.of_the_shop()))
    sync(engine, settings, None, retry_policy=HASTE)
    alone = open_store(f"sqlite:///{tmp_path / 'alone.db'}")
    sync(alone, settings, None, retry_policy=HASTE)
    assert differences(contents(alone), contents(engine)) == {}
    alone.dispose()


def test_an_hour_after_a_sync_changes_nothing_however_often_it_is_read(
    engine: Engine, settings: Settings, tmp_path: Path
):
    sync(engine, settings, None, retry_policy=HASTE)
    before = contents(engine)
    old = [events.event("IssuesEvent", {"issue": shop.issue(2, 2, title="As it was called at first")})]
    path = events.write(tmp_path / "1.json.gz", [*events.of_the_shop(), *old])
    collect(engine, settings, path)
    collect(engine, settings, path, path)
    assert differences(before, contents(engine)) == {}


def test_before_2015_issues_are_numbers_and_pull_requests_are_whole(engine: Engine, settings: Settings, tmp_path: Path):
    comment = shop.review_comment(71, 3, 7)
    link = comment.pop("pull_request_url")
    lines = [
        events.old_event("IssuesEvent", {"action": "opened", "issue": 1001, "number": 1}),
        events.old_event("IssueCommentEvent", {"issue_id": 1001, "comment_id": 51}),
        events.old_event("PullRequestEvent", {"action": "opened", "number": 3, "pull_request": shop.pull(3, 3)}),
        events.old_event(
            "PullRequestReviewCommentEvent", {"comment": comment | {"_links": {"pull_request": {"href": link}}}}
        ),
        events.old_event("PushEvent", {"shas": [["a" * 40, "a@example.org", "Fix", "Ann", True]]}),
    ]
    summary = collect(engine, settings, events.write(tmp_path / "1.json.gz", lines))
    assert (summary.events, summary.kept, summary.bad) == (5, 2, 0)
    assert summary.eras == {"before 2015": 5}
    assert summary.lacks() == [
        "GH Archive before 2015 tells issues and comments by number only: text, state, labels and milestones are "
        "missing; 'sprint sync' fills them in"
    ]
    assert of_table(engine, schema.pull_request, "number", "title") == [(3, "Pull 3")]
    assert of_table(engine, schema.comment, "kind", "number") == [("review", 3)]


def test_after_october_2025_pull_requests_are_short(engine: Engine, settings: Settings, tmp_path: Path):
    whole = shop.pull(3, 3)
    short = {"id": 2003, "number": 3, "url": whole["url"]} | {
        side: {"ref": "x", "sha": "c" * 40, "repo": {"id": 7, "name": "shop", "url": shop.API}}
        for side in ("head", "base")
    }
    lines = [
        events.event("PullRequestEvent", {"action": "merged", "number": 3, "pull_request": short}),
        events.event("PullRequestReviewEvent", {"review": shop.reviewed(61, 3, 8), "pull_request": short}),
        events.event("IssuesEvent", {"action": "opened", "issue": shop.issue(1, 1)}),
        events.event("PushEvent", {"ref": "refs/heads/main", "head": "c" * 40, "before": "b" * 40}),
    ]
    summary = collect(engine, settings, events.write(tmp_path / "1.json.gz", lines))
    assert (summary.events, summary.kept, summary.bad) == (4, 2, 0)
    assert summary.without_facts == {"PullRequestEvent": 1, "PushEvent": 1}
    assert summary.eras == {"after 2025-10-07": 4}
    assert "their title, state, merge and milestone are missing" in summary.lacks()[0]
    assert of_table(engine, schema.review, "number", "state") == [(3, "approved")]
    assert of_table(engine, schema.pull_request, "number") == []


def test_a_repository_that_is_known_counts_by_its_id(engine: Engine, settings: Settings, tmp_path: Path):
    sync(engine, settings, None, retry_policy=HASTE)
    former = {"id": 7, "name": "acme/before", "url": "https://api.github.com/repos/acme/before"}
    usurper = {"id": 70, "name": shop.NAME, "url": shop.API}
    told = {"issue": shop.issue(21, 1)}
    lines = [events.event("IssuesEvent", told, repo=former), events.event("IssuesEvent", told, repo=usurper)]
    summary = collect(engine, settings, events.write(tmp_path / "1.json.gz", lines))
    assert (summary.kept, summary.bad) == (1, 0)
    assert of_table(engine, schema.repository, "id", "full_name") == [(7, shop.NAME)]
    assert count(engine, schema.issue, number=21, repository_id=7) == 1


def test_a_repository_of_no_project_is_stored_and_joins_none(engine: Engine, settings: Settings, tmp_path: Path):
    issue = json.loads(json.dumps(shop.issue(1, 1)).replace(shop.NAME, "else/where"))
    lines = [events.event("IssuesEvent", {"issue": issue}, repo={"id": 99, "name": "Else/Where"})]
    path = events.write(tmp_path / "1.json.gz", lines)
    assert collect(engine, settings, path, repositories=("else/where",)).kept == 1
    assert of_table(engine, schema.repository, "id", "full_name") == [(99, "Else/Where")]
    assert of_table(engine, schema.project_repository, "repository_id") == []


# ------------------------------------------------------------------ bad files


def test_bad_lines_are_counted_and_named_and_the_rest_is_kept(engine: Engine, settings: Settings, tmp_path: Path):
    good = events.event("IssuesEvent", {"issue": shop.issue(1, 1)})
    odd = events.event("IssuesEvent", {"issue": {"title": "without a number"}})
    lines = [good, b'{"type": "Iss', b"", b"[]", odd, b'{"type": "X\xff"}', events.elsewhere(1)]
    summary = collect(engine, settings, events.write(tmp_path / "1.json.gz", lines))
    assert (summary.events, summary.kept, summary.bad) == (6, 1, 4)
    assert [(line.file, line.number) for line in summary.bad_lines] == [("1.json.gz", place) for place in (2, 3, 4, 5)]
    assert list(summary.problems())[2] == "1.json.gz, line 4 is set aside: updated_at is missing"


def test_a_file_that_is_cut_off_keeps_what_came_before(engine: Engine, settings: Settings, tmp_path: Path):
    lines = [*events.of_the_shop(), *(events.elsewhere(number) for number in range(300))]
    path = events.write(tmp_path / "1.json.gz", lines)
    path.write_bytes(path.read_bytes()[:-200])
    summary = collect(engine, settings, path)
    assert summary.kept == 8
    assert summary.bad == 1
    assert summary.bad_lines[0].reason == "the file ends in the middle of it"
    assert summary.files[0].error == "it is cut off"
    assert 10 < summary.events < 310


@pytest.mark.parametrize(
    "content",
    # Named, because gzip writes the second of its making into what it compresses.
    [
        pytest.param(b"", id="empty"),
        pytest.param(gzip.compress(b""), id="nothing compressed"),
        pytest.param(gzip.compress(b"\n\n"), id="empty lines"),
    ],
)
def test_an_empty_file_holds_nothing(content: bytes, tmp_path: Path):
    path = tmp_path / "1.json.gz"
    path.write_bytes(content)
    scan = scan_file(path, SHOP)
    assert (scan.events, scan.bad, scan.error) == (0, [], None)


def test_what_is_no_archive_is_one_bad_line_and_no_crash(tmp_path: Path):
    path = tmp_path / "1.json.gz"
    path.write_bytes(b"<html>not found</html>")
    assert len(scan_file(path, SHOP).bad) == 1
    path.write_bytes(b"\x1f\x8b and then nothing of the kind")
    assert scan_file(path, SHOP).error == "it is damaged"


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.sampled_from([*events.of_the_shop()[:4], events.elsewhere(1), events.old_event("PushEvent", {})]),
            st.sampled_from([b"", b"  ", b"null", b"{}", b'{"type": 5, "repo": {"id": 7}}', b'{"a', b"\xff"]),
            st.fixed_dictionaries(
                {"type": st.just("PushEvent"), "repo": st.fixed_dictionaries({"id": st.sampled_from([7, 8])})}
            ),
        ),
        max_size=8,
    )
)
def test_columns_and_lines_say_the_same(tmp_path: Path, lines: list[Any]):
    """Whether polars reads a file, or one bad line at its end makes it be read line by line."""
    path = events.write(tmp_path / "1.json.gz", lines)
    spoilt = events.write(tmp_path / "2.json.gz", [*lines, b"{"])
    one, other = scan_file(path, SHOP), scan_file(spoilt, SHOP)
    assert (one.events + 1, len(one.bad) + 1) == (other.events, len(other.bad))
    assert (one.eras, one.lines) == (other.eras, other.lines)


@pytest.mark.realdata
def test_the_hour_of_2015_has_7702_events(real_data: Path):
    wanted = Wanted(frozenset(), frozenset({"square/okhttp"}), frozenset({"square/okhttp"}))
    scan = scan_file(real_data / "gharchive" / "2015-01-01-0.json.gz", wanted)
    assert (scan.events, len(scan.bad), len(scan.lines)) == (7702, 0, 23)


# ------------------------------------------------------------------ hours, fetched

NOW = datetime(2026, 3, 20, 12, 30, tzinfo=UTC)


def test_hours_lie_between_two_days_or_two_hours():
    assert [hour.name for hour in hours("2015-01-01T22", "2015-01-02T00", NOW)] == [
        "2015-01-01-22.json.gz",
        "2015-01-01-23.json.gz",
        "2015-01-02-0.json.gz",
    ]
    assert len(hours("2015-01-01", "2015-01-02", NOW)) == 48
    assert hours("2026-03-20", None, NOW)[-1].name == "2026-03-20-11.json.gz"


@pytest.mark.parametrize(("first", "last"), [("tomorrow", None), ("2015-01-02", "2015-01-01"), ("2027-01-01", None)])
def test_a_span_that_is_none_is_refused(first: str, last: str | None):
    with pytest.raises(SettingsError):
        hours(first, last, NOW)


def test_an_hour_is_fetched_and_gone_afterwards(tmp_path: Path):
    content = gzip.compress(b"{}\n")

    def answer(path: str) -> Answer | None:
        return (200, {}, content) if path == "/2015-01-01-0.json.gz" else None

    with odd_server(answer) as address:
        download = Download(address, tmp_path / "hours", first_wait_seconds=0.01)
        with download.opened(Hour(datetime(2015, 1, 1, tzinfo=UTC))) as path:
            assert path is not None
            assert path.read_bytes() == content
        assert list((tmp_path / "hours").iterdir()) == []
        with download.opened(Hour(datetime(2015, 1, 1, 1, tzinfo=UTC))) as path:
            assert path is None


def test_an_archive_that_does_not_answer_is_one_sentence(tmp_path: Path):
    download = Download("http://127.0.0.1:9", tmp_path, first_wait_seconds=0.01)
    with pytest.raises(CollectError, match="cannot be fetched"), download.opened(Hour(NOW)):
        pass


# ------------------------------------------------------------------ command line


def test_the_command_prints_counts(tmp_path: Path):
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/shop"]\n')
    path = events.write(tmp_path / "1.json.gz", [*events.of_the_shop(), b"{"])
    ran = CliRunner().invoke(sprint, ["--home", str(tmp_path), "archive", str(path), "--json"])
    told = json.loads(ran.stdout)
    assert (told["events"], told["kept"], told["bad"]) == (11, 8, 1)
    plain = CliRunner().invoke(sprint, ["--home", str(tmp_path), "archive", str(path)])
    assert plain.exit_code == 0
    assert "11 events in 1 file: 8 kept, 1 bad" in plain.stdout
    assert "line 11 is set aside" in plain.stderr


@pytest.mark.parametrize("arguments", [[], ["--to", "2015-01-01"], ["FILE", "--from", "2015-01-01"]])
def test_wrong_usage_is_refused(arguments: list[str], tmp_path: Path):
    path = events.write(tmp_path / "1.json.gz", [])
    given = [str(path) if argument == "FILE" else argument for argument in arguments]
    assert CliRunner().invoke(sprint, ["--home", str(tmp_path), "archive", *given]).exit_code == 2
