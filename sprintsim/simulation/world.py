"""The state of the simulation and its agenda of coming events."""

import heapq
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from sprintsim.simulation.clock import WorkSchedule
from sprintsim.simulation.event_log import FileChange, Key, Person
from sprintsim.simulation.event_recorder import EventRecorder
from sprintsim.simulation.work import Hold, Texts

Action = Callable[[], object]


@dataclass(eq=False)
class Task:
    """An issue as the team sees it: what is left to do (hours), who does it, what it waits for.

    ready: planned, so that work may begin. shows_draft: the pull request is opened long before the work is done.
    built: merged, while the issue stays open until somebody tidies the board. also: files that all its commits change.
    """

    key: Key
    area: str
    title: str
    left: float
    priority: float
    sprint: int | None = None
    assignee: str | None = None
    hold: Hold = ""
    blockers: list[Key] = field(default_factory=list)
    labelled_blocked: bool = False
    ready: bool = True
    shows_draft: bool = False
    started: bool = False
    pull: Key | None = None
    done: bool = False
    built: bool = False
    lines: int = 0
    also: tuple[str, ...] = ()
    local_commits: list[tuple[datetime, str, tuple[FileChange, ...]]] = field(default_factory=list)


@dataclass(eq=False)
class Pull:
    """An open pull request. pickup: when the reviewer will look at it at the earliest; None: never."""

    key: Key
    author: str
    branch: str
    area: str
    task: Task | None
    head: str
    lines: int
    reviewer: str | None = None
    pickup: datetime | None = None
    state: Literal["draft", "waiting", "in review", "changes requested", "approved", "closed"] = "waiting"
    ci: Literal["pending", "green", "red"] = "pending"
    rounds: int = 0


@dataclass(eq=False)
class RunningSprint:
    """A sprint: milestone numbers by repository, and whether it is over."""

    index: int
    title: str
    first_day: date
    due_on: date
    numbers: dict[str, int]
    closed: bool = False


@dataclass
class Habits:
    """How the team works, where a scenario makes it work in another way for a while.

    away_until: nobody is there until then. untracked: index of the sprint whose board nobody keeps. juggling: who
    begins everything at once. reviewer: who is asked for every review. owned: (repository, file) that only this person
    changes, by login. on_leave: who is away for weeks and gets nothing to do.
    """

    away_until: datetime | None = None
    untracked: int | None = None
    juggling: frozenset[str] = frozenset()
    reviewer: str | None = None
    owned: dict[str, tuple[str, str]] = field(default_factory=dict)
    on_leave: frozenset[str] = frozenset()


@dataclass
class World:
    """Everything that can change, and the agenda. `now` is the time of the event that is happening."""

    rng: random.Random
    texts: Texts
    start: datetime
    until: datetime
    people: dict[str, Person]
    desks: dict[str, WorkSchedule]
    journal: EventRecorder = field(default_factory=EventRecorder)
    tasks: dict[Key, Task] = field(default_factory=dict)
    pulls: dict[Key, Pull] = field(default_factory=dict)
    sprints: list[RunningSprint] = field(default_factory=list)
    main_heads: dict[str, str] = field(default_factory=dict)
    red_main: dict[str, Key | None] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)
    now: datetime = field(init=False)
    _agenda: list[tuple[datetime, int, Action]] = field(default_factory=list)
    _order: int = 0

    def __post_init__(self) -> None:
        self.now = self.start

    def at(self, moment: datetime, action: Action) -> None:
        """Put an action on the agenda; what is due at the same moment happens in the order it was put there."""
        self._order += 1
        heapq.heappush(self._agenda, (max(moment.replace(microsecond=0), self.now), self._order, action))

    def run(self) -> None:
        """Let everything happen that is due before `until`."""
        while self._agenda and self._agenda[0][0] < self.until:
            self.now, _, action = heapq.heappop(self._agenda)
            action()

    def later(self, login: str, hours: float) -> datetime:
        """The moment when somebody has been at the desk for so many hours from now."""
        return self.desks[login].after(self.now, hours)

    def log_normal(self, median: float, sigma: float) -> float:
        """A log-normal draw."""
        return self.rng.lognormvariate(math.log(median), sigma)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def phrase(self, occasion: str, **names: str) -> str:
        """Something that people say on that occasion."""
        return self.rng.choice(self.texts.phrases[occasion]).format(**names)

    def say(self, key: Key, login: str | None, occasion: str, **names: str) -> None:
        """Comment on an item, now."""
        self.journal.note(self.now, "commented", key, login, detail=self.phrase(occasion, **names))

    def seconds_later(self, seconds: int) -> datetime:
        """A moment just after now, for entries that GitHub writes one after the other."""
        return self.now + timedelta(seconds=seconds)

    def running_sprint(self) -> RunningSprint | None:
        """The sprint that new work goes into."""
        begun = [each for each in self.sprints if each.first_day <= self.now.date() and not each.closed]
        return begun[-1] if begun else None

    def is_open(self, key: Key) -> bool:
        """Whether an issue is still open, or only nobody closed it."""
        return key in self.tasks and not self.tasks[key].done and not self.tasks[key].built

    def untracked(self, task: Task) -> bool:
        """Whether nobody writes on the board what happens to this task."""
        return task.sprint is not None and task.sprint == self.habits.untracked

    def put_off(self, action: Action) -> bool:
        """While everybody is away, do it when they are back; says whether it was put off."""
        until = self.habits.away_until
        if until is None or self.now >= until:
            return False
        self.at(until, action)
        return True
