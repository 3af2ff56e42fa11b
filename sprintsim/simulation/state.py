"""The state of an item: what its happenings add up to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sprintsim.simulation.event_log import EventLog, Item, Key, TimelineEvent


@dataclass
class ItemState:
    """An item today. Lists are in the order in which their members came."""

    item: Item
    title: str
    updated_at: datetime
    draft: bool
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    milestone: int | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    state_reason: str | None = None
    merged_at: datetime | None = None
    merged_by: str | None = None
    merge_commit: str | None = None
    commits: list[str] = field(default_factory=list)
    comments: int = 0
    review_comments: int = 0

    @property
    def state(self) -> str:
        return "closed" if self.closed_at else "open"


def states_of(event_log: EventLog) -> dict[Key, ItemState]:
    """The state of every item at the end of the chronicle."""
    states = {
        item.key: ItemState(item=item, title=item.title, updated_at=item.created_at, draft=item.draft)
        for item in event_log.items
    }
    apply(states, event_log.happenings)
    return states


def apply(states: dict[Key, ItemState], happenings: Iterable[TimelineEvent]) -> None:
    """Let happenings, in order of time, change the states of their items."""
    for happening in happenings:
        state = states[(happening.repo, happening.number)]
        _change(state, happening)
        if happening.kind != "cross-referenced":  # GitHub leaves the mentioned item's update time alone
            state.updated_at = max(state.updated_at, happening.at)


def _change(state: ItemState, happening: TimelineEvent) -> None:
    match happening.kind:
        case "labeled":
            state.labels.append(happening.subject)
        case "unlabeled":
            state.labels.remove(happening.subject)
        case "assigned":
            state.assignees.append(happening.subject)
        case "unassigned":
            state.assignees.remove(happening.subject)
        case "milestoned":
            state.milestone = happening.other[1] if happening.other else None
        case "demilestoned":
            state.milestone = None
        case "renamed":
            state.title = happening.subject
        case "commented":
            state.comments += 1
        case "review_commented":
            state.review_comments += 1
        case "review_requested":
            state.reviewers.append(happening.subject)
        case "reviewed":
            if happening.actor in state.reviewers:
                state.reviewers.remove(happening.actor)
        case "committed":
            state.commits.append(happening.subject)
        case "convert_to_draft":
            state.draft = True
        case "ready_for_review":
            state.draft = False
        case "merged":
            state.merged_at, state.merged_by = happening.at, happening.actor
            state.merge_commit = happening.subject
        case "closed":
            state.closed_at, state.closed_by = happening.at, happening.actor
            state.state_reason = happening.detail or None
        case "reopened":
            state.closed_at, state.closed_by, state.state_reason = None, None, "reopened"
        case _:  # cross-references, dependencies and deleted branches leave the state alone
            pass
