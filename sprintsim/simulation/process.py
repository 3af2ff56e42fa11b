"""The simulation: a small company at work, event by event, until today."""

import random
from datetime import UTC, date, datetime, time, timedelta

from sprintsim.simulation import building, constants, injected_problems, planning, scenario, traffic
from sprintsim.simulation.clock import WorkSchedule, shift
from sprintsim.simulation.event_log import EventLog
from sprintsim.simulation.team import DEVELOPERS, EVERYBODY
from sprintsim.simulation.work import load_texts
from sprintsim.simulation.world import World


def simulate(
    seed: int, today: date, trouble: injected_problems.Scenario | None = None, until: date | None = None
) -> EventLog:
    """Everything that happened before `today` (00:00 UTC), from some days before the first of five sprints.

    Four sprints are over; the fifth is due on the fifth working day, `today` counted. Equal arguments give
    equal chronicles. trouble: put into the fourth sprint, and told in the chronicle's `troubles`. until: go on to 00:00
    UTC of this later day instead; what happened before `today` is the same.
    """
    rng = random.Random(seed)  # noqa: S311  # nosec B311 # repeatable draws are wanted, not secret ones
    due_on = shift(today, constants.DUE_IN_WORKING_DAYS - 1)
    start = planning.first_moment(due_on)
    days = [start.date() + timedelta(days=offset) for offset in range((today - start.date()).days)]
    world = World(
        rng=rng,
        texts=load_texts(),
        start=start,
        until=datetime.combine(until or today, time(), UTC),
        people={person.login: person for person in EVERYBODY},
        desks={person.login: WorkSchedule(person, days, rng) for person in DEVELOPERS},
    )
    traffic.begin(world)
    planning.plan_sprints(world, due_on)
    scenario.stage(world, today)
    if trouble:
        injected_problems.put_in(world, trouble)
    building.start_work(world)
    world.run()
    return world.journal.event_log(start, world.until, EVERYBODY)
