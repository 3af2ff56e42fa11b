"""What was forecast of finished sprints while they were under way, beside what came."""

from markupsafe import Markup

from sprintlib.analysis.memory import ForecastRecord, ScoredForecast
from sprintlib.views.templating import macro, render
from sprintlib.views.words import count, day, percent

HEAD = ("Sprint", "Said on", "Of its time", "For", "Chance", "What came")
COIN = 0.25  # the Brier score of "always 50%"


def forecast_record(record: ForecastRecord) -> Markup:
    """The table under its score; "" where no forecast of a finished sprint was stored."""
    if not record.forecasts:
        return Markup()
    rows = [cells(one) for one in reversed(record.forecasts)]
    table = macro("macros.html", "table", "Forecasts and what came", HEAD, rows, (2, 4))
    return render("record.html", score=score(record), table=table)


def cells(one: ScoredForecast) -> tuple[str, ...]:
    """One forecast in the columns of HEAD; plain text."""
    return (one.title, day(one.said_at.date()), f"{one.share}%", day(one.due_on), percent(one.probability), came(one))


def came(one: ScoredForecast) -> str:
    """`all 6 open items in time`, `4 of 6 open items in time`."""
    ended = "all" if one.landed and one.open_items > 1 else f"{one.ended} of"
    return f"{ended} {count(one.open_items, 'open item')} in time"


def score(record: ForecastRecord) -> str:
    """How good they were together; plain text."""
    sprints = len({one.sprint for one in record.forecasts})
    return (
        f"{count(len(record.forecasts), 'forecast')} of {count(sprints, 'finished sprint')}, as stored while each was "
        f"under way: Brier score {record.brier:.3f}; 0 is perfect, always saying 50% scores {COIN}. Each is judged by "
        "the due date that the sprint had that day."
    )
