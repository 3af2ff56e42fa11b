"""Risks and recommendations as lists, each with its links."""

from markupsafe import Markup

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.views.markup import known_repositories
from sprintlib.views.templating import macro
from sprintlib.views.words import particulars

_TEMPLATE = "findings.html"


def risk_list(
    analysis: Analysis, milestone: MilestoneAnalysis, limit: int | None = None, rules: bool = False
) -> Markup:
    """Risks, worst first. limit: show so many and say how many more there are. rules: with the rule that fired."""
    return macro(_TEMPLATE, "risk_list", milestone.risks, known_repositories(analysis), rules, limit)


def hostile_text(analysis: Analysis, milestone: MilestoneAnalysis) -> Markup:
    """Texts that read like orders to a language model, as a section of their own; "" without any."""
    if not milestone.hostile_text:
        return Markup()
    return macro(_TEMPLATE, "hostile_text", milestone.hostile_text, known_repositories(analysis))


def action_list(analysis: Analysis, milestone: MilestoneAnalysis, limit: int | None = None) -> Markup:
    """Recommendations, the cheapest way to the target first, under how far they get together."""
    shown = [(action, particulars(action)) for action in milestone.recommendations]
    plan = milestone.plan.statement if milestone.plan else ""
    return macro(_TEMPLATE, "action_list", shown, plan, known_repositories(analysis), limit)
