"""An experiment between two plays, and the lot that decides which of them an item gets."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from typing import Literal

from pydantic import BaseModel, ConfigDict

NAME = r"[a-z0-9][a-z0-9-]{0,39}"
Outcome = Literal["closed", "moved"]


@dataclass(frozen=True)
class Experiment:
    """A comparison whose terms were fixed before it began.

    usual: the play that is recommended anyway. other: the one that half of its items get instead. outcome: what is
    looked at `within` so many working days after an item entered. baseline: the share expected under the usual play.
    effect: the difference in shares that it is made to see. items: how many it takes, with which it is judged once.
    """

    id: int
    name: str
    seed: int
    usual: str
    other: str
    outcome: Outcome
    within: int
    baseline: float
    effect: float
    power: float
    items: int
    started_at: datetime
    stopped_at: datetime | None = None

    def play_for(self, repository_id: int, number: int) -> str:
        """The play that an item gets: by lot, and always the same. The item is called by GitHub's ids, never a name."""
        lot = blake2s(f"{self.seed} {repository_id}#{number}".encode(), digest_size=1).digest()[0]
        return self.other if lot & 1 else self.usual


class Drawn(BaseModel):
    """The lot of one item, as its recommendation carries it.

    experiment, name: which one. play: the play it got, `usual` or `other`. repository_id, number: the item.
    """

    model_config = ConfigDict(frozen=True)

    experiment: int
    name: str
    play: str
    usual: str
    other: str
    repository_id: int
    number: int

    def __str__(self) -> str:
        against = self.other if self.play == self.usual else self.usual
        return f"experiment {self.name}: {self.play} by lot, against {against}"
