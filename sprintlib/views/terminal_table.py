"""All milestones in one table for a terminal: a line each, as the portfolio has them."""

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.views import items
from sprintlib.views.markup import known_repositories, short
from sprintlib.views.terminal import plain
from sprintlib.views.words import chance, headline, percent, short_day, today

_HOLDS_BACK = "What holds it back"
# name, and the width of a terminal from which on it is shown: the verdict always is, and is never cut
_COLUMNS = (
    ("Milestone", 0),
    ("Will it land?", 0),
    ("Due", 0),
    ("50%", 76),
    ("85%", 90),
    ("Open", 60),
    (_HOLDS_BACK, 118),
)
_WORDS = ("Milestone", "Will it land?", _HOLDS_BACK)


def milestone_table(analysis: Analysis, width: int = 120) -> RenderableType:
    """One line a milestone, in the order of the analysis. width: of the terminal, in characters."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    shown = [place for place, (_, least) in enumerate(_COLUMNS) if width >= least]
    for place in shown:
        name = _COLUMNS[place][0]
        table.add_column(name, no_wrap=name not in _WORDS, min_width=12 if name in _WORDS else None, overflow="fold")
    for milestone in analysis.milestones:
        cells = _row(analysis, milestone)
        table.add_row(*(cells[place] for place in shown))
    return table


def _row(analysis: Analysis, milestone: MilestoneAnalysis) -> tuple[Text, ...]:
    now, scope, dates = today(analysis, milestone), milestone.scope, milestone.forecast_dates
    return (
        Text(plain(milestone.title), style="bold"),
        _verdict(analysis, milestone),
        Text(short_day(milestone.due_on, now, "none")),
        Text(short_day(dates.p50, now) if dates.p50 else "-"),
        Text(short_day(dates.p85, now) if dates.p85 else "-"),
        Text(f"{scope.open} of {scope.done + scope.dropped + scope.open}"),
        Text(_holds_back(analysis, milestone), style="dim"),
    )


def _verdict(analysis: Analysis, milestone: MilestoneAnalysis) -> Text:
    """The figure and its words; the colour says nothing that the words do not."""
    figure, words = headline(analysis, milestone)
    probability = milestone.probability
    if probability is None or figure != percent(probability):
        return Text(f"{figure}: {plain(words)}", style="red" if figure == "Late" else "")
    style = "green" if probability >= 0.6 else "yellow" if probability >= 0.4 else "red"
    return Text(f"{figure} {chance(probability)}", style=style)


def _holds_back(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """The open item least likely to be done in time, as on the portfolio; "" where that is unknown."""
    first = items.first_in_doubt(milestone)
    if first is None:
        return ""
    return f"{short(first.ref, known_repositories(analysis))} {items.state(first)}, {items.chance(first)}"
