"""What comes from outside the plan: ideas, defects, dependabot, guests, and the nightly build."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from sprintsim.simulation import constants, reviewing
from sprintsim.simulation.building import changes_of, commit
from sprintsim.simulation.clock import is_working_day
from sprintsim.simulation.event_log import FileChange, Key
from sprintsim.simulation.team import AREAS, CUSTOMER, DEPENDABOT, DEVELOPERS, GUEST, LEAD, REPOS, who_knows
from sprintsim.simulation.work import Bug, Idea
from sprintsim.simulation.world import Pull, Task, World

_WEEK_HOURS = 7 * 24
_SILENT = "aiko-tanaka"  # does not describe every pull request


def begin(world: World) -> None:
    """First commits, the backlog, and the agenda of everything that nobody planned."""
    for repo in REPOS:
        files = [path for area in AREAS[repo].values() for path in area]
        changes = tuple(FileChange(path, world.rng.randint(40, 160), 0) for path in sorted({*files, "README.md"}))
        world.main_heads[repo] = world.journal.commit(world.start, repo, LEAD, "Start from the prototype", changes)
    for order, idea in enumerate(world.texts.backlog):
        world.at(world.start + timedelta(minutes=30 + 17 * order), partial(_note_idea, world, idea))
    _report_bugs(world)
    _offer_updates(world)
    _build_every_night(world)
    world.at(world.start + timedelta(days=19, hours=6), partial(_guest_pull, world))
    world.at(world.start + timedelta(days=33, hours=4), partial(_silent_pull, world))


def _build_every_night(world: World) -> None:
    days = (world.until.date() - world.start.date()).days
    for day in (world.start.date() + timedelta(days=offset) for offset in range(1, days + 1)):
        if is_working_day(day):
            for order, repo in enumerate(REPOS):
                world.at(_moment(day, 2.1 + order / 30), partial(reviewing.nightly, world, repo))


def _moment(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(hours=hour)


def _note_idea(world: World, idea: Idea) -> None:
    author = world.rng.choice(DEVELOPERS).login
    key = world.journal.open_item(world.now, idea.repo, "issue", idea.title, idea.body, author)
    if "decision" in idea.body:
        world.journal.note(world.seconds_later(30), "labeled", key, LEAD, "needs-decision")


def _report_bugs(world: World) -> None:
    """Defects come at random times, each once, until the list is used up."""
    bugs = world.rng.sample(world.texts.bug, k=len(world.texts.bug))
    at = world.start
    for bug in bugs:
        at += timedelta(hours=world.rng.expovariate(constants.BUGS_PER_WEEK / _WEEK_HOURS))
        world.at(at.replace(hour=8 + at.hour % 11), partial(_report, world, bug))


def _report(world: World, bug: Bug) -> None:
    if not bug.outsider and world.put_off(partial(_report, world, bug)):
        return
    reporter = CUSTOMER.login if bug.outsider else world.rng.choice(DEVELOPERS).login
    author = None if bug.gone else reporter
    key = world.journal.open_item(world.now, bug.repo, "issue", bug.title, bug.body, author)
    label_at = world.now if not bug.outsider else world.later(LEAD, 1.0)
    world.at(label_at, partial(_triage, world, bug, key))
    if bug.gone:
        world.journal.note(world.now + timedelta(minutes=16), "commented", key, None, detail="Also in the newest one.")


def _triage(world: World, bug: Bug, key: Key) -> None:
    """The lead decides: not now, a duplicate, this sprint, or when somebody has time."""
    world.journal.note(world.seconds_later(4), "labeled", key, LEAD, "bug")
    if bug.outsider:
        world.journal.note(world.seconds_later(6), "labeled", key, LEAD, "customer")
        world.say(key, LEAD, "thanks")
    effort = world.log_normal(*constants.BUG_EFFORT)
    task = Task(key, bug.area, f"Fix: {bug.title[0].lower()}{bug.title[1:]}", effort, 50.0)
    world.tasks[key] = task
    fate = world.rng.random()
    if fate < constants.BUG_NOT_PLANNED + constants.BUG_DUPLICATE:
        task.hold = "unclaimed"
        occasion = "not_planned" if fate < constants.BUG_NOT_PLANNED else "duplicate"
        world.at(
            world.later(LEAD, world.log_normal(*constants.TURN_DOWN_DELAY)), partial(_turn_down, world, task, occasion)
        )
        return
    sprint = world.running_sprint()
    if sprint and bug.repo in sprint.numbers and world.chance(constants.BUG_URGENT):
        task.sprint, task.priority = sprint.index, -1.0
        milestone = (bug.repo, sprint.numbers[bug.repo])
        world.journal.note(world.seconds_later(9), "milestoned", key, LEAD, sprint.title, other=milestone)


def _turn_down(world: World, task: Task, occasion: str) -> None:
    if occasion == "duplicate":
        world.journal.note(world.seconds_later(1), "labeled", task.key, LEAD, "duplicate")
    world.say(task.key, LEAD, occasion)
    reason = "duplicate" if occasion == "duplicate" else "not_planned"
    world.at(world.seconds_later(20), partial(reviewing.close, world, task, LEAD, reason))


def _offer_updates(world: World) -> None:
    offers = [(bumps.repo, package) for bumps in world.texts.bump for package in bumps.packages]
    at = world.start
    for repo, package in world.rng.sample(offers, k=len(offers)):
        at += timedelta(hours=world.rng.expovariate(constants.UPDATES_PER_WEEK / _WEEK_HOURS))
        world.at(at.replace(hour=5) + timedelta(days=1), partial(offer_update, world, repo, package))


def offer_update(world: World, repo: str, package: str) -> Pull:
    """Dependabot opens a pull request; a developer merges it some days later if it is green."""
    name, old, new = package.split()
    title = f"Bump {name} from {old} to {new}"
    body = f"Bumps {name} from {old} to {new}.\n\nDependabot will resolve any conflicts with this pull request."
    change = (FileChange(AREAS[repo]["packages"][0], 1, 1),)
    pull = _open(world, repo, DEPENDABOT.login, title, body, f"dependabot/{name}-{new}", "packages", change)
    world.journal.note(world.seconds_later(2), "labeled", pull.key, DEPENDABOT.login, "dependencies")
    merger = world.rng.choice(who_knows(repo)).login
    world.at(
        world.later(merger, world.log_normal(*constants.UPDATE_DELAY)), partial(approve_and_merge, world, pull, merger)
    )
    return pull


def approve_and_merge(world: World, pull: Pull, merger: str) -> None:
    """Somebody looks at a small pull request and merges it at once, if the builds are green."""
    if pull.state == "closed" or pull.ci != "green" or world.red_main.get(pull.key[0]):
        return
    world.journal.note(world.now, "reviewed", pull.key, merger, "APPROVED", "")
    pull.state = "approved"
    world.at(world.now + timedelta(minutes=2), partial(reviewing.merge, world, pull, merger))


def _open(
    world: World,
    repo: str,
    author: str,
    title: str,
    body: str | None,
    branch: str,
    area: str,
    changes: tuple[FileChange, ...],
    fork: str = "",
) -> Pull:
    number = world.journal.next_number(repo)
    head = commit(world, world.now - timedelta(minutes=4), (repo, number), author, title, changes)
    key = world.journal.open_item(world.now, repo, "pull", title, body, author, branch=branch, fork=fork)
    pull = Pull(key, author, branch, area, None, head, sum(change.added for change in changes))
    world.pulls[key] = pull
    reviewing.start_ci(world, pull)
    return pull


def _guest_pull(world: World) -> None:
    """A pull request from a fork that was deleted after the merge."""
    body = "Tripped over this while setting it up. Thanks for the clear docs otherwise!"
    change = (FileChange("docs/runbook.md", 2, 2),)
    pull = _open(
        world, "api", GUEST.login, "Fix two commands in the runbook", body, "patch-1", "platform", change, GUEST.login
    )
    world.at(world.later(LEAD, 6.0), partial(approve_and_merge, world, pull, LEAD))


def _silent_pull(world: World) -> None:
    """A pull request without a text."""
    if _SILENT in world.habits.on_leave:
        return
    changes = changes_of(world, "mobile", "platform", 0.8)
    pull = _open(world, "mobile", _SILENT, "Bump build tools", None, "build-tools", "platform", changes)
    reviewing.ask_for_review(world, pull)
