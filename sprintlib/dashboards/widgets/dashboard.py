"""One kernel behind all pages: choose a page, a milestone and a day, and stay up to date while it is open."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import ipywidgets as widgets
from markupsafe import Markup

from sprintlib.analysis import Analysis
from sprintlib.analysis.selection import select_milestone
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.pages import find_page
from sprintlib.dashboards.widgets.request import Request, parse_request
from sprintlib.dashboards.widgets.view import DashboardData, View
from sprintlib.errors import SprintError
from sprintlib.views.words import day as in_words

LONGEST_REPLAY = timedelta(days=120)
SHORTEST_REPLAY = timedelta(days=14)
NOW = "now"  # the last stop of the slider; the others are dates
LOOK_SECONDS = 1.0  # at the store, for what differs from what is shown
LOOKS_A_BEAT = 5
PARTS = 3  # of a page, each sent anew only when it changes
REFRESH_BEATS = 120  # as time passes probabilities change even where no fact does: every ten minutes


class Dashboard(widgets.VBox):  # type: ignore[misc]  # ipywidgets is untyped
    """Every page of the dashboards. early: its content as HTML, for the time until widgets work in the browser.

    asked: what the browser asks for, `NUMBER ADDRESS`; page.js writes it when a link is followed or a form changes, and
    `place` answers with that number, the address to show and the title of the tab.
    """

    def __init__(self, facts: DashboardData, request: Request) -> None:
        self._facts = facts
        self._turn = threading.RLock()  # callbacks and the watcher take turns
        self._quiet = False
        self._request = request
        self._analysis: Analysis | None = None
        self._answered = "0"
        self._controls()
        self._kept: dict[object, Markup] = {}
        self.parts = tuple(widgets.HTML() for _ in range(PARTS))
        self.place, self._beat = widgets.HTML(), widgets.HTML(fragments.beat(0))
        self.asked = widgets.Text(continuous_update=False)
        self.asked.add_class("sprint-asked")
        controls = widgets.HBox([self.picker, self.day, self.back, self.status])
        controls.add_class("sprint-controls")
        self._fill(_parse_day(request.as_of))
        super().__init__([controls, *self.parts, self.place, self.asked, self._beat])
        self.early = fragments.early(self.body, self.place.value)
        self.picker.observe(self._on_pick, "value")
        self.day.observe(self._on_day, "value")
        self.asked.observe(self._on_asked, "value")
        self.back.on_click(lambda _: setattr(self.day, "value", NOW))

    def _controls(self) -> None:
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

    @property
    def body(self) -> str:
        """All that is shown below the controls, as HTML."""
        return "".join(part.value for part in self.parts)

    def _write(self, *shown: Markup) -> None:
        """Show these parts; those that are as before are not sent again."""
        for place, part in enumerate(self.parts):
            part.value = shown[place] if place < len(shown) else ""

    def watch(self) -> threading.Thread:
        """Keep the page up to date from a thread that ends with the kernel.

        An error nobody expected ends it too: the beat stops, and the page says that it is no longer live.
        """
        thread = threading.Thread(target=self._watch, name="dashboard-watch", daemon=True)
        thread.start()
        return thread

    def beat(self, number: int) -> None:
        """Show life, and have the page be of today, as the store has it."""
        self._beat.value = fragments.beat(number)
        with self._turn:
            self._reach(self._facts.today())
        if not self.follow() and number % REFRESH_BEATS == 0:
            with self._turn:
                self._show()

    def follow(self) -> bool:
        """Look at the store, and show what differs. Returns whether facts, answers or analyses had changed."""
        has_changed = self._facts.has_changed()
        if has_changed:
            with self._turn:
                self._show(is_asked=False)
        elif self._facts.has_more_history():
            with self._turn:
                self._draw()
        return has_changed

    def _watch(self) -> None:
        waiting, looks = threading.Event(), 0
        while not waiting.wait(LOOK_SECONDS):
            looks += 1
            try:
                if looks % LOOKS_A_BEAT:
                    self.follow()
                else:
                    self.beat(looks // LOOKS_A_BEAT)
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
                self._request = self._request.on(self._request.page, change["new"])
                self._draw()

    def _on_day(self, _change: Any) -> None:
        if not self._quiet:
            with self._turn:
                self._show()

    def _on_asked(self, change: Any) -> None:
        number, _, address = change["new"].partition(" ")
        parts = urlsplit(address)
        with self._turn:
            self._answered = number
            self._request = parse_request(parts.query, parts.path)
            asked = _parse_day(self._request.as_of)
            if asked == self._day() and self._analysis is not None and not self._facts.has_changed():
                self._draw()
                return
            self._quiet = True
            self._stand_at(asked)
            self._quiet = False
            self._show()

    def _stand_at(self, asked: date | None) -> None:
        """Have the slider stand at a day that may lie before its first."""
        if asked and asked < self._first:
            self._offer(asked, self._today)
        self.day.value = asked if asked and asked < self._today else NOW

    def _day(self) -> date | None:
        return self.day.value if isinstance(self.day.value, date) else None

    def _show(self, is_asked: bool = True) -> None:
        """Show the day chosen. is_asked: somebody waits for it, and is told so."""
        day = self._day()
        if is_asked:
            self.status.value = fragments.status("Calculating …")
        try:
            self._present(self._facts.analysis(day), day)
        except SprintError as error:
            self._analysis = None
            self._write(fragments.problem(str(error)))
            self.status.value = ""
            self._settle(None)

    def _present(self, analysis: Analysis, day: date | None) -> None:
        self._analysis = analysis
        self._kept.clear()
        self.back.layout.display = None if day else "none"
        self._draw()
        # of the present the moment stands beside the title
        self.status.value = fragments.status(f"What was known at the end of {in_words(day)}" if day else "")

    def _draw(self) -> None:
        if self._analysis is None:
            return
        day = self._day()
        chosen = select_milestone(self._analysis, self._request.milestone)
        page = find_page(self._request.page)
        self._pick(chosen.key or chosen.title if chosen else None, page.has_milestone)
        self.day.layout.display = None if page.has_day else "none"
        request = replace(self._request, as_of=day.isoformat() if day else None, page=page.name)
        view = View(self._facts, self._analysis, chosen, request, day, self._kept)
        try:
            self._write(*page.build(view))
        except SprintError as error:
            self._write(fragments.problem(str(error)))
        self._settle(view)

    def _pick(self, key: str | None, shown: bool) -> None:
        milestones = self._analysis.milestones if self._analysis else ()
        self._quiet = True
        self.picker.options = [(milestone.title, milestone.key or milestone.title) for milestone in milestones]
        self.picker.value = key
        self._quiet = False
        self.picker.layout.display = None if shown and milestones else "none"

    def _settle(self, view: View | None) -> None:
        """Say which address and title belong to what is shown now."""
        self.place.value = fragments.place(view or self._request, self._answered)


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
