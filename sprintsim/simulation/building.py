"""Developers at work: what they pick up next, their commits, and the pull requests they open."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sprintsim.simulation import constants, reviewing
from sprintsim.simulation.event_log import FileChange, Key, WorkSession
from sprintsim.simulation.team import AREAS, DEVELOPERS, LEAD
from sprintsim.simulation.world import Pull, Task, World

_NOTHING = 0.01


class _Activity(NamedTuple):
    """What somebody does for some hours at the desk, and what then happens. piece: see WorkSession; None for idling."""

    hours: float
    done: Callable[[], None]
    piece: Key | None = None


def wake(world: World, login: str) -> None:
    """Pick up the next thing; when it is done, the developer wakes again."""
    activity, began = _next_activity(world, login), world.now

    def finish() -> None:
        if activity.piece:
            world.journal.stints.append(WorkSession(activity.piece, login, began, world.now))
        activity.done()
        wake(world, login)

    world.at(world.later(login, activity.hours), finish)


def _next_activity(world: World, login: str) -> _Activity:
    """What somebody does next: finish own pull requests, review others', then build."""
    mine = [pull for pull in world.pulls.values() if pull.author == login and pull.state != "closed"]
    for pull in mine:
        if pull.ci == "red" or pull.state == "changes requested":
            hours = max(0.3, world.log_normal(*constants.FIX_EFFORT))
            return _Activity(hours, partial(_fix, world, pull), _piece(pull))
    for pull in world.pulls.values():
        if pull.reviewer == login and pull.state == "waiting" and pull.pickup and pull.pickup <= world.now:
            pull.state = "in review"
            hours = constants.REVIEW_HOURS_LEAST + pull.lines * constants.REVIEW_HOURS_PER_LINE
            return _Activity(hours, partial(reviewing.review, world, pull, login), _piece(pull))
    task = _next_task(world, login)
    if task is None:
        return _Activity(constants.IDLE_HOURS, lambda: None)
    return _begin_chunk(world, task, login)


def _piece(pull: Pull) -> Key:
    return pull.task.key if pull.task else pull.key


def _next_task(world: World, login: str) -> Task | None:
    skills = world.people[login].skills
    free = [
        task
        for task in world.tasks.values()
        if task.ready and not task.done and task.left > _NOTHING and not _left_alone(task)
        if task.assignee in (None, login)
        if task.assignee == login or skills.get(task.key[0], 0.0) >= constants.LEAST_SKILL
        if _in_reach(world, task) and not any(world.is_open(blocker) for blocker in task.blockers)
    ]
    if login in world.habits.juggling:
        return min(free, key=lambda task: (task.lines, task.priority), default=None)
    return min(free, key=lambda task: (task.assignee is None and not task.started, task.priority), default=None)


def _left_alone(task: Task) -> bool:
    return task.hold == "unclaimed" or (task.hold == "forgotten" and task.pull is not None)


def _in_reach(world: World, task: Task) -> bool:
    """Planned for a sprint that has begun, or not planned at all."""
    return task.sprint is None or world.sprints[task.sprint].first_day <= world.now.date()


def _begin_chunk(world: World, task: Task, login: str) -> _Activity:
    if not task.started:
        task.started = True
        _take(world, task, login)
    juggles = login in world.habits.juggling
    effort = min(task.left, constants.JUGGLING_HOURS if juggles else constants.CHUNK_HOURS)
    speed = world.people[login].skills.get(task.key[0], constants.LEAST_SKILL) * constants.FOCUS
    return _Activity(effort / speed, partial(_end_chunk, world, task, login, effort), task.key)


def _take(world: World, task: Task, login: str) -> None:
    """Whoever starts puts their name on it, if the board is kept."""
    taken = task.assignee is None
    task.assignee = task.assignee or login
    if world.untracked(task):
        return
    if taken:
        world.journal.note(world.now, "assigned", task.key, login, login)
    _remark(world, task, login)


def _remark(world: World, task: Task, login: str) -> None:
    """Whoever starts sometimes says so, or asks the author, who answers some hours later."""
    author = world.journal.items[task.key].author
    if author in world.desks and author != login and world.chance(constants.COMMENTED / 2):
        world.say(task.key, login, "question")
        answer_at = world.later(author, world.log_normal(*constants.ANSWER_DELAY))
        world.at(answer_at, partial(world.say, task.key, author, "answer"))
    elif world.chance(constants.COMMENTED / 2):
        world.say(task.key, login, "start", lead=LEAD)


def _end_chunk(world: World, task: Task, login: str, effort: float) -> None:
    if task.done:
        return
    task.left -= effort
    finished = task.left <= _NOTHING
    message = _commit_message(world, task, finished)
    changes = (*changes_of(world, task.key[0], task.area, effort), *_also(world, task, login))
    task.lines += sum(change.added for change in changes)
    task.local_commits.append((world.now, message, changes))
    pull = world.pulls[task.pull] if task.pull else None
    if pull:
        push(world, pull, task)
    elif finished or _shows(world, task, login):
        pull = _open_pull(world, task, login, draft=not finished)
    if pull and finished and pull.state == "draft":
        reviewing.mark_ready(world, pull)


def _shows(world: World, task: Task, login: str) -> bool:
    """Whether the work is shown as a draft now."""
    if task.hold == "forgotten" or task.also or login in world.habits.juggling:
        return True
    return task.shows_draft and len(task.local_commits) > 1


def _also(world: World, task: Task, login: str) -> tuple[FileChange, ...]:
    """Changes of files outside the task's area, which a scenario asks for."""
    repo, path = world.habits.owned.get(login, ("", ""))
    paths = (*task.also, *((path,) if repo == task.key[0] else ()))
    return tuple(FileChange(path, constants.ALSO_LINES, 1) for path in paths)


def _commit_message(world: World, task: Task, finished: bool) -> str:
    if not task.lines or (finished and world.chance(0.3)):
        return _plain(task.title)
    return world.phrase("work_commit")


def _plain(title: str) -> str:
    """A title without the markup that somebody put into it."""
    return title.split("<")[0].strip()


def changes_of(world: World, repo: str, area: str, effort: float) -> tuple[FileChange, ...]:
    """The files that some hours of work in an area touch."""
    files = AREAS[repo][area]
    chosen = world.rng.sample(files, k=min(len(files), 1 + (effort > 1) + (effort > 2)))
    lines = max(2.0, effort * constants.LINES_PER_HOUR * world.log_normal(*constants.LINES_SPREAD))
    return tuple(
        FileChange(path, max(1, round(lines / len(chosen))), round(lines * constants.REMOVED_SHARE / len(chosen)))
        for path in sorted(chosen)
    )


def _open_pull(world: World, task: Task, login: str, *, draft: bool) -> Pull:
    repo, number = task.key
    branch, title, body = f"{task.area}/{number}-{_slug(task.title)}", _plain(task.title), _pull_body(world, task)
    if world.untracked(task):  # nothing leads from it to the issue
        branch, title, body = (
            f"{task.area}/{login}-{len(world.pulls)}",
            f"{task.area}: {task.local_commits[-1][1]}",
            None,
        )
    key = (repo, world.journal.next_number(repo))
    head = _publish(world, task, key, login)
    world.journal.open_item(world.now, repo, "pull", title, body, login, branch=branch, draft=draft)
    task.pull = key
    pull = Pull(key, login, branch, task.area, task, head, task.lines, state="draft" if draft else "waiting")
    world.pulls[key] = pull
    _put_into_milestone(world, task, pull)
    reviewing.opened(world, pull)
    return pull


def push(world: World, pull: Pull, task: Task) -> None:
    """Push what was committed since the last push, and build it."""
    pull.head = _publish(world, task, pull.key, pull.author)
    pull.lines = task.lines
    reviewing.start_ci(world, pull)


def _publish(world: World, task: Task, pull: Key, login: str) -> str:
    for at, message, changes in task.local_commits:
        head = commit(world, at, pull, login, message, changes)
    task.local_commits = []
    return head


def commit(world: World, at: datetime, pull: Key, login: str, message: str, changes: tuple[FileChange, ...]) -> str:
    """Push one commit to a pull request's branch; returns its key."""
    head = world.journal.commit(at, pull[0], login, message, changes, branch=pull[1])
    world.journal.note(at, "committed", pull, login, head, message)
    return head


def _pull_body(world: World, task: Task) -> str | None:
    """Text of a pull request; a few leave it empty and mention the issue in a comment or not at all."""
    closes = f"Closes #{task.key[1]}"
    if task.hold == "review":
        return f"{closes}\n\nAsks the API for a reason and shows it under the field. @{LEAD} the wording is yours."
    return world.rng.choice((closes, f"{closes}\n\nTried on staging.", f"## What\n\n{_plain(task.title)}.\n\n{closes}"))


def _put_into_milestone(world: World, task: Task, pull: Pull) -> None:
    """On web and mobile people put their pull requests into the milestone too, on api they never do."""
    if task.sprint is None or pull.key[0] == "api" or world.untracked(task):
        return
    sprint = world.sprints[task.sprint]
    if sprint.first_day > world.now.date():  # moved to a sprint that has not begun
        return
    if task.hold or world.chance(constants.PULL_IN_MILESTONE):
        at = world.seconds_later(4)
        milestone = (pull.key[0], sprint.numbers[pull.key[0]])
        world.journal.note(at, "milestoned", pull.key, pull.author, sprint.title, other=milestone)


def _slug(title: str) -> str:
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in title.lower()).split()
    return "-".join(words[:4])


def _fix(world: World, pull: Pull) -> None:
    """Answer a review or a red build with a commit."""
    if pull.state == "closed":
        return
    answers_review = pull.state == "changes requested"
    message = world.phrase("fix_commit" if answers_review else "ci_commit")
    changes = changes_of(world, pull.key[0], pull.area, 0.4)
    pull.head = commit(world, world.now, pull.key, pull.author, message, changes)
    pull.lines += sum(change.added for change in changes)
    if answers_review:
        if world.chance(constants.COMMENTED):
            world.say(pull.key, pull.author, "fixed")
        reviewing.ask_for_review(world, pull)
    reviewing.start_ci(world, pull)


def start_work(world: World) -> None:
    """Let every developer come to the desk on the first day."""
    for person in DEVELOPERS:
        world.at(world.later(person.login, 0.01), partial(wake, world, person.login))
