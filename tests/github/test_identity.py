"""A sprint is what GitHub's ids say, and what GitHub has no longer is counted no longer: from sync to analysis."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update

from sprintlib import views
from sprintlib.analysis import Analysis, MilestoneAnalysis, analyze
from sprintlib.doctor.checks import examine
from sprintlib.github import SyncSummary, sync
from sprintlib.project import ProjectHandle
from sprintlib.recommend import give_feedback
from sprintlib.results import latest_analyses, store_analysis
from sprintlib.services.feedback import open_recommendations
from sprintlib.settings import Settings
from sprintlib.store import schema
from sprintlib.views.markdown import markdown_report
from sprintsim.fake_github import Dataset, running
from tests.github import pair, shop
from tests.github.conftest import HASTE, MakeSettings
from tests.github.pair import API, SPRINT, WEB, planned


@dataclass
class Clock:
    """GitHub's, which goes ahead of this machine's instead of having a test wait."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Project:
    """The two repositories, a store, and the commands on them."""

    engine: Engine
    settings: Settings
    api: Dataset
    web: Dataset
    clock: "Clock"

    def sync(self) -> SyncSummary:
        return sync(self.engine, self.settings, None, retry_policy=HASTE)

    def now(self) -> datetime:
        """A moment after everything so far and before everything to come: the server's clock tells whole seconds."""
        moment = self.clock.now()
        self.clock.ahead += timedelta(seconds=2)
        return moment

    def analysis(self, as_of: datetime | None = None) -> Analysis:
        return analyze(self.engine, self.settings, as_of or self.clock.now() + timedelta(seconds=1))

    def sprint(self, as_of: datetime | None = None, title: str = SPRINT) -> MilestoneAnalysis:
        (found,) = [one for one in self.analysis(as_of).milestones if one.title == title]
        return found

    def scope(self, as_of: datetime | None = None, title: str = SPRINT) -> tuple[int, int]:
        """How many items, and how many of them are open."""
        told = self.sprint(as_of, title).scope
        return told.done + told.dropped + told.open, told.open


@pytest.fixture
def project(engine: Engine, make_settings: MakeSettings) -> Iterator[Project]:
    api, web = pair.both()
    clock = Clock()
    with running([api, web], clock=clock.now) as url:
        made = Project(engine, make_settings(url, API, WEB), api, web, clock)
        made.sync()
        yield made


def numbers(analysis: MilestoneAnalysis) -> dict[str, Any]:
    """What an analysis says, but for when it was made and how long that took."""
    told = analysis.model_dump(mode="json")
    return {key: value for key, value in told.items() if key not in ("timings", "summary")}


def kinds(analysis: MilestoneAnalysis) -> list[str]:
    return [risk.kind for risk in analysis.risks if risk.severity != "unknown"]


# ------------------------------------------------------------------ items that went


def test_a_transferred_issue_is_one_item(project: Project) -> None:
    before = project.now()
    project.api.remove(4)
    now = f"{project.now():%Y-%m-%dT%H:%M:%SZ}"
    moved = planned(WEB, 20, created_at="2026-03-01T10:04:00Z", updated_at=now)
    moved["events"].append(shop.event("transferred", 9_000, 1) | {"created_at": now})
    project.web.put(moved)
    project.sync()
    assert project.scope() == (6, 5)
    assert project.scope(before) == (6, 5)
    assert "acme/api#4" not in str(project.sprint().model_dump())


def test_a_deleted_issue_is_counted_until_it_went(project: Project) -> None:
    before = project.now()
    first = numbers(project.sprint(before))
    project.api.remove(4)
    project.sync()
    assert project.scope() == (5, 4)
    assert numbers(project.sprint(before)) == first


def test_an_issue_that_became_a_discussion_left(project: Project) -> None:
    """GitHub shows neither the issue nor its events afterwards."""
    project.web.remove(12)
    project.sync()
    assert project.scope() == (5, 4)
    assert project.sprint().scope.removed == 1


def test_an_issue_that_became_a_pull_request_is_one_item(project: Project) -> None:
    project.api.remove(4)
    pull = shop.pull(4, 1, milestone=shop.milestone(1, SPRINT), updated_at=shop.at(12))
    events = [shop.event("milestoned", pair.event_id(API, 4, 1), 2, milestone={"title": SPRINT})]
    project.api.put(pair.of(API, shop.document(pull, events)))
    project.sync()
    assert project.scope() == (6, 5)


def test_one_too_many_does_not_cancel_one_too_few(project: Project) -> None:
    """Six are held and six are listed, yet not the same six."""
    with project.engine.begin() as connection:
        issue = schema.issue.c
        connection.execute(update(schema.issue).where(issue.number == 3).values(number=77, milestone_number=None))
        connection.execute(delete(schema.item_cursor).where(schema.item_cursor.c.number == 3))
    project.api.put(planned(API, 2, title=SPRINT, updated_at=shop.at(12)))
    said = {(part.repository, part.kind): part.sentence() for part in project.sync().completeness}
    assert said[API, "issues"].startswith("4 of 4 issues")
    assert project.scope() == (6, 5)
    assert project.analysis().notes == ()


# ------------------------------------------------------------------ milestones


def test_a_deleted_milestone_is_open_no_longer(project: Project) -> None:
    old = [pair.of(API, shop.milestone(1, SPRINT)), pair.of(API, shop.milestone(7, "Old plan"))]
    project.api.set_extra("milestones", old)
    project.api.put(planned(API, 30, 7, "Old plan"))
    project.sync()
    before = project.now()
    project.api.set_extra("milestones", old[:1])
    project.api.put(of_no_milestone(API, 30))
    project.sync()
    assert [one.title for one in project.analysis().milestones] == [SPRINT]
    assert project.scope(before, "Old plan") == (1, 1)


def of_no_milestone(repo: str, number: int) -> dict[str, Any]:
    document = planned(repo, number)
    document["issue"] |= {"milestone": None}
    document["events"][0]["milestone"]["title"] = "Old plan"
    return document


def test_a_milestone_made_anew_is_another_sprint(project: Project) -> None:
    first = project.sprint()
    project.api.set_extra("milestones", [pair.of(API, shop.milestone(5, SPRINT))])
    project.web.set_extra("milestones", [pair.of(WEB, shop.milestone(6, SPRINT))])
    for dataset, repo, count in ((project.api, API, (2, 3)), (project.web, WEB, (11,))):
        for number in [*dataset.items]:
            dataset.remove(number)
        for number in count:
            dataset.put(planned(repo, number, 5 if repo == API else 6, updated_at=shop.at(12)))
    project.sync()
    assert project.scope() == (3, 3)
    second = project.sprint()
    assert (first.number, second.number) == ({API: 1, WEB: 1}, {API: 5, WEB: 6})
    assert first.key != second.key


def test_the_same_title_in_another_year_is_another_sprint(project: Project) -> None:
    times = {"created_at": "2025-03-01T10:00:00Z", "closed_at": "2025-03-20T10:00:00Z", "state": "closed"}
    last_year = shop.milestone(9, SPRINT, due_on="2025-03-20T07:00:00Z", updated_at="2025-03-20T10:00:00Z", **times)
    project.web.set_extra("milestones", [pair.of(WEB, one) for one in (shop.milestone(1, SPRINT), last_year)])
    project.sync()
    assert project.sprint().number == {API: 1, WEB: 1}
    assert project.scope() == (6, 5)


def test_two_milestones_of_one_title_in_one_repository_are_two_sprints(project: Project) -> None:
    twins = [shop.milestone(1, SPRINT), shop.milestone(2, SPRINT, due_on="2026-04-15T07:00:00Z")]
    project.web.set_extra("milestones", [pair.of(WEB, one) for one in twins])
    for number in (13, 14, 15):
        project.web.put(planned(WEB, number, 2))
    project.sync()
    found = {one.number[WEB]: one.scope.open for one in project.analysis().milestones if WEB in one.number}
    assert found == {1: 5, 2: 3}


# ------------------------------------------------------------------ names


def test_after_a_renaming_nothing_is_lost(project: Project) -> None:
    before = project.now()
    was, told = numbers(project.sprint(before)), project.sprint(before).key
    project.api.rename("newcorp/core")
    summary = project.sync()
    assert summary.warnings[0] == "acme/api is now newcorp/core: update sprint.toml."
    assert project.scope() == (6, 5)
    now = project.sprint(before)
    assert now.key == told
    assert now.number == {"newcorp/core": 1, WEB: 1}
    assert numbers(now)["scope"] == was["scope"]
    assert project.analysis().notes[0] == "acme/api is now newcorp/core: update sprint.toml."
    assert {part.sentence().partition(" as of")[0] for part in summary.completeness if part.kind == "issues"} == {
        "4 of 4 issues",
        "2 of 2 issues",
    }


def test_another_repository_of_the_old_name_is_not_taken_for_it(project: Project, make_settings: MakeSettings) -> None:
    project.api.rename("acme/core")
    other = pair.dataset(API, planned(API, 1))
    other.set_extra("repository", other.extras["repository"] | {"id": 99})
    with running([project.api, project.web, other], clock=project.clock.now) as url:
        project.settings = make_settings(url, API, WEB)
        project.sync()
    assert project.scope() == (6, 5)
    assert project.sprint().number == {"acme/core": 1, WEB: 1}


def test_two_repositories_that_swap_their_names_keep_their_facts(project: Project) -> None:
    project.api.rename("acme/between")
    project.web.rename(API)
    project.api.rename(WEB)
    project.api.former_names.clear()
    project.web.former_names.clear()
    project.sync()
    assert project.scope() == (6, 5)
    with project.engine.connect() as connection:
        names = dict(connection.execute(select(schema.repository.c.id, schema.repository.c.full_name)).all())
    assert names == {71: WEB, 72: API}


def test_answers_outlive_a_renaming(project: Project) -> None:
    store_analysis(project.engine, project.analysis())
    (advice, *_) = [
        one for one in open_recommendations(ProjectHandle(project.settings, project.engine)) if "acme-api" in one.id
    ]
    give_feedback(project.engine, "acme", advice.id, "dismiss", project.now())
    project.api.rename("newcorp/core")
    project.sync()
    shown = [one.id for one in project.sprint().recommendations]
    assert advice.id.replace("acme-api", "newcorp-core") not in shown
    store_analysis(project.engine, project.analysis())
    (latest,) = latest_analyses(project.engine, "acme")
    assert latest[1].number == {"newcorp/core": 1, WEB: 1}


def test_parts_of_sprint_toml_outlive_a_renaming(project: Project, make_settings: MakeSettings) -> None:
    project.web.set_extra("milestones", [pair.of(WEB, shop.milestone(1, "Site"))])
    for number in (11, 12):
        project.web.put(planned(WEB, number, title="Site", updated_at=shop.at(12)))
    values = project.settings.model_dump()
    parts = {"Release": {"parts": ("acme/api#1", "acme/web#1")}}
    project.settings = Settings.model_validate({**values, "milestones": parts})
    project.api.rename("newcorp/core")
    project.sync()
    (found,) = project.analysis().milestones
    assert found.number == {"newcorp/core": 1, WEB: 1}
    assert not [note for note in project.analysis().notes if "part of" in note]


def test_new_node_ids_change_no_sentence(project: Project) -> None:
    moment = project.now()
    was = project.sprint(moment)
    for number in (2, 3):
        project.api.put(planned(API, number, node_id=f"new_{number}", updated_at=shop.at(12)))
    project.sync()
    assert numbers(project.sprint(moment))["scope"] == numbers(was)["scope"]
    assert project.sprint(moment).summary == was.summary


# ------------------------------------------------------------------ workflows


def days_ago(days: int) -> str:
    return f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def ran(key: int, days: int, conclusion: str, **more: Any) -> dict[str, Any]:
    times = {name: days_ago(days) for name in ("created_at", "run_started_at", "updated_at")}
    return pair.run(API, key, 1, conclusion, **times, **more)


def test_of_two_workflows_with_one_name_the_red_one_is_red(project: Project) -> None:
    other = {"workflow_id": 501, "path": ".github/workflows/nightly.yml"}
    runs = [ran(key, 10 - key, "success") for key in range(1, 7)]
    runs += [ran(10 + key, 10 - key, "failure", **other, head_sha=f"{key:040}") for key in range(1, 7)]
    project.api.set_extra("workflow_runs", runs)
    project.sync()
    found = project.sprint()
    (risk,) = [risk for risk in found.risks if risk.kind == "failing_ci" and risk.severity != "unknown"]
    assert "'CI (.github/workflows/nightly.yml)'" in risk.statement
    assert "flaky_ci" not in kinds(found)


def test_a_workflow_that_is_no_more_is_not_red(project: Project) -> None:
    old = {"workflow_id": 502, "name": "Old nightly", "path": ".github/workflows/old.yml"}
    runs = [ran(1, 120, "failure", **old), *(ran(key, 20 - 4 * key, "success") for key in range(2, 6))]
    project.api.set_extra("workflow_runs", runs)
    project.sync()
    assert "failing_ci" not in kinds(project.sprint())


def test_the_main_branch_of_a_fork_is_not_ours(project: Project) -> None:
    fork = {"event": "workflow_run", "head_repository": {"id": 900, "full_name": "stranger/api"}}
    project.api.set_extra("workflow_runs", [ran(1, 6, "success"), ran(2, 3, "failure", **fork)])
    project.sync()
    assert "failing_ci" not in kinds(project.sprint())


def test_a_run_that_was_deleted_is_red_no_longer(project: Project) -> None:
    project.api.set_extra("workflow_runs", [ran(1, 6, "success"), ran(2, 3, "failure")])
    project.sync()
    assert "failing_ci" in kinds(project.sprint())
    project.api.set_extra("workflow_runs", [ran(1, 6, "success")])
    project.sync()
    assert "failing_ci" not in kinds(project.sprint())


# ------------------------------------------------------------------ what is not complete


def test_everybody_says_when_facts_are_incomplete(project: Project) -> None:
    with project.engine.begin() as connection:
        cursor = schema.sync_cursor.c
        here = (cursor.repository_id == 71, cursor.kind == "issues")
        connection.execute(update(schema.sync_cursor).where(*here).values(collected=3, expected=4))
    told = "Facts are incomplete: 3 of 4 issues of acme/api are held"
    found = project.analysis()
    assert [note for note in found.notes if note.startswith(told)]
    (check,) = [one for one in examine(project.settings) if one.name == "collection"]
    assert (check.state, told in check.message) == ("warn", True)
    assert told in markdown_report(found, found.milestones[0])
    assert told in views.notes(found, found.milestones[0])


def test_doctor_says_that_a_repository_was_renamed(project: Project) -> None:
    project.api.rename("newcorp/core")
    project.sync()
    (check,) = [one for one in examine(project.settings) if one.name == "collection"]
    assert (check.state, check.message) == ("warn", "acme/api is now newcorp/core")
