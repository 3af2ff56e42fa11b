"""Tables below the first screen: milestones, drivers, scope, parts, freshness, notes."""

from sprintlib.analysis.model import Analysis, MilestoneAnalysis, Part, Scope
from sprintlib.explain.model import Driver
from sprintlib.views.markup import citations, cite, known_repositories, link, sentence, table, text, web_url
from sprintlib.views.words import SEVERITIES, age, chance, day, moment, percent, short_day, today

NO_DRIVERS = "There is no explanation: the score has no number, or it rests on nothing that can be taken apart."
_CITED = 4
SCOPE_COLUMNS = ("Committed", "Added", "Removed", "Done", "Dropped", "Open")


def milestone_table(analysis: Analysis, links: dict[str, str] | None = None) -> str:
    """One row a milestone: due, chance, interval, counts, worst risk. links: address of each title's own page."""
    if not analysis.milestones:
        return '<p class="muted">No milestone was open at this moment.</p>'
    rows = [
        _milestone_row(analysis, milestone, (links or {}).get(milestone.title)) for milestone in analysis.milestones
    ]
    head = ("Milestone", "Repositories", "Due", "Chance", "Finish, 80% interval", "Done", "Open", "Worst risk")
    return table("Milestones", head, rows, frozenset({3, 5, 6}))


def _milestone_row(analysis: Analysis, milestone: MilestoneAnalysis, page: str | None) -> list[str]:
    title = f'<a href="{text(page)}">{text(milestone.title)}</a>' if page else text(milestone.title)
    early, late = milestone.interval.finish_date or (None, None)
    now = today(analysis, milestone)
    finish = f"{short_day(early, now)} to {short_day(late, now)}" if milestone.interval.finish_date else "–"
    worst = milestone.risks[0] if milestone.risks else None
    risk = (
        f'<span class="tag {worst.severity}">{SEVERITIES[worst.severity]}</span> {text(worst.statement)}'
        if worst
        else "none"
    )
    return [
        title,
        text(", ".join(milestone.repos)),
        text(day(milestone.due_on, "none")),
        _chance(milestone),
        text(finish),
        str(milestone.scope.done),
        str(milestone.scope.open),
        risk,
    ]


def _chance(milestone: MilestoneAnalysis) -> str:
    if milestone.probability is None:
        return f'<span title="{text(milestone.reason or "")}">no number</span>'
    return f"{text(percent(milestone.probability))} {text(chance(milestone.probability))}"


def drivers_table(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """The waterfall: what moves the score, in points, with a running total and evidence."""
    if not milestone.drivers:
        return f'<section><h2>What the score is made of</h2><p class="muted">{NO_DRIVERS}</p></section>'
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
                f"{driver.points:+.1f}" if rows else f"{driver.points:.1f}",
                _step(before, total, driver),
                f"{total:.1f}",
                f"{driver.log_odds:+.2f}",
                _about(driver, known),
            ]
        )
    head = ("What, and what would remove it", "Points", "0 to 100", "Sum", "Log-odds", "About")
    nothing = "; ".join(driver.name.lower() for driver in milestone.drivers if _moves_nothing(driver))
    note = f'<p class="muted">Moves nothing here: {text(nothing)}.</p>' if nothing else ""
    return f"<section>{table('What the score is made of', head, rows, frozenset({1, 3, 4}))}{note}</section>"


def _moves_nothing(driver: Driver) -> bool:
    """As it would be written: 0.0 points and 0.00 in log-odds."""
    return abs(driver.points) < 0.05 and abs(driver.log_odds) < 0.005


def _step(before: float, after: float, driver: Driver) -> str:
    """One bar of the waterfall; the figures stand beside it, so hidden from screen readers."""
    low, high = sorted((min(max(before, 0), 100), min(max(after, 0), 100)))
    told = text(f"{driver.points:+.1f} points, {driver.log_odds:+.2f} in log-odds. {driver.remedy}")
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
    folded = " · ".join(cite(links[ref], known) if ref in links else text(ref) for ref in others)
    more = f"<details><summary>and {len(others)} more</summary>{folded}</details>" if others else ""
    return citations(shown, known) + more


def scope_table(milestone: MilestoneAnalysis) -> str:
    """The counts, whose identity holds: committed + added - removed = done + dropped + open."""
    rows = [["All", *scope_counts(milestone.scope)]]
    rows += [[text(part.repo), *scope_counts(part.scope)] for part in several_parts(milestone)]
    return table("Scope, in items", ("", *SCOPE_COLUMNS), rows, frozenset(range(1, 7)))


def scope_counts(scope: Scope) -> list[str]:
    """The six counts in the order of SCOPE_COLUMNS."""
    counts = (scope.committed, scope.added, scope.removed, scope.done, scope.dropped, scope.open)
    return [str(value) for value in counts]


def several_parts(milestone: MilestoneAnalysis) -> tuple[Part, ...]:
    """The parts where there are several; a single one is the milestone itself."""
    return milestone.parts if len(milestone.parts) > 1 else ()


def parts_table(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """The parts of a sprint that spans repositories; all of them must land."""
    known = known_repositories(analysis)
    rows = [
        [
            link(web_url(part.html_url, known), f"{part.repo}, milestone {part.number}"),
            text(day(part.due_on, "none")),
            text(percent(part.probability)) if part.probability is not None else text(part.reason or "no number"),
            str(part.scope.open),
            "governs" if part.repo == milestone.governed_by else "",
        ]
        for part in milestone.parts
    ]
    return table("Parts by repository", ("Part", "Due", "Chance", "Open", ""), rows, frozenset({2, 3}))


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
