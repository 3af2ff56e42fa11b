"""One milestone: will it land, when, why, what holds it back, and what if."""

from markupsafe import Markup

from sprintlib import views
from sprintlib.analysis import MilestoneAnalysis
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.pages.what_if import what_if_section
from sprintlib.dashboards.widgets.view import View
from sprintlib.errors import SprintError
from sprintlib.views.finish_chart import finish_chart
from sprintlib.views.flow_charts import ageing_figure, cycle_time_figure
from sprintlib.views.markup import known_repositories
from sprintlib.views.words import moment

CONTENTS = (
    ("finish", "When"),
    ("what-if", "What if"),
    ("score", "Why"),
    ("all-risks", "Risks"),
    ("all-actions", "Actions"),
    ("ageing", "Flow"),
    ("scope", "Scope"),
    ("earlier", "Earlier sprints"),
    ("basis", "What it rests on"),
)
_macro = fragments.TEMPLATES.macro


def build(view: View) -> tuple[Markup, ...]:
    """The whole page; what a what-if changes is a part of its own."""
    milestone = view.milestone
    if milestone is None:
        return (fragments.none_open(view),)
    return (
        view.once("milestone first", lambda: _first(view, milestone)),
        views.wrapped(what_if_section(view, milestone)),
        view.once("milestone rest", lambda: _rest(view, milestone)),
    )


def _first(view: View, milestone: MilestoneAnalysis) -> Markup:
    first, finish = views.first_screen(view.analysis, milestone), finish_chart(milestone, view.today)
    return views.wrapped(_macro("milestone.html", "first", first, CONTENTS, finish))


def _rest(view: View, milestone: MilestoneAnalysis) -> Markup:
    sections = (
        views.drivers_table(view.analysis, milestone),
        views.risks_and_actions(view.analysis, milestone),
        _flow(view, milestone),
        views.scope(view.analysis, milestone),
        _scope_log(view, milestone),
        views.earlier_sprints(view.analysis),
        _record(view),
        fragments.latest_reports(view.facts.reports(), view.facts.settings.time_zone),
    )
    return views.wrapped(_macro("milestone.html", "rest", sections, views.what_it_rests_on(view.analysis, milestone)))


def _record(view: View) -> Markup:
    """What was forecast of finished sprints, and what came; "" where the facts of the analysis are gone."""
    try:
        return views.forecast_record(view.facts.record(view.analysis.as_of))
    except SprintError:
        return Markup()


def _flow(view: View, milestone: MilestoneAnalysis) -> Markup:
    """Work in progress by age, and cycle times; "" where the facts of the analysis are gone."""
    try:
        found = view.facts.flow(view.analysis.as_of, milestone.key or milestone.title)
    except SprintError:
        return Markup()
    known = known_repositories(view.analysis)
    return ageing_figure(found, known) + cycle_time_figure(found, known, view.facts.local_date)


def _scope_log(view: View, milestone: MilestoneAnalysis) -> Markup:
    """What came in and what left after the start, folded away; "" where the facts of the analysis are gone."""
    try:
        entries = view.facts.scope_log(view.analysis.as_of, milestone.key or milestone.title)
    except SprintError:
        return Markup()
    told = [(entry, moment(entry.at, view.facts.settings.time_zone)) for entry in entries]
    return _macro("milestone.html", "scope_log", told, known_repositories(view.analysis))
