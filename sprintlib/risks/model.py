"""What a risk says."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict

from sprintlib.evidence import Evidence

if TYPE_CHECKING:
    from sprintlib.risks.context import SprintContext

Severity = Literal["high", "medium", "low", "unknown"]


class Risk(BaseModel):
    """One threat to a milestone.

    kind: name of the detector. statement: one plain-text sentence. rule: the rule that fired, in words.
    items: `owner/repo#n` of the items it concerns. actor: login of who can act next, if somebody can.
    severity `unknown` says that facts are missing, for instance no CI facts.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    severity: Severity
    statement: str
    rule: str
    items: tuple[str, ...] = ()
    actor: str | None = None
    evidence: tuple[Evidence, ...] = ()


class Play(NamedTuple):
    """What teams do about a kind of risk where nothing has to be computed, only the items to be named.

    entry: of the playbook, `PB-016`. action: one sentence with {items} where they are named.
    """

    entry: str
    action: str


class Rule(Protocol):
    """A module of this package that detects one kind of risk.

    KIND: name of the module and of its risks. PLACE: where its risks stand among others of the same severity, low
    first. detect: the risks of a sprint. PLAY, if the module has one: what to do about them (`rules.plays`).
    """

    KIND: str
    PLACE: int
    detect: "Callable[[SprintContext], list[Risk]]"
