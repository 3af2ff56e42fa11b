"""The overview: choose a milestone, go back to any day, and stay up to date while the page is open."""

import threading
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Protocol

import ipywidgets as widgets

from sprintlib.analysis import Analysis
from sprintlib.analysis.selection import select_milestone
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.request import Request
from sprintlib.dashboards.widgets.source import DatedRun
from sprintlib.errors import SprintError
from sprintlib.views.words import day as in_words

LONGEST_REPLAY = timedelta(days=120)
SHORTEST_REPLAY = timedelta(days=14)
NOW = "now"  # the last stop of the slider; the others are dates
BEAT_SECONDS = 5.0
REFRESH_BEATS = 120  # as time passes probabilities change even where no fact does: every ten minutes


class DashboardData(Protocol):
    """What the page reads; `Source` is one."""

    def today(self) -> date: ...
    def analysis(self, day: date | None) -> Analysis: ...
    def reports(self) -> Sequence[DatedRun]: ...
    def has_changed(self) -> bool: ...


class Overview(widgets.VBox):  # type: ignore[misc]  # ipywidgets is untyped
    """The overview page. early: its content as HTML, for the time until widgets work in the browser."""

    def __init__(self, facts: DashboardData, request: Request) -> None:
        self._facts = facts
        self._turn = threading.RLock()  # callbacks and the watcher take turns
        self._quiet = False
        self._wanted = request.milestone
        self._analysis: Analysis | None = None
        self.picker = widgets.Dropdown(description="Milestone", layout=widgets.Layout(width="auto"))
        self.day = widgets.SelectionSlider(
            description="As of",
            tooltip="Go back to the end of a day",
            options=[NOW],
            continuous_update=False,
            layout=widgets.Layout(width="440px"),
        )
        self.back = widgets.Button(description="Back to now", layout=widgets.Layout(width="auto"))
        self.status = widgets.HTML()
        self.body = widgets.HTML()
        self._beat = widgets.HTML(fragments.beat(0))
        controls = widgets.HBox([self.picker, self.day, self.back, self.status])
        controls.add_class("sprint-controls")
        self._fill(_parse_day(request.as_of))
        super().__init__([controls, self.body, self._beat])
        self.early = fragments.early(self.body.value)
        self.picker.observe(self._on_pick, "value")
        self.day.observe(self._on_day, "value")
        self.back.on_click(lambda _: setattr(self.day, "value", NOW))

    def watch(self) -> threading.Thread:
        """Keep the page up to date from a thread that ends with the kernel.

        An error nobody expected ends it too: the beat stops, and the page says that it is no longer live.
        """
        thread = threading.Thread(target=self._watch, name="overview-watch", daemon=True)
        thread.start()
        return thread

    def beat(self, number: int) -> None:
        """One round of the watcher: show life, and follow the store while the page shows the present."""
        self._beat.value = fragments.beat(number)
        with self._turn:
            self._reach(self._facts.today())
        if self._facts.has_changed() or number % REFRESH_BEATS == 0:
            with self._turn:
                self._show()

    def _watch(self) -> None:
        waiting, number = threading.Event(), 0
        while not waiting.wait(BEAT_SECONDS):
            number += 1
            try:
                self.beat(number)
            except SprintError as error:
                self.status.value = fragments.status(str(error))

    def _fill(self, asked: date | None) -> None:
        today = self._facts.today()
        analysis = self._facts.analysis(None)
        first = min(asked or today, today - _replay(analysis, today))
        self._offer(first, today)
        self.day.value = asked if asked and first <= asked < today else NOW
        if self._day() is None:
            self._present(analysis, None)
        else:
            self._show()

    def _offer(self, first: date, today: date) -> None:
        self._first, self._today = first, today
        days = [first + timedelta(days=offset) for offset in range((today - first).days)]
        self.day.options = [*((in_words(day), day) for day in days), (NOW, NOW)]

    def _reach(self, today: date) -> None:
        """A day is over while the page is open: the slider gets one more, and stays where it is."""
        if today <= self._today:
            return
        shown, self._quiet = self.day.value, True
        self._offer(self._first, today)
        self.day.value, self._quiet = shown, False

    def _on_pick(self, change: Any) -> None:
        if not self._quiet:
            with self._turn:
                self._wanted = change["new"]
                self._draw()

    def _on_day(self, _change: Any) -> None:
        if not self._quiet:
            with self._turn:
                self._show()

    def _day(self) -> date | None:
        return self.day.value if isinstance(self.day.value, date) else None

    def _show(self) -> None:
        day = self._day()
        self.status.value = fragments.status("Calculating …")
        try:
            self._present(self._facts.analysis(day), day)
        except SprintError as error:
            self._analysis = None
            self.body.value = fragments.problem(str(error))
            self.status.value = ""

    def _present(self, analysis: Analysis, day: date | None) -> None:
        self._analysis = analysis
        self.back.layout.display = None if day else "none"
        self._draw()
        # of the present the moment stands beside the title
        self.status.value = fragments.status(f"What was known at the end of {in_words(day)}" if day else "")

    def _draw(self) -> None:
        analysis = self._analysis
        if analysis is None:
            return
        chosen = select_milestone(analysis, self._wanted)
        self._quiet = True
        self.picker.options = [milestone.title for milestone in analysis.milestones]
        self.picker.value = chosen.title if chosen else None
        self._quiet = False
        self.body.value = fragments.overview(analysis, chosen, self._facts.reports())


def _replay(analysis: Analysis, today: date) -> timedelta:
    """How far back the slider goes: to the start of the oldest milestone with a due date, within reason."""
    starts = [m.burn_up.start for m in analysis.milestones if m.due_on and m.burn_up.start]
    wanted = today - min(starts, default=today)
    return max(SHORTEST_REPLAY, min(wanted, LONGEST_REPLAY))


def _parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
