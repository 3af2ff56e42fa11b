"""Churn, hotspots, ownership and size, from changed files written down by hand."""

from sprintlib.features import code
from tests.features.builder import at, view


def change(sha: str, path: str, author: str = "ann", lines: int = 10, day: str = "11-16") -> dict[str, object]:
    committed = at(f"{day} 10:00")
    return {"sha": sha, "path": path, "author": author, "additions": lines, "deletions": 0, "committed_at": committed}


PULL = {"number": 7, "kind": "pull", "additions": 300, "deletions": 100}
OF_PULL = {"number": 7, "sha": "open", "committed_at": at("11-20 10:00")}


def test_churn_is_of_the_window() -> None:
    scene = view(changed_files=[change("a", "x.py"), change("b", "y.py", lines=30), change("c", "x.py", day="06-01")])
    metric = code.churn(scene)
    assert (metric.value, metric.n, metric.evidence) == (40.0, 2, ("y.py", "x.py"))


def test_binary_files_count_no_lines() -> None:
    binary = {**change("a", "logo.png"), "additions": None, "deletions": None}
    assert code.churn(view(changed_files=[binary])).value == 0.0


def test_hotspots_are_touched_by_open_work() -> None:
    busy = [change(f"x{n}", "x.py") for n in range(5)] + [change(f"z{n}", "z.py") for n in range(9)]
    scene = view(items=[PULL], commits=[OF_PULL], changed_files=[*busy, change("open", "x.py")])
    metric = code.hotspots(scene)
    assert (metric.value, metric.evidence) == (1.0, ("x.py",))


def test_ownership_names_paths_never_people() -> None:
    mine = [change(f"m{n}", "x.py") for n in range(4)]
    shared = [change("s1", "y.py"), change("s2", "y.py", "ben"), change("s3", "y.py", "eve")]
    touched = [change("open", "x.py"), change("open", "y.py", "ben")]
    metric = code.ownership_concentration(
        view(items=[PULL], commits=[OF_PULL], changed_files=[*mine, *shared, *touched])
    )
    assert (metric.value, metric.n, metric.evidence) == (0.5, 2, ("x.py",))
    assert "ann" not in repr(metric)


def test_size_of_open_pull_requests() -> None:
    scene = view(
        items=[PULL, {**PULL, "number": 8, "additions": 10, "deletions": 10}, {**PULL, "number": 9, "additions": None}]
    )
    metric = code.pull_request_size(scene)
    assert (metric.value, metric.n, metric.evidence) == (210.0, 2, ("acme/api#7", "acme/api#8"))


def test_unknown_without_git_history() -> None:
    reason = "no changed files are known for these commits"
    assert {metric(view()).reason for metric in (code.churn, code.hotspots, code.ownership_concentration)} == {reason}
