"""What a search finds."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from sprintlib.evidence import Evidence, EvidenceKind

_KINDS: dict[str, EvidenceKind] = {
    "issue": "issue",
    "pull": "pull",
    "comment": "comment",
    "review": "review",
    "commit": "commit",
    "release": "release",
    "playbook": "playbook",
    "analysis": "milestone",
}


class Hit(BaseModel):
    """One text that may answer, and why it was found.

    ref: owner/repo#12, owner/repo@1a2b3c4, PB-006; of a comment or review, the item it belongs to. excerpt: the passage
    that fits best; body: the whole chunk. Both are text from GitHub, cleaned: still escape them in a page.
    score: sum of `why`, whose names say what each share is for. state, milestone: of the item, as of the search.
    known_later: what could only be taken from after the moment. suspicious: reads like orders to a language model.
    """

    model_config = ConfigDict(frozen=True)

    chunk_id: int
    ref: str
    kind: str
    url: str
    title: str
    excerpt: str
    body: str
    author: str | None
    happened_at: datetime | None
    state: str | None = None
    milestone: str | None = None
    score: float
    why: dict[str, float]
    known_later: tuple[str, ...] = ()
    suspicious: bool = False

    @property
    def header(self) -> str:
        """One line that says what it is: ref, kind, time, state, milestone."""
        day = f"{self.happened_at:%Y-%m-%d}" if self.happened_at else None
        parts = (self.ref, self.kind, day, self.state, self.milestone and f"milestone {self.milestone}")
        return ", ".join(part for part in parts if part)

    def cite(self) -> Evidence:
        """The hit as evidence, with its passage as the note."""
        return Evidence(ref=self.ref, kind=_KINDS[self.kind], url=self.url, note=self.excerpt)
