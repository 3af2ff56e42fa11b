"""The pages without a browser: what their widgets hold, and how they follow the visitor and the store."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.analysis.memory import ForecastRecord
from sprintlib.analysis.selection import select_milestone
from sprintlib.dashboards.widgets import Dashboard, Request
from sprintlib.dashboards.widgets.dashboard import LONGEST_REPLAY, NOW
from sprintlib.dashboards.widgets.source import SyncRun
from sprintlib.doctor import Check
from sprintlib.errors import AnalysisError, SprintError, StoreError
from sprintlib.forecast import Change
from sprintlib.results import ChanceAt
from sprintlib.services import DependencyGraph, Flow, GivenAnswer, ReportVerdict, ScopeEntry, WhatIfResult
from sprintlib.services.experiments import ExperimentStanding
from sprintlib.services.learning import Learned
from sprintlib.settings import Settings, parse
from tests import samples
from tests.views.test_flow_charts import a_flow

TODAY = date(2026, 11, 18)


@dataclass(frozen=True)
class ARun:
    milestone: str = "Sprint 9"
    as_of: datetime = samples.AS_OF
    state: str = "ok"
    folder: str | None = "2026-11-18/demo-sprint-9"
    message: str | None = None


class DashboardData:
    """Analyses by day; None is now. An exception is raised."""

    def __init__(self, now: Analysis | SprintError, past: Analysis | SprintError | None = None) -> None:
        self.now, self.past = now, past or now
        self.asked: list[date | None] = []
        self.changed = False
        self.day = TODAY
        self.said: dict[str, list[ChanceAt]] = {}
        self.earlier: dict[str, MilestoneAnalysis] = {}
        self.gains: dict[str, float] = {}
        self.supposed: list[Change] = []
        self.given: list[GivenAnswer] = []
        self.measured: dict[str, list[tuple[date, float]]] = {}
        self.checked: tuple[Check, ...] | None = None
        self.graph = DependencyGraph((), (), (), (), 3)
        self.zone = "UTC"
        self.recorded = ForecastRecord()
        self.known = Learned(0, (), None, (), None)

    def today(self) -> date:
        return self.day

    def analysis(self, day: date | None) -> Analysis:
        self.asked.append(day)
        found = self.now if day is None else self.past
        if isinstance(found, SprintError):
            raise found
        return found

    def reports(self) -> list[ARun]:
        return [ARun()]

    def verdicts(self, runs: list[ARun]) -> dict[str, ReportVerdict]:
        return {run.folder: ReportVerdict(0.71, 0.2) for run in runs if run.folder}

    def has_changed(self) -> bool:
        before, self.changed = self.changed, False
        return before

    def has_more_history(self) -> bool:
        return False

    def record(self, as_of: datetime) -> ForecastRecord:
        return self.recorded

    def learned(self, as_of: datetime) -> Learned:
        return self.known

    def experiments(self, as_of: datetime) -> tuple[ExperimentStanding, ...]:
        return ()

    def clock(self) -> datetime:
        return samples.AS_OF

    def answers(self, as_of: datetime) -> list[GivenAnswer]:
        return self.given

    @property
    def settings(self) -> Settings:
        project = {"name": "demo", "repositories": [samples.API, samples.WEB], "time_zone": self.zone}
        store = {"url": "postgresql://kim:hunter2@db.example/sprint"}
        return parse({"home": Path("/home/kim"), "project": project, "store": store, "report": {"at": "06:15"}})

    def trends(self, until: datetime) -> dict[str, list[tuple[date, float]]]:
        return self.measured

    def syncs(self) -> list[SyncRun]:
        return [SyncRun(samples.AS_OF, None, "failed", 12, 3, samples.HOSTILE)]

    def checks(self) -> tuple[Check, ...] | None:
        return self.checked

    def flow(self, as_of: datetime, milestone: str) -> Flow:
        return a_flow(title=samples.HOSTILE)

    def scope_log(self, as_of: datetime, milestone: str) -> list[ScopeEntry]:
        return [
            ScopeEntry(
                samples.AS_OF, "in", f"{samples.API}#58", samples.HOSTILE, f"https://github.com/{samples.API}/issues/58"
            )
        ]

    def dependencies(self, as_of: datetime, milestone: str) -> DependencyGraph:
        return self.graph

    def end_of(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)

    def local_date(self, moment: datetime) -> date:
        return moment.date()

    def chances(self, until: datetime) -> dict[str, list[ChanceAt]]:
        return {key: [one for one in said if one.as_of <= until] for key, said in self.said.items()}

    def before(self, moment: datetime) -> dict[str, MilestoneAnalysis]:
        return self.earlier

    def what_if(self, as_of: datetime, milestone: str, change: Change) -> WhatIfResult:
        self.supposed.append(change)
        raise AnalysisError("Nothing can be <supposed> here.")

    def gains_if_out(self, as_of: datetime, milestone: str) -> dict[str, float]:
        return self.gains

    def can_change(self, as_of: datetime, milestone: str) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset({f"{samples.WEB}#31"}), frozenset({f"{samples.API}#44"})


@pytest.fixture
def two() -> Analysis:
    return samples.analysis(samples.milestone(), samples.without_due_date())


def test_it_opens_on_the_first_milestone_that_is_not_overdue(two: Analysis):
    page = Dashboard(DashboardData(two), Request(page="milestone"))
    assert [name for name, _ in page.picker.options] == ["Sprint 9", "Backlog"]
    assert page.picker.value == "Sprint 9"
    assert page.day.value == NOW
    assert "38%" in page.body
    assert "as of 18 Nov 2026, 16:00 UTC" in page.body


def test_it_asks_once_to_open(two: Analysis):
    facts = DashboardData(two)
    Dashboard(facts, Request(page="milestone"))
    assert facts.asked == [None]


def test_its_early_copy_is_what_the_widgets_will_show(two: Analysis):
    page = Dashboard(DashboardData(two), Request(page="milestone"))
    assert page.body in page.early
    assert page.early.endswith(page.place.value)


def test_the_address_chooses_milestone_and_day(two: Analysis):
    facts = DashboardData(two)
    page = Dashboard(facts, Request("Backlog", "2026-11-10", "milestone"))
    assert page.picker.value == "Backlog"
    assert page.day.value == date(2026, 11, 10)
    assert facts.asked[-1] == date(2026, 11, 10)
    assert "What was known at the end of Tue 10 Nov 2026" in page.status.value


def test_a_day_far_back_is_reached_by_the_slider_too(two: Analysis):
    page = Dashboard(DashboardData(two), Request(page="milestone", as_of="2025-01-01"))
    assert page.day.value == date(2025, 1, 1)


@pytest.mark.parametrize("nonsense", ["yesterday", "2026-13-01", "2031-01-01", "<script>"])
def test_a_day_that_is_none_means_now(two: Analysis, nonsense: str):
    assert Dashboard(DashboardData(two), Request(page="milestone", as_of=nonsense)).day.value == NOW


def test_the_slider_goes_back_to_the_start_of_the_sprint_or_two_weeks(two: Analysis):
    days = [value for _, value in Dashboard(DashboardData(two), Request(page="milestone")).day.options]
    assert days == [*(TODAY - timedelta(days=back) for back in range(14, 0, -1)), NOW]


def test_the_slider_gets_a_day_that_is_over_while_the_page_is_open(two: Analysis):
    facts = DashboardData(two)
    page = Dashboard(facts, Request(None, "2026-11-10", "milestone"))
    asked = len(facts.asked)
    facts.day = TODAY + timedelta(days=2)
    page.beat(1)
    assert [value for _, value in page.day.options][-3:] == [TODAY, TODAY + timedelta(days=1), NOW]
    assert page.day.value == date(2026, 11, 10)
    assert len(facts.asked) == asked  # nothing else is shown for it
    page.day.value = TODAY
    assert facts.asked[-1] == TODAY


def test_the_slider_stays_usable_for_a_sprint_of_years():
    long = samples.milestone(burn_up=samples.burn_up().model_copy(update={"start": date(2020, 1, 1)}))
    page = Dashboard(DashboardData(samples.analysis(long)), Request(page="milestone"))
    assert len(page.day.options) == LONGEST_REPLAY.days + 1


def test_choosing_a_milestone_redraws_without_asking_again(two: Analysis):
    facts = DashboardData(two)
    page = Dashboard(facts, Request(page="milestone"))
    page.picker.value = "Backlog"
    assert "9 to 11 items close in the next two weeks" in page.body
    assert facts.asked == [None]


def test_going_back_in_time_and_returning(two: Analysis):
    facts = DashboardData(two, samples.analysis(samples.milestone(probability=0.81)))
    page = Dashboard(facts, Request(page="milestone"))
    assert page.back.layout.display == "none"
    page.day.value = date(2026, 11, 10)
    assert "81%" in page.body
    assert [name for name, _ in page.picker.options] == ["Sprint 9"]
    assert page.back.layout.display is None
    page.back.click()
    assert page.day.value == NOW
    assert "38%" in page.body
    assert [name for name, _ in page.picker.options] == ["Sprint 9", "Backlog"]


def test_the_chosen_milestone_is_kept_over_days_on_which_it_was_not_open(two: Analysis):
    page = Dashboard(DashboardData(two, samples.analysis(samples.milestone())), Request("Backlog", page="milestone"))
    page.day.value = date(2026, 11, 10)
    assert page.picker.value == "Sprint 9"
    page.back.click()
    assert page.picker.value == "Backlog"


def test_a_day_without_any_milestone(two: Analysis):
    nothing = two.model_copy(update={"milestones": ()})
    page = Dashboard(DashboardData(two, nothing), Request(page="milestone"))
    page.day.value = date(2026, 11, 10)
    assert "No milestone was open" in page.body
    assert "Planning accuracy 70%" in page.body
    assert page.picker.options == ()
    assert page.picker.value is None


def test_a_day_that_cannot_be_worked_out_says_why_and_the_next_one_works(two: Analysis):
    facts = DashboardData(two, AnalysisError("Nothing is <known> as of that day."))
    page = Dashboard(facts, Request(page="milestone"))
    page.day.value = date(2026, 11, 10)
    assert "Nothing is &lt;known&gt; as of that day." in page.body
    page.picker.value = "Backlog"
    page.back.click()
    assert "9 to 11 items close" in page.body


def test_a_store_that_cannot_be_read_stops_the_page_from_opening():
    with pytest.raises(StoreError, match="run 'sprint sync'"):
        Dashboard(DashboardData(StoreError("There is no store: run 'sprint sync' first.")), Request(page="milestone"))


def test_the_beat_shows_life_and_follows_the_store(two: Analysis):
    facts = DashboardData(two)
    page = Dashboard(facts, Request(page="milestone"))
    page.beat(1)
    assert facts.asked == [None]
    assert 'data-beat="1"' in page.children[-1].value
    facts.now = samples.analysis(samples.milestone(probability=0.5))
    facts.changed = True
    page.beat(2)
    assert "50%" in page.body
    assert facts.asked == [None, None]


def test_between_two_beats_it_follows_the_store_without_a_word(two: Analysis):
    facts = DashboardData(two)
    page = Dashboard(facts, Request(page="milestone"))
    assert not page.follow()
    said: list[str] = []
    page.status.observe(lambda change: said.append(change["new"]), "value")
    facts.now = samples.analysis(samples.milestone(probability=0.5))
    facts.changed = True
    assert page.follow()
    assert "50%" in page.body
    assert said == []
    assert 'data-beat="0"' in page.children[-1].value


def test_as_time_passes_the_page_is_worked_out_again(two: Analysis):
    facts = DashboardData(two)
    page = Dashboard(facts, Request(page="milestone"))
    page.beat(120)
    assert facts.asked == [None, None]


def test_a_replayed_day_stays_when_the_store_changes(two: Analysis):
    facts = DashboardData(two)
    page = Dashboard(facts, Request(page="milestone", as_of="2026-11-10"))
    facts.changed = True
    page.beat(1)
    assert page.day.value == date(2026, 11, 10)
    assert facts.asked[-1] == date(2026, 11, 10)


def test_hostile_text_stays_text():
    page = Dashboard(DashboardData(samples.analysis(samples.hostile())), Request(page="milestone"))
    for html in (page.body, page.status.value, page.early):
        assert "<script>window" not in html
        assert "<img" not in html
        assert "javascript:" not in html.split("href=")[-1].split('"')[1]
    assert [name for name, _ in page.picker.options] == [samples.HOSTILE]  # an option is set as text, not as HTML


def test_links_to_reports(two: Analysis):
    body = Dashboard(DashboardData(two), Request(page="milestone")).body
    assert 'href="/voila/render/reports/2026-11-18/demo-sprint-9/report.ipynb"' in body
    assert 'href="/sprint/reports/2026-11-18/demo-sprint-9/report.html"' in body


def test_choose():
    late = samples.milestone(title="Late", titles_then=("Late", "Once"), due_on=date(2026, 11, 2))
    ahead = samples.milestone(title="Ahead", titles_then=("Ahead",))
    analysis = samples.analysis(late, ahead)
    assert select_milestone(analysis, None) is ahead
    assert select_milestone(analysis, "Late") is late
    assert select_milestone(analysis, "Once") is late
    assert select_milestone(analysis, "gone") is ahead
    assert select_milestone(samples.analysis(late), None) is late
    assert select_milestone(analysis.model_copy(update={"milestones": ()}), None) is None


def test_a_question_of_the_browser_is_answered_with_its_number_address_and_title(two: Analysis):
    facts = DashboardData(two)
    page = Dashboard(facts, Request())
    assert "<h1>Portfolio</h1>" in page.body
    page.asked.value = "1 /voila/render/milestone.ipynb?milestone=Sprint+9"
    assert 'data-answered="1"' in page.place.value
    assert 'data-address="milestone.ipynb?milestone=Sprint+9"' in page.place.value
    assert 'data-title="38\u202f% · Sprint 9"' in page.place.value
    assert "<h1><bdi" in page.body
    page.asked.value = "2 /voila/render/reports.ipynb?milestone=Sprint+9"
    assert "<h1>Reports</h1>" in page.body
    assert 'data-keep="milestone=Sprint+9"' in page.place.value
    assert facts.asked == [None]


def test_an_address_that_names_a_day_moves_the_slider(two: Analysis):
    page = Dashboard(DashboardData(two), Request())
    page.asked.value = "1 /voila/render/milestone.ipynb?as_of=2026-11-10"
    assert page.day.value == date(2026, 11, 10)
    page.asked.value = "2 /voila/render/milestone.ipynb?as_of=2026-10-01"
    assert page.day.value == date(2026, 10, 1)
    page.asked.value = "3 /voila/render/milestone.ipynb"
    assert page.day.value == NOW


@pytest.mark.parametrize(
    "address", ["", "x", "1", "1 nowhere", "1 /voila/render/../../etc.ipynb?drop=%00&due=x", "9 ?&&=&"]
)
def test_no_question_breaks_the_page(two: Analysis, address: str):
    page = Dashboard(DashboardData(two), Request())
    page.asked.value = address
    assert "<h1>" in page.body


def test_a_part_that_does_not_change_is_not_sent_again(two: Analysis):
    page = Dashboard(DashboardData(two), Request(page="milestone"))
    sent: list[int] = []
    for place, part in enumerate(page.parts):
        part.observe(lambda _change, place=place: sent.append(place), "value")
    page.asked.value = f"1 /voila/render/milestone.ipynb?drop={samples.API.replace('/', '%2F')}%2371"
    assert sent == [1]


def test_what_cannot_be_supposed_is_said_and_the_page_stays(two: Analysis):
    facts = DashboardData(two)
    page = Dashboard(facts, Request(page="milestone", options={"drop": ("web#31",), "people": ("1",)}))
    assert facts.supposed == [Change(drop=("web#31",), people=1)]
    assert "Nothing can be &lt;supposed&gt; here." in page.body
    page.asked.value = "1 /voila/render/milestone.ipynb?due=soon"
    assert "&#39;soon&#39; is no day: write one such as 2026-11-27." in page.body
    page.asked.value = "2 /voila/render/milestone.ipynb?people=1e9"
    assert "is no number between -50 and 50" in page.body


def test_items_come_in_the_order_of_what_they_hold_back(two: Analysis):
    facts = DashboardData(two)
    likelier, other = (item.ref for item in samples.items()[:2])
    facts.gains = {likelier: 0.31, other: 0.02}
    body = Dashboard(facts, Request(page="milestone")).body
    panel = body[body.index('id="what-if"') :]
    assert panel.index("+31 points") < panel.index("+2 points")
    assert f'name="drop" value="{likelier}"' in panel
