"""How likely an open item closes on each coming working day, given how it stands now.

A discrete-time hazard: on the d-th working day ahead an item that is still open closes with probability
1 - exp(-rate), and log(rate) is linear in a few facts known now. As the facts are not foretold, their weight may
change with the distance (a landmark model: van Houwelingen 2007, "Dynamic prediction by landmarking in event history
analysis", Scandinavian Journal of Statistics 34). An item that left its milestone or was reopened later does not
matter: what counts is the next time it closes. One fact is foretold: how near the due date is on each day ahead.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Working days ahead within which the rate is constant; the last piece has no end.
EDGES = (0.0, 1.0, 2.0, 4.0, 7.0, 12.0, 20.0, 40.0, 80.0)
_MIDDLES = (0.5, 1.5, 3.0, 5.5, 9.5, 16.0, 30.0, 60.0, 120.0)
FEATURES = (
    "pull",
    "begun",
    "opened",
    "reviewed",
    "approved",
    "blocked",
    "age",
    "idle",
    "moves",
    "planned",
    "beside",
    "due",
)
# What log(rate) is linear in, beside its level: the facts, with what the due date means on the days of a piece.
TERMS = (*FEATURES[:-1], "pressing", "overdue")
_FARTHEST = 4.0  # a logarithm beyond is taken to be there


def features(standings: pl.DataFrame, blocked: Array, developers: float | Array) -> Array:
    """Facts as numbers around 0 to 4, and `due` in working days, shape (n, len(FEATURES)).

    standings: schema STANDINGS. blocked: 1 where an open item is waited for, shape (n,). developers: active people.
    """
    columns = {name: standings[name].to_numpy() for name in ("age", "idle", "moves", "lead", "beside")}
    stage, planned = standings["stage"], standings["planned"].cast(pl.Float64).to_numpy()
    due = standings["due"].fill_null(0.0).to_numpy()
    found = [
        (standings["kind"] == "pull").to_numpy(),
        *((stage == name).to_numpy() for name in ("begun", "opened", "reviewed", "approved")),
        blocked,
        np.log1p(columns["age"] / columns["lead"]),
        np.log1p(columns["idle"] / columns["lead"]),
        np.log1p(columns["moves"]),
        planned,
        planned * np.log1p(columns["beside"] / np.maximum(developers, 1.0)),
    ]
    return np.column_stack([np.minimum(np.column_stack(found).astype(np.float64), _FARTHEST), planned * due])


def design(x: Array) -> Array:
    """What log(rate) is linear in, for every item and piece: shape (n, len(EDGES), terms).

    A level per piece, TERMS, and TERMS times how far ahead the piece lies (0 for the first, 1 for the last).
    """
    n, pieces = len(x), len(EDGES)
    levels = np.broadcast_to(np.eye(pieces), (n, pieces, pieces))
    known = np.broadcast_to(x[:, None, :-1], (n, pieces, x.shape[1] - 1))
    facts = np.concatenate([known, _nearness(x)], axis=2)
    return np.concatenate([levels, facts, facts * ahead()[None, :, None]], axis=2)


def _nearness(x: Array) -> Array:
    """`pressing` and `overdue` of planned items in each piece: shape (n, len(EDGES), 2).

    pressing: the mean of 1 / (1 + working days left) over the days of the piece up to the due date, which presses more
    from day to day. overdue: 1 in pieces that begin after it.
    """
    planned, due = x[:, FEATURES.index("planned"), None], x[:, FEATURES.index("due"), None]
    before, starts = due > np.array(EDGES), np.array(EDGES)
    most, least = 1.0 + due - starts, 1.0 + np.maximum(due - np.array([*EDGES[1:], np.inf]), 0.0)
    days = np.where(before, most - least, 1.0)
    pressing = np.log(np.where(before, most / least, 1.0)) / days
    return np.stack([planned * pressing, planned * ~before], axis=2)


def ahead() -> Array:
    """How far each piece lies ahead: 0 for the first, 1 for the last, shape (len(EDGES),)."""
    logs = np.log1p(np.array(_MIDDLES))
    found: Array = (logs - logs[0]) / (logs[-1] - logs[0])
    return found


def exposures(days: Array) -> Array:
    """Working days spent in each piece by the end of `days`: shape (n, len(EDGES))."""
    ends = np.array([*EDGES[1:], np.inf])
    spent: Array = np.clip(days[:, None], EDGES, ends) - np.array(EDGES)
    return spent


@dataclass(frozen=True)
class ItemHazard:
    """The model: coefficients of `design` and its card. coefficients: shape (terms,)."""

    coefficients: Array
    card: dict[str, Any]

    def rates(self, x: Array) -> Array:
        """Closings per working day in each piece, shape (n, len(EDGES)), of facts of shape (n, len(FEATURES))."""
        found: Array = np.exp(np.clip(design(x) @ self.coefficients, -12.0, 3.0))
        return found

    def expected(self, x: Array, days: Array) -> Array:
        """Cumulative hazard over so many working days: -log P(still open), shape (n,). days: shape (n,)."""
        found: Array = np.sum(self.rates(x) * exposures(np.maximum(days, 0.0)), axis=1)
        return found

    def slowing(self) -> tuple[float, ...]:
        """How much open items slow each other, at least 0, one a piece: the power of 1 + items / people."""
        near, far = (len(EDGES) + TERMS.index("beside") + shift for shift in (0, len(TERMS)))
        powers = -(self.coefficients[near] + self.coefficients[far] * ahead())
        return tuple(np.maximum(powers, 0.0).tolist())

    def to_json(self) -> str:
        """The text from which `from_json` makes the same model."""
        names = [
            *(f"from day {edge:g}" for edge in EDGES),
            *TERMS,
            *(f"{name}, far ahead" for name in TERMS),
        ]
        numbers = dict(zip(names, np.round(self.coefficients, 4).tolist(), strict=True))
        return json.dumps({"card": self.card, "coefficients": numbers}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "ItemHazard":
        """Raises KeyError or ValueError for a text that `to_json` did not write."""
        stored = json.loads(text)
        model = cls(np.array(list(stored["coefficients"].values())), stored["card"])
        if list(stored["coefficients"]) != list(json.loads(model.to_json())["coefficients"]):
            raise ValueError("The stored model was fitted on other facts.")
        return model


@cache
def shipped_hazard() -> ItemHazard:
    """The model in the package."""
    return ItemHazard.from_json(resources.files(__package__).joinpath("hazard.json").read_text("utf-8"))
