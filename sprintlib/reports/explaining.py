"""Words for a report: the eight agents run for its moment first, so that the notebook finds what they stored."""

from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from sprintlib.errors import LlmError, SprintError
from sprintlib.log import LOGGER
from sprintlib.settings import Settings

_REACH_SECONDS = 5.0  # for a server to say which models it has


def explain(engine: Engine, settings: Settings, milestone: str | None, as_of: datetime) -> None:
    """Explain a milestone as of a moment and store it; the numbers are those of the report. Raises nothing.

    Takes `llm.words_seconds` at most, and a few seconds where no model answers: then the sentences are ours alone,
    and say so. What goes wrong is logged: the report is complete without.
    """
    from sprintlib.agents import Desk, open_chain  # over a second of imports
    from sprintlib.analysis import store_analysis

    try:
        with open_chain(Desk(engine, settings)) as chain:
            found = chain.start(as_of, milestone).analysis
        store_analysis(engine, found)
    except (SprintError, DatabaseError) as error:
        LOGGER.info("The report is not explained: %s", " ".join(str(error).split()))


def model_answers(settings: Settings) -> bool:
    """Whether a model is there to word a report."""
    from sprintlib import llm

    try:
        with llm.connect(settings.llm.model_copy(update={"timeout_seconds": _REACH_SECONDS})):
            return True
    except LlmError:
        return False
