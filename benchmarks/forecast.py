"""What the claims about sprint forecasts rest on: `python benchmarks/forecast.py [DATASET]`, two minutes on one core.

Prints the backtest (refitted without the organisation scored, and as shipped), the targets with what was measured, how
much the choices that are not learned matter, what happens when outcomes arrive late, and times.
"""

import itertools
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sprintlib.evaluate import Dataset, as_text, backtest, read_dataset
from sprintlib.evaluate.backtest import Forecasts, forecast_all, interval
from sprintlib.evaluate.metrics import brier
from sprintlib.forecast.sprints import LocalPrior, SprintModel, features, outcomes, shipped_model
from sprintlib.forecast.sprints.fitting import fit_public
from sprintlib.forecast.sprints.local import learned_logits
from sprintlib.forecast.sprints.model import TIMES, moderated
from training.simulated_sprints import simulated_sprints

DATASET = Path(__file__).parents[2] / "shared" / "data" / "delivery-capability"
# Issue 3: the better of calibrated Monte Carlo and 12 ratios with an online intercept, and the simulator's skill.
BRIER_TO_BEAT = {0: 0.203, 30: 0.207, 50: 0.198, 80: 0.195}
SIMULATOR_SKILL = {0: 0.15, 30: 0.14, 50: 0.12, 80: 0.15}
GRID = [
    (LocalPrior(organisation, team, feature), coefficient)
    for organisation, team, feature, coefficient in itertools.product((0.8, 1.2), (0.5, 0.8), (0.15, 0.3), (0.05, 0.15))
]


def main(folder: Path) -> None:
    """Run everything on one folder."""
    data = read_dataset(folder)
    print("== refitted, leaving one organisation out ==\n" + as_text(backtest(data, refit=True)))
    print("\n== as shipped ==\n" + as_text(backtest(data)))
    print("\n== targets ==")
    targets(data)
    print("\n== simulator without the doubt about a new organisation: skill ==")
    unmoderated(data)
    print("\n== nested choice: for each organisation, what did best between the others ==")
    nested(data)
    print("\n== learning from a sprint only after so many others: Brier of shipped_online ==")
    late_outcomes(data)
    print("\n== times ==")
    times()


def at(data: Dataset, time: int) -> pl.DataFrame:
    """The rows of one time in the order of a backtest."""
    return data.sprints.filter(pl.col("time") == time).sort("organisation", "sprint")


def targets(data: Dataset) -> None:
    """Each target of issue 3 beside what was measured, with differences on the same boards."""
    scores = {(score.time, score.model): score for score in backtest(data, refit=True).scores}
    for time in TIMES:
        forecasts = forecast_all(at(data, time), shipped_model("simulated"), None, 0)
        online, simulator = scores[time, "shipped_online"], scores[time, "simulator_only"]
        few, n_few = online.by_past["1-2"]
        print(
            f"{time:>3} %  Brier {online.brier:.3f} (to beat {BRIER_TO_BEAT[time]:.3f}),"
            f" ECE {online.ece:.3f} (at most {online.ece_perfect95:.3f}),"
            f" simulator's skill {simulator.skill:.2f} (at least {SIMULATOR_SKILL[time]:.2f}),"
            f" 1-2 past sprints {few:.3f} (n={n_few}; Monte Carlo with all {scores[time, 'monte_carlo'].brier:.3f})"
        )
        for reference in ("monte_carlo", "ratios_online"):
            own = np.mean([brier(f.p[reference], f.rows.y) for f in forecasts])
            print(f"       {reference} {own:.3f}; minus it, on the same boards: {paired(forecasts, reference)}")


def paired(forecasts: list[Forecasts], reference: str) -> str:
    """Mean difference in Brier of shipped_online and a reference, with its 95 % interval over boards."""

    def gain(f: Forecasts) -> NDArray[np.float64]:
        return (f.p["shipped_online"] - f.rows.y) ** 2 - (f.p[reference] - f.rows.y) ** 2

    low, high = interval(forecasts, gain)
    return f"{np.mean([gain(f).mean() for f in forecasts]):+.3f} ({low:+.3f} to {high:+.3f})"


def unmoderated(data: Dataset) -> None:
    """Skill of the simulator's probabilities taken at face value."""
    model = shipped_model("simulated")
    for time in TIMES:
        skills = []
        for f in forecast_all(at(data, time), model, model, 0):
            plain = moderated(model.times[time].logits(f.rows.x), np.zeros(len(f.rows.y)))
            skills.append(1 - brier(plain, f.rows.y) / brier(f.p["base_rate"], f.rows.y))
        print(f"{time:>3} %  {np.mean(skills):.2f}")


def online_brier(prior: SprintModel, train: pl.DataFrame, test: pl.DataFrame, coefficient_doubt: float) -> float:
    """Brier on one organisation (one time) of a model fitted on `train`, learning as it goes."""
    model = fit_public(prior, train, {}, coefficient_doubt=coefficient_doubt)
    time = int(test["time"][0])
    x, y = features(test), outcomes(test)
    z, teams = model.times[time].standardised(x), test["team"].to_list()
    return brier(moderated(*learned_logits(model.times[time].logits(x), z, teams, y, model.local_prior)), y)


def nested(data: Dataset) -> None:
    """Outer: one organisation out. Inner: the others forecast each other; the best of GRID there is scored outside."""
    simulated = shipped_model("simulated")
    for time in TIMES:
        parts = {frame["organisation"][0]: frame for frame in at(data, time).partition_by("organisation")}
        inner: dict[tuple[str, str, int], float] = {}
        outer: dict[tuple[str, int], float] = {}
        for number, (local, doubt) in enumerate(GRID):
            prior = SprintModel(simulated.times, local, {})
            for name, test in parts.items():
                rest = [other for other in parts if other != name]
                outer[name, number] = online_brier(prior, pl.concat([parts[o] for o in rest]), test, doubt)
                for other in rest:
                    inner[other, name, number] = online_brier(prior, parts[other], test, doubt)
        chosen = []
        for name in parts:
            rest = [other for other in parts if other != name]
            pairs = list(itertools.permutations(rest, 2))
            best = min(range(len(GRID)), key=lambda n: sum(inner[a, b, n] for a, b in pairs))
            chosen.append(outer[name, best])
        over = [np.mean([outer[name, number] for name in parts]) for number in range(len(GRID))]
        one = np.mean([inner[a, b, GRID.index((LocalPrior(), 0.15))] for a, b in itertools.permutations(parts, 2)])
        print(
            f"{time:>3} %  nested {np.mean(chosen):.3f}; any of {len(GRID)}: {min(over):.3f} to {max(over):.3f};"
            f" as shipped but fitted on one organisation only: {one:.3f}"
        )


def late_outcomes(data: Dataset) -> None:
    """Sprints overlap in time, which the data do not date: learn only from those well before."""
    for lag in (0, 5, 10, 20):
        scores = backtest(data, refit=True, lag=lag).scores
        print(f"{lag:>3}  " + "  ".join(f"{s.time} % {s.brier:.3f}" for s in scores if s.model == "shipped_online"))


def times() -> None:
    """Speed of the simulator, of a backtest of 5,000 sprints in five organisations, and of one forecast."""
    start = perf_counter()
    sprints = simulated_sprints(450, 11)
    count = sprints.select("organisation", "sprint").n_unique()
    print(f"simulated {count} sprints at {count / (perf_counter() - start) * 60:,.0f} a minute")
    five = sprints.with_columns(
        organisation=pl.format("org-{}", pl.col("team") % 5), sprint=pl.col("sprint") * 1000 + pl.col("team")
    ).sort("sprint")
    start = perf_counter()
    backtest(Dataset(five, 0), refit=True)
    print(f"backtest of {count} sprints at four times: {perf_counter() - start:.1f} s")
    team = five.filter((pl.col("time") == 50) & (pl.col("team") == 0))
    start = perf_counter()
    for _ in range(20):
        shipped_model().logits(team, 0.5)
    print(f"forecast of one team's {team.height} sprints: {(perf_counter() - start) / 20 * 1000:.1f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATASET)
