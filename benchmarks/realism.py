"""How real the simulations look: `python benchmarks/realism.py [DATA]`, two minutes on one core.

The fast simulator's sprints beside public ones, the simulated startups' pull requests and issues beside those of two
real repositories: quantiles, distances, and the AUC of a classifier that tells them apart. As a yardstick the same
classifier tells real organisations, and real repositories, from each other.
"""

import lzma
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from sprintlib.evaluate import read_dataset
from sprintlib.forecast.sprints import outcomes
from sprintlib.forecast.sprints.model import TIMES
from sprintlib.github.dataset import dataset_files
from sprintsim.simulation import simulate, write_startup
from training.observables import (
    ISSUE_COLUMNS,
    ISSUE_PROCESS,
    PULL_COLUMNS,
    PULL_PROCESS,
    SPRINT_COLUMNS,
    SPRINT_SHARES,
    dataset_items,
    sprint_states,
)
from training.simulated_sprints import simulated_sprints
from training.two_samples import GROUP, QUANTILES, Marginal, TwoSample, marginals, two_sample

DATA = Path(__file__).parents[2] / "shared" / "data"
REAL = {"secp256k1": "bitcoin-core_secp256k1.tar.xz", "bips": "bitcoin_bips.tar.xz"}
TEAMS, STARTUPS, SEED = 150, 12, 20261123
BOARDS, TWINS = 33, 6  # as many boards as the public sprints stand on; drawn so often
LEAST_BOARDS = 10  # an organisation of fewer is not told from others: two boards are two habits
TODAY = date(2026, 11, 23)
# 75th percentiles of 3.7 million pull requests of 2,022 organisations (LinearB, metrics community benchmarks): elite
# below the first, in need of improvement above the second. Merged and commented shares: Gousios et al., ICSE 2014.
LINEARB = {
    "hours_to_first_review": (1, 14),
    "hours_from_first_review_to_merge": (0.5, 18),
    "lines": (98, 218),
}
EIGHT_WEEKS = 8 * 7 * 24  # a simulated startup is ten weeks old


def main(data: Path) -> None:
    """Print everything, sprints first."""
    sprints(data / "delivery-capability")
    items(data / "github-backups")
    overlaps(data)


# ---------------------------------------------------------------- sprints


def sprints(folder: Path) -> None:
    """The fast simulator beside the public sprints, at each time."""
    rows, drawn = read_dataset(folder).sprints, simulated_sprints(TEAMS, SEED)
    real, simulated = sprint_states(rows), sprint_states(drawn)
    organisations = sorted(real["organisation"].unique())
    for time in TIMES:
        now, then = simulated.filter(time=time), real.filter(time=time)
        print(f"\n== sprints at {time} % of the planned time ==")
        _show_marginals(marginals(now, then, SPRINT_COLUMNS))
        by_organisation = {
            name: marginals(now, then.filter(organisation=name), SPRINT_COLUMNS) for name in organisations
        }
        _show_distances(by_organisation)
        _show_told("all columns", two_sample(now, then, SPRINT_COLUMNS))
        _show_told("shares only", two_sample(now, then, SPRINT_SHARES))
        for name in organisations:
            own, others = then.filter(organisation=name), then.filter(pl.col("organisation") != name)
            _show_told(f"simulated from {name}, shares", two_sample(now, own, SPRINT_SHARES))
            if own[GROUP].n_unique() >= LEAST_BOARDS:
                _show_told(f"{name} from the other two, shares", two_sample(own, others, SPRINT_SHARES))
        met = [outcomes(each.filter(time=time)).mean() for each in (drawn, rows)]
        print(f"delivered at least what was inside (no column above): simulated {met[0]:.2f}, real {met[1]:.2f}")
    _show_twins(simulated.filter(time=50))


def _show_twins(simulated: pl.DataFrame) -> None:
    """What the test says where there is nothing to tell: other simulated boards in the place of the real ones."""
    for name, columns in (("all columns", SPRINT_COLUMNS), ("shares only", SPRINT_SHARES)):
        twins = (sprint_states(simulated_sprints(BOARDS, SEED + draw)).filter(time=50) for draw in range(1, TWINS + 1))
        found = [two_sample(simulated, twin, columns).auc for twin in twins]
        mean = sum(found) / len(found)
        print(
            f"simulated from simulated, {name}: mean of {TWINS} draws {mean:.2f} ({min(found):.2f} to {max(found):.2f})"
        )


# ---------------------------------------------------------------- pull requests and issues


def items(folder: Path) -> None:
    """The simulated startups beside the backups of two repositories."""
    real = {name: dataset_items(folder / file) for name, file in REAL.items()}
    pulls, issues = simulated_items()
    both = pl.concat([each for each, _ in real.values()])
    print("\n== pull requests, all of them ==")
    _show_marginals(marginals(pulls, both, PULL_COLUMNS))
    _show_distances({name: marginals(pulls, each, PULL_COLUMNS) for name, (each, _) in real.items()})
    for name, (each, _) in real.items():
        _show_told(f"simulated from {name}", two_sample(pulls, each, PULL_COLUMNS))
        _show_told(f"simulated from {name}, texts aside", two_sample(pulls, each, PULL_PROCESS))
        soon = two_sample(_soon(pulls, "hours_to_merge"), _soon(each, "hours_to_merge"), PULL_PROCESS)
        _show_told(f"simulated from {name}, texts aside, merged within eight weeks", soon)
    _show_told("secp256k1 from bips", two_sample(real["secp256k1"][0], real["bips"][0], PULL_COLUMNS))
    _show_told("secp256k1 from bips, texts aside", two_sample(real["secp256k1"][0], real["bips"][0], PULL_PROCESS))
    _show_published(pulls.filter(by_bot=0))
    own = real["secp256k1"][1]
    print("\n== issues (bips has none) ==")
    _show_marginals(marginals(issues, own, ISSUE_COLUMNS))
    _show_told("simulated from secp256k1", two_sample(issues, own, ISSUE_COLUMNS))
    _show_told("simulated from secp256k1, texts aside", two_sample(issues, own, ISSUE_PROCESS))
    soon = two_sample(_soon(issues, "hours_to_close"), _soon(own, "hours_to_close"), ISSUE_PROCESS)
    _show_told("simulated from secp256k1, texts aside, closed within eight weeks", soon)


def simulated_items() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pull requests and issues of STARTUPS startups; rows of one startup are one group."""
    found: tuple[list[pl.DataFrame], list[pl.DataFrame]] = ([], [])
    for seed in range(STARTUPS):
        with TemporaryDirectory() as name:
            for repo in write_startup(Path(name), seed, TODAY).repos:
                for frames, rows in zip(found, dataset_items(Path(name) / repo), strict=True):
                    frames.append(rows.with_columns(pl.lit(str(seed)).alias(GROUP)))
    return pl.concat(found[0]), pl.concat(found[1])


Work = tuple[str, datetime, datetime, frozenset[str]]  # repository, opened, merged, files


def overlaps(data: Path) -> None:
    """How often a merged pull request was opened while another one that was merged later changed one of its files."""
    simulated = [work for seed in range(STARTUPS) for work in _simulated_work(seed)]
    for name, works in (("simulated", simulated), ("secp256k1", _real_work(data))):
        shared = sum(any(_meets(work, other) for other in works if other is not work) for work in works)
        print(f"opened while another one changed the same file, {name}: {shared / len(works):.2f} of {len(works)}")


def _meets(work: Work, other: Work) -> bool:
    repo, opened, _, files = work
    return other[0] == repo and other[1] <= opened < other[2] and not files.isdisjoint(other[3])


def _simulated_work(seed: int) -> list[Work]:
    event_log = simulate(seed, TODAY)
    opened = {item.key: item.created_at for item in event_log.items}
    files: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for commit in event_log.commits:
        files[commit.repo, commit.number] |= {change.path for change in commit.changes}
    merges = {(each.repo, each.number): each.at for each in event_log.happenings if each.kind == "merged"}
    return [(f"{seed} {key[0]}", opened[key], at, frozenset(files[key])) for key, at in merges.items()]


def _real_work(data: Path) -> list[Work]:
    """Pull requests whose merge commit is in the published history of secp256k1."""
    parents, files = _history(data / "git-log" / "secp256k1.numstat.txt.xz")
    main, commit = set(), next(iter(parents))
    while commit in parents:
        main.add(commit)
        commit = parents[commit][0] if parents[commit] else ""
    works: list[Work] = []
    for name, content in dataset_files(data / "github-backups" / REAL["secp256k1"]):
        pull = content.get("pull", {})
        merge = pull.get("merge_commit_sha") if name.startswith("pulls/") else None
        if pull.get("merged_at") and len(parents.get(merge, ())) == 2:
            opened, merged = (datetime.fromisoformat(pull[key]) for key in ("created_at", "merged_at"))
            works.append(("secp256k1", opened, merged, _branch_files(parents[merge][1], parents, files, main)))
    return works


def _history(path: Path) -> tuple[dict[str, list[str]], defaultdict[str, set[str]]]:
    """Parents and changed files of each commit, newest first."""
    parents: dict[str, list[str]] = {}
    files: defaultdict[str, set[str]] = defaultdict(set)
    commit = ""
    with lzma.open(path, "rt", errors="replace") as lines:
        for line in lines:
            if line.startswith("commit "):
                commit = line.split()[1]
            elif line.startswith("parents"):
                parents[commit] = line.split()[1:]
            elif line.count("\t") == 2 and line[0] in "0123456789-":
                files[commit].add(line.rstrip("\n").split("\t")[2])
    return parents, files


def _branch_files(
    head: str, parents: dict[str, list[str]], files: defaultdict[str, set[str]], main: set[str]
) -> frozenset[str]:
    found: set[str] = set()
    seen, waiting = set(main), [head]
    while waiting:
        commit = waiting.pop()
        if commit in parents and commit not in seen:
            seen.add(commit)
            found |= files[commit] if len(parents[commit]) < 2 else set()
            waiting += parents[commit]
    return frozenset(found)


def _soon(rows: pl.DataFrame, hours: str) -> pl.DataFrame:
    return rows.filter(pl.col(hours) <= EIGHT_WEEKS)


def _show_published(pulls: pl.DataFrame) -> None:
    """Simulated pull requests of people beside what others published about thousands of teams."""
    print("\n== pull requests of people beside published figures ==")
    hours, comments, closed = (pulls[name].drop_nulls() for name in ("hours_to_merge", "comments", "closed_unmerged"))
    shares = {
        "merged within a day, of the merged": ((hours <= 24).mean(), 0.6),
        "merged within four days": ((hours <= 96).mean(), 0.8),
        "fewer than 4 comments": ((comments < 4).mean(), 0.8),
        "fewer than 12 comments": ((comments < 12).mean(), 0.95),
        "merged, of the closed": ((closed == 0).mean(), 0.85),
    }
    for name, (share, published) in shares.items():
        print(f"{name:36}{float(share):8.2f}   published {published:.2f}")
    for name, (elite, fair) in LINEARB.items():
        value = pulls[name].quantile(0.75, "linear")
        print(f"{name:36}{value:8.1f}   75th percentile; elite below {elite}, in need of improvement above {fair}")


# ---------------------------------------------------------------- tables


def _show_marginals(found: Sequence[Marginal]) -> None:
    names = " ".join(f"{quantile:>8.0%}" for quantile in QUANTILES)
    print(f"{'':44}{'n':>6} {names}   distance")
    for each in found:
        for side, n, values in (("simulated", each.n_simulated, each.simulated), ("real", each.n_real, each.real)):
            numbers = " ".join(f"{value:8.2f}" for value in values or ())
            distance = f"{each.distance:8.2f}" if side == "real" and each.distance is not None else ""
            print(f"{each.name if side == 'simulated' else '':34}{side:10}{n:6} {numbers} {distance}")


def _show_distances(by_name: dict[str, list[Marginal]]) -> None:
    """Each of several real samples on its own: median, and distance from the simulated one."""
    print(f"{'median (distance)':34}" + "".join(f"{name:>17}" for name in by_name))
    middle = QUANTILES.index(0.5)
    for row in zip(*by_name.values(), strict=True):
        cells = (
            f"{each.real[middle]:8.2f} ({each.distance:.2f}) " if each.real and each.distance is not None else "-"
            for each in row
        )
        print(f"{row[0].name:34}" + "".join(f"{cell:>17}" for cell in cells))


def _show_told(name: str, found: TwoSample) -> None:
    why = ", ".join(f"{column} {loss:.2f}" for column, loss in found.giveaways[:3] if loss >= 0.005)
    sizes = f"n = {found.n_simulated} / {found.n_real}"
    print(
        f"AUC {name}: {found.auc:.2f} ({found.low:.2f} to {found.high:.2f}), {sizes}; given away by {why or 'nothing'}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
