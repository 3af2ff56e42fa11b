"""What a statement rests on: something stored that a reader can open."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

EvidenceKind = Literal["issue", "pull", "commit", "run", "review", "comment", "milestone", "release", "playbook"]


class Evidence(BaseModel):
    """One citation.

    ref: how people write it: `owner/repo#12`, `owner/repo@1a2b3c4`, `owner/repo run 991`, `PB-006`.
    url: where it can be opened (https).
    note: what it shows, in a few words; plain text from GitHub, so escape it before it enters a page.
    """

    model_config = ConfigDict(frozen=True)

    ref: str
    kind: EvidenceKind
    url: str
    note: str = ""
