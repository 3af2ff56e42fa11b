"""An analysis is of one mind; benchmarks/coherence.py is the same at large."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.analysis.pipeline import analyze_past, sprint_contexts
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import load_state
from sprintlib.risks import SprintContext
from sprintlib.settings import parse
from sprintlib.store import open_store
from sprintsim.simulation import write_startup
from tests.analysis.coherence import contradictions
from tests.sprints import put
from tests.world import World

Found = tuple[Analysis, MilestoneAnalysis, SprintContext]


def analysed(team: World, as_of: str = "03-20 12:00") -> Found:
    past = team.past(as_of)
    analysis = analyze_past(past, team.settings, "Sprint 2")
    (context,) = sprint_contexts(past, team.settings, "Sprint 2")
    return analysis, analysis.milestones[0], context


@pytest.fixture
def busy(team: World) -> World:
    """Something that waits, something under review, and three items that came in late."""
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    team.pull(20, created="03-16 12:00", body="Closes #16")
    team.event(20, "review_requested", "03-17 12:00", subject="bob")
    for number in (30, 31, 32):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    return team


@pytest.mark.parametrize("as_of", ["03-17 09:00", "03-20 12:00", "03-25 15:00", "03-30 12:00"])
def test_nothing_contradicts(busy: World, as_of: str) -> None:
    assert list(contradictions(*analysed(busy, as_of))) == []


def test_the_check_sees_what_does_not_agree(busy: World) -> None:
    analysis, milestone, context = analysed(busy)
    first, *others = milestone.recommendations
    more = first.model_copy(update={"expected_gain": (first.expected_gain or 0) + 0.1})
    wrong = milestone.model_copy(update={"recommendations": (more, *others)})
    assert [one for one in contradictions(analysis, wrong, context) if "by the what-if" in one]
    twice = milestone.model_copy(update={"recommendations": (first, first)})
    assert [one for one in contradictions(analysis, twice, context) if "in two of the first three" in one]
    nothing = milestone.model_copy(update={"recommendations": (first.model_copy(update={"expected_gain": 0.001}),)})
    assert [one for one in contradictions(analysis, nothing, context) if "brings 0.001" in one]
    silent = milestone.model_copy(update={"recommendations": (first.model_copy(update={"actor": "nobody"}), *others)})
    assert [one for one in contradictions(analysis, silent, context) if "who is away" in one]
    other = milestone.model_copy(update={"summary": milestone.summary.replace("% chance", "9% chance")})
    assert [one for one in contradictions(analysis, other, context) if "is not what" in one]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3001, 3002])
def test_simulated_startups_do_not_contradict(seed: int, tmp_path: Path) -> None:
    write_startup(tmp_path / "github", seed, date(2026, 11, 23))
    engine = open_store(f"sqlite:///{tmp_path / 'sprint.db'}")
    names = ingest_dataset(engine, tmp_path / "github", "Mooring")
    settings = parse({"home": tmp_path, "project": {"name": "Mooring", "repositories": names}})
    for day in (10, 12, 17, 19, 20, 22):
        past = load_state(engine, settings, datetime(2026, 11, day, 11, tzinfo=UTC))
        analysis = analyze_past(past, settings)
        for milestone, context in zip(analysis.milestones, sprint_contexts(past, settings), strict=True):
            assert list(contradictions(analysis, milestone, context)) == []
