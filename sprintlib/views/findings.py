"""Risks and recommendations as lists, each with its links."""

from collections.abc import Sequence

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.recommend.model import Recommendation
from sprintlib.risks.model import Risk
from sprintlib.views.markup import citations, known_repositories, sentence, text
from sprintlib.views.words import SEVERITIES, gain, particulars


def risk_list(analysis: Analysis, milestone: MilestoneAnalysis, limit: int | None = None, rules: bool = False) -> str:
    """Risks, worst first. limit: show so many and say how many more there are. rules: with the rule that fired."""
    if not milestone.risks:
        return '<p class="muted">No detector found a risk.</p>'
    known = known_repositories(analysis)
    more = _more(len(milestone.risks), limit, "risks")
    return f'<ol class="risks">{_risks(milestone.risks[:limit], known, rules)}</ol>{more}'


def hostile_text(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """Texts that read like orders to a language model, as a section of their own; "" without any."""
    if not milestone.hostile_text:
        return ""
    known = known_repositories(analysis)
    shown = _risks(milestone.hostile_text, known, rules=True)
    return (
        '<section id="hostile-text"><h2>Texts that speak to a language model</h2>'
        '<p class="muted">They move no probability, no risk and no action on this page.</p>'
        f'<ol class="risks">{shown}</ol></section>'
    )


def action_list(analysis: Analysis, milestone: MilestoneAnalysis, limit: int | None = None) -> str:
    """Recommendations, the cheapest way to the target first, under how far they get together."""
    plan = f'<p class="muted">{text(milestone.plan.statement)}</p>' if milestone.plan else ""
    if not milestone.recommendations:
        return plan or '<p class="muted">Nothing in the playbook fits what is known today.</p>'
    known = known_repositories(analysis)
    shown = "".join(_action(action, known) for action in milestone.recommendations[:limit])
    return f'{plan}<ol class="actions">{shown}</ol>{_more(len(milestone.recommendations), limit, "actions")}'


def _risks(risks: Sequence[Risk], known: frozenset[str], rules: bool) -> str:
    """A list element each; a rule that fired several times in a row is told the first time."""
    before = (None, *(risk.rule for risk in risks))
    return "".join(_risk(risk, known, rules and risk.rule != told) for risk, told in zip(risks, before, strict=False))


def _risk(risk: Risk, known: frozenset[str], rules: bool) -> str:
    actor = _actor("next move", risk.actor, risk.statement)
    rule = f'<p class="rule">Rule: {text(risk.rule)}</p>' if rules else ""
    return (
        f'<li><span class="tag {risk.severity}">{SEVERITIES[risk.severity]}</span><div>'
        f"<p>{sentence(risk.statement, risk.evidence, known)}</p>"
        f"{_line(citations(risk.evidence, known, risk.statement), actor)}{rule}</div></li>"
    )


def _action(action: Recommendation, known: frozenset[str]) -> str:
    beside = [text(part) for part in particulars(action)]
    known_gain = "gain" if action.expected_gain is not None else "unknown"
    return (
        f'<li><span class="tag {known_gain}">{text(gain(action.expected_gain))}</span><div>'
        f"<p>{sentence(action.action, action.evidence, known)}</p>"
        f"{_line(*beside, citations(action.evidence, known, action.action))}</div></li>"
    )


def _actor(what: str, who: str | None, said: str) -> str:
    """Who can act next, unless the sentence above names them already."""
    return f"{what}: {text(who)}" if who and who not in said else ""


def _line(*parts: str) -> str:
    filled = " · ".join(part for part in parts if part)
    return f'<p class="cites">{filled}</p>' if filled else ""


def _more(total: int, limit: int | None, what: str) -> str:
    if limit is None or total <= limit:
        return ""
    return f'<p class="more"><a href="#all-{what}">and {total - limit} more below</a></p>'
