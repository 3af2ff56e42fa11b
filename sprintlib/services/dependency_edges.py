"""Who waits for whom in the project."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sprintlib.dependencies import find_dependencies
from sprintlib.project import ProjectHandle
from sprintlib.services.moments import Moment
from sprintlib.services.redaction import redacted_all


class Dependency(BaseModel):
    """An open item, and what it waits for or has to do with.

    blocker: null where a label says blocked and nobody says by what. sources: every signal. note: text from GitHub.
    """

    model_config = ConfigDict(frozen=True)

    waiting: str
    blocker: str | None
    type: Literal["blocks", "relates"]
    blocker_state: str | None
    source: str
    sources: tuple[str, ...]
    confidence: float
    since: Moment | None
    evidence_ref: str
    evidence_url: str
    note: str
    known_later: tuple[str, ...]


def dependencies(project: ProjectHandle, as_of: datetime | None = None) -> list[Dependency]:
    """Every edge as of a moment (None: now). Raises AnalysisError when nothing has been collected."""
    project.permit("read")
    edges = project.state(as_of or project.clock()).cached(find_dependencies)
    rows = edges.sort("waiting", "blocker", nulls_last=True).iter_rows(named=True)
    return redacted_all(project, (Dependency(**row) for row in rows))
