"""Collecting over HTTP from the stand-in: complete, cheap when nothing changed, honest about what is missing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, select

from sprintlib.errors import CollectError, NotFoundError, RateLimitError, TokenError
from sprintlib.github import SyncSummary, ingest_dataset, sync
from sprintlib.github.lock import sync_lock
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store, schema
from sprintsim.fake_github import Dataset, running
from sprintsim.simulation import write_startup
from tests.github import shop
from tests.github.conftest import HASTE, MakeSettings
from tests.github.odd_server import Answer, odd_server
from tests.github.stores import CURSORS, FACTS, contents, count, differences

Collect = Callable[..., SyncSummary]


@pytest.fixture
def collect(engine: Engine, settings: Settings) -> Collect:
    """Sync into the test's store."""

    def collect(chosen: Settings | None = None, **options: Any) -> SyncSummary:
        return sync(engine, chosen or settings, None, retry_policy=HASTE, **options)

    return collect


def rows(engine: Engine, table: Any) -> list[dict]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def stats(url: str, reset: bool = True) -> dict[str, Any]:
    answer: dict[str, Any] = requests.get(f"{url}/_stats", timeout=20).json()
    if reset:
        requests.delete(f"{url}/_stats", timeout=20)
    return answer


def sentences(summary: SyncSummary) -> dict[str, str]:
    return {part.kind: part.sentence().partition(" as of")[0] for part in summary.completeness}


# ------------------------------------------------------------------ completeness


def test_everything_arrives(engine: Engine, collect: Collect):
    said = sentences(collect())
    assert said == {
        "repository": "1 of 1 repository",
        "milestones": "1 of 1 milestones",
        "issues": "3 of 3 issues",
        "pulls": "2 of 2 pull requests",
        "events": "8 of 8 issue events",
        "comments": "1 of 1 issue comments",
        "review_comments": "1 of 1 review comments",
        "workflow_runs": "0 of 0 workflow runs",
        "releases": "0 of 0 releases",
        "timelines": "5 of 5 timelines",
        "review": "1 reviews",
        "pull_request_commit": "2 commits of pull requests",
        "dependencies": "0 of 0 blocking links",
        "changed_files": "0 commits with changed files",
    }
    sizes = sorted((row["number"], row["additions"]) for row in rows(engine, schema.pull_request))
    assert sizes == [
        (3, 10),
        (4, 10),
    ]
    assert count(engine, schema.sync_run, state="ok") == 1


def test_sentences_say_when_and_what_is_unknown(collect: Collect):
    summary = collect()
    by_kind = {part.kind: part for part in summary.completeness}
    issues = by_kind["issues"]
    assert issues.sentence() == f"3 of 3 issues as of {issues.as_of:%Y-%m-%dT%H:%MZ}"
    assert by_kind["review"].sentence().endswith("(GitHub does not say how many there are)")
    assert "not finished; unknown: " in by_kind["changed_files"].sentence()
    assert summary.as_dict()["completeness"][0]["repository"] == "acme/shop"


def test_a_repository_without_git_is_a_warning(collect: Collect):
    (warning,) = collect().warnings
    assert warning.startswith("changed files unknown for acme/shop: repository 'http://127.0.0.1:")


def test_the_clone_can_be_switched_off(make_settings: MakeSettings, url: str, collect: Collect):
    summary = collect(make_settings(url, clone=False))
    assert summary.warnings == ()
    assert "changed_files" not in sentences(summary)


@dataclass(frozen=True)
class Collected:
    """The simulated startup after a first and a second collection."""

    folder: Path
    engine: Engine
    first: SyncSummary
    second: SyncSummary
    after_first: dict[str, Any]
    second_stats: dict[str, Any]


_EVERYTHING = [*FACTS, *CURSORS, schema.payload]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collected]:
    folder, home = tmp_path_factory.mktemp("startup"), tmp_path_factory.mktemp("home")
    write_startup(folder, seed=3, today=datetime.now(UTC).date())
    engine = open_store(f"sqlite:///{home / 'sprint.db'}")
    with running([folder]) as url:
        names = [f"sprint-demo/{name}" for name in ("api", "mobile", "web")]
        settings = parse({"home": home, "project": {"name": "acme", "repositories": names}, "github": {"api_url": url}})
        first = sync(engine, settings, None, retry_policy=HASTE)
        after_first = contents(engine, _EVERYTHING)
        stats(url)
        second = sync(engine, settings, None, retry_policy=HASTE)
        yield Collected(folder, engine, first, second, after_first, stats(url))
    engine.dispose()


def test_collecting_equals_direct_ingestion(simulated: Collected, tmp_path: Path):
    direct = open_store(f"sqlite:///{tmp_path / 'direct.db'}")
    ingest_dataset(direct, simulated.folder, "acme")
    compared = [table for table in FACTS if table not in (schema.snapshot, schema.commit, schema.changed_file)]
    ours, theirs = (contents(store, compared, without=("clone_url",)) for store in (simulated.engine, direct))
    assert differences(ours, theirs) == {}
    # git adds the commits of branches to those of pull requests
    commits = (contents(store, [schema.commit])["commit"] for store in (direct, simulated.engine))
    assert not next(commits) - next(commits)


def test_the_simulated_startup_is_complete(simulated: Collected):
    assert [part.sentence() for part in simulated.first.completeness if not part.complete] == []
    assert {part.kind for part in simulated.first.completeness if part.expected is None} == {
        "review",
        "pull_request_commit",
        "changed_files",
    }
    assert count(simulated.engine, schema.snapshot) == count(simulated.engine, schema.milestone) > 0


def test_changed_files_have_sizes(simulated: Collected):
    assert count(simulated.engine, schema.changed_file) > 100
    assert count(simulated.engine, schema.changed_file, additions=None) == 0


def test_a_second_sync_costs_nine_unchanged_answers(simulated: Collected):
    assert (simulated.second.requests, simulated.second.not_modified) == (27, 27)
    assert simulated.second_stats["statuses"] == {"304": 27}
    assert differences(contents(simulated.engine, _EVERYTHING), simulated.after_first) == {}


# ------------------------------------------------------------------ what changed


def change(dataset: Dataset, number: int, **changes: Any) -> None:
    document = dataset.items[number].document()
    document[document["type"]] |= changes
    dataset.put(document)


def comment_on(dataset: Dataset, number: int, comment_id: int, day: int) -> None:
    document = dataset.items[number].document()
    document[document["type"]] |= {"updated_at": shop.at(day)}
    document["events"].append(shop.commented(comment_id, number, day))
    dataset.put(document)


def test_one_comment_costs_a_handful_of_requests(engine: Engine, collect: Collect, dataset: Dataset, url: str):
    collect()
    stats(url)
    comment_on(dataset, 4, 52, 12)
    collect()
    paths = {path: sum(answers.values()) for path, answers in stats(url)["paths"].items() if "git" not in path}
    assert paths.pop("/repos/{owner}/{repo}/issues/{issue_number}/timeline") == 1
    assert paths.pop("/repos/{owner}/{repo}/pulls/{pull_number}") == 1
    # one of them compares the list of issues, which changed, number by number
    assert sum(paths.values()) <= 12
    assert sorted(row["node_id"] for row in rows(engine, schema.comment)) == ["IC_51", "IC_52", "PRRC_71"]


def test_every_change_arrives(engine: Engine, collect: Collect, dataset: Dataset, tmp_path: Path):
    collect()
    change(dataset, 1, title="Renamed", updated_at=shop.at(11), milestone=None)
    change(dataset, 4, state="closed", closed_at=shop.at(13), updated_at=shop.at(13), additions=99)
    comment_on(dataset, 5, 53, 14)
    dataset.put(shop.document(shop.issue(6, 15), [shop.event("labeled", 19, 15, label={"name": "new"})]))
    dataset.put(shop.document(shop.pull(8, 16), [shop.committed("f" * 40, 16), shop.reviewed(62, 8, 16)]))
    dataset.set_extra("milestones", [shop.milestone(title="Beta", updated_at=shop.at(12))])
    dataset.set_extra("releases", [{"id": 1, "node_id": "RE_1", "tag_name": "v1", "created_at": shop.at(3)}])
    summary = collect()
    assert all(part.expected in (None, part.collected) for part in summary.completeness), sentences(summary)
    fresh = open_store(f"sqlite:///{tmp_path / 'fresh.db'}")
    with running([dataset]) as url:
        sync(fresh, shop_settings(tmp_path / "fresh", url), None, retry_policy=HASTE)
    ours, theirs = (contents(store, without=("clone_url", "proof")) for store in (engine, fresh))
    # what was so before is kept beside: the milestone's old title, and its picture of this day
    assert set(differences(ours, theirs)) <= {"milestone_title", "snapshot"}
    assert {row["title"] for row in rows(engine, schema.milestone_title)} == {"Alpha", "Beta"}
    assert [row["title"] for row in rows(engine, schema.milestone)] == ["Beta"]


def shop_settings(home: Path, url: str, details_days: int = 3650) -> Settings:
    github = {"api_url": url, "details_days": details_days}
    return parse({"home": home, "project": {"name": "acme", "repositories": [shop.NAME]}, "github": github})


def test_runs_that_finish_later_are_read_again(engine: Engine, collect: Collect, dataset: Dataset):
    run = {
        "id": 1,
        "name": "CI",
        "html_url": f"{shop.HTML}/actions/runs/1",
        "status": "in_progress",
        "conclusion": None,
        "run_attempt": 1,
        "created_at": shop.at(3),
        "updated_at": shop.at(3),
    }
    newer = [
        run | {"id": number, "created_at": shop.at(3, 11), "updated_at": shop.at(3, 11)} for number in range(2, 152)
    ]
    done = {"status": "completed", "conclusion": "failure", "updated_at": shop.at(4)}
    dataset.set_extra("workflow_runs", [run, *(one | done for one in newer)])
    collect()
    dataset.set_extra("workflow_runs", [run | done, *(one | done for one in newer)])
    assert sentences(collect())["workflow_runs"] == "151 of 151 workflow runs"
    assert count(engine, schema.workflow_run, conclusion="failure") == 151


def test_old_runs_are_left_out_and_it_says_so(
    make_settings: MakeSettings, url: str, collect: Collect, dataset: Dataset
):
    now = datetime.now(UTC)
    ages = [timedelta(days=day) for day in range(250)]
    runs = [
        {
            "id": 1000 - day.days,
            "html_url": "h",
            "status": "completed",
            "created_at": f"{now - day:%Y-%m-%dT%H:%M:%SZ}",
            "updated_at": f"{now - day:%Y-%m-%dT%H:%M:%SZ}",
        }
        for day in ages
    ]
    dataset.set_extra("workflow_runs", runs)
    settings = make_settings(url, details_days=30)
    for _ in range(2):
        summary = collect(settings)
        (about,) = [part for part in summary.completeness if part.kind == "workflow_runs"]
        assert (about.collected, about.expected) == (100, None)
        assert f"(only those since {now - timedelta(days=30):%Y-%m-%d})" in about.sentence()


def test_blockers_come_and_go(engine: Engine, collect: Collect, dataset: Dataset, url: str):
    blocker = {"number": 2, "html_url": f"{shop.HTML}/issues/2", "repository_url": shop.API}

    def block(blockers: list[dict], day: int) -> None:
        dataset.set_extra("dependencies", {"1": blockers})
        summary = {"blocked_by": len(blockers), "total_blocked_by": len(blockers)}
        change(dataset, 1, issue_dependencies_summary=summary, updated_at=shop.at(day))

    block([blocker], 10)
    assert sentences(collect())["dependencies"] == "1 of 1 blocking links"
    assert [(row["number"], row["blocker"]) for row in rows(engine, schema.dependency)] == [(1, "acme/shop#2")]
    stats(url)
    block([], 11)
    assert sentences(collect())["dependencies"] == "0 of 0 blocking links"
    assert not any("blocked_by" in path for path in stats(url)["paths"])


def test_old_closed_items_cost_little(make_settings: MakeSettings, engine: Engine, collect: Collect, url: str):
    summary = collect(make_settings(url, details_days=0))
    paths = stats(url)["paths"]
    # the open milestone holds pull request 3, open is 4; closed issue 2 needs no request of its own
    assert sum(paths["/repos/{owner}/{repo}/pulls/{pull_number}"].values()) == 2
    assert sum(paths["/repos/{owner}/{repo}/issues/{issue_number}/timeline"].values()) == 4
    assert sentences(summary)["timelines"] == "4 of 4 timelines"


# ------------------------------------------------------------------ order and identity


def test_open_milestones_come_first(engine: Engine, collect: Collect, dataset: Dataset):
    """A collection that is stopped early holds the open milestone with all about its items."""
    for number in range(100, 260):
        dataset.put(shop.document(shop.issue(number, 5)))
    with running([dataset], fault="rate-limit:budget=6,window=3000") as url, pytest.raises(RateLimitError):
        collect(shop_settings(Path(str(engine.url.database)).parent.parent, url))
    assert {row["number"] for row in rows(engine, schema.issue)} == {1}
    assert {row["number"] for row in rows(engine, schema.pull_request)} == {3}
    assert count(engine, schema.review) == 1
    assert count(engine, schema.event, kind="milestoned") == 2
    (run,) = rows(engine, schema.sync_run)
    assert run["state"] == "failed"
    assert "rate limit" in run["message"]


def test_a_stop_by_the_rate_limit_goes_on_where_it_was(
    engine: Engine, collect: Collect, dataset: Dataset, tmp_path: Path
):
    for number in range(100, 230):
        dataset.put(shop.document(shop.issue(number, 5, state="closed", closed_at=shop.at(6))))
    home = Path(str(engine.url.database)).parent.parent
    tries = 0
    while True:
        with running([dataset], fault="rate-limit:budget=9,window=3000") as url:
            tries += 1
            try:
                summary = collect(shop_settings(home, url, details_days=0))
                break
            except RateLimitError:
                assert tries < 12
    assert tries > 1
    assert sentences(summary)["issues"] == "133 of 133 issues"
    fresh = open_store(f"sqlite:///{tmp_path / 'fresh.db'}")
    with running([dataset]) as url:
        sync(fresh, shop_settings(tmp_path / "fresh", url, details_days=0), None, retry_policy=HASTE)
    assert differences(contents(engine, without=("clone_url",)), contents(fresh, without=("clone_url",))) == {}


def test_a_page_that_github_has_forgotten_starts_the_list_again(
    make_settings: MakeSettings, engine: Engine, collect: Collect, dataset: Dataset
):
    for number in range(100, 330):
        dataset.put(shop.document(shop.issue(number, 5, state="closed", closed_at=shop.at(6))))
    second_page = re.compile(r"/issues\?.*\bpage=2")
    answers = iter([500, 500, 500, 404])

    def forgetful(path: str) -> Answer | None:
        status = next(answers, None) if second_page.search(path) else None
        return (status, {}, b'{"message": "gone"}') if status else None

    with running([dataset]) as url, odd_server(forgetful, url) as here:
        settings = make_settings(here, details_days=0)
        (left_out,) = collect(settings).set_aside
        assert (left_out.what, left_out.reason) == ("the issues of acme/shop", "it answers 500")
        summary = collect(settings)
        assert sentences(summary)["issues"] == "233 of 233 issues"
        assert summary.set_aside == ()


@pytest.mark.parametrize("fault", ["flaky:every=4,seconds=0", "502:every=3", "cut:every=4"])
def test_a_bad_day_loses_nothing(engine: Engine, collect: Collect, dataset: Dataset, tmp_path: Path, fault: str):
    with running([dataset], fault=fault) as url:
        bad = collect(shop_settings(tmp_path / "bad", url))
    fresh = open_store(f"sqlite:///{tmp_path / 'fresh.db'}")
    with running([dataset]) as url:
        good = sync(fresh, shop_settings(tmp_path / "fresh", url), None, retry_policy=HASTE)
    assert bad.requests > good.requests
    assert differences(contents(engine, without=("clone_url",)), contents(fresh, without=("clone_url",))) == {}


def test_spelled_in_another_case(make_settings: MakeSettings, engine: Engine, url: str, collect: Collect):
    settings = make_settings(url, "Acme/SHOP")
    collect(settings)
    again = collect(settings)
    assert (again.requests, again.not_modified) == (9, 9)
    assert [row["full_name"] for row in rows(engine, schema.repository)] == ["acme/shop"]
    assert {row["repository"] for row in rows(engine, schema.sync_cursor)} == {"acme/shop"}


def test_a_renamed_repository_is_followed(make_settings: MakeSettings, engine: Engine, url: str, collect: Collect):
    collect()
    renamed = shop.dataset()
    renamed.full_name = "acme/store"
    renamed.set_extra(
        "repository", {**shop.REPOSITORY, "full_name": "acme/store", "html_url": "https://github.com/acme/store"}
    )

    def moved(path: str) -> Answer | None:
        if path.startswith("/repos/acme/shop"):
            return 301, {"Location": f"{here}{path.replace('acme/shop', 'acme/store')}"}, b'{"message": "Moved"}'
        return None

    with running([renamed]) as new_url, odd_server(moved, new_url) as here:
        for name in ("acme/shop", "acme/store"):
            summary = collect(make_settings(here, name))
            assert {part.repository for part in summary.completeness} == {"acme/store"}
    assert [(row["id"], row["full_name"]) for row in rows(engine, schema.repository)] == [(7, "acme/store")]
    assert {row["repository"] for row in rows(engine, schema.sync_cursor)} == {"acme/store"}
    assert count(engine, schema.issue) == 3


def test_a_repository_made_anew_is_read_anew(engine: Engine, make_settings: MakeSettings, collect: Collect):
    collect()
    anew = Dataset(shop.NAME)
    anew.set_extra("repository", {**shop.REPOSITORY, "id": 8, "node_id": "R_8"})
    anew.put(shop.document(shop.issue(1, 20, node_id="I_new")))
    with running([anew]) as url:
        summary = collect(make_settings(url))
    assert sentences(summary)["issues"] == "1 of 1 issues"
    assert {row["id"]: row["full_name"] for row in rows(engine, schema.repository)} == {
        7: "acme/shop#7",
        8: "acme/shop",
    }


def test_repositories_of_the_project_follow_the_settings(make_settings: MakeSettings, engine: Engine, collect: Collect):
    web = Dataset("acme/web")
    web.set_extra("repository", {**shop.REPOSITORY, "id": 9, "node_id": "R_9", "full_name": "acme/web", "name": "web"})
    with running([shop.dataset(), web]) as url:
        collect(make_settings(url, "acme/shop", "acme/web"))
        assert count(engine, schema.project_repository, project="acme") == 2
        collect(make_settings(url, "acme/web"))
    assert [row["repository_id"] for row in rows(engine, schema.project_repository)] == [9]


def test_an_empty_repository(make_settings: MakeSettings, engine: Engine, collect: Collect):
    empty = Dataset("acme/empty")
    empty.set_extra("repository", {**shop.REPOSITORY, "full_name": "acme/empty"})
    with running([empty]) as url:
        said = sentences(collect(make_settings(url, "acme/empty")))
    assert (said["issues"], said["pulls"], said["events"]) == (
        "0 of 0 issues",
        "0 of 0 pull requests",
        "0 of 0 issue events",
    )


# ------------------------------------------------------------------ what GitHub refuses


def test_a_missing_repository_is_named_before_anything_is_read(
    make_settings: MakeSettings, engine: Engine, url: str, collect: Collect
):
    with pytest.raises(NotFoundError, match="acme/nothing"):
        collect(make_settings(url, "acme/shop", "acme/nothing"))
    assert count(engine, schema.issue) == 0


def refuse(part: str, status: int) -> Callable[[str], Answer | None]:
    return lambda path: (status, {}, b'{"message": "Resource not accessible"}') if part in path else None


@pytest.mark.parametrize("status", [403, 404])
def test_without_permission_for_actions_the_rest_is_read(
    make_settings: MakeSettings, url: str, collect: Collect, status: int
):
    with odd_server(refuse("/actions/runs", status), url) as here:
        summary = collect(make_settings(here))
    (runs,) = [part for part in summary.completeness if part.kind == "workflow_runs"]
    assert (runs.complete, runs.expected) == (False, None)
    assert "(not finished; the token lacks 'Actions: read')" in runs.sentence()
    assert sentences(summary)["issues"] == "3 of 3 issues"


@pytest.mark.parametrize(
    ("part", "permission"),
    [
        ("/pulls?", "'Pull requests: read'"),
        ("/issues?", "without a token (403"),
        ("/milestones", "'Issues: read'"),
    ],
)
def test_without_permission_for_the_core_it_says_which(
    make_settings: MakeSettings, url: str, collect: Collect, part: str, permission: str
):
    with odd_server(refuse(f"/repos/acme/shop{part}", 403), url) as here, pytest.raises(TokenError) as caught:
        collect(make_settings(here))
    assert permission in str(caught.value)
    assert "acme/shop" in str(caught.value)


def test_issues_switched_off(make_settings: MakeSettings, url: str, collect: Collect):
    with odd_server(refuse("/repos/acme/shop/issues?", 410), url) as here:
        said = sentences(collect(make_settings(here)))
    assert said["issues"].startswith("0 of 0 issues") or "issues" in said


def test_events_that_github_lists_no_more_come_from_timelines(
    make_settings: MakeSettings, engine: Engine, collect: Collect
):
    dataset = shop.dataset()
    old = [shop.event("labeled", 1000 + number, 1, label={"name": "old"}) for number in range(150)]
    dataset.put(shop.document(shop.issue(2, 2, state="closed", closed_at=shop.at(9)), old))

    def short(path: str) -> Answer | None:
        return (422, {}, b"{}") if "/issues/events?" in path and re.search(r"\bpage=2", path) else None

    with running([dataset]) as url, odd_server(short, url) as here:
        summary = collect(make_settings(here, details_days=0))
    assert count(engine, schema.event, kind="labeled") == 150
    (events,) = [part for part in summary.completeness if part.kind == "events"]
    assert events.note == "GitHub lists no older ones"


def test_an_item_that_vanishes_meanwhile(make_settings: MakeSettings, url: str, collect: Collect):
    with odd_server(refuse("/issues/5/timeline", 404), url) as here:
        assert sentences(collect(make_settings(here)))["issues"] == "3 of 3 issues"


def test_an_answer_that_is_no_list(make_settings: MakeSettings, url: str, collect: Collect):
    odd: Callable[[str], Answer | None] = lambda path: (200, {}, b'{"a": 1}') if "/pulls?" in path else None  # noqa: E731
    with odd_server(odd, url) as here:
        summary = collect(make_settings(here))
    (left_out,) = summary.set_aside
    assert left_out.what == "the pulls of acme/shop"
    assert "is no list: check github.api_url" in left_out.reason
    assert sentences(summary)["events"] == "8 of 8 issue events"


def test_a_wrong_clock_is_a_warning_and_moves_no_cursor(
    make_settings: MakeSettings, engine: Engine, url: str, collect: Collect
):
    def late(path: str) -> Answer | None:
        answer = requests.get(url + path, timeout=20)
        date = format_datetime(datetime(2030, 1, 1, tzinfo=UTC), usegmt=True)
        headers = {"Date": date} | {name: answer.headers[name] for name in ("Link", "ETag") if name in answer.headers}
        return answer.status_code, headers, answer.content

    with odd_server(late) as here:
        summary = collect(make_settings(here, clone=False))
    (warning,) = summary.warnings
    assert "minutes behind GitHub's: set it right" in warning
    (issues,) = [row for row in rows(engine, schema.sync_cursor) if row["kind"] == "issues"]
    assert datetime.fromisoformat(issues["position"]["newest"]) == datetime(2026, 3, 9, 10, tzinfo=UTC)
    assert issues["as_of"].year == 2030


# ------------------------------------------------------------------ one at a time


def test_two_syncs_never_overlap(settings: Settings, collect: Collect):
    with (
        sync_lock(settings.data_dir),
        pytest.raises(CollectError, match=r"^Another sync of .* is running \(process \d+\)"),
    ):
        collect()
    assert collect().requests > 0


def test_a_run_that_was_killed_is_closed_by_the_next(engine: Engine, collect: Collect):
    started = datetime(2026, 3, 1, tzinfo=UTC)
    with engine.begin() as connection:
        row = {"state": "running", "requests": 5, "not_modified": 0, "started_at": started}
        connection.execute(schema.sync_run.insert().values(row))
    collect()
    left, ours = rows(engine, schema.sync_run)
    assert (left["state"], left["message"], ours["state"]) == ("failed", "did not finish", "ok")


def test_snapshots_are_of_the_local_day(engine: Engine, settings: Settings, collect: Collect):
    zone = settings.model_copy(
        update={"project": settings.project.model_copy(update={"time_zone": "Pacific/Kiritimati"})}
    )
    before = (datetime.now(UTC) + timedelta(hours=14)).date()
    collect(zone)
    (row,) = rows(engine, schema.snapshot)
    assert before <= row["day"] <= (datetime.now(UTC) + timedelta(hours=14)).date()
    assert row["due_on"] == date(2026, 4, 1)


def test_progress_reaches_its_end(collect: Collect):
    seen: dict[str, tuple[int, int | None]] = {}
    collect(progress=lambda what, done, total: seen.update({what: (done, total)}))
    assert seen["acme/shop timelines"] == (3, 3)
    assert seen["acme/shop items of open milestones"] == (2, 2)
