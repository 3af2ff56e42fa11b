"""The sprint in progress as the demo shows it: troubles whose truth is known, put in on purpose.

`work.toml` holds the larger part (a big item that others wait for, an item that nobody takes, a pull request that
its reviewer overlooks, late wishes); here is what needs a date.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from sprintsim.simulation import reviewing, traffic
from sprintsim.simulation.clock import shift
from sprintsim.simulation.world import Pull, World

_BREAKER = "samir-haddad"
_REVIEW_AUTHOR = "priya-raman"
_BREAKING_UPDATE = ("api", "starlette 0.40.0 0.41.2")
_REPAIR_EFFORT = 9.0  # hours: too much for what is left of the day


def stage(world: World, today: date) -> None:
    """Break the default branch of api on the last working day, and have the people there who are needed for it."""
    last_day = shift(today, -1)
    sprint = world.sprints[-1]
    for offset in range(4):
        world.desks[_REVIEW_AUTHOR].absences.discard(shift(sprint.first_day, offset))
    world.desks[_BREAKER].absences.discard(last_day)
    world.at(_moment(last_day, 5.2), partial(_offer, world, _moment(last_day, 13.6)))


def _moment(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(hours=hour)


def _offer(world: World, merge_at: datetime) -> None:
    pull = traffic.offer_update(world, *_BREAKING_UPDATE)
    world.at(merge_at, partial(_merge_and_break, world, pull))


def _merge_and_break(world: World, pull: Pull) -> None:
    repo = pull.key[0]
    if world.red_main.get(repo):  # red for another reason: wait until that is repaired
        world.at(world.now + timedelta(minutes=30), partial(_merge_and_break, world, pull))
        return
    world.journal.note(world.now, "reviewed", pull.key, _BREAKER, "APPROVED", "Green, and the changelog is harmless.")
    world.red_main[repo] = pull.key  # so that the build which the merge starts is red
    reviewing.merge(world, pull, _BREAKER)
    world.at(world.now + timedelta(minutes=23), partial(_find, world, pull))


def _find(world: World, pull: Pull) -> None:
    reviewing.break_main(world, pull, _BREAKER, _REPAIR_EFFORT)
    world.at(world.now + timedelta(minutes=41), partial(reviewing.rebuild_main, world, pull.key[0]))
