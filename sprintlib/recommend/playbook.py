"""The playbook that ships with the package: 20 interventions with their sources (literature, not this team's past)."""

import json
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sprintlib.evidence import Evidence
from sprintlib.history.texts import Text

_FILE = "playbook.jsonl"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlaybookSource(_Entry):
    """Where an intervention comes from. evidence: what kind of support it has, in words."""

    key: str
    title: str
    url: str = Field(pattern=r"^https?://")
    evidence: str


class Intervention(_Entry):
    """One thing that teams do about a risk."""

    id: str = Field(pattern=r"^PB-\d{3}$")
    risk: str
    trigger: str
    action: str
    sources: tuple[PlaybookSource, ...] = Field(min_length=1)
    status: Literal["curated-from-literature"]
    not_a_past_success_of_this_team: Literal[True]

    def cite(self) -> Evidence:
        """The entry as evidence, opened at its first source."""
        first = self.sources[0]
        return Evidence(ref=self.id, kind="playbook", url=first.url, note=f"{first.title}: {first.evidence}")


def playbook_texts() -> list[Text]:
    """Every entry as a text to be searched; its sources' hosts are not GitHub's, so they are named, not linked."""
    return [
        Text(
            key=f"playbook:{entry.id}",
            kind="playbook",
            repository_id=None,
            number=None,
            ref=entry.id,
            url=entry.sources[0].url,
            title=entry.action,
            body="\n".join(
                [f"When: {entry.trigger}", *(f"{one.title}: {one.evidence}" for one in entry.sources)],
            ),
        )
        for entry in interventions().values()
    ]


@cache
def interventions() -> dict[str, Intervention]:
    """Every entry of the playbook by its id."""
    lines = files("sprintlib.recommend").joinpath(_FILE).read_text(encoding="utf-8").splitlines()
    entries = [Intervention.model_validate(json.loads(line)) for line in lines if line.strip()]
    return {entry.id: entry for entry in entries}
