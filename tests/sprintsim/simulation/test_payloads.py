"""The JSON, checked against itself: states against timelines, counts against lists, ids against uniqueness."""

from collections import Counter

import pytest

REPOS = ("api", "web", "mobile")


def item_of(file):
    return file[file["type"]]


def repo_of(item):
    return item["url"].split("/")[5]


@pytest.fixture(scope="module")
def files(startup):
    return [*startup.files("issues"), *startup.files("pulls")]


def names_left(events, added, removed, name):
    """What is left when names are added and removed by events, in order."""
    left = []
    for event in events:
        if event["event"] == added:
            left.append(name(event))
        elif event["event"] == removed:
            left.remove(name(event))
    return left


def test_labels_assignees_and_title_are_what_the_timeline_adds_up_to(files):
    for file in files:
        item, events = item_of(file), file["events"]
        labels = names_left(events, "labeled", "unlabeled", lambda event: event["label"]["name"])
        assert [label["name"] for label in item["labels"]] == labels
        assignees = names_left(events, "assigned", "unassigned", lambda event: event["assignee"]["login"])
        assert [user["login"] for user in item["assignees"]] == assignees
        renamed = [event["rename"]["to"] for event in events if event["event"] == "renamed"]
        assert not renamed or item["title"] == renamed[-1]


def test_an_item_is_closed_exactly_if_its_last_closing_was_not_undone(files):
    for file in files:
        item = item_of(file)
        turns = [event for event in file["events"] if event["event"] in {"closed", "reopened"}]
        closed = bool(turns) and turns[-1]["event"] == "closed"
        assert (item["state"], item["closed_at"]) == (("closed", turns[-1]["created_at"]) if closed else ("open", None))


def test_the_milestone_is_the_last_one_entered_and_events_carry_the_title_of_their_day(startup, files):
    milestones = {(repo, each["number"]): each for repo in REPOS for each in startup.read(repo, "milestones.json")}
    for file in files:
        item = item_of(file)
        moves = [event for event in file["events"] if event["event"] in {"milestoned", "demilestoned"}]
        inside = bool(moves) and moves[-1]["event"] == "milestoned"
        assert bool(item["milestone"]) is inside
        if inside:
            assert item["milestone"] == milestones[(repo_of(item), item["milestone"]["number"])]
            assert moves[-1]["milestone"]["title"] in {item["milestone"]["title"], "2.2 Logins"}


def test_milestone_counts_are_those_of_the_items(startup, files):
    counts = Counter(
        (repo_of(item_of(file)), item_of(file)["milestone"]["number"], item_of(file)["state"])
        for file in files
        if item_of(file)["milestone"]
    )
    for repo in REPOS:
        for milestone in startup.read(repo, "milestones.json"):
            assert milestone["open_issues"] == counts[(repo, milestone["number"], "open")]
            assert milestone["closed_issues"] == counts[(repo, milestone["number"], "closed")]
            assert milestone["due_on"].endswith("T00:00:00Z")


def test_comments_are_counted(startup, files):
    for file in files:
        item = item_of(file)
        assert item["comments"] == sum(event["event"] == "commented" for event in file["events"])
    for file in startup.files("pulls"):
        assert file["pull"]["review_comments"] == len(file["comments"])
        assert file["pull"]["commits"] == sum(event["event"] == "committed" for event in file["events"])


def test_requested_reviewers_are_those_who_have_not_answered(startup):
    for file in startup.files("pulls"):
        waiting = []
        for event in file["events"]:
            if event["event"] == "review_requested":
                waiting.append(event["requested_reviewer"]["login"])
            elif event["event"] == "reviewed" and event["user"]["login"] in waiting:
                waiting.remove(event["user"]["login"])
        assert [user["login"] for user in file["pull"]["requested_reviewers"]] == waiting


def test_comments_on_lines_belong_to_a_review_of_the_same_person(startup):
    seen = 0
    for file in startup.files("pulls"):
        reviews = {event["id"]: event["user"]["login"] for event in file["events"] if event["event"] == "reviewed"}
        for comment in file["comments"]:
            assert reviews[comment["pull_request_review_id"]] == comment["user"]["login"]
            seen += 1
    assert seen > 10


def test_ids_are_unique_and_grow_with_time(files):
    by_kind = {"events": [], "commented": [], "reviewed": []}
    for file in files:
        for event in file["events"]:
            if event["event"] in {"committed", "cross-referenced"}:
                continue
            kind = event["event"] if event["event"] in by_kind else "events"
            by_kind[kind].append((event["id"], event.get("created_at") or event["submitted_at"]))
    for pairs in by_kind.values():
        pairs.sort()
        assert len({number for number, _ in pairs}) == len(pairs)
        assert [moment for _, moment in pairs] == sorted(moment for _, moment in pairs)
    ids = [item_of(file)["node_id"] for file in files]
    assert len(set(ids)) == len(ids)


def test_a_reference_carries_the_item_it_comes_from(files):
    sources = [
        event["source"]["issue"] for file in files for event in file["events"] if event["event"] == "cross-referenced"
    ]
    assert len(sources) > 40
    assert any("pull_request" in source for source in sources)
    assert all(source["repository"]["full_name"].startswith("sprint-demo/") for source in sources)


def test_dependencies_hold_the_blockers_and_both_timelines_say_so(startup, files):
    timelines = {
        (repo_of(item_of(file)), item_of(file)["number"]): [event["event"] for event in file["events"]]
        for file in files
    }
    across = 0
    for repo in REPOS:
        for number, blockers in startup.read(repo, "dependencies.json").items():
            assert "blocked_by_added" in timelines[(repo, int(number))]
            for blocker in blockers:
                assert "blocking_added" in timelines[(repo_of(blocker), blocker["number"])]
                across += repo_of(blocker) != repo
    assert across >= 3


def test_runs_name_commits_that_exist_and_only_their_last_attempt_is_listed(startup):
    for repo in REPOS:
        runs = startup.read(repo, "workflow_runs.json")
        assert len({run["id"] for run in runs}) == len(runs) > 50
        assert {run["status"] for run in runs} == {"completed"}
        assert {run["conclusion"] for run in runs} == {"success", "failure"}
        assert max(run["run_attempt"] for run in runs) == 2
        assert all(run["created_at"] <= run["run_started_at"] <= run["updated_at"] for run in runs)
        assert all(len(run["head_sha"]) == 40 for run in runs)


def test_accounts_and_forks_that_are_gone_are_null(startup, files):
    assert sum(item_of(file)["user"] is None for file in files) == 1
    assert any(event.get("user", "") is None for file in files for event in file["events"])
    assert [file["pull"]["head"]["label"] for file in startup.files("pulls") if not file["pull"]["head"]["repo"]] == [
        "ruben-v:patch-1"
    ]


def test_bots_say_that_they_are_bots(files):
    types = {
        user["login"]: user["type"]
        for file in files
        for user in [item_of(file)["user"], *(event.get("user") for event in file["events"])]
        if user
    }
    assert types["dependabot[bot]"] == types["mooring-preview[bot]"] == "Bot"
    assert types["maya-lindqvist"] == "User"


def test_each_sprint_was_released_in_its_repositories(startup):
    tags = {repo: [each["tag_name"] for each in startup.read(repo, "releases.json")] for repo in REPOS}
    assert tags == {
        "api": ["v2.0.0", "v2.1.0", "v2.2.0", "v2.3.0"],
        "web": ["v2.0.0", "v2.1.0", "v2.3.0"],
        "mobile": ["v2.1.0", "v2.2.0", "v2.3.0"],
    }
