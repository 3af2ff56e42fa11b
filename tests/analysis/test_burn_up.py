"""The days of a burn-up: each of the last year, and before only those that a line through them needs."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from sprintlib.analysis.scope_counts import burn_up_days
from sprintlib.calendar import WorkingCalendar
from sprintlib.history import find_sprints
from sprintlib.history.scope import burn_up
from tests.sprints import second_sprint
from tests.world import WEB, World

LATE = datetime(2029, 5, 10, 12, tzinfo=UTC)


def test_a_line_through_the_days_is_that_through_all_of_them(team: World) -> None:
    second_sprint(team, WEB, size=6)
    for as_of, since in ((datetime(2027, 3, 10, 12, tzinfo=UTC), "2026"), (LATE, "2028-05-09")):
        (sprint,) = find_sprints(team.past(as_of), WorkingCalendar(), "Sprint 2")
        points = burn_up_days(sprint)
        parts = [burn_up(sprint.past, p.repository_id, p.number, sprint.calendar, p.start) for p in sprint.parts]
        days = parts[0]["day"].to_list()
        whole = {name: sum(part[name].to_numpy() for part in parts) for name in ("scope", "done")}
        at = [day.toordinal() for day in days]
        told = [point.day.toordinal() for point in points]
        for name, values in whole.items():
            line = np.interp(at, told, [getattr(point, name) for point in points])
            assert line.tolist() == values.tolist()
        late = [point.day for point in points if point.day.isoformat() >= since]
        assert late == [late[0] + timedelta(days=number) for number in range(len(late))]
        assert (points[0].day, points[-1].day) == (days[0], days[-1])
    assert len(points) < 366 + 40 < len(days)
    assert points[0].day == date(2026, 3, 16)
