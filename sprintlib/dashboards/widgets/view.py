"""What a page is made from: the analysis it shows, the chosen milestone, and what the address asks for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from markupsafe import Markup

from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.analysis.memory import ForecastRecord
from sprintlib.dashboards.widgets.request import Request
from sprintlib.dashboards.widgets.source import DatedRun, SyncRun
from sprintlib.forecast import Change
from sprintlib.results import ChanceAt
from sprintlib.services import DependencyGraph, Flow, GivenAnswer, ScopeEntry, WhatIfResult
from sprintlib.settings import Settings

if TYPE_CHECKING:
    from sprintlib.doctor import Check


class DashboardData(Protocol):
    """What the pages read; `Source` is one."""

    @property
    def settings(self) -> Settings: ...
    def today(self) -> date: ...
    def clock(self) -> datetime: ...
    def analysis(self, day: date | None) -> Analysis: ...
    def reports(self) -> Sequence[DatedRun]: ...
    def has_changed(self) -> bool: ...
    def chances(self, until: datetime) -> Mapping[str, Sequence[ChanceAt]]: ...
    def before(self, moment: datetime) -> Mapping[str, MilestoneAnalysis]: ...
    def end_of(self, day: date) -> datetime: ...
    def local_date(self, moment: datetime) -> date: ...
    def what_if(self, as_of: datetime, milestone: str, change: Change) -> WhatIfResult: ...
    def gains_if_out(self, as_of: datetime, milestone: str) -> Mapping[str, float]: ...
    def can_change(self, as_of: datetime, milestone: str) -> tuple[frozenset[str], frozenset[str]]: ...
    def dependencies(self, as_of: datetime, milestone: str) -> DependencyGraph: ...
    def trends(self, until: datetime) -> Mapping[str, Sequence[tuple[date, float]]]: ...
    def syncs(self) -> Sequence[SyncRun]: ...
    def checks(self) -> "tuple[Check, ...] | None": ...
    def flow(self, as_of: datetime, milestone: str) -> Flow: ...
    def scope_log(self, as_of: datetime, milestone: str) -> Sequence[ScopeEntry]: ...
    def answers(self, as_of: datetime) -> Sequence[GivenAnswer]: ...
    def record(self, as_of: datetime) -> ForecastRecord: ...
    def has_more_history(self) -> bool: ...


@dataclass(frozen=True)
class View:
    """One look at one page. milestone: the chosen one; None where none was open. day: replayed; None is now.

    kept: parts of pages that were made of the same analysis before.
    """

    facts: DashboardData
    analysis: Analysis
    milestone: MilestoneAnalysis | None
    request: Request
    day: date | None = None
    kept: dict[object, Markup] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], Markup]) -> Markup:
        """A part that depends on nothing but analysis and milestone: made once, as long as these are shown."""
        key = (name, self.milestone and (self.milestone.key or self.milestone.title))
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    @property
    def today(self) -> date:
        """The local day that the page speaks of."""
        return self.day or self.facts.today()
