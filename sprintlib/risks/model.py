"""What a risk says."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from sprintlib.evidence import Evidence

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
