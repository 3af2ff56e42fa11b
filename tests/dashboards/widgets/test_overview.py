"""The overview without a browser: what its widgets hold, and how they follow the visitor and the store."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from sprintlib.analysis import Analysis
from sprintlib.analysis.selection import select_milestone
from sprintlib.dashboards.widgets import Overview, Request
from sprintlib.dashboards.widgets.overview import LONGEST_REPLAY, NOW
from sprintlib.errors import AnalysisError, SprintError, StoreError
from tests import samples

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

    def has_changed(self) -> bool:
        before, self.changed = self.changed, False
        return before


@pytest.fixture
def two() -> Analysis:
    return samples.analysis(samples.milestone(), samples.without_due_date())


def test_it_opens_on_the_first_milestone_that_is_not_overdue(two: Analysis):
    page = Overview(DashboardData(two), Request())
    assert page.picker.options == ("Sprint 9", "Backlog")
    assert page.picker.value == "Sprint 9"
    assert page.day.value == NOW
    assert "38%" in page.body.value
    assert "as of 18 Nov 2026, 16:00 UTC" in page.body.value


def test_it_asks_once_to_open(two: Analysis):
    facts = DashboardData(two)
    Overview(facts, Request())
    assert facts.asked == [None]


def test_its_early_copy_is_what_the_widgets_will_show(two: Analysis):
    page = Overview(DashboardData(two), Request())
    assert page.early.endswith(page.body.value)


def test_the_address_chooses_milestone_and_day(two: Analysis):
    facts = DashboardData(two)
    page = Overview(facts, Request("Backlog", "2026-11-10"))
    assert page.picker.value == "Backlog"
    assert page.day.value == date(2026, 11, 10)
    assert facts.asked[-1] == date(2026, 11, 10)
    assert "What was known at the end of Tue 10 Nov 2026" in page.status.value


def test_a_day_far_back_is_reached_by_the_slider_too(two: Analysis):
    page = Overview(DashboardData(two), Request(None, "2025-01-01"))
    assert page.day.value == date(2025, 1, 1)


@pytest.mark.parametrize("nonsense", ["yesterday", "2026-13-01", "2031-01-01", "<script>"])
def test_a_day_that_is_none_means_now(two: Analysis, nonsense: str):
    assert Overview(DashboardData(two), Request(None, nonsense)).day.value == NOW


def test_the_slider_goes_back_to_the_start_of_the_sprint_or_two_weeks(two: Analysis):
    days = [value for _, value in Overview(DashboardData(two), Request()).day.options]
    assert days == [*(TODAY - timedelta(days=back) for back in range(14, 0, -1)), NOW]


def test_the_slider_gets_a_day_that_is_over_while_the_page_is_open(two: Analysis):
    facts = DashboardData(two)
    page = Overview(facts, Request(None, "2026-11-10"))
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
    page = Overview(DashboardData(samples.analysis(long)), Request())
    assert len(page.day.options) == LONGEST_REPLAY.days + 1


def test_choosing_a_milestone_redraws_without_asking_again(two: Analysis):
    facts = DashboardData(two)
    page = Overview(facts, Request())
    page.picker.value = "Backlog"
    assert "9 to 11 items close in the next two weeks" in page.body.value
    assert facts.asked == [None]


def test_going_back_in_time_and_returning(two: Analysis):
    facts = DashboardData(two, samples.analysis(samples.milestone(probability=0.81)))
    page = Overview(facts, Request())
    assert page.back.layout.display == "none"
    page.day.value = date(2026, 11, 10)
    assert "81%" in page.body.value
    assert page.picker.options == ("Sprint 9",)
    assert page.back.layout.display is None
    page.back.click()
    assert page.day.value == NOW
    assert "38%" in page.body.value
    assert page.picker.options == ("Sprint 9", "Backlog")


def test_the_chosen_milestone_is_kept_over_days_on_which_it_was_not_open(two: Analysis):
    page = Overview(DashboardData(two, samples.analysis(samples.milestone())), Request("Backlog"))
    page.day.value = date(2026, 11, 10)
    assert page.picker.value == "Sprint 9"
    page.back.click()
    assert page.picker.value == "Backlog"


def test_a_day_without_any_milestone(two: Analysis):
    nothing = two.model_copy(update={"milestones": ()})
    page = Overview(DashboardData(two, nothing), Request())
    page.day.value = date(2026, 11, 10)
    assert "No milestone was open" in page.body.value
    assert "Planning accuracy 70%" in page.body.value
    assert page.picker.options == ()
    assert page.picker.value is None


def test_a_day_that_cannot_be_worked_out_says_why_and_the_next_one_works(two: Analysis):
    facts = DashboardData(two, AnalysisError("Nothing is <known> as of that day."))
    page = Overview(facts, Request())
    page.day.value = date(2026, 11, 10)
    assert "Nothing is &lt;known&gt; as of that day." in page.body.value
    page.picker.value = "Backlog"
    page.back.click()
    assert "9 to 11 items close" in page.body.value


def test_a_store_that_cannot_be_read_stops_the_page_from_opening():
    with pytest.raises(StoreError, match="run 'sprint sync'"):
        Overview(DashboardData(StoreError("There is no store: run 'sprint sync' first.")), Request())


def test_the_beat_shows_life_and_follows_the_store(two: Analysis):
    facts = DashboardData(two)
    page = Overview(facts, Request())
    page.beat(1)
    assert facts.asked == [None]
    assert 'data-beat="1"' in page.children[-1].value
    facts.now = samples.analysis(samples.milestone(probability=0.5))
    facts.changed = True
    page.beat(2)
    assert "50%" in page.body.value
    assert facts.asked == [None, None]


def test_as_time_passes_the_page_is_worked_out_again(two: Analysis):
    facts = DashboardData(two)
    page = Overview(facts, Request())
    page.beat(120)
    assert facts.asked == [None, None]


def test_a_replayed_day_stays_when_the_store_changes(two: Analysis):
    facts = DashboardData(two)
    page = Overview(facts, Request(None, "2026-11-10"))
    facts.changed = True
    page.beat(1)
    assert page.day.value == date(2026, 11, 10)
    assert facts.asked[-1] == date(2026, 11, 10)


def test_hostile_text_stays_text():
    page = Overview(DashboardData(samples.analysis(samples.hostile())), Request())
    for html in (page.body.value, page.status.value, page.early):
        assert "<script>window" not in html
        assert "<img" not in html
        assert "javascript:" not in html.split("href=")[-1].split('"')[1]
    assert page.picker.options == (samples.HOSTILE,)  # an option is set as text, not as HTML


def test_links_to_reports_and_to_the_other_milestones(two: Analysis):
    body = Overview(DashboardData(two), Request()).body.value
    assert 'href="/voila/render/reports/2026-11-18/demo-sprint-9/report.ipynb"' in body
    assert 'href="/sprint/reports/2026-11-18/demo-sprint-9/report.html"' in body
    assert 'href="overview.ipynb?milestone=Backlog"' in body


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
