"""Cycle times and work in progress: what the charts hold, what is said without them, and hostile titles."""

import json
from datetime import UTC, datetime
from typing import Any

from sprintlib.services import AgeingItem, Flow, MergedPull, StageTimes
from sprintlib.views.flow_charts import (
    ageing_chart,
    ageing_figure,
    cycle_time_chart,
    cycle_time_figure,
    describe_ageing,
    describe_cycle_times,
)
from tests import samples

KNOWN = frozenset({"acme/api"})
STAGES = ("coding", "pickup", "review", "merge")


def a_flow(merged: int = 5, title: str = "Faster", days: float = 6.0) -> Flow:
    """Pull requests of 2.0 working days, one of them open and waiting for a review."""
    done = tuple(
        MergedPull(f"acme/api#{n}", title, "", datetime(2026, 3, n, 23, 30, tzinfo=UTC), 2.0, (0.5, 1.0, None, 0.5))
        for n in range(1, merged + 1)
    )
    known = merged >= 5
    cycle = StageTimes("cycle", merged, 2.0 if known else None, 2.0 if known else None)
    times = {"coding": 0.5, "pickup": 1.0, "merge": 0.5}
    stages = [
        StageTimes(s, merged if s in times else 0, times.get(s) if known else None, times.get(s) if known else None)
        for s in STAGES
    ]
    return Flow(done, (cycle, *stages), (AgeingItem("acme/api#90", title, "", "pickup", days),))


def local(moment: datetime) -> object:
    return moment.date()


def data(chart: Any) -> list[dict[str, object]]:
    """All rows of a chart."""
    spec = json.loads(chart.to_json())
    inline = [layer["data"]["values"] for layer in spec["layer"] if "values" in layer.get("data", {})]
    return [row for rows in (*spec.get("datasets", {}).values(), *inline) for row in rows]


def test_a_dot_says_item_day_and_days_by_stage():
    dot = data(cycle_time_chart(a_flow(1), KNOWN, local))[0]
    assert dot == {
        "day": "2026-03-01T00:00:00",
        "days": 2.0,
        "item": "api#1",
        "title": "Faster",
        "coding": "0.5",
        "pickup": "1.0",
        "review": "–",
        "merge": "0.5",
    }


def test_percentiles_are_lines_and_a_table():
    flow = a_flow()
    assert [row for row in data(cycle_time_chart(flow, KNOWN, local)) if "name" in row] == [
        {"days": 2.0, "name": "50%"},
        {"days": 2.0, "name": "85%"},
    ]
    figure = cycle_time_figure(flow, KNOWN, local)
    assert "Waiting for review" in figure
    assert "No percentiles of in review: fewer than 5 pull requests went through." in figure
    assert describe_cycle_times(flow) == (
        "Cycle times of 5 pull requests merged in the last 90 days: half within 2.0 working days, 85% within 2.0; "
        "what takes longest is waiting for review, 85% within 1.0."
    )


def test_what_stands_longer_than_usual_has_a_shape_of_its_own_and_is_named():
    flow = a_flow()
    (item,) = (row for row in data(ageing_chart(flow, KNOWN)) if "item" in row)
    assert item == {"place": 1.0, "days": 6.0, "item": "api#90", "title": "Faster", "beside": "longer than 85%"}
    assert "triangle-up" in ageing_chart(flow, KNOWN).to_json()
    assert describe_ageing(flow, KNOWN) == (
        "1 item in progress; longer in their stage than 85% of merged pull requests: "
        "api#90 (waiting for review, 6.0 working days; 85% within 1.0)."
    )
    assert describe_ageing(a_flow(days=0.5), KNOWN) == (
        "1 item in progress, none of them longer in its stage than 85% of merged pull requests."
    )


def test_an_empty_chart_says_why():
    nothing = Flow((), tuple(StageTimes(s, 0, None, None) for s in ("cycle", *STAGES)), ())
    assert "No pull request of a person was merged in the last 90 days." in cycle_time_figure(nothing, KNOWN, local)
    assert "Nothing is in progress: no open item has been started." in ageing_figure(nothing, KNOWN)
    assert "No percentiles: 4 pull requests merged in the last 90 days, fewer than 5." in cycle_time_figure(
        a_flow(4), KNOWN, local
    )


def test_titles_are_text():
    flow = a_flow(title=samples.HOSTILE)
    for figure in (cycle_time_figure(flow, KNOWN, local), ageing_figure(flow, KNOWN)):
        assert "<script>window" not in figure
        assert "<img" not in figure
