"""Sprints: what the lead plans, adds, takes out again, and how a sprint ends."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from sprintsim.simulation import constants
from sprintsim.simulation.clock import shift
from sprintsim.simulation.event_log import Key, Milestone, Release
from sprintsim.simulation.team import DEVELOPERS, LEAD, who_knows
from sprintsim.simulation.work import Sprint, Work
from sprintsim.simulation.world import RunningSprint, Task, World


def plan_sprints(world: World, due_on: date) -> None:
    """Put every sprint on the agenda; the last one is due on `due_on`."""
    plans = world.texts.sprint
    ratios = world.rng.sample(constants.COMMIT_RATIOS, k=len(constants.COMMIT_RATIOS))
    for index, plan in enumerate(plans):
        due = due_on - timedelta(days=constants.SPRINT_DAYS * (len(plans) - 1 - index))
        first_day = shift(due - timedelta(days=constants.SPRINT_DAYS - 1), 0)
        sprint = RunningSprint(index, plan.renamed_from or plan.title, first_day, due, {})
        world.sprints.append(sprint)
        ratio = ratios[index] if index < len(ratios) else None
        world.at(_moment(shift(first_day, -3), 10.0), partial(_refine, world, sprint, plan, ratio))
        world.at(_moment(shift(due, 1), 9.5), partial(_look_after_due_date, world, sprint, 0))
        world.at(_moment(due, 16.5), partial(_close_if_done, world, sprint))
        world.at(_moment(shift(first_day, constants.TAKE_OUT_DAY), 16.0), partial(_take_out, world, sprint))
        if plan.renamed_from:
            world.at(_moment(shift(first_day, 2), 11.0), partial(setattr, sprint, "title", plan.title))


def first_moment(due_on: date) -> datetime:
    """When the simulation has to begin for the last sprint to be due on `due_on`."""
    first_due = due_on - timedelta(days=constants.SPRINT_DAYS * constants.PAST_SPRINTS)
    return _moment(shift(first_due - timedelta(days=constants.SPRINT_DAYS - 1), -4), 7.0)


def _moment(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(hours=hour)


def _refine(world: World, sprint: RunningSprint, plan: Sprint, ratio: float | None) -> None:
    """Open the milestones and the issues of a sprint, some days before it begins."""
    if world.put_off(partial(_refine, world, sprint, plan, ratio)):
        return
    for repo in plan.repos:
        _open_milestone(world, sprint, repo, plan)
    efforts = _efforts(world, plan, ratio)
    opened: dict[str, Key] = {}
    at = world.now
    for order, work in enumerate(sorted(plan.committed, key=lambda work: bool(work.after))):
        at += timedelta(minutes=world.rng.randint(4, 25))
        planned_at = _moment(sprint.first_day, 8.5) + timedelta(minutes=3 * order)
        world.at(at, partial(_prepare, world, sprint, work, efforts[work.title], opened, planned_at))
    carry_on = _moment(sprint.first_day, 9.6)
    world.at(carry_on, partial(_take_up_left_overs, world, sprint))
    for work in _arrivals(world, plan):
        day = work.day if work.day is not None else world.rng.uniform(*constants.ARRIVAL_DAYS)
        at = _moment(shift(sprint.first_day, int(day)), 9.0 + 8.0 * (day % 1))
        world.at(at, partial(_arrive, world, sprint, work, opened))


def _prepare(
    world: World, sprint: RunningSprint, work: Work, effort: float, opened: dict[str, Key], planned_at: datetime
) -> None:
    """Open the issue; the planning meeting puts it into the sprint later."""
    key = opened[work.title] = _open_issue(world, work, opened)
    priority = 0 if work.first else world.rng.uniform(1, 10)
    blockers = [opened[title] for title in work.after]
    task = Task(
        key,
        work.area,
        work.title,
        effort,
        priority,
        sprint.index,
        hold=work.hold,
        blockers=blockers,
        labelled_blocked=bool(blockers),
        ready=False,
        shows_draft=effort > constants.LARGE_EFFORT or world.chance(constants.DRAFT_FIRST),
    )
    world.tasks[key] = task
    world.at(planned_at, partial(_commit_to, world, sprint, task, work))


def _open_milestone(world: World, sprint: RunningSprint, repo: str, plan: Sprint) -> None:
    number = 1 + sum(each.repo == repo for each in world.journal.milestones.values())
    sprint.numbers[repo] = number
    world.journal.milestones[(repo, number)] = Milestone(
        repo, number, plan.title, plan.goal, LEAD, world.now, sprint.due_on, None
    )


def _efforts(world: World, plan: Sprint, ratio: float | None) -> dict[str, float]:
    """Hours per title: drawn, and scaled to the planned share of the capacity unless the plan states them."""
    drawn = {work.title: work.hours or world.log_normal(*constants.ITEM_EFFORT) for work in plan.committed}
    if ratio is None:
        return drawn
    capacity = (
        len(who_knows(*plan.repos))
        * constants.SPRINT_WORKING_DAYS
        * constants.DAY_HOURS
        * constants.FOCUS
        * constants.PLANNED_SHARE
    )
    scale = ratio * capacity / sum(drawn.values())
    return {title: hours * scale for title, hours in drawn.items()}


def _arrivals(world: World, plan: Sprint) -> list[Work]:
    if any(work.day is not None for work in plan.arrivals):
        return list(plan.arrivals)
    number = _poisson(world, constants.ARRIVALS_PER_SPRINT)
    return list(plan.arrivals[:number])


def _poisson(world: World, mean: float) -> int:
    """Knuth's method; the means here are small."""
    limit, product, draws = math.exp(-mean), world.rng.random(), 0
    while product > limit:
        product *= world.rng.random()
        draws += 1
    return draws


def _open_issue(world: World, work: Work, opened: dict[str, Key]) -> Key:
    author = LEAD if world.chance(0.6) else world.rng.choice(DEVELOPERS).login
    blockers = [opened[title] for title in work.after]
    key = world.journal.open_item(world.now, work.repo, "issue", work.title, _body(work, blockers), author)
    for label in work.labels:
        world.journal.note(world.seconds_later(5), "labeled", key, author, label)
    if blockers:
        world.journal.note(world.seconds_later(9), "labeled", key, author, "blocked")
    if work.before_native:
        for blocker in blockers:
            world.journal.block(world.seconds_later(40), key, blocker, author)
    if world.chance(constants.RENAMED):
        _rename(world, key, author, work)
    return key


def _rename(world: World, key: Key, author: str, work: Work) -> None:
    """The title was different at first."""
    first_title = f"{work.title.split(',')[0]} (draft)"
    world.journal.items[key] = replace(world.journal.items[key], title=first_title)
    at = world.now + timedelta(minutes=world.rng.randint(20, 200))
    world.journal.note(at, "renamed", key, author, work.title, first_title)


def _body(work: Work, blockers: list[Key]) -> str:
    lines = [work.why, "", "## Acceptance criteria", "", *(f"- [ ] {each}" for each in work.accept)]
    for repo, number in blockers:
        reference = f"#{number}" if repo == work.repo else f"sprint-demo/{repo}#{number}"
        lines += ["", f"Blocked by {reference}"]
    return "\n".join(lines)


def _commit_to(world: World, sprint: RunningSprint, task: Task, work: Work) -> None:
    """The planning meeting puts an item into the sprint, mostly with somebody's name on it."""
    _put_in(world, sprint, task)
    task.ready = True
    if task.hold == "unclaimed":
        return
    if work.assignee or world.chance(constants.ASSIGNED_AT_PLANNING):
        task.assignee = work.assignee or _choose_assignee(world, task)
        world.journal.note(world.seconds_later(30), "assigned", task.key, LEAD, task.assignee)
    if task.blockers:
        waiting = task.assignee or LEAD
        world.at(
            world.later(waiting, world.rng.uniform(*constants.WAITING_IS_SAID_AFTER)),
            partial(_say_waiting, world, task, waiting),
        )


def _put_in(world: World, sprint: RunningSprint, task: Task) -> None:
    repo = task.key[0]
    task.sprint = sprint.index
    milestone = (repo, sprint.numbers[repo])
    world.journal.note(world.seconds_later(10), "milestoned", task.key, LEAD, sprint.title, other=milestone)


def _say_waiting(world: World, task: Task, login: str) -> None:
    for repo, number in filter(world.is_open, () if world.untracked(task) else task.blockers):
        reference = f"#{number}" if repo == task.key[0] else f"sprint-demo/{repo}#{number}"
        world.say(task.key, login, "waiting", blocker=reference)


def _choose_assignee(world: World, task: Task) -> str:
    repo = task.key[0]
    able = [person for person in who_knows(repo) if person.login not in world.habits.on_leave]
    load = {person.login: sum(t.left for t in world.tasks.values() if t.assignee == person.login) for person in able}
    return min(able, key=lambda person: (load[person.login] + world.rng.uniform(0, 8)) / person.skills[repo]).login


def _arrive(world: World, sprint: RunningSprint, work: Work, opened: dict[str, Key]) -> None:
    """Somebody needs one more thing, now."""
    if sprint.closed or world.put_off(partial(_arrive, world, sprint, work, opened)):
        return
    key = _open_issue(world, work, opened)
    effort = work.hours or world.log_normal(*constants.ITEM_EFFORT)
    task = Task(key, work.area, work.title, effort, world.rng.uniform(0, 10), None, None, work.hold)
    world.tasks[key] = task
    _put_in(world, sprint, task)


def _open_tasks(world: World, sprint: RunningSprint) -> list[Task]:
    return [task for task in world.tasks.values() if task.sprint == sprint.index and not task.done]


def _take_out(world: World, sprint: RunningSprint) -> None:
    """Half-way the lead looks at the burn-up; when it is hopeless, something leaves."""
    if world.put_off(partial(_take_out, world, sprint)):
        return
    open_tasks = _open_tasks(world, sprint)
    days = constants.SPRINT_WORKING_DAYS - constants.TAKE_OUT_DAY - 1
    left = len(who_knows(*sprint.numbers)) * days * constants.DAY_HOURS * constants.FOCUS * constants.PLANNED_SHARE
    candidates = sorted(
        (task for task in open_tasks if not task.started and not task.hold and not task.blockers),
        key=lambda task: task.priority,
    )
    while candidates and sum(task.left for task in open_tasks) > left:
        task = candidates.pop()
        open_tasks.remove(task)
        _move_out(world, sprint, task, "descoped")
        if len(candidates) < 2 or world.chance(0.5):
            return


def _move_out(world: World, sprint: RunningSprint, task: Task, occasion: str) -> None:
    """Take an item (and its open pull request) out of the milestone; the next sprint of its repository gets it."""
    repo = task.key[0]
    milestone = (repo, sprint.numbers[repo])
    world.say(task.key, LEAD, occasion, milestone=sprint.title)
    world.journal.note(world.seconds_later(8), "demilestoned", task.key, LEAD, sprint.title, other=milestone)
    if task.pull and task.pull in _milestoned(world):
        world.journal.note(world.seconds_later(9), "demilestoned", task.pull, LEAD, sprint.title, other=milestone)
    plans = world.texts.sprint
    later = [index for index in range(sprint.index + 1, len(plans)) if repo in plans[index].repos]
    task.sprint = later[0] if later else None
    if not later:
        task.hold = "unclaimed"


def _milestoned(world: World) -> set[Key]:
    """The items that are in some milestone now."""
    inside: set[Key] = set()
    for happening in world.journal.happenings:
        if happening.kind == "milestoned":
            inside.add((happening.repo, happening.number))
        elif happening.kind == "demilestoned":
            inside.discard((happening.repo, happening.number))
    return inside


def _take_up_left_overs(world: World, sprint: RunningSprint) -> None:
    inside = _milestoned(world)
    for task in _open_tasks(world, sprint):
        if task.key not in inside:
            _put_in(world, sprint, task)
            task.priority = 0.5


def _look_after_due_date(world: World, sprint: RunningSprint, days: int) -> None:
    """A working day after the due date, and again: close, wait a little, or move what is left."""
    if sprint.closed or world.put_off(partial(_look_after_due_date, world, sprint, days)):
        return
    left = _open_tasks(world, sprint)
    if left and len(left) <= constants.LATE_ITEMS_WAITED_FOR and days < constants.DAYS_WAITED:
        tomorrow = _moment(shift(world.now.date(), 1), 9.5)
        world.at(tomorrow, partial(_look_after_due_date, world, sprint, days + 1))
        return
    for task in left:
        _move_out(world, sprint, task, "carried")
    _close(world, sprint)
    following = world.sprints[sprint.index + 1] if sprint.index + 1 < len(world.sprints) else None
    if following and following.numbers:
        _take_up_left_overs(world, following)


def _close_if_done(world: World, sprint: RunningSprint) -> None:
    if not sprint.closed and not _open_tasks(world, sprint):
        _close(world, sprint)


def _close(world: World, sprint: RunningSprint) -> None:
    """Close the milestones and release what was built."""
    sprint.closed = True
    for repo, number in sprint.numbers.items():
        key = (repo, number)
        world.journal.milestones[key] = replace(
            world.journal.milestones[key], closed_at=world.seconds_later(60 + number)
        )
        tag = f"v{sprint.title.split()[0]}.0"
        at = world.now + timedelta(minutes=20 + number)
        body = f"{world.texts.sprint[sprint.index].goal}\n\nThanks to everybody who tested."
        world.journal.releases.append(Release(repo, tag, body, LEAD, at, world.main_heads[repo]))
