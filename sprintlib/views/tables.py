"""Tables below the first screen: drivers, scope, freshness, notes."""

from datetime import date

from markupsafe import Markup

from sprintlib.analysis.model import Analysis, MilestoneAnalysis, Part, Scope
from sprintlib.explain.model import Driver
from sprintlib.views.markup import known_repositories, short, web_url
from sprintlib.views.templating import macro
from sprintlib.views.words import age, day, in_points, moment, percent

_TEMPLATE = "tables.html"
_CITED = 4
SCOPE_COLUMNS = ("Committed", "Added", "Removed", "Done", "Dropped", "Open")
_COUNTS = frozenset(range(1, 7))  # where they stand, behind the name of the row


def drivers_table(analysis: Analysis, milestone: MilestoneAnalysis) -> Markup:
    """The waterfall: how the score came about, in points, with a running total and evidence."""
    if not milestone.drivers:
        return macro(_TEMPLATE, "drivers", ACCOUNT_TITLE, [], "", no_drivers(milestone))
    known = known_repositories(analysis)
    rows: list[list[str]] = []
    total = 0.0
    for driver in milestone.drivers:
        if _moves_nothing(driver):
            continue
        before, total = total, total + driver.points
        rows.append(
            [
                macro(_TEMPLATE, "driver_name", driver, known),
                f"{driver.points:+z.1f}" if rows else f"{driver.points:z.1f}",
                _step(before, total, driver),
                f"{total:z.1f}",
                f"{driver.log_odds:+z.2f}",
                _about(driver, known),
            ]
        )
    nothing = "; ".join(driver.name.lower() for driver in milestone.drivers if _moves_nothing(driver))
    account = f"{ACCOUNT} No effect here: {nothing}." if nothing else ACCOUNT
    return macro(_TEMPLATE, "drivers", ACCOUNT_TITLE, rows, account, "")


ACCOUNT_TITLE = "How the score came about"
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


def _step(before: float, after: float, driver: Driver) -> Markup:
    """One bar of the waterfall: from where to where it takes the score, within 0 and 100."""
    told = f"{driver.points:+z.1f} points, {driver.log_odds:+z.2f} in log-odds. {driver.remedy}"
    low, high = sorted((min(max(before, 0), 100), min(max(after, 0), 100)))
    bar = ("up" if after >= before else "down", f"{low:.0f}", f"{max(high - low, 1):.0f}")
    return macro(_TEMPLATE, "step", told, bar if abs(after - before) >= 0.5 else None)


def _about(driver: Driver, known: frozenset[str]) -> Markup:
    """The first items as links, the others folded away."""
    shown, cited = driver.evidence[:_CITED], {evidence.ref: evidence for evidence in driver.evidence}
    others = [(ref, cited.get(ref)) for ref in driver.items if ref not in {evidence.ref for evidence in shown}]
    return macro(_TEMPLATE, "about", shown, others, known)


def scope_table(analysis: Analysis, milestone: MilestoneAnalysis) -> Markup:
    """The counts, for which committed + added - removed = done + dropped + open; of several parts, all must land."""
    parts = several_parts(milestone)
    if not parts:
        rows = [["All", *scope_counts(milestone.scope)]]
        alone = macro("macros.html", "table", "Scope, in items", ("", *SCOPE_COLUMNS), rows, _COUNTS)
        return alone + _in_points(milestone)
    known = known_repositories(analysis)
    rows = [_scope_row("All", milestone.scope, milestone.due_on, percent(milestone.probability), "")]
    rows += [
        _scope_row(
            _part_name(part, known),
            part.scope,
            part.due_on,
            percent(part.probability) if part.probability is not None else part.reason or "no number",
            "usually the last to finish" if part.repo == milestone.governed_by else "",
        )
        for part in parts
    ]
    head = ("", *SCOPE_COLUMNS, "Chance", "Due", "")
    return macro("macros.html", "table", "Scope, in items", head, rows, _COUNTS | {7}) + _in_points(milestone)


def _in_points(milestone: MilestoneAnalysis) -> Markup:
    said = in_points(milestone)
    return macro("macros.html", "muted", said) if said else Markup("")


def _part_name(part: Part, known: frozenset[str]) -> Markup:
    hover = f"{part.repo}, milestone {part.number}"
    return macro("macros.html", "link", web_url(part.html_url, known), short(part.repo, known), hover)


def _scope_row(name: str, scope: Scope, due: date | None, chance: str, remark: str) -> list[str]:
    return [name, *scope_counts(scope), chance, day(due, "none"), remark]


def scope_counts(scope: Scope) -> list[str]:
    """The six counts in the order of SCOPE_COLUMNS."""
    counts = (scope.committed, scope.added, scope.removed, scope.done, scope.dropped, scope.open)
    return [str(value) for value in counts]


def several_parts(milestone: MilestoneAnalysis) -> tuple[Part, ...]:
    """The parts where there are several; a single one is the milestone itself."""
    return milestone.parts if len(milestone.parts) > 1 else ()


def freshness(analysis: Analysis) -> Markup:
    """When the facts of each repository were last collected completely, and when anything new of it came last."""
    rows = [
        [
            repo,
            *(moment(at, analysis.zone) if at else "–" for at in (analysis.freshness[repo], analysis.heard.get(repo))),
            age(reach, analysis.as_of),
        ]
        for repo, reach in analysis.facts_of.items()
    ]
    head = ("Repository", "Collected completely", "Last news", "Age at that time")
    return macro("macros.html", "table", "Data freshness", head, rows)


def notes(analysis: Analysis, milestone: MilestoneAnalysis | None) -> Markup:
    """`remarks` as a list."""
    return macro(_TEMPLATE, "notes", remarks(analysis, milestone))


def remarks(analysis: Analysis, milestone: MilestoneAnalysis | None) -> list[str]:
    """What is missing, unresolved, or could only be known later than this moment; plain text."""
    if milestone is None:
        return list(analysis.notes)
    said = [*analysis.notes, *(f"Known later: {fact}" for fact in milestone.known_later)]
    if any(title != milestone.title for title in milestone.titles_then):
        said.append(f"Called at the time: {', '.join(milestone.titles_then)}")
    return said
