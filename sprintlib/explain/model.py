"""What an explanation of the score says."""

from pydantic import BaseModel, ConfigDict

from sprintlib.evidence import Evidence


class Driver(BaseModel):
    """One bar of the waterfall: what one fact adds to or takes from the score, and what would take the bar away.

    log_odds: the step in log-odds; the steps of an account sum to logit(probability).
    points: the same step in points of the health score (100 x probability); they sum to the score.
    items: `owner/repo#n` of everything the bar is about; evidence: the first of them.
    remedy: one plain sentence.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    log_odds: float
    points: float
    remedy: str
    items: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
