"""Random numbers that never change: every forecast and every what-if draws the same ones.

Common random numbers make differences between two forecasts stable (an action is not credited with luck), and
a fixed seed makes the output deterministic. A stream belongs to a name (a repository, an item), so that adding or
dropping one leaves the numbers of the others alone.
"""

from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sprintlib.imports import special_functions

DRAWS = 4096
_SEED = 20261123
_BLOCK = 64
_gammaincinv = special_functions().gammaincinv

Draws = NDArray[np.float64]


def _generator(*names: str | int) -> np.random.Generator:
    return np.random.default_rng([_SEED, *(crc32(str(name).encode()) for name in names)])


def event_times(stream: str, count: int) -> NDArray[np.float32]:
    """Times of the first events of a Poisson process with rate one: shape (>= count, DRAWS), rising along axis 0."""
    return _event_times(stream, -(-count // _BLOCK))


@lru_cache(maxsize=32)
def _event_times(stream: str, blocks: int) -> NDArray[np.float32]:
    gaps = [
        _generator(stream, "gap", block).standard_exponential((_BLOCK, DRAWS), dtype=np.float32)
        for block in range(blocks)
    ]
    times: NDArray[np.float32] = np.cumsum(np.concatenate(gaps), axis=0)
    times.flags.writeable = False
    return times


@lru_cache(maxsize=256)
def unit_gamma(stream: str, shape: float) -> Draws:
    """DRAWS values of Gamma(shape, 1), by stratified quantiles in an order of the stream's own."""
    quantiles = (_generator(stream, "rate").permutation(DRAWS) + 0.5) / DRAWS
    values: Draws = np.asarray(_gammaincinv(shape, quantiles), dtype=np.float64)
    values.flags.writeable = False
    return values


@lru_cache(maxsize=512)
def unit_wait(stream: str) -> Draws:
    """DRAWS values of an exponential waiting time with mean one."""
    quantiles = (_generator(stream, "wait").permutation(DRAWS) + 0.5) / DRAWS
    values: Draws = -np.log1p(-quantiles)
    values.flags.writeable = False
    return values
