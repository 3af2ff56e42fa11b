"""The real client, as the collector uses it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from github import Auth, BadCredentialsException, Github, RateLimitExceededException, UnknownObjectException
from github.Repository import Repository

from sprintsim.fake_github import load, running
from sprintsim.simulation import write_startup
from tests.sprintsim.fake_github import sample


def client(url: str) -> Github:
    return Github(
        base_url=url,
        auth=Auth.Token("anything"),
        per_page=2,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )


@pytest.fixture
def repo(url: str) -> Iterator[Repository]:
    with client(url) as github:
        yield github.get_repo(sample.NAME)


def test_lists_are_followed_over_all_pages(repo: Repository):
    assert [issue.number for issue in repo.get_issues(state="all", direction="asc")] == [1, 2, 3, 4, 5, 6, 7]
    assert [pull.number for pull in repo.get_pulls(state="all")] == [6, 4]
    assert repo.get_issues(state="all").totalCount == 7
    assert [comment.id for comment in repo.get_issues_comments()] == [51, 52]
    assert [comment.id for comment in repo.get_pulls_comments()] == [71, 72]
    assert [event.issue.number for event in repo.get_issues_events()] == [4, 4, 6, 2, 1]
    assert [run.id for run in repo.get_workflow_runs()] == []
    assert [release.id for release in repo.get_releases()] == []


def test_milestones_and_their_items(repo: Repository):
    alpha = repo.get_milestone(1)
    assert (alpha.title, alpha.open_issues, alpha.due_on) == ("Alpha (renamed)", 1, None)
    assert repo.get_milestone(2).due_on == datetime(2026, 4, 1, tzinfo=UTC)
    assert [issue.number for issue in repo.get_issues(milestone=alpha, state="all")] == [3, 1]
    assert [milestone.number for milestone in repo.get_milestones(state="all")] == [2, 1]


def test_one_item_in_depth(repo: Repository):
    issue = repo.get_issue(1)
    assert [event.event for event in issue.get_timeline()] == ["milestoned", "commented", "commented"]
    assert [comment.body for comment in issue.get_comments()] == ["comment 51", "comment 52"]
    assert list(issue.get_blocked_by()) == []
    pull = repo.get_pull(4)
    assert (pull.additions, pull.merged_at) == (10, datetime(2026, 3, 9, 10, tzinfo=UTC))
    assert [review.state for review in pull.get_reviews()] == ["APPROVED"]
    assert [commit.sha for commit in pull.get_commits()] == ["c" * 40]
    assert pull.as_issue().pull_request is not None
    assert repo.get_pull(6).head.repo is None
    assert repo.get_pull(6).user is None


def test_the_budget_is_known(url: str, repo: Repository):
    with client(url) as github:
        limits = github.get_rate_limit()
        assert (limits.rate.limit, limits.rate.remaining) == (5000, 4999)
        assert github.get_user().login == "stand-in"


def test_an_unchanged_object_is_not_sent_again(repo: Repository):
    assert repo.update() is False


def test_errors_are_the_clients_own():
    for fault, error in (
        ("401", BadCredentialsException),
        ("404", UnknownObjectException),
        ("rate-limit:budget=1", RateLimitExceededException),
    ):
        with running([sample.dataset()], fault) as url, client(url) as github, pytest.raises(error):
            github.get_repo(sample.NAME).get_issue(1)


def test_a_simulated_project_is_read_completely(tmp_path: Path):
    write_startup(tmp_path, seed=5, today=date(2026, 11, 23))
    datasets = load(tmp_path)
    with running(datasets) as url, client(url) as github:
        github.per_page = 100
        for dataset in datasets:
            repo = github.get_repo(dataset.full_name)
            assert repo.open_issues_count == sum(item.state == "open" for item in dataset.items.values())
            assert {issue.number for issue in repo.get_issues(state="all")} == set(dataset.items)
            assert repo.get_workflow_runs().totalCount == len(dataset.extras["workflow_runs"])
            counts = {m.number: m.open_issues + m.closed_issues for m in repo.get_milestones(state="all")}
            inside = [item.milestone["number"] for item in dataset.items.values() if item.milestone]
            assert counts == {number: inside.count(number) for number in counts}
