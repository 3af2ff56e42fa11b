"""What every payload needs: the chronicle, the states it adds up to, git's facts, and stable numbers for ids."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sprintsim.simulation.event_log import Commit, EventLog, Key, Milestone, TimelineEvent
from sprintsim.simulation.repository import CommitFacts, GitFacts
from sprintsim.simulation.state import ItemState, states_of

Json = dict[str, Any]
ORGANIZATION = "sprint-demo"
API = "https://api.github.com"
WEB = "https://github.com"

# First ids of each kind; as large as GitHub's are now, so that 32-bit columns would overflow here too.
_FIRST_IDS = {
    "user": 190_000_000,
    "repository": 890_000_000,
    "milestone": 13_000_000,
    "item": 3_300_000_000,
    "pull": 2_700_000_000,
    "label": 8_900_000_000,
    "event": 20_000_000_000,
    "comment": 3_400_000_000,
    "review": 3_200_000_000,
    "review comment": 2_300_000_000,
    "run": 18_000_000_000,
    "suite": 45_000_000_000,
    "workflow": 190_000_000,
    "release": 260_000_000,
}
_ID_OF_HAPPENING = {"commented": "comment", "review_commented": "review comment"}


@dataclass
class Context:
    """A chronicle on its way into JSON. Caches hold the payloads that many others embed."""

    event_log: EventLog
    git: dict[str, GitFacts]
    states: dict[Key, ItemState] = field(init=False)
    milestones: dict[Key, Milestone] = field(init=False)
    milestone_counts: Counter[tuple[Key, str]] = field(init=False)
    commits: dict[str, Commit] = field(init=False)
    cache: dict[tuple[str, object], Json] = field(default_factory=dict)
    _ids: dict[tuple[str, object], int] = field(default_factory=dict)
    _counters: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.states = states_of(self.event_log)
        self.milestones = {(each.repo, each.number): each for each in self.event_log.milestones}
        self.commits = {commit.key: commit for commit in self.event_log.commits}
        self.milestone_counts = Counter(
            ((state.item.repo, state.milestone), state.state) for state in self.states.values() if state.milestone
        )

        self._number_in_order_of_time()

    def at(self, event_log: EventLog, git: dict[str, GitFacts]) -> "Context":
        """The same for another moment of this chronicle: what has an id keeps it."""
        return Context(event_log, git, _ids=self._ids, _counters=self._counters)

    def _number_in_order_of_time(self) -> None:
        """GitHub's ids grow with time, and some clients sort by them."""
        for item in self.event_log.items:
            self.id_of("item", item.key)
        for happening in self.event_log.happenings:
            if happening.kind == "reviewed":
                self.review_id(happening)
            else:
                self.id_of(_ID_OF_HAPPENING.get(happening.kind, "event"), happening)

    def review_id(self, happening: TimelineEvent) -> int:
        """The id of a review; comments on lines were given with the review of the same moment."""
        return self.id_of("review", (happening.repo, happening.number, happening.actor, happening.at))

    def id_of(self, kind: str, thing: object) -> int:
        """The id of a thing: the next free one when it is first asked for, the same ever after."""
        if (kind, thing) not in self._ids:
            self._ids[(kind, thing)] = _FIRST_IDS[kind] + self._counters[kind]
            self._counters[kind] += 1
        return self._ids[(kind, thing)]

    def commit(self, repo: str, key: str) -> CommitFacts:
        return self.git[repo].commits[key]

    def head_sha(self, state: ItemState) -> str:
        """Sha of the newest commit of a pull request."""
        return self.commit(state.item.repo, state.commits[-1]).sha


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second, as GitHub writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def maybe_timestamp(moment: datetime | None) -> str | None:
    """As `timestamp`, and null for what has not happened."""
    return timestamp(moment) if moment else None


def api_url(repo: str) -> str:
    """Where the API answers for a repository."""
    return f"{API}/repos/{ORGANIZATION}/{repo}"


def html_url(repo: str) -> str:
    """Where people look at a repository."""
    return f"{WEB}/{ORGANIZATION}/{repo}"


def node_id(prefix: str, number: int) -> str:
    """A node id that is unique within its prefix."""
    return f"{prefix}_kwSIM{number:012d}"
