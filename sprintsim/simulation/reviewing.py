"""Pull requests after they were opened: builds, reviews, merging, and a default branch that may turn red."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from sprintsim.simulation import constants
from sprintsim.simulation.event_log import Key, Run
from sprintsim.simulation.repository import DEFAULT_BRANCH
from sprintsim.simulation.team import DEVELOPERS, LEAD, PREVIEW_BOT
from sprintsim.simulation.world import Pull, Task, World


def opened(world: World, pull: Pull) -> None:
    """A developer's pull request was opened: preview, build, and a request for review unless it is a draft."""
    if pull.key[0] == "web":
        at = world.now + timedelta(minutes=3)
        text = world.phrase("preview", branch=pull.branch.replace("/", "-"))
        world.journal.note(at, "commented", pull.key, PREVIEW_BOT.login, detail=text)
    start_ci(world, pull)
    if pull.state != "draft":
        ask_for_review(world, pull)


def mark_ready(world: World, pull: Pull) -> None:
    """A draft is finished: ask for a review."""
    world.journal.note(world.now, "ready_for_review", pull.key, pull.author)
    ask_for_review(world, pull)


def ask_for_review(world: World, pull: Pull) -> None:
    """Request a review from a colleague who knows the repository, of the same one again in later rounds."""
    stuck = pull.task is not None and pull.task.hold == "review"
    if pull.reviewer is None:
        pull.reviewer = LEAD if stuck else _choose_reviewer(world, pull)
    pull.state = "waiting"
    at = world.seconds_later(20)
    world.journal.note(at, "review_requested", pull.key, pull.author, pull.reviewer)
    if stuck:
        world.at(
            world.later(pull.author, constants.NUDGE_AFTER),
            partial(world.say, pull.key, pull.author, "nudge", reviewer=pull.reviewer),
        )
        return
    wait = world.log_normal(*constants.PICKUP_DELAY) * _patience(world, pull)
    if pull.reviewer == world.habits.reviewer:
        wait *= constants.ONLY_REVIEWER_DELAY
    pull.pickup = world.later(pull.reviewer, wait / world.people[pull.reviewer].responsiveness)


def _patience(world: World, pull: Pull) -> float:
    """What repairs the default branch is looked at at once, and towards the end of a sprint everything sooner."""
    if pull.task and pull.task.key == world.red_main.get(pull.key[0]):
        return constants.REPAIR_PATIENCE
    if pull.task is None or pull.task.sprint is None:
        return 1.0
    left = world.sprints[pull.task.sprint].due_on - world.now.date()
    return constants.LATE_PATIENCE if left.days <= constants.LATE_DAYS else 1.0


def _choose_reviewer(world: World, pull: Pull) -> str:
    """Whoever knows the repository best is asked most often: the lead is in the way more than she should be."""
    repo, only = pull.key[0], world.habits.reviewer
    if only and only != pull.author:
        return only
    others = [person for person in DEVELOPERS if person.login not in (pull.author, *world.habits.on_leave)]
    able = [person for person in others if person.skills.get(repo, 0.0) > 0]
    weights = [person.skills[repo] * (constants.LEAD_IS_ASKED if person.login == LEAD else 1.0) for person in able]
    return world.rng.choices(able, weights)[0].login


def review(world: World, pull: Pull, login: str) -> None:
    """The reviewer has read it: approve, or ask for changes with comments on lines."""
    if pull.state != "in review":
        return
    pull.rounds += 1
    chance = constants.APPROVED_AT_ONCE if pull.rounds == 1 else constants.APPROVED_LATER
    if world.chance(chance) or pull.rounds > constants.MOST_ROUNDS:
        _review(world, pull, login, "APPROVED", world.phrase("approve") if world.chance(0.6) else "")
        pull.state = "approved"
        _merge_soon(world, pull)
        return
    verdict = "CHANGES_REQUESTED" if world.chance(constants.CHANGES_REQUESTED) else "COMMENTED"
    _review(world, pull, login, verdict, world.phrase("changes"))
    comments = 1 + sum(world.chance(constants.REVIEW_COMMENTS) for _ in range(3))
    for text in world.rng.sample(world.texts.phrases["line"], k=comments):
        world.journal.note(world.now, "review_commented", pull.key, login, detail=text)
    pull.state = "changes requested"


def _review(world: World, pull: Pull, login: str, verdict: str, text: str) -> None:
    world.journal.note(world.now, "reviewed", pull.key, login, verdict, text)


def _merge_soon(world: World, pull: Pull) -> None:
    merger = pull.author if pull.author in world.desks else pull.reviewer or LEAD
    delay = world.log_normal(*constants.MERGE_DELAY)
    world.at(world.later(merger, delay), partial(_try_merge, world, pull, merger))


def _try_merge(world: World, pull: Pull, merger: str) -> None:
    if pull.state != "approved":
        return
    red = world.red_main.get(pull.key[0])
    repairs = red is not None and pull.task is not None and pull.task.key == red
    if pull.ci != "green" or (red and not repairs):
        world.at(world.later(merger, constants.RETRY_MERGE_HOURS), partial(_try_merge, world, pull, merger))
        return
    merge(world, pull, merger)


def merge(world: World, pull: Pull, merger: str) -> None:
    """Merge into the default branch, close what it closes, and build the default branch."""
    repo, number = pull.key
    item = world.journal.items[pull.key]
    message = f"Merge pull request #{number} from sprint-demo/{pull.branch}\n\n{item.title}"
    head = world.journal.commit(world.now, repo, merger, message, merges=number)
    world.main_heads[repo] = head
    pull.state = "closed"
    world.journal.note(world.now, "merged", pull.key, merger, head)
    world.journal.note(world.now, "closed", pull.key, merger)
    if not item.fork:
        world.journal.note(world.seconds_later(3), "head_ref_deleted", pull.key, merger)
    if pull.task:
        if world.untracked(pull.task):
            pull.task.built = True
        else:
            close(world, pull.task, merger, "completed")
        if world.red_main.get(repo) == pull.task.key:
            world.red_main[repo] = None
    _build_main(world, pull, head, merger)


def close(world: World, task: Task, actor: str, reason: str) -> None:
    """Close an issue, and take the label from those that waited for it."""
    task.done = True
    world.journal.note(world.seconds_later(1), "closed", task.key, actor, detail=reason)
    for other in world.tasks.values():
        if other.labelled_blocked and not other.done and not any(map(world.is_open, other.blockers)):
            other.labelled_blocked = False
            world.journal.note(world.seconds_later(2), "unlabeled", other.key, actor, "blocked")
    if reason == "completed" and world.chance(constants.REOPENED):
        world.at(world.later(LEAD, world.log_normal(*constants.REOPEN_DELAY)), partial(_reopen, world, task))


def _reopen(world: World, task: Task) -> None:
    """Something was overlooked. Not near the end of a sprint, and not in one that is over."""
    if task.sprint is not None:
        sprint = world.sprints[task.sprint]
        if sprint.closed or sprint.due_on - world.now.date() < timedelta(days=5):
            return
    tester = world.rng.choice([person.login for person in DEVELOPERS if person.login != task.assignee])
    world.say(task.key, tester, "reopen")
    world.journal.note(world.seconds_later(2), "reopened", task.key, tester)
    task.done, task.pull, task.left, task.lines = False, None, world.log_normal(*constants.REOPEN_EFFORT), 0


def start_ci(world: World, pull: Pull) -> None:
    """Build the head of a pull request."""
    repo = pull.key[0]
    pull.ci = "pending"
    fails = world.chance(constants.CI_FAILS[repo] / (1 + pull.rounds))
    flaky = not fails and world.chance(constants.CI_FLAKY[repo])
    run = _record_run(world, pull.key, "pull_request", pull.branch, pull.head, pull.author, red=fails or flaky)
    if flaky:
        rerun_at = run.finished_at + timedelta(minutes=world.rng.uniform(*constants.RERUN_MINUTES))
        world.at(rerun_at, partial(_rerun, world, run, pull))
    else:
        world.at(run.finished_at, partial(_built, pull, pull.head, "red" if fails else "green"))


def _built(pull: Pull, head: str, outcome: str) -> None:
    if pull.head == head:
        pull.ci = "red" if outcome == "red" else "green"


def _rerun(world: World, run: Run, pull: Pull) -> None:
    again = _again(world, run, red=False)
    if pull.author in world.desks and world.chance(constants.COMMENTED):
        world.journal.note(
            again.finished_at + timedelta(minutes=2), "commented", pull.key, pull.author, detail=world.phrase("flaky")
        )
    world.at(again.finished_at, partial(_built, pull, run.commit, "green"))


def _build_main(world: World, pull: Pull, head: str, merger: str) -> None:
    repo = pull.key[0]
    red = world.red_main.get(repo) is not None
    breaks = not red and pull.author in world.desks and world.chance(constants.MAIN_BREAKS)
    flaky = not red and not breaks and world.chance(constants.CI_FLAKY[repo])
    run = _record_run(world, pull.key, "push", DEFAULT_BRANCH, head, merger, red=red or breaks or flaky)
    if breaks:
        world.at(
            run.finished_at + timedelta(minutes=9), partial(break_main, world, pull, merger, constants.REPAIR_EFFORT)
        )
    if flaky:
        rerun_at = run.finished_at + timedelta(minutes=world.rng.uniform(*constants.RERUN_MINUTES))
        world.at(rerun_at, partial(_again, world, run, red=False))


def break_main(world: World, culprit: Pull, finder: str, effort: float) -> Key:
    """The default branch is red for a reason: open an issue for it and put it first."""
    repo, number = culprit.key
    title = f"CI on main is red since #{number}"
    body = f"Fails on every run since #{number} was merged. Please do not merge anything else until this is fixed."
    key = world.journal.open_item(world.now, repo, "issue", title, body, finder)
    world.journal.note(world.seconds_later(2), "labeled", key, finder, "bug")
    world.journal.note(world.seconds_later(3), "assigned", key, finder, finder)
    world.tasks[key] = Task(key, culprit.area, f"Make main green again after #{number}", effort, -100.0, None, finder)
    world.red_main[repo] = key
    return key


def nightly(world: World, repo: str) -> None:
    """The scheduled run on the default branch."""
    red = world.red_main.get(repo) is not None or world.chance(constants.CI_FLAKY[repo])
    _record_run(world, (repo, 0), "schedule", DEFAULT_BRANCH, world.main_heads[repo], LEAD, red=red)


def rebuild_main(world: World, repo: str) -> None:
    """Run the newest build of the default branch again; it stays red if the branch is broken."""
    runs = [run for run in world.journal.runs if run.repo == repo and run.event == "push"]
    _again(world, runs[-1], red=world.red_main.get(repo) is not None)


def _record_run(world: World, key: Key, event: str, branch: str, head: str, actor: str, *, red: bool) -> Run:
    repo, number = key
    workflow = "Nightly" if event == "schedule" else "CI"
    title = "Nightly" if event == "schedule" else world.journal.items[key].title
    run = Run(
        number=world.journal.next_run_number(repo, workflow),
        attempt=1,
        repo=repo,
        workflow=workflow,
        event=event,
        branch=branch,
        commit=head,
        pull=number if event == "pull_request" else 0,
        actor=actor,
        title=title,
        created_at=world.seconds_later(5),
        started_at=world.seconds_later(5),
        finished_at=world.seconds_later(5) + _duration(world, repo),
        conclusion="failure" if red else "success",
    )
    world.journal.runs.append(run)
    return run


def _again(world: World, run: Run, *, red: bool) -> Run:
    again = replace(
        run,
        attempt=run.attempt + 1,
        started_at=world.now,
        finished_at=world.now + _duration(world, run.repo),
        conclusion="failure" if red else "success",
    )
    world.journal.runs.append(again)
    return again


def _duration(world: World, repo: str) -> timedelta:
    return timedelta(minutes=world.log_normal(constants.CI_MINUTES[repo], constants.CI_MINUTES_SIGMA))
