"""What a recommendation says."""

from pydantic import BaseModel, ConfigDict

from sprintlib.evidence import Evidence


class Recommendation(BaseModel):
    """One thing to do today.

    id: stable for the same action on the same items. actor: login of who can act next.
    expected_gain: probability after minus before, by the model; null where the forecast has no number.
    record: how often this team accepted such actions and what moved afterwards; null before it said anything.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    action: str
    actor: str | None = None
    expected_gain: float | None = None
    record: str | None = None
    evidence: tuple[Evidence, ...] = ()
