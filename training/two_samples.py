"""Do two samples look alike? Each column beside the other's, and how well a classifier tells them apart.

The classifier two-sample test of Lopez-Paz and Oquab (ICLR 2017): an AUC of .5 says that no difference was found, 1
that every row gives away where it comes from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import ks_2samp
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from sprintlib.evaluate.metrics import auc

GROUP = "group"  # the column that says which rows belong together: a board, a startup, an author
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
_FOLDS = 5
_RESAMPLES = 200
_TOLD = 5  # columns that give a sample away most

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Marginal:
    """One column of both samples. quantiles: at QUANTILES; null where a sample has no value.

    distance: Kolmogorov-Smirnov, the largest gap between the two cumulative distributions, 0-1.
    """

    name: str
    n_simulated: int
    n_real: int
    simulated: tuple[float, ...] | None
    real: tuple[float, ...] | None
    distance: float | None


@dataclass(frozen=True)
class TwoSample:
    """How well rows are told apart. low, high: 95 % interval, groups resampled.

    giveaways: (column, loss of AUC when its values are shuffled), largest first. Where two columns say the same, each
    loses little.
    """

    auc: float
    low: float
    high: float
    n_simulated: int
    n_real: int
    giveaways: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class _Scored:
    """Rows with what the model that had not seen them said."""

    said: Floats
    y: NDArray[np.int64]
    folds: NDArray[np.int64]
    groups: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> "_Scored":
        """Some of the rows, as often as they are named."""
        return _Scored(self.said[rows], self.y[rows], self.folds[rows], self.groups[rows])


def marginals(simulated: pl.DataFrame, real: pl.DataFrame, columns: Sequence[str]) -> list[Marginal]:
    """Quantiles and distance of each column; nulls are left out."""
    return [_marginal(name, _values(simulated, name), _values(real, name)) for name in columns]


def two_sample(simulated: pl.DataFrame, real: pl.DataFrame, columns: Sequence[str], seed: int = 0) -> TwoSample:
    """Cross-validated AUC of boosted trees that tell simulated rows from real ones.

    Both frames hold `columns` (numbers or booleans, nulls allowed) and GROUP; no group is split over two folds. Only
    rows of one fold are compared with each other: models of different folds saw different shares of simulated rows, and
    mixing their scores pushes the AUC of equal samples below .5 (Forman and Scholz, SIGKDD Explorations 2010).
    """
    x = np.vstack([_matrix(simulated, columns), _matrix(real, columns)])
    y = np.repeat(np.array([1, 0], dtype=np.int64), [len(simulated), len(real)])
    groups = _groups(simulated, real)
    rng = np.random.default_rng(seed)
    said, lost = np.zeros(len(y)), np.zeros((_FOLDS, len(columns)))
    fold_of = np.zeros(len(y), dtype=np.int64)
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed)
    for fold, (train, test) in enumerate(folds.split(x, y, groups)):
        with threadpool_limits(1):  # on so few rows threads only wait for each other
            model = _classifier(seed).fit(x[train], y[train])
            said[test], fold_of[test] = model.predict_proba(x[test])[:, 1], fold
            lost[fold] = _losses(model, x[test], y[test], said[test], rng)
    scored = _Scored(said, y, fold_of, groups)
    low, high = _interval(scored, rng)
    order = np.argsort(-lost.mean(axis=0), kind="stable")[:_TOLD]
    giveaways = tuple((columns[index], float(lost[:, index].mean())) for index in order)
    return TwoSample(_auc_within_folds(scored), low, high, len(simulated), len(real), giveaways)


def _classifier(seed: int) -> HistGradientBoostingClassifier:
    """Small trees that stop early: with few hundred rows larger ones only learn them by heart."""
    return HistGradientBoostingClassifier(
        max_iter=120, learning_rate=0.1, max_leaf_nodes=8, min_samples_leaf=10, random_state=seed
    )


def _losses(
    model: HistGradientBoostingClassifier, x: Floats, y: NDArray[np.int64], said: Floats, rng: np.random.Generator
) -> Floats:
    """AUC on this fold minus AUC with one column shuffled, for each column."""
    whole = _auc(said, y)
    losses = []
    for column in range(x.shape[1]):
        shuffled = x.copy()
        shuffled[:, column] = rng.permutation(shuffled[:, column])
        losses.append(whole - _auc(model.predict_proba(shuffled)[:, 1], y))
    return np.array(losses)


def _interval(scored: _Scored, rng: np.random.Generator) -> tuple[float, float]:
    """Simulated and real groups are drawn with replacement, each among themselves."""
    members = {group: np.flatnonzero(scored.groups == group) for group in np.unique(scored.groups)}
    sides = [[group for group, rows in members.items() if scored.y[rows[0]] == side] for side in (0, 1)]
    drawn = []
    for _ in range(_RESAMPLES):
        rows = np.concatenate([members[group] for side in sides for group in rng.choice(side, len(side))])
        drawn.append(_auc_within_folds(scored.take(rows)))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def _auc_within_folds(scored: _Scored) -> float:
    """AUC over the pairs of one fold, each pair once."""
    pairs = hits = 0.0
    for fold in np.unique(scored.folds):
        inside = scored.folds == fold
        simulated = int(scored.y[inside].sum())
        weight = simulated * (int(inside.sum()) - simulated)
        pairs += weight
        hits += weight * _auc(scored.said[inside], scored.y[inside])
    return hits / pairs if pairs else 0.5


def _auc(said: Floats, y: NDArray[np.int64]) -> float:
    value = auc(said, y)
    return 0.5 if value is None else value


def _groups(simulated: pl.DataFrame, real: pl.DataFrame) -> NDArray[np.int64]:
    names = [f"simulated {name}" for name in simulated[GROUP]] + [f"real {name}" for name in real[GROUP]]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _matrix(rows: pl.DataFrame, columns: Sequence[str]) -> Floats:
    return rows.select(pl.col(columns).cast(pl.Float64).fill_null(float("nan"))).to_numpy()


def _values(rows: pl.DataFrame, name: str) -> Floats:
    return rows[name].drop_nulls().cast(pl.Float64).to_numpy()


def _marginal(name: str, simulated: Floats, real: Floats) -> Marginal:
    distance = float(ks_2samp(simulated, real).statistic) if len(simulated) and len(real) else None
    return Marginal(name, len(simulated), len(real), _quantiles(simulated), _quantiles(real), distance)


def _quantiles(values: Floats) -> tuple[float, ...] | None:
    return tuple(float(value) for value in np.quantile(values, QUANTILES)) if len(values) else None
