"""Whether analyses are of one mind: `python benchmarks/coherence.py 300 3001`, some twenty minutes on one core.

Simulated startups from a seed on (ten moments each) and, where it is there, secp256k1. Every number that occurs twice
is compared (tests/analysis/coherence.py); what an action would bring is asked of `sprint whatif --action` too. Also
printed: how many of the items that were proposed to be taken out were closed within three working days.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from pathlib import Path

import polars as pl
from sqlalchemy import Engine

from benchmarks.startups import END, startup, stored
from sprintlib.analysis.pipeline import analyze_past, sprint_contexts
from sprintlib.calendar import WorkingCalendar
from sprintlib.errors import AnalysisError
from sprintlib.history import ProjectState, load_state
from sprintlib.project import ProjectHandle
from sprintlib.recommend import Recommendation
from sprintlib.risks.scope_creep import FIX_DAYS
from sprintlib.services import what_if
from sprintlib.settings import Settings
from tests.analysis.coherence import contradictions

SECP = Path(__file__).parents[2] / "shared" / "data" / "github-backups" / "bitcoin-core_secp256k1.tar.xz"
_REAL = 60
_MOMENTS = 10
Counts = Counter[str]


def main(analyses: int, seed: int) -> None:
    """Print contradictions, and how often what was proposed occurred."""
    counts: Counts = Counter()
    with ExitStack() as stack:
        if SECP.is_file():
            store = stack.enter_context(stored("secp256k1", ["bitcoin-core/secp256k1"], SECP))
            _look(*store, _REAL, counts)
    while counts["analyses"] < analyses:
        with startup(seed) as store:
            _look(*store, _MOMENTS, counts)
        print(f"after seed {seed}: {dict(counts)}", flush=True)
        seed += 1
    for name, number in sorted(counts.items()):
        print(f"{name:<40}{number:>8}")


def _look(engine: Engine, settings: Settings, most: int, counts: Counts) -> None:
    whole = load_state(engine, settings, END)
    for title, moment in islice(_moments(whole), most):
        past = load_state(engine, settings, moment)
        try:
            (context,) = sprint_contexts(past, settings, title)
        except (AnalysisError, ValueError):  # it came later
            continue
        analysis = analyze_past(past, settings, title)
        (milestone,) = analysis.milestones
        counts["analyses"] += 1
        counts["with a probability"] += milestone.probability is not None and milestone.reason is None
        counts["actions"] += len(milestone.recommendations)
        for told in contradictions(analysis, milestone, context):
            counts["contradictions"] += 1
            print(f"{title} at {moment}: {told}", flush=True)
        weighed = [one for one in milestone.recommendations if one.expected_gain is not None]
        counts["actions with a gain"] += len(weighed)
        for one in weighed[:1]:
            found = what_if(ProjectHandle(settings, engine), moment, milestone.key, actions=[one.id])
            counts["asked of whatif --action"] += 1
            if found.gain != one.expected_gain:
                counts["contradictions"] += 1
                print(f"{title} at {moment}: {one.id} is {one.expected_gain}, and {found.gain} by the command")
        _follow(whole, context.sprint.calendar, moment, milestone.recommendations, counts)


def _follow(
    whole: ProjectState,
    calendar: WorkingCalendar,
    moment: datetime,
    advice: tuple[Recommendation, ...],
    counts: Counts,
) -> None:
    """Whether what was to be taken out was done soon anyway."""
    dropped = {ref for one in advice if one.change for ref in one.change.drop}
    closed = dict(whole.items.filter(pl.col("ref").is_in(dropped)).select("ref", "closed_at").iter_rows())
    counts["items to take out"] += len(dropped)
    counts["of these closed within 3 working days"] += sum(
        at is not None and calendar.working_time(moment, at) <= FIX_DAYS for at in closed.values()
    )


def _moments(whole: ProjectState) -> Iterator[tuple[str, datetime]]:
    """(milestone, a time of day in its course), over the dated milestones, the newest first."""
    rows = whole.milestones.filter(pl.col("due_on").is_not_null()).group_by("title").agg(pl.col("due_on").max())
    dated = sorted(rows.iter_rows(), key=lambda row: (row[1], row[0]), reverse=True)
    for back in (6, 3, 9, 2, 5, 8, 1, 4, 20, -2):
        for title, due_on in dated:
            moment = datetime.combine(due_on - timedelta(days=back), time(9 + back % 7), UTC)
            if moment <= END:
                yield title, moment


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, int(sys.argv[2]) if len(sys.argv) > 2 else 3001)
