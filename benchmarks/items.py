"""What the claims about single items rest on.

    python benchmarks/items.py rows FOLDER     how open items stood at many moments, and when they closed (ten minutes)
    python benchmarks/items.py ship FOLDER     fit the model that ships on the rows before CUT, and write hazard.json
    python benchmarks/items.py score FOLDER    score it on what it has not seen, beside what is simple

FOLDER keeps the rows between the steps. Real items: the backups of secp256k1 and bips in ../shared/data. Simulated
ones: startups of FIT_SEEDS to fit on, of CHOICE_SEEDS to choose the form of the model by, of TEST_SEEDS to report.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import startups
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from sqlalchemy import Engine

import sprintlib.forecast.items as package
from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.forecast.developers import active_developers
from sprintlib.forecast.items.clock import WorkingClock
from sprintlib.forecast.items.closing import closed_next
from sprintlib.forecast.items.hazard import ItemHazard, features, shipped_hazard
from sprintlib.forecast.items.item_features import standing
from sprintlib.forecast.items.local import learned
from sprintlib.history import ProjectState, load_state
from sprintlib.settings import Settings
from training.item_fitting import HazardRegressor

Array = NDArray[np.float64]

BACKUPS = Path(__file__).parents[2] / "shared" / "data" / "github-backups"
REAL = {"secp256k1": "bitcoin-core_secp256k1.tar.xz", "bips": "bitcoin_bips.tar.xz"}
REPOSITORIES = {"secp256k1": ["bitcoin-core/secp256k1"], "bips": ["bitcoin/bips"]}
FIT_SEEDS, CHOICE_SEEDS, TEST_SEEDS = range(201, 231), range(101, 131), range(161, 191)
CUT = datetime(2024, 7, 1, tzinfo=UTC)  # real items: fitted on what was known before, scored on what came after
END = datetime(2026, 8, 23, tzinfo=UTC)  # of the backups
WEIGHT = 1000  # closings that a real project may count for
CALENDAR = WorkingCalendar()
CLOCK = WorkingClock(CALENDAR, datetime(2014, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
LOOKBACK = timedelta(days=90)


# ------------------------------------------------------------------ rows


def rows(folder: Path) -> None:
    """Write a file of rows for each real project and each set of seeds."""
    folder.mkdir(exist_ok=True)
    for name, archive in REAL.items():
        with startups.stored(name, REPOSITORIES[name], BACKUPS / archive) as (engine, settings):
            moments = spaced(datetime(2014, 6, 4, 12, tzinfo=UTC), END, timedelta(days=15))
            landmarks(engine, settings, moments, END, name).write_parquet(folder / f"{name}.parquet")
    for name, seeds in (("fit", FIT_SEEDS), ("choice", CHOICE_SEEDS), ("test", TEST_SEEDS)):
        pl.concat([startup_rows(seed) for seed in seeds]).write_parquet(folder / f"{name}.parquet")


def startup_rows(seed: int) -> pl.DataFrame:
    """The rows of one simulated startup, at every second day."""
    first = startups.END - timedelta(days=62, hours=12 + seed % 24)
    with startups.startup(seed) as (engine, settings):
        moments = spaced(first, startups.END, timedelta(days=2))
        return landmarks(engine, settings, moments, startups.END, f"startup-{seed}")


def spaced(first: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    """Moments from `first` on, before `end`."""
    while first < end:
        yield first
        first += step


def landmarks(
    engine: Engine, settings: Settings, moments: Iterator[datetime], end: datetime, team: str
) -> pl.DataFrame:
    """How each open item stood at each moment, from what was known then, and what came until `end`.

    Beside STANDINGS: blocked, developers, team, `days` (working days until it closed or `end`) and `event` (it closed).
    """
    whole = load_state(engine, settings, end)
    return pl.concat([_landmark(engine, settings, moment, whole, end, team) for moment in moments])


def _landmark(
    engine: Engine, settings: Settings, moment: datetime, whole: ProjectState, end: datetime, team: str
) -> pl.DataFrame:
    past = load_state(engine, settings, moment)
    edges = find_dependencies(past).filter(
        (pl.col("type") == "blocks") & ((pl.col("blocker_state") == "open") | pl.col("blocker").is_null())
    )
    stood = standing(past, CALENDAR, [moment])
    then = stood.with_columns(
        closed_next(whole, stood)["closed"],
        blocked=pl.col("ref").is_in(edges["waiting"].implode()),
        developers=pl.lit(float(sum(active_developers(past, repo) for repo in past.repositories["repo"]))),
        team=pl.lit(team),
    ).with_columns(event=pl.col("closed").is_not_null())
    days = CLOCK.read(then["closed"].fill_null(end)) - CLOCK.read(then["at"])
    return then.with_columns(days=pl.Series(days, dtype=pl.Float64)).drop("closed")


# ------------------------------------------------------------------ fitting


def facts(frame: pl.DataFrame) -> Array:
    """The facts of rows as the model takes them."""
    return features(frame, frame["blocked"].cast(pl.Float64).to_numpy(), frame["developers"].to_numpy())


def seen_until(frame: pl.DataFrame, cut: datetime) -> pl.DataFrame:
    """The rows before a moment, as they could be seen at it."""
    early = frame.filter(pl.col("at") < cut)
    left = CLOCK.read(pl.Series([cut]))[0] - CLOCK.read(early["at"])
    days = early["days"].to_numpy()
    return early.with_columns(
        days=pl.Series(np.minimum(days, left)), event=pl.Series(early["event"].to_numpy() & (days <= left))
    )


def fit(simulated: pl.DataFrame, real: list[pl.DataFrame], card: dict[str, object]) -> ItemHazard:
    """One model of all: its level and course are those of the startups, its contrasts those of everybody."""
    frames = [simulated, *real]
    weights = [np.full(frame.height, min(WEIGHT / frame["event"].sum(), 1.0)) for frame in frames]
    groups = [None if frame is simulated else frame["team"][0] for frame in frames for _ in range(frame.height)]
    outcomes = [
        np.column_stack([np.maximum(frame["days"].to_numpy(), 1e-3), frame["event"].to_numpy().astype(float)])
        for frame in frames
    ]
    estimator = HazardRegressor().fit(
        np.vstack([facts(frame) for frame in frames]),
        np.vstack(outcomes),
        sample_weight=np.concatenate(weights),
        groups=groups,
    )
    return estimator.hazard(card)


def ship(folder: Path) -> None:
    """Write hazard.json beside sprintlib/forecast/items/hazard.py."""
    simulated = pl.read_parquet(folder / "fit.parquet")
    real = [seen_until(pl.read_parquet(folder / f"{name}.parquet"), CUT) for name in REAL]
    card = {
        "name": "items-2",
        "fitted_on": f"open items of {len(FIT_SEEDS)} simulated startups (seeds {FIT_SEEDS[0]} to {FIT_SEEDS[-1]}, "
        f"{simulated.height} rows at every second day), and of secp256k1 and bips before {CUT:%Y-%m-%d} "
        f"({' and '.join(str(frame.height) for frame in real)} rows every 15 days)",
        "use": "P(an open issue or pull request is closed, done or dropped, within so many working days)",
        "not_for": "persons; how good the work is; what happens if an item is taken up by somebody",
        "limits": "the level and the course over time are those of simulated startups and are corrected by the team's "
        "own closings; the contrasts rest on simulated startups and two volunteer projects, of which one has no issues",
    }
    Path(package.__file__).with_name("hazard.json").write_text(fit(simulated, real, card).to_json() + "\n", "utf-8")


# ------------------------------------------------------------------ scoring


def chained(model: ItemHazard, frame: pl.DataFrame, since: datetime | None = None) -> dict[str, Array]:
    """P(closed) of every row within 5, 10 and 30 working days and by `due`, from the rows of the 90 days before.

    nan before `since` and where there is no due date.
    """
    x, at, now = facts(frame), frame["at"].to_numpy(), CLOCK.read(frame["at"])
    days, event, refs = frame["days"].to_numpy(), frame["event"].to_numpy(), frame["ref"].to_numpy()
    due = frame["due"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    found = {name: np.full(frame.height, np.nan) for name in ("5", "10", "30", "due")}
    for moment in np.unique(at):
        if since and moment < np.datetime64(since.replace(tzinfo=None)):
            continue
        current = np.flatnonzero(at == moment)
        before = np.flatnonzero((at < moment) & (at >= moment - np.timedelta64(LOOKBACK)))
        left = now[current[0]] - now[before]
        before, left = before[left > 0], left[left > 0]
        _, places, counts = np.unique(refs[before], return_inverse=True, return_counts=True)
        told = (event[before] & (days[before] <= left)).astype(float)
        own = learned(model, x[before], np.minimum(days[before], left), told, 1.0 / counts[places])
        for name in found:
            ahead = due[current] if name == "due" else np.full(len(current), float(name))
            found[name][current] = np.where(
                ahead > 0, -np.expm1(-own.expected(x[current], np.nan_to_num(ahead))), np.nan
            )
    return found


def score(folder: Path) -> None:
    """Print the model beside the team's own rate and Kaplan-Meier, on rows that it was not fitted on."""
    model = shipped_hazard()
    real = {name: pl.read_parquet(folder / f"{name}.parquet") for name in REAL}
    late = {name: frame.filter(pl.col("at") >= CUT - 2 * LOOKBACK) for name, frame in real.items()}
    simulated = pl.read_parquet(folder / "test.parquet").partition_by("team", maintain_order=True)
    print(
        f"{'items':<12}{'within':>8}{'n':>7}{'rate':>7}{'Brier':>8}{'own rate':>10}{'K-M':>8}{'AUC':>6}  "
        "told > came (n)"
    )
    for name, frames, since in (*((name, [frame], CUT) for name, frame in late.items()), ("startups", simulated, None)):
        told = [chained(model, frame, since) | simple(frame, since) for frame in frames]
        joined = {key: np.concatenate([one[key] for one in told]) for key in told[0]}
        frame = pl.concat(frames)
        for within in ("5", "10", "30", "due"):
            ahead = frame["due"].cast(pl.Float64).fill_null(np.nan).to_numpy() if within == "due" else float(within)
            came = (frame["event"].to_numpy() & (frame["days"].to_numpy() <= ahead)).astype(float)
            known = frame["event"].to_numpy() | (frame["days"].to_numpy() >= ahead)
            good = known & np.isfinite(joined[within])
            if came[good].sum() and came[good].mean() < 1:
                _print_score(
                    name, within, {key: joined[key + within][good] for key in ("", "rate ", "km ")}, came[good]
                )


def _print_score(name: str, within: str, told: dict[str, Array], came: Array) -> None:
    p = told[""]
    bins = np.digitize(p, [0.1, 0.3, 0.5, 0.7, 0.9])
    shown = " ".join(
        f"{p[bins == place].mean():.2f}>{came[bins == place].mean():.2f}({(bins == place).sum()})"
        for place in range(6)
        if (bins == place).any()
    )
    briers = [float(np.mean((one - came) ** 2)) for one in told.values()]
    print(
        f"{name:<12}{within:>8}{len(came):>7}{came.mean():>7.3f}{briers[0]:>8.4f}{briers[1]:>10.4f}{briers[2]:>8.4f}"
        f"{roc_auc_score(came, p):>6.2f}  {shown}"
    )


def simple(frame: pl.DataFrame, since: datetime | None) -> dict[str, Array]:
    """What a team could say without a model: its rate of the last year for that time, and Kaplan-Meier by kind.

    The rate: closings per day at risk. Kaplan-Meier: of the ages at which items of that kind closed, given the age.
    """
    at, now, age = frame["at"].to_numpy(), CLOCK.read(frame["at"]), frame["age"].to_numpy()
    days, event, kind = frame["days"].to_numpy(), frame["event"].to_numpy(), frame["kind"].to_numpy()
    due = frame["due"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    found = {
        f"{how} {name}": np.full(frame.height, np.nan) for how in ("rate", "km") for name in ("5", "10", "30", "due")
    }
    for moment in np.unique(at):
        if since and moment < np.datetime64(since.replace(tzinfo=None)):
            continue
        current = np.flatnonzero(at == moment)
        before = np.flatnonzero((at < moment) & (at >= moment - np.timedelta64(timedelta(days=365))))
        left = now[current[0]] - now[before]
        seen, told = np.minimum(days[before], left), event[before] & (days[before] <= left)
        hazard = (told.sum() + 1) / (seen.sum() + 20)
        for name in ("5", "10", "30", "due"):
            ahead = due[current] if name == "due" else np.full(len(current), float(name))
            found[f"rate {name}"][current] = -np.expm1(-hazard * np.nan_to_num(ahead))
            for each in ("issue", "pull"):
                rows_of = kind[before] == each
                ages = age[before][rows_of]
                curve = _cumulative(ages, ages + seen[rows_of], told[rows_of])
                mine = current[kind[current] == each]
                reach = ahead[kind[current] == each]
                risk = curve(age[mine] + np.nan_to_num(reach)) - curve(age[mine])
                found[f"km {name}"][mine] = -np.expm1(-risk)
    return found


def _cumulative(entered: Array, left: Array, closed: NDArray[np.bool_]) -> Callable[[Array], Array]:
    """Nelson-Aalen estimate of the cumulative hazard by age, with late entry."""
    ages = np.sort(left[closed])
    at_risk = np.searchsorted(np.sort(entered), ages, side="left") - np.searchsorted(np.sort(left), ages, side="left")
    total = np.concatenate([[0.0], np.cumsum(1.0 / np.maximum(at_risk, 1))])
    return lambda age: total[np.searchsorted(ages, age, side="right")]


STEPS = {"rows": rows, "ship": ship, "score": score}

if __name__ == "__main__":
    STEPS[sys.argv[1]](Path(sys.argv[2]))
