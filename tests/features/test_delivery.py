"""CI and DORA figures from runs and releases written down by hand."""

import pytest

from sprintlib.features import delivery
from tests.features.builder import WEB, at, view


def run(number: int, conclusion: str | None, ended: str, **more: object) -> dict[str, object]:
    return {"id": number, "conclusion": conclusion, "finished_at": at(ended) if conclusion else None, **more}


RUNS = [
    run(1, "success", "11-16 10:00"),
    run(2, "failure", "11-17 10:00", head_sha="flaky"),
    run(3, "failure", "11-17 11:00", head_sha="t"),
    run(4, "success", "11-18 10:00", head_sha="flaky"),
    run(5, "cancelled", "11-18 11:00"),
    run(6, "failure", "11-23 06:00", name="lint"),
    run(7, None, "11-23 11:00"),
    run(8, "failure", "11-20 10:00", head_sha="u", head_branch="topic", event="pull_request"),
]


def test_failure_rate() -> None:
    metric = delivery.ci_failure_rate(view(runs=RUNS))
    assert (metric.value, metric.n) == (pytest.approx(4 / 6), 6)
    assert metric.evidence[0] == "acme/api run 6"


def test_red_time_runs_until_green_or_now() -> None:
    metric = delivery.red_time(view(runs=RUNS))
    assert (metric.value, metric.n) == (24.0 + 6.0, 2)
    assert metric.evidence == ("acme/api run 6", "acme/api run 2")


def test_time_to_green() -> None:
    assert delivery.time_to_green(view(runs=RUNS)).value == 1.0


def test_flaky() -> None:
    metric = delivery.flaky_workflows(view(runs=RUNS))
    assert (metric.value, metric.evidence) == (0.5, ("acme/api run 4",))


def test_unknown_is_not_green() -> None:
    for feature in (delivery.ci_failure_rate, delivery.red_time, delivery.time_to_green, delivery.flaky_workflows):
        assert feature(view()).reason == "no CI runs are known: unknown, not green"
        assert feature(view()).value is None


MERGED = {"kind": "pull", "state": "closed", "closed_as": "done"}


def test_deployment_frequency_and_lead_time() -> None:
    scene = view(
        items=[
            {"number": 1, **MERGED, "closed_at": at("11-09 00:00")},
            {"number": 2, **MERGED, "closed_at": at("11-12 00:00")},
            {"number": 3, **MERGED, "closed_at": at("11-19 00:00")},
            {"number": 4, **MERGED, "closed_at": at("11-10 00:00"), "repository_id": WEB},
        ],
        releases=[
            {"tag": "v1", "published_at": at("11-13 00:00"), "url": "u1"},
            {"tag": "v2-rc", "published_at": at("11-20 00:00"), "prerelease": True},
        ],
    )
    frequency, lead = delivery.deployment_frequency(scene), delivery.lead_time_for_changes(scene)
    assert (frequency.value, frequency.approximate, frequency.evidence) == (0.25, True, ("u1",))
    assert (lead.value, lead.n, lead.approximate, lead.evidence) == (2.5, 2, True, ("acme/api#1", "acme/api#2"))


def test_no_releases_is_unknown() -> None:
    assert delivery.deployment_frequency(view()).reason == "the repositories publish no releases"


def test_change_failure_rate() -> None:
    titles = ["Revert 'Add cache'", "Add cache", "Hotfix: price", "Convert prices"]
    merged = [{"number": n, **MERGED, "title": title, "closed_at": at("11-12 00:00")} for n, title in enumerate(titles)]
    metric = delivery.change_failure_rate(view(items=merged))
    assert (metric.value, metric.evidence) == (0.5, ("acme/api#0", "acme/api#2"))
