"""The eight figures now, from what every process measured."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from sprintlib.figures.figure import FIGURES, Figure
from sprintlib.observe.measures import Measure, quantile, step_of
from sprintlib.store.schema import delivery, metric

WINDOW = timedelta(days=1)
_NOW = timedelta(minutes=10)  # of what the machine has to bear at the moment
_HOUR = timedelta(hours=1)  # after which GitHub has filled the budget up
_MOST_DELIVERIES = 2000
_SHARE = 0.95


def figures(engine: Engine, now: datetime | None = None) -> tuple[Figure, ...]:
    """Every figure: of the last day; memory and processors of the last ten minutes, while a service runs.

    now: by this machine's clock, which is what was measured by. Raises DatabaseError.
    """
    moment = now or datetime.now(UTC)
    kept = _kept(engine, moment)
    kept["event_to_analysis"] = _deliveries(engine, moment)
    return tuple(_filled(one, kept) for one in FIGURES)


def breaches(found: Iterable[Figure]) -> list[Figure]:
    """Those at their alert or beyond."""
    return [one for one in found if one.state == "breach"]


def _filled(figure: Figure, kept: dict[str, Measure]) -> Figure:
    measure = kept.get(figure.name, Measure())
    if not measure.count:
        return figure
    if figure.name == "llm_tokens":
        seconds = kept.get("llm_seconds", Measure()).total
        value = measure.total / seconds if seconds else None
    elif figure.name in ("memory", "cpu"):
        value = measure.total / measure.count
    elif figure.name == "github_budget":
        value = measure.last
    else:
        value = quantile(measure.steps, _SHARE)
    return replace(figure, value=value, count=measure.count)


def _kept(engine: Engine, now: datetime) -> dict[str, Measure]:
    windows = {"memory": _NOW, "cpu": _NOW, "github_budget": _HOUR}
    query = select(metric).where(metric.c.at > now - WINDOW, metric.c.at <= now).order_by(metric.c.at)
    found: dict[str, Measure] = {}
    with engine.connect() as connection:
        for row in connection.execute(query):
            if row.at > now - windows.get(row.name, WINDOW):
                steps = Counter({int(step): count for step, count in row.steps.items()})
                found.setdefault(row.name, Measure()).add(Measure(row._mapping["count"], row.total, row.last, steps))
    return found


def _deliveries(engine: Engine, now: datetime) -> Measure:
    """Seconds from receiving a delivery to the analysis of what it touched."""
    query = (
        select(delivery.c.received_at, delivery.c.finished_at)
        .where(delivery.c.state == "done", delivery.c.finished_at > now - WINDOW, delivery.c.finished_at <= now)
        .order_by(delivery.c.id.desc())
        .limit(_MOST_DELIVERIES)
    )
    with engine.connect() as connection:
        seconds = [(row.finished_at - row.received_at).total_seconds() for row in connection.execute(query)]
    return Measure(len(seconds), sum(seconds), 0.0, Counter(map(step_of, seconds)))
