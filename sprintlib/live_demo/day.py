"""One calm line about a simulated day that is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sprintlib.analysis import MilestoneAnalysis
from sprintlib.views.words import count, percent


@dataclass(frozen=True)
class SimulatedDay:
    """events: webhooks that were sent. before, after: the stored analyses by sprint, that morning and that evening."""

    day: date
    events: int
    before: Mapping[str, MilestoneAnalysis]
    after: Mapping[str, MilestoneAnalysis]

    def line(self) -> str:
        """`Mon  9 Nov  31 events   2.4 Checkout: 62% (was 55%), 9 of 21 done, 3 risks`."""
        told = f"{self.day:%a} {self.day.day:>2} {self.day:%b}  {count(self.events, 'event'):<10}"
        return f"{told} {'; '.join(map(self._about, self.after.values()))}".rstrip()

    def _about(self, milestone: MilestoneAnalysis) -> str:
        scope = milestone.scope
        total = scope.committed + scope.added - scope.removed
        if not scope.open:
            return f"{milestone.title}: {'every item done' if total else 'not planned yet'}"
        chance = "no forecast yet" if milestone.probability is None else percent(milestone.probability)
        earlier = self.before.get(milestone.key)
        was = earlier.probability if earlier else None
        moved = was is not None and milestone.probability is not None and percent(was) != chance
        return (
            f"{milestone.title}: {chance}{f' (was {percent(was)})' if moved else ''}, "
            f"{scope.done + scope.dropped} of {total} done, {count(len(milestone.risks), 'risk')}"
        )


def open_sprints(stored: Sequence[tuple[datetime, MilestoneAnalysis]], now: datetime) -> dict[str, MilestoneAnalysis]:
    """Of stored analyses, by key those of sprints whose due date is not over."""
    return {one.key: one for _, one in stored if one.deadline is not None and one.deadline > now}
