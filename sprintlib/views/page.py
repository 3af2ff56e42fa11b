"""A page about one milestone, put together from its parts, and the document around it."""

from functools import cache
from importlib.metadata import version
from importlib.resources import files

from markupsafe import Markup

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.views.answer import answer_card
from sprintlib.views.burn_up import burn_up_figure
from sprintlib.views.earlier import earlier_sprints
from sprintlib.views.findings import action_list, hostile_text, risk_list
from sprintlib.views.items import item_table
from sprintlib.views.markup import known_repositories, web_url
from sprintlib.views.measurements import measurements
from sprintlib.views.narrative import narrative
from sprintlib.views.tables import freshness, notes, scope_table
from sprintlib.views.templating import macro, render
from sprintlib.views.words import count, moment, percent, today

_TEMPLATE = "page.html"


@cache
def css() -> str:
    """The style sheet; everything in it is scoped to `.sprint`."""
    return files("sprintlib.views").joinpath("style.css").read_text(encoding="utf-8")


def style() -> Markup:
    """The style sheet as an element, once per document."""
    return Markup(f"<style>{css()}</style>")  # noqa: S704  # nosec B704 # a file of ours


def wrapped(fragment: Markup) -> Markup:
    """A fragment inside the scope of the style sheet, for pages that are not ours."""
    return macro(_TEMPLATE, "wrapped", fragment)


def first_screen(analysis: Analysis, milestone: MilestoneAnalysis, since: str = "") -> Markup:
    """Answer, burn-up, three risks, three actions: what fits on 1280 x 800. Below it the explanation, if any.

    since: what changed, as `analysis.changes.sentence` says it.
    """
    return macro(
        _TEMPLATE,
        "first_screen",
        milestone.title,
        _subtitle(analysis, milestone),
        answer_card(analysis, milestone),
        burn_up_figure(analysis, milestone),
        risk_list(analysis, milestone, limit=3),
        _hostile(milestone),
        _points(milestone),
        action_list(analysis, milestone, limit=3),
        narrative(analysis, milestone),
        since,
    )


def project_screen(analysis: Analysis) -> Markup:
    """What can be said of a project that has no open milestone: its notes, which hold what closes next."""
    return macro(
        _TEMPLATE, "project_screen", analysis.project, moment(analysis.as_of, analysis.zone), notes(analysis, None)
    )


def all_findings(analysis: Analysis, milestone: MilestoneAnalysis) -> Markup:
    """The open items, every risk with the rule that fired, texts that speak to a model, and every action."""
    return macro(
        _TEMPLATE,
        "all_findings",
        item_table(analysis, milestone),
        risk_list(analysis, milestone, rules=True),
        hostile_text(analysis, milestone),
        action_list(analysis, milestone),
    )


def risks_and_actions(analysis: Analysis, milestone: MilestoneAnalysis) -> Markup:
    """The same without the items, for a page that tells of them elsewhere."""
    return macro(
        _TEMPLATE,
        "all_findings",
        Markup(),
        risk_list(analysis, milestone, rules=True),
        hostile_text(analysis, milestone),
        action_list(analysis, milestone),
    )


def scope(analysis: Analysis, milestone: MilestoneAnalysis) -> Markup:
    """The counts, and where the sprint spans repositories those of its parts."""
    return macro(_TEMPLATE, "scope", scope_table(analysis, milestone))


def context(analysis: Analysis, milestone: MilestoneAnalysis | None) -> Markup:
    """How the plans of earlier sprints held, and everything that was measured of the milestone, if one was open."""
    return earlier_sprints(analysis) + (measurements(milestone) if milestone else Markup())


def what_it_rests_on(analysis: Analysis, milestone: MilestoneAnalysis | None) -> Markup:
    """Freshness, notes, method and versions."""
    model = milestone.llm.model if milestone and milestone.llm.used else None
    remarks, when = notes(analysis, milestone), moment(analysis.as_of, analysis.zone)
    return macro(_TEMPLATE, "what_it_rests_on", freshness(analysis), remarks, version("sprintlib"), when, model)


def document(title: str, body: str) -> str:
    """A whole HTML page around a body that carries its own style and scripts. body: HTML that is safe already."""
    return f"{render('document.html', title=title, body=Markup(body))}\n"  # noqa: S704  # nosec B704 # what the cells displayed


def _subtitle(analysis: Analysis, milestone: MilestoneAnalysis) -> Markup:
    """Project, repositories (linked to their milestone) and moment."""
    known = known_repositories(analysis)
    pages = {part.repo: web_url(part.html_url, known) for part in milestone.parts}
    repos = [(repo, pages.get(repo)) for repo in milestone.repos]
    when = f"as of {moment(analysis.as_of, analysis.zone)}, {today(analysis, milestone):%A}"
    return macro(_TEMPLATE, "subtitle", analysis.project, repos, when)


def _points(milestone: MilestoneAnalysis) -> str:
    """The probability that the points beside the actions add to; "" where there are none."""
    if milestone.probability is None or all(action.expected_gain is None for action in milestone.recommendations):
        return ""
    return percent(milestone.probability)


def _hostile(milestone: MilestoneAnalysis) -> str:
    """Where texts that speak to a language model are told; "" without any."""
    found = len({item for risk in milestone.hostile_text for item in risk.items})
    if not found:
        return ""
    return f"{count(found, 'item')} hold{'s' if found == 1 else ''} possible prompt injection"
