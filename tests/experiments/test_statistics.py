"""What an effect takes to be seen, and whether what is said beforehand comes true."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from sprintlib.errors import AnalysisError
from sprintlib.experiments import Experiment, difference, items_needed


def experiment(seed: int, items: int = 182) -> Experiment:
    return Experiment(
        id=1,
        name="review",
        seed=seed,
        usual="PB-001",
        other="PB-002",
        outcome="closed",
        within=5,
        baseline=0.5,
        effect=0.2,
        power=0.8,
        items=items,
        started_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("baseline", "effect", "power", "items"),
    # Fleiss, Levin and Paik without continuity correction: 93 a group for .5 against .7, 388 for .5 against .6
    [(0.5, 0.2, 0.8, 186), (0.5, 0.1, 0.8, 776), (0.5, -0.2, 0.8, 186), (0.5, 0.2, 0.9, 248)],
)
def test_how_many_items_an_effect_needs(baseline: float, effect: float, power: float, items: int) -> None:
    assert items_needed(baseline, effect, power) == items


@pytest.mark.parametrize(("baseline", "effect"), [(0.5, 0.0), (0.9, 0.2), (0.1, -0.1)])
def test_an_effect_that_no_share_can_have_is_refused(baseline: float, effect: float) -> None:
    with pytest.raises(AnalysisError, match="both shares must lie between 0% and 100%, and differ"):
        items_needed(baseline, effect)


def test_the_interval_is_that_of_the_literature() -> None:
    # Newcombe 1998, table II, (a) 56/70 and 48/80, method 10: .2 (.0524 to .3339)
    found = difference((48, 80), (56, 70))
    assert found is not None
    assert (found.first, found.second) == (0.6, 0.8)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert found.is_shown
    none = difference((0, 10), (0, 10))  # the same table, (g): 0 (-.2775 to .2775) by Wilson's 0 to .2775
    assert none is not None
    assert (none.low, none.high) == pytest.approx((-0.2775, 0.2775), abs=5e-5)
    assert not none.is_shown
    assert difference((0, 0), (1, 2)) is None


def test_the_lot_is_the_same_for_an_item_and_about_half_for_all() -> None:
    one = experiment(seed=7)
    plays = [one.play_for(1, number) for number in range(1000)]
    assert plays == [one.play_for(1, number) for number in range(1000)]
    assert 450 < plays.count("PB-002") < 550
    assert [one.play_for(1, number) for number in range(8)] == [
        "PB-002",
        "PB-001",
        "PB-001",
        "PB-001",
        "PB-002",
        "PB-001",
        "PB-002",
        "PB-002",
    ]
    other_seed = [experiment(seed=8).play_for(1, number) for number in range(1000)]
    assert 400 < sum(a == b for a, b in zip(plays, other_seed, strict=True)) < 600
    other_repository = [one.play_for(2, number) for number in range(1000)]
    assert 400 < sum(a == b for a, b in zip(plays, other_repository, strict=True)) < 600


def verdicts(times: int, baseline: float, effect: float, planned: float, power: float) -> Iterator[bool]:
    """Whether each of so many simulated experiments shows a difference: planned for one effect, with another true."""
    rng = np.random.default_rng(20261127)
    items = items_needed(baseline, planned, power)
    for seed in range(times):
        one = experiment(seed, items)
        drawn = [one.play_for(11, number) for number in range(items)]
        luck = rng.random(items)
        counts = {play: [0, 0] for play in ("PB-001", "PB-002")}
        for play, chance in zip(drawn, luck, strict=True):
            counts[play][0] += chance < baseline + (effect if play == "PB-002" else 0.0)
            counts[play][1] += 1
        found = difference(*((came, number) for came, number in counts.values()))
        yield found is not None and found.is_shown


@pytest.mark.slow
@pytest.mark.parametrize(("baseline", "planned", "power"), [(0.5, 0.2, 0.8), (0.3, 0.2, 0.9), (0.7, -0.3, 0.8)])
def test_error_rates_are_those_that_were_promised(baseline: float, planned: float, power: float) -> None:
    times = 3000  # standard error of 5 %: .4 points; of 80 %: .7
    false = sum(verdicts(times, baseline, 0.0, planned, power)) / times
    assert 0.035 <= false <= 0.065
    seen = sum(verdicts(times, baseline, planned, planned, power)) / times
    assert power - 0.03 <= seen <= power + 0.04
