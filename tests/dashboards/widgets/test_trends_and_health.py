"""Metrics over time, and whether anything is broken."""

from datetime import UTC, date, datetime

from sprintlib.analysis.memory import ForecastRecord, ScoredForecast
from sprintlib.dashboards.widgets import Dashboard, Request
from sprintlib.dashboards.widgets.pages.health import effective
from sprintlib.doctor import Check
from sprintlib.project import ProjectHandle
from sprintlib.services import fill_days, trends
from sprintlib.views.small_chart import small_chart
from tests import samples
from tests.dashboards.widgets.test_dashboard import DashboardData
from tests.world import World


def page(name: str, facts: DashboardData) -> str:
    return Dashboard(facts, Request(page=name)).body


def test_each_metric_has_a_card_with_its_line_and_meaning():
    metrics = samples.measurements()
    facts = DashboardData(samples.analysis())
    known = next(one for one in metrics if one.value is not None)
    facts.measured = {known.name: [(date(2026, 11, 10), 1.0), (date(2026, 11, 12), 2.0)]}
    body = page("trends", facts)
    assert body.count('<article class="card metric">') == len(metrics)
    assert body.count("<polyline") == 1
    assert f'id="about-{known.name}"' in body
    assert "What it is, and how to improve" in body


def test_a_small_chart_needs_two_days_and_draws_the_usual_range():
    one = (date(2026, 11, 10), 1.0)
    assert small_chart([one], None, "told") == ""
    chart = small_chart([one, (date(2026, 11, 12), 3.0)], (1.0, 2.0), "told & drawn")
    assert chart.count('class="usual"') == 1
    assert 'aria-label="told &amp; drawn"' in chart


def test_a_trend_is_what_the_analyses_of_those_days_measured(team: World):
    now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    project = ProjectHandle(team.settings, team.engine, lambda: now)
    days = sorted(fill_days(project, 3))
    found = trends(project, now)
    assert [day for day, _ in found["work_in_progress"]][-3:] == days[-3:]
    assert all(value >= 0 for _, value in found["work_in_progress"])


def test_every_problem_stands_with_what_mends_it():
    facts = DashboardData(samples.analysis())
    assert "Checking this machine" in page("health", facts)
    facts.checked = (
        Check("disk", "ok", "40 GB free"),
        Check("store", "fail", samples.HOSTILE, "move it away and run 'sprint sync'"),
        Check("backup", "info", "none yet"),
        Check("Ollama", "warn", "not installed"),
    )
    body = page("health", facts)
    assert "1 broken, 1 to look at, of 4 checks" in body
    places = [body.index(f"<strong>{name}</strong>") for name in ("store", "Ollama", "disk")]
    assert places == sorted(places), "what is broken stands first"
    assert body.index("nothing here is broken") < body.index("<strong>backup</strong>")
    assert "→ move it away and run &#39;sprint sync&#39;" in body
    assert "<script>" not in body


def test_settings_say_where_they_come_from_and_hide_passwords():
    facts = DashboardData(samples.analysis())
    said = {key: (value, origin) for key, value, origin in effective(facts.settings)}
    assert said["report.at"] == ("06:15", "sprint.toml")
    assert said["report.keep_days"] == ("90", "default")
    assert said["store.url"] == ("postgresql://…@db.example/sprint", "sprint.toml")
    assert "hunter2" not in page("health", facts)


def record(sprints: int, chance: float, ended: int) -> tuple[ScoredForecast, ...]:
    """A forecast at half time of each of so many sprints with ten open items."""
    at, due = datetime(2026, 3, 9, 8, tzinfo=UTC), date(2026, 3, 13)
    return tuple(
        ScoredForecast(
            sprint=f"{chance} {ended} {n}",
            title="S",
            share=50,
            said_at=at,
            due_on=due,
            probability=chance,
            open_items=10,
            ended=ended,
        )
        for n in range(sprints)
    )


def test_too_few_sprints_are_said_and_not_judged():
    facts = DashboardData(samples.analysis())
    facts.recorded = ForecastRecord(forecasts=record(4, 0.2, 8), brier=0.04)
    assert "Too few to judge: 4 stored forecasts of 4 finished sprints, and it needs 5 sprints." in page(
        "health", facts
    )


def test_the_forecasts_of_this_team_stand_beside_what_came_by_tenths():
    facts = DashboardData(samples.analysis())
    told = (*record(3, 0.25, 9), *record(1, 0.25, 10), *record(2, 0.95, 10))
    facts.recorded = ForecastRecord(forecasts=told, brier=0.118)
    body = page("health", facts)
    assert "6 forecasts of 6 finished sprints, as stored while each was under way: Brier score 0.118" in body
    assert (
        '<th scope="row">20% to 30%</th><td class="number">4</td><td class="number">25%</td><td class="number">25%'
        in body
    )
    assert (
        '<th scope="row">90% to 100%</th><td class="number">2</td><td class="number">95%</td><td class="number">100%'
        in body
    )
