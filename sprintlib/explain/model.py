"""What an explanation of the score says."""

from pydantic import BaseModel, ConfigDict

from sprintlib.evidence import Evidence
from sprintlib.forecast.whatif import Change


class Driver(BaseModel):
    """One bar of the waterfall: how the score came about, taking in one fact more. Not what an action would bring.

    log_odds: the step in log-odds; the steps of an account sum to logit(probability).
    points: the same step in points of the health score (100 x probability); they sum to the score.
    items: `owner/repo#n` of everything the bar is about; evidence: the first of them.
    remedy: one plain sentence: the fact, or what acting on it would bring now.
    change, expected_gain: what a what-if of that is given, and says (0-1); null where there is nothing to act on.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    log_odds: float
    points: float
    remedy: str
    change: Change | None = None
    expected_gain: float | None = None
    items: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
