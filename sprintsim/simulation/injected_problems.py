"""Troubles for the fourth sprint, whose truth is known because the simulation made them.

The demo has none of them. Each scenario changes how people work; what follows from that (pull requests that wait,
boards that stand still) comes from the same rules as everything else. What the event log records as `InjectedProblem`
is the intention, in the simulation's own terms: no threshold of a detector is read here.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import combinations
from typing import Literal, get_args

from sprintsim.simulation import constants, reviewing
from sprintsim.simulation.clock import shift
from sprintsim.simulation.event_log import InjectedProblem, Key, Person, TroubleKind
from sprintsim.simulation.team import DEVELOPERS, LEAD, REPOS, who_knows
from sprintsim.simulation.world import RunningSprint, Task, World

Scenario = Literal[
    "away_at_the_start",
    "away_in_the_middle",
    "board_not_kept",
    "forgotten_item",
    "few_people_juggle",
    "one_person_juggles",
    "one_reviewer",
    "same_files",
    "one_author",
]
SCENARIOS: tuple[Scenario, ...] = get_args(Scenario)
TROUBLED = 3  # index of the sprint that is threatened: the last one that is over
_HALF_TIME = 5  # working days into the sprint
_EARLY = 7.0  # o'clock; the first people come at a quarter past
_CATCHING_UP = 2.5  # hours on the first morning back until somebody does what had to wait
_JUGGLED = 3  # working days after which everything is begun


def put_in(world: World, scenario: Scenario) -> None:
    """Put a scenario on the agenda; to be called after the sprints were planned."""
    _STAGED[scenario](world, world.sprints[TROUBLED])


# ---------------------------------------------------------------- nobody there


def _away_at_the_start(world: World, sprint: RunningSprint) -> None:
    """The meeting plans the sprint, and then everybody is at a trade fair."""
    days = world.rng.randint(*constants.AWAY_AT_START)
    _send_away(world, sprint, 0, days)
    since, back = _morning(sprint, 0), _morning(sprint, days)
    _record(world, sprint, "late_start", since, back)
    _record(world, sprint, "quiet_milestone", since, back)


def _away_in_the_middle(world: World, sprint: RunningSprint) -> None:
    """Everybody helps another project for a week."""
    first = world.rng.randint(2, 4)
    _send_away(world, sprint, first, constants.AWAY_IN_THE_MIDDLE)
    back = _morning(sprint, first + constants.AWAY_IN_THE_MIDDLE)
    _record(world, sprint, "quiet_milestone", _morning(sprint, first), back)


def _send_away(world: World, sprint: RunningSprint, first: int, days: int) -> None:
    begins, ends = _morning(sprint, first), _morning(sprint, first + days)
    absent = {begins.date() + timedelta(days=offset) for offset in range((ends - begins).days)}
    for desk in world.desks.values():
        desk.stay_away(absent)
    back = ends + timedelta(hours=_CATCHING_UP)
    world.at(_after_planning(sprint) if first == 0 else begins, partial(setattr, world.habits, "away_until", back))


# ---------------------------------------------------------------- work that the board does not show


def _board_not_kept(world: World, sprint: RunningSprint) -> None:
    """Pull requests name no issue, nobody takes an issue, and the lead closes what is built on the last afternoon."""
    world.habits.untracked = sprint.index
    world.at(_moment(sprint.due_on, 16.0), partial(_tidy, world, sprint))
    _record(world, sprint, "untracked_board", _morning(sprint, 0), _morning(sprint, _HALF_TIME + 1))


def _tidy(world: World, sprint: RunningSprint) -> None:
    world.habits.untracked = None
    for task in _tasks(world, sprint):
        if task.built:
            reviewing.close(world, task, LEAD, "completed")


def _forgotten_item(world: World, sprint: RunningSprint) -> None:
    """Somebody begins an item of the sprint before, shows a draft, and nobody ever comes back to it."""
    before = world.sprints[sprint.index - 1]
    world.at(_morning(before, 0), partial(_choose_forgotten, world, before, sprint))


def _choose_forgotten(world: World, before: RunningSprint, sprint: RunningSprint) -> None:
    task = world.rng.choice([task for task in _tasks(world, before) if _is_free(task)])
    task.hold, task.left, task.priority = "forgotten", constants.FORGOTTEN_EFFORT, -1.0
    world.at(_morning(sprint, _HALF_TIME), partial(_note_forgotten, world, task, sprint))


def _note_forgotten(world: World, task: Task, sprint: RunningSprint) -> None:
    if task.pull and task.sprint == sprint.index:
        since = world.pulls[task.pull]
        opened = world.journal.items[since.key].created_at
        _record(world, sprint, "ageing_work", opened, world.now, (task.key,))


# ---------------------------------------------------------------- too much at once


def _few_people_juggle(world: World, sprint: RunningSprint) -> None:
    """Half of the team has been on leave for weeks; the others begin one item after the other to please everybody."""
    first = _morning(world.sprints[sprint.index - 2], 0)
    staying = world.rng.choice(_enough(constants.LEFT_OF_THE_TEAM))
    leaving = frozenset(person.login for person in DEVELOPERS) - staying
    days = {first.date() + timedelta(days=offset) for offset in range((sprint.due_on - first.date()).days)}
    for login in leaving:
        world.desks[login].stay_away(days)
    world.habits.on_leave = leaving
    world.at(_moment(sprint.due_on, 20.0), partial(setattr, world.habits, "on_leave", frozenset()))
    _juggle(world, sprint, staying)


def _enough(number: int) -> list[frozenset[str]]:
    """Groups of so many people who can build in every repository, and review what one of them built."""
    return [
        frozenset(person.login for person in group)
        for group in combinations(DEVELOPERS, number)
        if all(any(person in who_knows(repo) for person in group) for repo in REPOS)
        if all(sum(person.skills.get(repo, 0.0) > 0 for person in group) > 1 for repo in REPOS)
    ]


def _one_person_juggles(world: World, sprint: RunningSprint) -> None:
    """One person holds half of the items of their repositories and works a little on each."""
    login = world.rng.choice([person.login for person in DEVELOPERS if len(_repos_of(person)) > 1])
    world.at(_after_planning(sprint), partial(_pile_up, world, sprint, login))
    _juggle(world, sprint, frozenset({login}))


def _juggle(world: World, sprint: RunningSprint, logins: frozenset[str]) -> None:
    world.at(_morning(sprint, 0), partial(setattr, world.habits, "juggling", logins))
    _record(world, sprint, "too_much_wip", _morning(sprint, 0), _morning(sprint, _JUGGLED))


def _pile_up(world: World, sprint: RunningSprint, login: str) -> None:
    known = _repos_of(world.people[login])
    for task in [task for task in _tasks(world, sprint) if task.key[0] in known]:
        if not task.started and not task.hold and task.assignee != login:
            if task.assignee:
                world.journal.note(world.now, "unassigned", task.key, LEAD, task.assignee)
            world.journal.note(world.now, "assigned", task.key, LEAD, login)
            task.assignee = login


def _repos_of(person: Person) -> set[str]:
    return {repo for repo in REPOS if person in who_knows(repo)}


def _one_reviewer(world: World, sprint: RunningSprint) -> None:
    """For two sprints the lead has wanted to see everything herself, and she has little time for it."""
    before = world.sprints[sprint.index - 2]
    world.at(_morning(before, 0), partial(setattr, world.habits, "reviewer", LEAD))
    _record(world, sprint, "review_bottleneck", _morning(before, 0), _morning(sprint, _HALF_TIME))


# ---------------------------------------------------------------- the same files


def _same_files(world: World, sprint: RunningSprint) -> None:
    """Two people change the same two files for different items at the same time, without knowing."""
    world.at(_morning(sprint, 0), partial(_choose_pair, world, sprint))


def _choose_pair(world: World, sprint: RunningSprint) -> None:
    free = [task for task in _tasks(world, sprint) if _is_free(task)]
    repo = world.rng.choice(sorted({task.key[0] for task in free if _people_for(free, task.key[0]) > 1}))
    pair = world.rng.sample([task for task in free if task.key[0] == repo], k=2)
    files = (f"shared/money_{repo}.txt", f"shared/test_money_{repo}.txt")
    for task, person in zip(pair, world.rng.sample(who_knows(repo), k=2), strict=True):
        task.also, task.left, task.priority = files, constants.SHARED_FILE_EFFORT, -1.0
        task.assignee = person.login
        world.journal.note(world.now, "assigned", task.key, LEAD, person.login)
    for morning in _mornings(sprint):
        world.at(morning, partial(_note_pair, world, sprint, pair))


def _people_for(tasks: list[Task], repo: str) -> int:
    return min(len(who_knows(repo)), sum(task.key[0] == repo for task in tasks))


def _note_pair(world: World, sprint: RunningSprint, pair: list[Task]) -> None:
    pulls = tuple(sorted(task.pull for task in pair if task.pull and world.pulls[task.pull].state != "closed"))
    if len(pulls) == 2:
        _record_once(world, sprint, "concurrent_edits", pulls)


def _one_author(world: World, sprint: RunningSprint) -> None:
    """Since the sprint before one person keeps a file that nobody else dares to touch."""
    before = world.sprints[sprint.index - 1]
    person = world.rng.choice(DEVELOPERS)
    repo = max(person.skills, key=lambda name: person.skills[name])
    owned = {person.login: (repo, f"{repo}/legacy/rules.txt")}
    world.at(_morning(before, 0), partial(setattr, world.habits, "owned", owned))
    for morning in _mornings(sprint):
        world.at(morning, partial(_note_owned, world, sprint, person.login, repo))


def _note_owned(world: World, sprint: RunningSprint, login: str, repo: str) -> None:
    """The person's open pull requests of this sprint change the file, if they were opened for it."""
    changing = [
        task.pull
        for task in _tasks(world, sprint)
        if task.pull and task.key[0] == repo and world.pulls[task.pull].author == login
        if world.pulls[task.pull].state != "closed"
    ]
    if changing:
        _record_once(world, sprint, "single_ownership", tuple(sorted(changing)))


# ---------------------------------------------------------------- shared by the above


def _record(
    world: World,
    sprint: RunningSprint,
    kind: TroubleKind,
    since: datetime,
    visible: datetime,
    items: tuple[Key, ...] = (),
) -> None:
    world.journal.troubles.append(InjectedProblem(kind, sprint.due_on, since, visible, items))


def _record_once(world: World, sprint: RunningSprint, kind: TroubleKind, items: tuple[Key, ...]) -> None:
    """The first morning on which it can be seen."""
    if not any(trouble.kind == kind for trouble in world.journal.troubles):
        since = max(world.journal.items[key].created_at for key in items)
        _record(world, sprint, kind, since, world.now, items)


def _tasks(world: World, sprint: RunningSprint) -> list[Task]:
    return [task for task in world.tasks.values() if task.sprint == sprint.index and not task.done]


def _is_free(task: Task) -> bool:
    return not task.started and not task.hold and not task.blockers


def _mornings(sprint: RunningSprint) -> Iterator[datetime]:
    """From the third working day on."""
    return (_morning(sprint, day) for day in range(2, constants.SPRINT_WORKING_DAYS))


def _morning(sprint: RunningSprint, working_days: int) -> datetime:
    return _moment(shift(sprint.first_day, working_days), _EARLY)


def _after_planning(sprint: RunningSprint) -> datetime:
    return _moment(sprint.first_day, 9.75)


def _moment(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(hours=hour)


_STAGED: dict[Scenario, Callable[[World, RunningSprint], None]] = {
    "away_at_the_start": _away_at_the_start,
    "away_in_the_middle": _away_in_the_middle,
    "board_not_kept": _board_not_kept,
    "forgotten_item": _forgotten_item,
    "few_people_juggle": _few_people_juggle,
    "one_person_juggles": _one_person_juggles,
    "one_reviewer": _one_reviewer,
    "same_files": _same_files,
    "one_author": _one_author,
}
