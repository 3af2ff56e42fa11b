"""Tables below the first screen: milestones, drivers, scope, freshness, notes."""

from datetime import date

from sprintlib.analysis.model import Analysis, MilestoneAnalysis, Part, Scope
from sprintlib.explain.model import Driver
from sprintlib.views.markup import (
    citations,
    cite,
    full_title,
    known_repositories,
    link,
    sentence,
    short,
    table,
    text,
    web_url,
)
from sprintlib.views.words import SEVERITIES, age, between, chance, day, headline, moment, percent, short_day, today

_CITED = 4
SCOPE_COLUMNS = ("Committed", "Added", "Removed", "Done", "Dropped", "Open")
_COUNTS = frozenset(range(1, 7))  # where they stand, behind the name of the row


def milestone_table(analysis: Analysis, links: dict[str, str] | None = None) -> str:
    """One row a milestone: answer, due, finish, what is open, worst risk. links: address of each title's own page."""
    if not analysis.milestones:
        return '<p class="muted">No milestone was open at this moment.</p>'
    rows = [
        _milestone_row(analysis, milestone, (links or {}).get(milestone.title)) for milestone in analysis.milestones
    ]
    head = ("Milestone", "Will it land?", "Due", "Finish, 80% interval", "Open", "Worst risk")
    return f'<div id="milestones">{table("Milestones", head, rows, frozenset({4}))}</div>'


def _milestone_row(analysis: Analysis, milestone: MilestoneAnalysis, page: str | None) -> list[str]:
    known, now = known_repositories(analysis), today(analysis, milestone)
    title = f'<a href="{text(page)}">{full_title(milestone.title)}</a>' if page else full_title(milestone.title)
    repos = ", ".join(short(repo, known) for repo in milestone.repos)
    early, late = milestone.interval.finish_date or (None, None)
    scope = milestone.scope
    return [
        f'{title} <span class="muted">{text(repos)}</span>',
        _answer(analysis, milestone),
        text(short_day(milestone.due_on, now, "none")),
        text(between(early, late, now)) if milestone.interval.finish_date else "–",
        f"{scope.open} of {scope.done + scope.dropped + scope.open}",
        _worst(milestone, known),
    ]


def _answer(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """The same figure as at the top of the milestone's own page, and for a probability its word."""
    figure, words = headline(analysis, milestone)
    if milestone.probability is not None and figure == percent(milestone.probability):
        return f"<strong>{text(figure)}</strong> {text(chance(milestone.probability))}"
    return f'<strong title="{text(words)}">{text(figure)}</strong>{_in_two_weeks(milestone, figure)}'


def _in_two_weeks(milestone: MilestoneAnalysis, figure: str) -> str:
    """What the figure of a milestone without a due date counts."""
    return " close in two weeks" if milestone.due_on is None and figure[0].isdigit() else ""


def _worst(milestone: MilestoneAnalysis, known: frozenset[str]) -> str:
    if not milestone.risks:
        return '<span class="muted">none found</span>'
    risk = milestone.risks[0]
    said = sentence(risk.statement, risk.evidence, known)
    return f'<span class="tag {risk.severity}">{SEVERITIES[risk.severity]}</span> {said}'


def drivers_table(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """The waterfall: how the score came about, in points, with a running total and evidence."""
    if not milestone.drivers:
        return f'<section><h2>How the score came about</h2><p class="muted">{text(no_drivers(milestone))}</p></section>'
    known = known_repositories(analysis)
    rows: list[list[str]] = []
    total = 0.0
    for driver in milestone.drivers:
        if _moves_nothing(driver):
            continue
        before, total = total, total + driver.points
        rows.append(
            [
                f'{text(driver.name)}<p class="remedy">{sentence(driver.remedy, driver.evidence, known)}</p>',
                f"{driver.points:+z.1f}" if rows else f"{driver.points:z.1f}",
                _step(before, total, driver),
                f"{total:z.1f}",
                f"{driver.log_odds:+z.2f}",
                _about(driver, known),
            ]
        )
    head = ("Fact, and what acting on it would bring now", "Points", "0 to 100", "Sum", "Log-odds", "About")
    nothing = "; ".join(driver.name.lower() for driver in milestone.drivers if _moves_nothing(driver))
    note = f'<p class="muted">{text(ACCOUNT)}{text(f" No effect here: {nothing}." if nothing else "")}</p>'
    return f'<section id="score">{table("How the score came about", head, rows, frozenset({1, 3, 4}))}{note}</section>'


ACCOUNT = (
    "The facts are taken into the forecast one after the other, and each step stands here. It is not what an action "
    "would bring: that is said below each fact and beside the actions, both from the what-if."
)


def no_drivers(milestone: MilestoneAnalysis) -> str:
    """Why the score is not taken apart; plain text."""
    return f"There is no explanation of the score. {milestone.reason or 'It has no number.'}"


def _moves_nothing(driver: Driver) -> bool:
    """As it would be written: 0.0 points and 0.00 in log-odds."""
    return abs(driver.points) < 0.05 and abs(driver.log_odds) < 0.005


def _step(before: float, after: float, driver: Driver) -> str:
    """One bar of the waterfall; the figures stand beside it, so hidden from screen readers."""
    low, high = sorted((min(max(before, 0), 100), min(max(after, 0), 100)))
    told = text(f"{driver.points:+z.1f} points, {driver.log_odds:+z.2f} in log-odds. {driver.remedy}")
    if abs(after - before) < 0.5:
        return f'<span class="step" aria-hidden="true" title="{told}"></span>'
    way = "up" if after >= before else "down"
    return (
        f'<span class="step" aria-hidden="true" title="{told}"><span class="{way}" '
        f'style="left:{low:.0f}%;width:{max(high - low, 1):.0f}%"></span></span>'
    )


def _about(driver: Driver, known: frozenset[str]) -> str:
    """The first items as links, the others folded away."""
    shown, links = driver.evidence[:_CITED], {cited.ref: cited for cited in driver.evidence}
    others = [ref for ref in driver.items if ref not in {cited.ref for cited in shown}]
    folded = " · ".join(cite(links[ref], known) if ref in links else text(short(ref, known)) for ref in others)
    more = f"<details><summary>and {len(others)} more</summary>{folded}</details>" if others else ""
    return citations(shown, known) + more


def scope_table(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """The counts, for which committed + added - removed = done + dropped + open; of several parts, all must land."""
    parts = several_parts(milestone)
    if not parts:
        return table("Scope, in items", ("", *SCOPE_COLUMNS), [["All", *scope_counts(milestone.scope)]], _COUNTS)
    known = known_repositories(analysis)
    rows = [_scope_row("All", milestone.scope, milestone.due_on, percent(milestone.probability), "")]
    rows += [
        _scope_row(
            link(web_url(part.html_url, known), short(part.repo, known), f"{part.repo}, milestone {part.number}"),
            part.scope,
            part.due_on,
            percent(part.probability) if part.probability is not None else part.reason or "no number",
            "ends last most often" if part.repo == milestone.governed_by else "",
        )
        for part in parts
    ]
    return table("Scope, in items", ("", *SCOPE_COLUMNS, "Chance", "Due", ""), rows, _COUNTS | {7})


def _scope_row(name: str, scope: Scope, due: date | None, chance: str, remark: str) -> list[str]:
    """name: HTML; the others: plain text."""
    return [name, *scope_counts(scope), text(chance), text(day(due, "none")), text(remark)]


def scope_counts(scope: Scope) -> list[str]:
    """The six counts in the order of SCOPE_COLUMNS."""
    counts = (scope.committed, scope.added, scope.removed, scope.done, scope.dropped, scope.open)
    return [str(value) for value in counts]


def several_parts(milestone: MilestoneAnalysis) -> tuple[Part, ...]:
    """The parts where there are several; a single one is the milestone itself."""
    return milestone.parts if len(milestone.parts) > 1 else ()


def freshness(analysis: Analysis) -> str:
    """When the facts of each repository were last collected completely."""
    rows = [
        [text(repo), text(moment(at)) if at else "–", text(age(at, analysis.as_of))]
        for repo, at in analysis.freshness.items()
    ]
    return table("Data freshness", ("Repository", "Collected", "Age at that moment"), rows)


def notes(analysis: Analysis, milestone: MilestoneAnalysis | None) -> str:
    """`remarks` as a list."""
    said = remarks(analysis, milestone)
    if not said:
        return '<p class="muted">Nothing is missing that we know of.</p>'
    return f'<ul class="notes">{"".join(f"<li>{text(line)}</li>" for line in said)}</ul>'


def remarks(analysis: Analysis, milestone: MilestoneAnalysis | None) -> list[str]:
    """What is missing, unresolved, or could only be known later than this moment; plain text."""
    if milestone is None:
        return list(analysis.notes)
    said = [*analysis.notes, *(f"Known later: {fact}" for fact in milestone.known_later)]
    if any(title != milestone.title for title in milestone.titles_then):
        said.append(f"Called at the time: {', '.join(milestone.titles_then)}")
    return said
