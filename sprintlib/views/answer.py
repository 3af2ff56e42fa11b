"""The answer to "will it land?": figure, words, dates, and what they rest on."""

from markupsafe import Markup

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.views.templating import render
from sprintlib.views.words import basis, between, count, delivered, headline, percent, short_day, span, today


def answer_card(analysis: Analysis, milestone: MilestoneAnalysis) -> Markup:
    """The first thing on a page about a milestone."""
    figure, words = headline(analysis, milestone)
    return render(
        "answer.html",
        figure=figure,
        words=words,
        width=_bar_width(figure, milestone),
        because=because(milestone),
        facts=facts(analysis, milestone),
    )


def because(milestone: MilestoneAnalysis) -> str:
    """The summary without title and verdict, which stand above it in large letters; plain text."""
    if not milestone.summary.startswith(milestone.title):
        return milestone.summary
    said = milestone.summary.removeprefix(milestone.title).partition(": ")[2]
    return f"{said[:1].upper()}{said[1:]}" or milestone.summary


def _bar_width(figure: str, milestone: MilestoneAnalysis) -> int | None:
    """The probability as a length in percent where it is the answer; None elsewhere."""
    if milestone.probability is None or figure != percent(milestone.probability):
        return None
    return round(100 * milestone.probability)


def facts(analysis: Analysis, milestone: MilestoneAnalysis) -> list[tuple[str, str]]:
    """Name and value of what is said beside the figure; plain text."""
    dates, interval, now = milestone.forecast_dates, milestone.interval, today(analysis, milestone)
    due = short_day(milestone.due_on, now, "no due date")
    said = [] if due in headline(analysis, milestone)[1] else [("Due", due)]
    if dates.p50 or dates.p85:  # the safer one first: of several dates a reader takes the first for the plan
        said += [
            ("Plan for", f"{short_day(dates.p85, now)} (85% chance to finish by then)"),
            ("50% chance to finish by", short_day(dates.p50, now)),
        ]
    if interval.finish_date:
        said.append(("Finish, 80% interval", between(*interval.finish_date, now)))
    if interval.items_closed_by_due:
        low, high = interval.items_closed_by_due
        said.append(("Closed by the due date, 80% interval", f"{span(low, high)} of {_inside(milestone)}"))
    elif milestone.closed_in_two_weeks:
        low, _, high = milestone.closed_in_two_weeks
        said.append(
            ("Closed in two weeks, 80% interval", f"{span(low, high)} of {count(milestone.scope.open, 'item')}")
        )
    if milestone.governed_by:
        said.append(("Usually the last to finish", milestone.governed_by))
    said.append(("Based on", basis(milestone)))
    if milestone.probability_delivered is not None:  # another event: far from the chance, or it is taken for it
        said.append(("Chance of closing this many items, whichever they are", delivered(milestone)))
    return said


def _inside(milestone: MilestoneAnalysis) -> int:
    scope = milestone.scope
    return scope.done + scope.dropped + scope.open
