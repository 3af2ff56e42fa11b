"""HTML fragments, Altair charts and Markdown made from an Analysis: shared by reports and dashboards.

Pure functions. Fragments are escaped HTML inside the scope of `css()`; charts need `vega_preamble()` once per document.
"""

from sprintlib.views.answer import answer_card
from sprintlib.views.burn_up import burn_up_chart, burn_up_figure, burn_up_table
from sprintlib.views.earlier import earlier_sprints
from sprintlib.views.findings import action_list, hostile_text, risk_list
from sprintlib.views.items import item_table
from sprintlib.views.markdown import markdown_report
from sprintlib.views.measurements import measurements
from sprintlib.views.narrative import narrative
from sprintlib.views.notebook_charts import draw_charts_offline
from sprintlib.views.page import (
    all_findings,
    context,
    css,
    document,
    first_screen,
    project_screen,
    risks_and_actions,
    scope,
    style,
    what_it_rests_on,
    wrapped,
)
from sprintlib.views.record import forecast_record
from sprintlib.views.tables import drivers_table, freshness, notes, scope_table
from sprintlib.views.vega import chart_html, vega_preamble
from sprintlib.views.words import headline, percent

__all__ = [
    "action_list",
    "all_findings",
    "answer_card",
    "burn_up_chart",
    "burn_up_figure",
    "burn_up_table",
    "chart_html",
    "context",
    "css",
    "document",
    "draw_charts_offline",
    "drivers_table",
    "earlier_sprints",
    "first_screen",
    "forecast_record",
    "freshness",
    "headline",
    "hostile_text",
    "item_table",
    "markdown_report",
    "measurements",
    "narrative",
    "notes",
    "percent",
    "project_screen",
    "risk_list",
    "risks_and_actions",
    "scope",
    "scope_table",
    "style",
    "vega_preamble",
    "what_it_rests_on",
    "wrapped",
]
