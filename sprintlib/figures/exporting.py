"""The eight figures as metrics of OpenTelemetry, where that is configured."""

from collections.abc import Iterator

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from sprintlib.figures.reading import figures
from sprintlib.observe import tracing


def export(engine: Engine) -> None:
    """Have the figures of a store sent once a minute, each under its name; what nothing measured is left out."""
    told = "Figures of the last day: seconds, shares of 1, tokens a second and requests, by figure."
    tracing.watch("sprint.figure", told, lambda: _values(engine))


def _values(engine: Engine) -> Iterator[tuple[str, float]]:
    try:
        found = figures(engine)
    except DatabaseError:  # the next minute may find it in order
        return
    for one in found:
        if one.value is not None:
            yield one.name, one.value
