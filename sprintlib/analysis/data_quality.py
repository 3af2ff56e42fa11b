"""What an analysis cannot say, or says only with a caveat."""

from collections.abc import Iterator, Sequence

import polars as pl

from sprintlib.as_of import lies_ahead
from sprintlib.calendar import WorkingCalendar
from sprintlib.facts.names import called_today
from sprintlib.forecast import Absence, closed_in_cadence, count, days_away, working_days
from sprintlib.history import ProjectState, Sprint
from sprintlib.risks import listed
from sprintlib.settings import Settings


def notes(
    past: ProjectState, settings: Settings, calendar: WorkingCalendar, sprints: Sequence[Sprint], dropped: int
) -> Iterator[str]:
    """What is missing, incomplete or unresolved about a project, a sentence each."""
    if lies_ahead(past.as_of):
        yield "That date is in the future: this assumes nothing changes until then, and is not saved."
    collected = {name.lower() for name in [*past.repositories["repo"], *past.repositories["named"]]}
    collected |= past.holdings.former_names.keys()
    for repo in settings.project.repositories:
        if repo.lower() not in collected:
            yield f"Nothing of {repo} has been collected yet: run 'sprint sync'."
        elif repo.lower() in past.holdings.former_names:
            yield f"{repo} is now {past.holdings.former_names[repo.lower()]}: update sprint.toml."
    yield from _settings_that_name_nothing(past, settings)
    yield from past.holdings.incomplete
    told_later = past.repositories.filter(pl.col("observed_at").is_null())["repo"]
    if not told_later.is_empty():
        yield f"{listed(told_later)} had not been collected completely by then: this uses facts collected later."
    yield from _absences(past, settings, calendar, sprints)
    if not any(sprint.due_on for sprint in sprints):
        yield from _without_dates(past, settings, calendar, sprints)
    unresolved = past.unresolved.group_by("repo", maintain_order=True).agg(pl.col("milestone_title").unique().sort())
    for repo, titles in unresolved.iter_rows():
        named = listed([repr(title) for title in titles], 5)
        yield f"{count(len(titles), 'milestone title')} in {repo} match no milestone: {named}."
    if dropped:
        yield f"Dropped {count(dropped, 'citation')} that did not match what is stored."


def planned_absences(settings: Settings) -> tuple[Absence, ...]:
    """`[[away]]` of sprint.toml."""
    return tuple(Absence(one.who, one.since, one.until) for one in settings.away)


def _absences(
    past: ProjectState, settings: Settings, calendar: WorkingCalendar, sprints: Sequence[Sprint]
) -> Iterator[str]:
    """How much planned absence the forecasts count; who is away is nobody's matter."""
    for sprint in sprints:
        if sprint.deadline is not None and sprint.deadline > past.as_of:
            days = days_away(planned_absences(settings), calendar, past.as_of, sprint.deadline)
            if days:
                told = working_days(days)
                yield f"The forecast of '{sprint.title}' counts {told} of planned absence until it is due."


def _settings_that_name_nothing(past: ProjectState, settings: Settings) -> Iterator[str]:
    """`[milestones]` of sprint.toml with a title or a part that no milestone has; where sprints are milestones."""
    if past.source != "milestones":
        return
    there = {f"{repo}#{number}".lower() for repo, number in past.milestones.select("repo", "number").iter_rows()}
    for title, known in settings.milestones.items():
        missing = [part for part in known.parts if called_today(part, past.holdings.former_names).lower() not in there]
        if missing:
            yield f"sprint.toml counts {listed(missing)} as part of '{title}', but there is no such milestone."
        if title in past.unknown_titles:
            yield f"sprint.toml has settings for a milestone '{title}', but no milestone has or had that title."


def known_later(sprint: Sprint) -> tuple[str, ...]:
    """Columns of the milestone and of its items that could only be taken from after the moment."""
    milestones = [
        f"{', '.join(part.known_later)} of milestone {part.number} in {part.repo}"
        for part in sprint.parts
        if part.known_later
    ]
    columns = sprint.items.explode("known_later").drop_nulls("known_later").group_by("known_later").len()
    items = [f"{name} of {count(number, 'item')}" for name, number in columns.sort("known_later").iter_rows()]
    return (*milestones, *items)


def _without_dates(
    past: ProjectState, settings: Settings, calendar: WorkingCalendar, sprints: Sequence[Sprint]
) -> Iterator[str]:
    days = settings.project.cadence_days
    closed = closed_in_cadence(past, calendar, days)
    what = "No open milestone has a due date" if sprints else "No milestone is open"
    if closed is None:
        yield (
            f"{what}, and too few items were closed lately to forecast the next {count(days, 'day')}: "
            "give a milestone a due date on GitHub and run 'sprint sync'."
        )
    else:
        low, middle, high = closed
        yield (
            f"{what}: at the pace of recent weeks, the project will close {low} to {high} items in the next "
            f"{count(days, 'day')} (median {middle}), whether or not they are in a milestone."
        )
