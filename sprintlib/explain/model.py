"""What an explanation of the score says."""

from pydantic import BaseModel, ConfigDict

from sprintlib.evidence import Evidence


class Driver(BaseModel):
    """One bar of the waterfall: `points` of the health score (100 x probability) and what it rests on."""

    model_config = ConfigDict(frozen=True)

    name: str
    points: float
    evidence: tuple[Evidence, ...] = ()
