"""Words for a report: the eight agents run for its moment first, so that the notebook finds what they stored."""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from sprintlib.errors import LlmError, SprintError
from sprintlib.observe.log import LOGGER
from sprintlib.project import ProjectHandle
from sprintlib.settings import Settings

if TYPE_CHECKING:
    from sprintlib.llm import Found


def explain(
    engine: Engine,
    settings: Settings,
    milestone: str | None,
    as_of: datetime,
    model: "Found | None",
    seconds: float,
) -> None:
    """Explain a milestone as of a moment and store it; the numbers are those of the report. Raises nothing.

    model: what `find_model` found; None: it is looked for. seconds: that it may have, `llm.words_seconds` at most.
    Without a model that answers in time the sentences are ours alone, and say so. What goes wrong is logged: the
    report is complete without.
    """
    from sprintlib import services

    try:
        services.explain(ProjectHandle(settings, engine), as_of, milestone, model=model, seconds=seconds)
    except (SprintError, DatabaseError) as error:
        LOGGER.info("The report is not explained: %s", " ".join(str(error).split()))


def find_model(settings: Settings) -> "Found | None":
    """The model that is there to word a report, if any."""
    from sprintlib import llm

    with suppress(LlmError):
        return llm.look(settings.llm)
    return None


def release_model(settings: Settings) -> None:
    """Give the model's memory back, where one answers: after a batch nobody asks it for a while."""
    from sprintlib import llm

    with suppress(LlmError), llm.connect(settings.llm) as model:
        model.unload()
