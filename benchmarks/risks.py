"""How often detectors are right: `python benchmarks/risks.py [SEEDS]`, thirty simulated startups, some minutes.

First the troubles that the scenario puts into the sprint in progress, whose truth is known from the simulation and not
from what was collected: precision and recall, with n. Then the four earlier sprints of each startup at half time,
where nothing was put in on purpose: how often each detector fires, and what became of the items it named. Last, for
half as many seeds, scenarios that each put one other trouble into an earlier sprint (`risk_scenarios.py`).

Where more is so than was put in (`risk_truths.py`), precision counts that too.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from risk_scenarios import measure, show, show_scenarios
from risk_truths import Claims, ref_of, rest
from sqlalchemy import Engine

from sprintlib.analysis.pipeline import sprint_contexts
from sprintlib.calendar import WorkingCalendar
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import load_state
from sprintlib.risks import Risk, SprintContext, find_risks
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store
from sprintsim.simulation import EventLog, write_startup
from sprintsim.simulation.event_log import Key, Milestone
from sprintsim.simulation.state import ItemState, states_of
from sprintsim.simulation.work import Work, load_texts

TODAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)
A_DAY_BEFORE = datetime(2026, 11, 20, 8, tzinfo=UTC)  # Friday morning: a working day
CALENDAR = WorkingCalendar()
_MOVES = ("commented", "reviewed", "committed", "review_requested", "ready_for_review", "review_commented")


def main(seeds: int) -> None:
    """Print all tables."""
    truth: defaultdict[str, list[tuple[Claims, Claims, Claims]]] = defaultdict(list)
    past_fires: defaultdict[str, list[tuple[bool, list[bool]]]] = defaultdict(list)
    open_then: list[bool] = []
    landed: list[bool] = []
    for seed in range(seeds):
        with TemporaryDirectory() as name:
            event_log, contexts = _startup(Path(name), seed)
            for kind, put_in, said in _injected(event_log, contexts[0]):
                so = _waiting(event_log, contexts[0], said) if kind == "stale pull request" else said & put_in
                truth[kind].append((put_in, said, so))
            for context in contexts[1:]:
                late = _late(event_log, context)
                open_then += late.values()
                landed.append(_landed(late))
                fired: defaultdict[str, list[bool]] = defaultdict(list)
                for risk in find_risks(context):
                    fired[risk.kind] += [late[ref] for ref in risk.items if ref in late]
                for kind, outcomes in fired.items():
                    past_fires[kind].append((not _landed(late), outcomes))
    _print_injected(truth, seeds)
    _print_past(past_fires, open_then, landed)
    show_scenarios(measure(seeds // 2))


def _startup(home: Path, seed: int) -> tuple[EventLog, list[SprintContext]]:
    """The sprint in progress on Monday morning, then the earlier ones at half of their working time."""
    event_log = write_startup(home / "github", seed, TODAY)
    engine = open_store(f"sqlite:///{home / 'sprint.db'}")
    names = ingest_dataset(engine, home / "github", "Mooring")
    settings = parse({"home": home, "project": {"name": "Mooring", "repositories": names}})
    due = sorted({milestone.due_on for milestone in event_log.milestones})
    found = [_situation(engine, settings, event_log, due[-1], MORNING)]
    for day in due[:-1]:
        half = datetime.combine(day - timedelta(days=7), datetime.min.time(), UTC) + timedelta(hours=12)
        found.append(_situation(engine, settings, event_log, day, half))
    engine.dispose()
    return event_log, found


def _situation(engine: Engine, settings: Settings, event_log: EventLog, due_on: date, as_of: datetime) -> SprintContext:
    (title,) = {milestone.title for milestone in _parts(event_log, due_on)}
    (context,) = sprint_contexts(load_state(engine, settings, as_of), settings, title)
    return context


def _parts(event_log: EventLog, due_on: date) -> list[Milestone]:
    return [milestone for milestone in event_log.milestones if milestone.due_on == due_on]


# ---------------------------------------------------------------- what the scenario put in


def _injected(event_log: EventLog, context: SprintContext) -> Iterator[tuple[str, Claims, Claims]]:
    """(detector, what is so, what was said), in terms both sides share."""
    states, plan = states_of(event_log), load_texts().sprint[-1]
    due = max(milestone.due_on for milestone in event_log.milestones)
    inside = {(milestone.repo, milestone.number) for milestone in _parts(event_log, due)}
    still = {
        key: state for key, state in states.items() if state.closed_at is None and (key[0], state.milestone) in inside
    }
    named = {
        (state.item.repo, title): key
        for key, state in states.items()
        if state.item.kind == "issue"
        for title in (state.item.title, state.title)
    }
    every = (*plan.committed, *plan.arrivals)
    works = {named[work.repo, work.title]: work for work in every if (work.repo, work.title) in named}
    risks = find_risks(context)
    yield "blocked", _true_blocks(works, states, still, named), _pairs(risks)
    yield (
        "unowned",
        {(ref_of(key),) for key, work in works.items() if work.hold == "unclaimed" and key in still},
        {(ref,) for ref in _items(risks, "unstarted_near_due") if not context.items[ref].assignees},
    )
    stale: Claims = {(pull,) for pull in _overlooked(event_log, works, states)}
    yield "stale pull request", stale, {(ref,) for ref in _items(risks, "stale_pull_request", first=True)}
    red: Claims = {(key[0],) for key, state in states.items() if _red_issue(state)}
    yield "red CI", red, {(_repo(risk),) for risk in risks if risk.kind == "failing_ci" and risk.evidence}
    yield (
        "scope creep",
        _true_creep(event_log, due, states, inside),
        {("sprint",) for risk in risks if risk.kind == "scope_creep"},
    )
    yield (
        "oversized pull request",
        _true_large(event_log, states, still),
        {(ref,) for ref in _items(risks, "oversized_pull_request")},
    )
    yield (
        "flaky CI",
        _true_flaky(event_log, {part.repo for part in _parts(event_log, due)}),
        {(_repo(risk), risk.statement.split("'")[1]) for risk in risks if risk.kind == "flaky_ci"},
    )


def _true_blocks(
    works: dict[Key, Work], states: dict[Key, ItemState], still: dict[Key, ItemState], named: dict[tuple[str, str], Key]
) -> Claims:
    """Pairs of the plan where both are open."""
    by_title = {title: key for (_, title), key in named.items()}
    return {
        (ref_of(key), ref_of(by_title[before]))
        for key, work in works.items()
        for before in work.after
        if key in still and states[by_title[before]].closed_at is None
    }


def _overlooked(event_log: EventLog, works: dict[Key, Work], states: dict[Key, ItemState]) -> set[str]:
    """Open pull requests that their reviewer never looks at, without an event by a person for a working day."""
    found = set()
    for key, work in works.items():
        for state in states.values():
            closes = f"Closes #{key[1]}" in (state.item.body or "").splitlines() and state.item.repo == key[0]
            if work.hold == "review" and closes and state.closed_at is None:
                moves = [
                    one.at
                    for one in event_log.happenings
                    if (one.repo, one.number) == state.item.key
                    and one.kind in _MOVES
                    and not (one.actor and event_log.people[one.actor].is_bot)
                ]
                if CALENDAR.working_time(max([state.item.created_at, *moves]), MORNING) > 1:
                    found.add(ref_of(state.item.key))
    return found


def _waiting(event_log: EventLog, context: SprintContext, said: Claims) -> Claims:
    """Of the pull requests said, those for which nobody worked for a working day, neither for what they carry."""
    pieces = {ref: {_key(ref)} for (ref,) in said}
    for item, pulls in context.pulls_of.items():
        for pull in pieces.keys() & pulls:
            pieces[pull].add(_key(item))
    return rest(event_log, A_DAY_BEFORE, MORNING, pieces)


def _key(ref: str) -> Key:
    repo, number = ref.removeprefix("sprint-demo/").split("#")
    return repo, int(number)


def _red_issue(state: ItemState) -> bool:
    return state.item.title.startswith("CI on main is red since") and state.closed_at is None


def _true_creep(event_log: EventLog, due: date, states: dict[Key, ItemState], inside: set[tuple[str, int]]) -> Claims:
    """Issues put in after the first day and still inside, over 15% of those inside at its end."""
    first_day = CALENDAR.end_of_day(CALENDAR.working_days(due - timedelta(days=13), due)[0])
    was: set[Key] = set()
    later: set[Key] = set()
    for one in event_log.happenings:
        key = (one.repo, one.number)
        if one.kind in ("milestoned", "demilestoned") and one.other in inside:
            target = was if one.at <= first_day else later
            (target.add if one.kind == "milestoned" else target.discard)(key)
    issues = {
        key for key in later - was if states[key].item.kind == "issue" and (key[0], states[key].milestone) in inside
    }
    committed = {key for key in was if states[key].item.kind == "issue"}
    return {("sprint",)} if len(issues) > 0.15 * len(committed) else set()


def _true_large(event_log: EventLog, states: dict[Key, ItemState], still: dict[Key, ItemState]) -> Claims:
    """Open pull requests of the sprint over a day old whose commits add and remove more than 400 lines."""
    found: Claims = set()
    for key, state in states.items():
        if state.item.kind != "pull" or state.closed_at or CALENDAR.working_time(state.item.created_at, MORNING) <= 1:
            continue
        text = state.item.body or ""
        carries = key in still or any(
            f"Closes #{number}" in text.splitlines() and repo == key[0] for repo, number in still
        )
        commits = [commit for commit in event_log.commits if (commit.repo, commit.number) == key]
        lines = sum(change.added + change.removed for commit in commits for change in commit.changes)
        author = event_log.people.get(state.item.author or "")
        if carries and lines > 400 and author and not author.is_bot:
            found.add((ref_of(key),))
    return found


def _true_flaky(event_log: EventLog, repos: set[str]) -> Claims:
    """Workflows whose first attempt failed and whose next passed, on two commits within a week."""
    since = MORNING - timedelta(days=7)
    attempts: defaultdict[tuple[str, str, str, int], list[str]] = defaultdict(list)
    for run in event_log.runs:
        if run.repo in repos and since < run.finished_at <= MORNING:
            attempts[run.repo, run.workflow, run.commit, run.number].append(run.conclusion)
    commits: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for (repo, workflow, commit, _), conclusions in attempts.items():
        if "failure" in conclusions and "success" in conclusions:
            commits[repo, workflow].add(commit)
    return {key for key, found in commits.items() if len(found) >= 2}


def _items(risks: tuple[Risk, ...], kind: str, *, first: bool = False) -> set[str]:
    return {ref for risk in risks if risk.kind == kind for ref in (risk.items[:1] if first else risk.items)}


def _pairs(risks: tuple[Risk, ...]) -> Claims:
    return {risk.items[:2] for risk in risks if risk.kind in ("blocked_item", "cross_repository_block")}


def _repo(risk: Risk) -> str:
    return risk.evidence[0].ref.partition(" ")[0].rpartition("/")[2]


# ---------------------------------------------------------------- earlier sprints


def _late(event_log: EventLog, context: SprintContext) -> dict[str, bool]:
    """Items open at half time -> whether they were not closed by the deadline."""
    states, deadline = states_of(event_log), context.sprint.deadline
    assert deadline is not None
    found = {}
    for ref in context.sprint.open_items["ref"]:
        closed = states[_key(ref)].closed_at
        found[ref] = closed is None or closed > deadline
    return found


def _landed(late: dict[str, bool]) -> bool:
    return not any(late.values())


# ---------------------------------------------------------------- tables


def _print_injected(truth: dict[str, list[tuple[Claims, Claims, Claims]]], seeds: int) -> None:
    print(f"== put in on purpose, {seeds} startups ==")
    rows = []
    for kind, cases in truth.items():
        put_in, said, so = (sum(len(case[side]) for case in cases) for side in range(3))
        noticed = sum(len(case[0] & case[1]) for case in cases)
        recall, precision = noticed / put_in if put_in else None, so / said if said else None
        rows.append((kind, put_in, noticed, recall, said, so, precision))
    names = ["kind", "put in", "noticed", "recall", "said", "so", "precision"]
    show(pl.DataFrame(rows, schema=names, orient="row"))


def _print_past(fires: dict[str, list[tuple[bool, list[bool]]]], open_then: list[bool], landed: list[bool]) -> None:
    print(f"\n== earlier sprints at half time, n = {len(landed)} ==")
    print(f"sprints with an open item that was not closed in time: {1 - sum(landed) / len(landed):.2f}")
    print(f"open items not closed in time: {sum(open_then) / len(open_then):.2f} of {len(open_then)}")
    rows = []
    for kind, cases in sorted(fires.items()):
        items = [late for _, outcomes in cases for late in outcomes]
        share = sum(items) / len(items) if items else None
        rows.append((kind, len(cases), sum(failed for failed, _ in cases) / len(cases), len(items), share))
    show(pl.DataFrame(rows, schema=["kind", "sprints", "of these late", "items", "of these late "], orient="row"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
