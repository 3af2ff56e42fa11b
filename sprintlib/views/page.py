"""A page about one milestone, put together from its parts, and the document around it."""

from functools import cache
from importlib.metadata import version
from importlib.resources import files

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.views.answer import answer_card
from sprintlib.views.burn_up import burn_up_figure
from sprintlib.views.earlier import earlier_sprints
from sprintlib.views.findings import action_list, hostile_text, risk_list
from sprintlib.views.items import item_table
from sprintlib.views.markup import full_title, known_repositories, link, text, web_url
from sprintlib.views.measurements import measurements
from sprintlib.views.narrative import narrative
from sprintlib.views.tables import freshness, notes, scope_table
from sprintlib.views.words import count, moment, percent, today


@cache
def css() -> str:
    """The style sheet; everything in it is scoped to `.sprint`."""
    return files("sprintlib.views").joinpath("style.css").read_text(encoding="utf-8")


def style() -> str:
    """The style sheet as an element, once per document."""
    return f"<style>{css()}</style>"


def wrapped(fragment: str) -> str:
    """A fragment inside the scope of the style sheet, for pages that are not ours."""
    return f'<div class="sprint">{fragment}</div>'


def first_screen(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """Answer, burn-up, three risks, three actions: what fits on 1280 x 800. Below it the explanation, if any."""
    return (
        f'<header class="title"><h1>{full_title(milestone.title)}</h1>'
        f"<p>{_subtitle(analysis, milestone)}</p></header>"
        f'<div class="first">{answer_card(analysis, milestone)}{burn_up_figure(analysis, milestone)}'
        f'<section aria-labelledby="top-risks"><h2 id="top-risks">What threatens it</h2>'
        f"{risk_list(analysis, milestone, limit=3)}{_hostile(milestone)}</section>"
        f'<section aria-labelledby="top-actions"><h2 id="top-actions">What to do today{_points(milestone)}</h2>'
        f"{action_list(analysis, milestone, limit=3)}</section></div>{narrative(analysis, milestone)}"
    )


def project_screen(analysis: Analysis) -> str:
    """What can be said of a project that has no open milestone: its notes, which hold what closes next."""
    return (
        f'<header class="title"><h1>{text(analysis.project)}</h1>'
        f"<p>as of {text(moment(analysis.as_of))}</p></header>"
        '<section class="card answer" aria-label="The answer">'
        f'<p class="figure words"><strong>No open milestone</strong></p>{notes(analysis, None)}</section>'
    )


def all_findings(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """The open items, every risk with the rule that fired, texts that speak to a model, and every action."""
    return (
        f"{item_table(analysis, milestone)}"
        f'<section id="all-risks"><h2>All risks, with the rule that fired</h2>'
        f"{risk_list(analysis, milestone, rules=True)}</section>{hostile_text(analysis, milestone)}"
        f'<section id="all-actions"><h2>All actions, most gain for the effort first</h2>'
        f"{action_list(analysis, milestone)}</section>"
    )


def scope(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """The counts, and where the sprint spans repositories those of its parts."""
    return f"<section>{scope_table(analysis, milestone)}</section>"


def context(analysis: Analysis, milestone: MilestoneAnalysis | None) -> str:
    """How the plans of earlier sprints held, and everything that was measured of the milestone, if one was open."""
    return f"{earlier_sprints(analysis)}{measurements(milestone) if milestone else ''}"


def what_it_rests_on(analysis: Analysis, milestone: MilestoneAnalysis | None) -> str:
    """Freshness, notes, method and versions."""
    model = milestone.llm.model if milestone and milestone.llm.used else None
    return (
        f"<section>{freshness(analysis)}</section>"
        f"<section><h2>Missing, unresolved, or known only later</h2>{notes(analysis, milestone)}</section>"
        f"<section><h2>How to read this</h2>{_method()}</section>"
        f"<footer>sprintlib {text(version('sprintlib'))} · as of {text(moment(analysis.as_of))} · "
        f"{f'words by {text(model)}' if model else 'no language model was used'}</footer>"
    )


def document(title: str, body: str) -> str:
    """A whole HTML page around a body that carries its own style and scripts."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline' 'unsafe-eval'; img-src data:; font-src data:\">"
        f'<link rel="icon" href="data:,"><title>{text(title)}</title></head>\n'
        f'<body class="sprint"><main>{body}</main></body></html>\n'
    )


def _subtitle(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """Project, repositories (linked to their milestone) and moment; HTML."""
    known = known_repositories(analysis)
    pages = {part.repo: web_url(part.html_url, known) for part in milestone.parts}
    repos = ", ".join(link(pages.get(repo), repo) for repo in milestone.repos)
    when = f"as of {moment(analysis.as_of)}, {today(analysis, milestone):%A}"
    return f"{text(analysis.project)} · {repos} · {text(when)}"


def _points(milestone: MilestoneAnalysis) -> str:
    """What the points beside the actions are; "" where there are none."""
    if milestone.probability is None or all(action.expected_gain is None for action in milestone.recommendations):
        return ""
    return f' <span class="muted">points are what it adds to the {text(percent(milestone.probability))}</span>'


def _hostile(milestone: MilestoneAnalysis) -> str:
    """Where texts that speak to a language model are told; "" without any."""
    found = len({item for risk in milestone.hostile_text for item in risk.items})
    if not found:
        return ""
    where = f"{count(found, 'item')} hold{'s' if found == 1 else ''} text that reads like orders to a language model"
    return f'<p class="more"><a href="#hostile-text">{text(where)}</a></p>'


def _method() -> str:
    said = (
        "<strong>Chance</strong>: the probability that every item now in the milestone is done or dropped by the end "
        "of the due date. It is never shown above 95% while work remains.",
        "<strong>Same amount delivered</strong>: the probability that at least the amount now in scope is delivered by "
        "then, by whichever items. It is another event, usually likelier. <em>Pace and past sprints</em>: half is "
        "the pace of closings, half what sprints of such a shape came to, here and elsewhere; <em>pace alone</em>: too "
        "little is known for the other half.",
        "<strong>By the due date</strong>, of one item: the probability that it is done or dropped by then, from how "
        "far it is and how fast such items closed. Items hang together, so these do not multiply to the chance.",
        "<strong>80% interval</strong>: one future in ten is better, one in ten is worse.",
        "<strong>Done or dropped</strong>: completed or merged; or closed as not planned, duplicate or unmerged.",
        "Closings of milestone items per working day drive the forecast, not those of the whole repository.",
    )
    return f'<ul class="notes">{"".join(f"<li>{line}</li>" for line in said)}</ul>'
