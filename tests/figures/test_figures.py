"""The eight figures: what is measured, over which time, and what counts as a breach."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, select

from sprintlib.figures import Figure, Keeper, breaches, figures, keep
from sprintlib.figures.figure import FIGURES
from sprintlib.observe.measures import drain, quantile, record
from sprintlib.store.schema import delivery, metric

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_measured_before() -> None:
    drain()


def by_name(engine: Engine, now: datetime = NOW) -> dict[str, Figure]:
    return {one.name: one for one in figures(engine, now)}


def measured(engine: Engine, name: str, values: list[float], at: datetime = NOW) -> None:
    drain()
    for value in values:
        record(name, value)
    keep(engine, at)
    drain()


def test_the_targets_are_those_of_the_design() -> None:
    assert [(one.name, one.unit, one.target, one.alert) for one in FIGURES] == [
        ("api_latency", "seconds", 0.5, 1.0),
        ("event_to_analysis", "seconds", 60, 90),
        ("llm_tokens", "tokens/s", 30, 15),
        ("retrieval", "seconds", 0.1, 0.3),
        ("store_query", "seconds", 0.05, 0.2),
        ("memory", "share", 0.7, 0.9),
        ("cpu", "share", 0.7, 0.9),
        ("github_budget", "requests", 1000, 500),
    ]


def test_without_measures_nothing_is_claimed(engine: Engine) -> None:
    found = figures(engine, NOW)
    assert {one.state for one in found} == {"unknown"}
    assert found[0].sentence() == "API latency, 95th percentile: not measured"
    assert breaches(found) == []


@pytest.mark.parametrize(("slow", "state"), [(4, "ok"), (6, "breach")])
def test_a_latency_is_its_95th_percentile(engine: Engine, slow: int, state: str) -> None:
    measured(engine, "retrieval", [0.02] * (100 - slow) + [2.0] * slow)
    found = by_name(engine)["retrieval"]
    assert (found.state, found.count) == (state, 100)


@pytest.mark.parametrize(("value", "state"), [(0.05, "ok"), (0.15, "missed"), (0.4, "breach")])
def test_target_and_alert(engine: Engine, value: float, state: str) -> None:
    measured(engine, "retrieval", [value])
    found = by_name(engine)["retrieval"]
    assert found.state == state
    assert found.value == pytest.approx(value, rel=0.1)
    assert [one.name for one in breaches(figures(engine, NOW))] == (["retrieval"] if state == "breach" else [])


@pytest.mark.parametrize(("left", "state"), [(4000, "ok"), (900, "missed"), (300, "breach"), (0, "breach")])
def test_of_a_budget_the_last_word_counts_and_less_is_worse(engine: Engine, left: int, state: str) -> None:
    measured(engine, "github_budget", [5000, left])
    found = by_name(engine)["github_budget"]
    assert (found.value, found.state) == (left, state)


def test_a_models_pace_is_all_its_tokens_by_all_its_seconds(engine: Engine) -> None:
    for tokens, seconds in ((100, 10.0), (20, 2.0)):
        record("llm_tokens", tokens)
        record("llm_seconds", seconds)
    keep(engine, NOW)
    found = by_name(engine)["llm_tokens"]
    assert (found.value, found.state) == (10.0, "breach")
    assert found.sentence() == "the language model's pace 10 tokens/s (target 30 tokens/s, alert at 15 tokens/s)"


def test_memory_and_processors_are_means_of_the_last_ten_minutes(engine: Engine) -> None:
    measured(engine, "cpu", [1.0] * 10, NOW - timedelta(minutes=16))
    measured(engine, "cpu", [0.5, 0.6], NOW)
    found = by_name(engine)["cpu"]
    assert (found.value, found.state) == (pytest.approx(0.55), "ok")
    assert by_name(engine, NOW + timedelta(minutes=20))["cpu"].state == "unknown"


def test_what_is_older_than_a_day_does_not_count(engine: Engine) -> None:
    measured(engine, "retrieval", [3.0], NOW - timedelta(hours=25))
    assert by_name(engine)["retrieval"].value is None


def test_a_process_writes_one_row_for_five_minutes_and_a_month_is_kept(engine: Engine) -> None:
    measured(engine, "retrieval", [0.1], NOW - timedelta(days=31))
    for minute in (0, 1, 4, 5):
        measured(engine, "retrieval", [0.1, 0.2], NOW + timedelta(minutes=minute))
    with engine.connect() as connection:
        rows = connection.execute(select(metric).order_by(metric.c.at)).all()
    assert [(row.at, row.count) for row in rows] == [(NOW, 6), (NOW + timedelta(minutes=5), 2)]
    assert by_name(engine, NOW + timedelta(minutes=6))["retrieval"].count == 8


def test_event_to_analysis_is_read_from_the_deliveries(engine: Engine) -> None:
    def row(number: int, state: str, seconds: float, finished: datetime) -> dict:
        ended = {"received_at": finished - timedelta(seconds=seconds), "finished_at": finished}
        told = {"guid": f"g{number}", "digest": f"d{number}", "event": "issues", "headers": {}, "state": state}
        return {**told, **ended, "attempts": 1, "repeats": 0}

    rows = [row(number, "done", 3, NOW - timedelta(minutes=number)) for number in range(19)]
    rows += [row(20, "done", 70, NOW), row(21, "ignored", 900, NOW), row(22, "done", 900, NOW - timedelta(days=2))]
    with engine.begin() as connection:
        connection.execute(insert(delivery), rows)
    found = by_name(engine)["event_to_analysis"]
    assert (found.count, found.state) == (20, "ok")
    assert found.value == pytest.approx(3, rel=0.1)


def test_every_statement_of_a_store_is_measured(engine: Engine) -> None:
    drain()  # the migrations
    with engine.connect() as connection:
        connection.execute(select(metric)).all()
    assert drain()["store_query"].count == 1


def test_a_quantile_is_right_to_a_tenth() -> None:
    for value in (0.0, 0.003, 1.0, 77.0):
        record("x", value)
    steps = drain()["x"].steps
    assert quantile(steps, 1.0) == pytest.approx(77, rel=0.1)
    assert quantile(steps, 0.5) == pytest.approx(0.003, rel=0.1)
    assert quantile(type(steps)(), 0.5) is None


def test_beside_a_service_the_machine_is_measured(engine: Engine) -> None:
    until = time.monotonic() + 20
    with Keeper(engine, seconds=0.05):
        sum(number * number for number in range(3_000_000))
        while by_name(engine, datetime.now(UTC))["cpu"].count < 2 and time.monotonic() < until:
            time.sleep(0.05)
    found = by_name(engine, datetime.now(UTC))
    assert 0 < found["memory"].value < 1
    assert 0 < found["cpu"].value <= 1
