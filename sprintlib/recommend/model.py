"""What a recommendation says, and what the recommended actions come to together."""

from functools import cache
from hashlib import blake2s

from pydantic import BaseModel, ConfigDict

from sprintlib.evidence import Evidence
from sprintlib.experiments import Drawn
from sprintlib.forecast.whatif import Change

_LETTERS = "bcdfghjkmnpqrstvwxz"  # no vowels, so that no word comes out; none that looks like a digit
_SHORT = 5


class Recommendation(BaseModel):
    """One thing to do today.

    id: stable for the same action on the same items. actor: login of who can act next.
    change: exactly what a what-if is given (`sprint whatif --action ID`); null where the model cannot weigh the action.
    expected_gain: probability under that change minus the probability now, 0-1; null where the forecast has no number.
    effort: working days of somebody, by judgement. why: what the forecast says of the items, in a clause each.
    record: how often this team accepted such actions and what moved afterwards; null before it said anything.
    experiment: which play its item got by lot; null where no experiment is about it.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    action: str
    actor: str | None = None
    change: Change | None = None
    expected_gain: float | None = None
    effort: float | None = None
    why: str | None = None
    record: str | None = None
    experiment: Drawn | None = None
    evidence: tuple[Evidence, ...] = ()


class PlannedAction(BaseModel):
    """One of the actions of a plan, as a Recommendation. items: what it is about. cost: in working days."""

    model_config = ConfigDict(frozen=True)

    id: str
    action: str
    items: tuple[str, ...]
    actor: str | None
    cost: float
    change: Change
    expected_gain: float


class Alternative(BaseModel):
    """What would reach the target where no action does: another date, or less scope."""

    model_config = ConfigDict(frozen=True)

    words: str
    change: Change
    probability: float
    expected_gain: float


class Plan(BaseModel):
    """The cheapest way to a probability.

    reached: whether the actions get there; if not, they are those that come nearest. probability: under all of them.
    alternatives: what would get there where they do not. statement: all of it in words.
    """

    model_config = ConfigDict(frozen=True)

    target: float
    reached: bool
    probability: float
    cost: float
    actions: tuple[PlannedAction, ...]
    alternatives: tuple[Alternative, ...] = ()
    statement: str = ""


class Advice(BaseModel):
    """What to do today: the actions in their order, those of the plan first. plan: null without a probability."""

    model_config = ConfigDict(frozen=True)

    recommendations: tuple[Recommendation, ...] = ()
    plan: Plan | None = None


@cache
def short_id(name: str) -> str:
    """Five letters that stand for the id of a recommendation, and never change."""
    number = int.from_bytes(blake2s(name.encode(), digest_size=4).digest())
    letters = []
    for _ in range(_SHORT):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)
