"""The FAISS index that fits the number of vectors: every one is compared, or from some size on only the likely ones.

Comparing with every vector is exact, and grows with their number. An inverted file looks into the lists of the centres
that are nearest to the query, and compares exactly with what is in these. How many lists it takes is measured when the
index is made, on vectors of its own (docs/research/knowledge.md, "Growth").
"""

from collections.abc import Sequence
from math import isqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from sprintlib.embedding import Vectors

if TYPE_CHECKING:
    import faiss

FLAT_UP_TO = 30_000  # below, comparing with everything takes less than the rest of a search by far
RECALL = 0.995  # share of the ten nearest that is found, on the vectors that it is tried on
_TRIED = 100
_NEAREST = 10
_AT_LEAST = 10  # a tenth of the lists: real questions take more than what it is tried with
_A_LIST = 40  # vectors that a centre is learned from; more teach it little
_ROUNDS = 6


def make_index(ids: Sequence[int], values: Vectors, dimension: int) -> "faiss.Index":
    """An index of unit vectors (n, dimension) by inner product, under these ids."""
    import faiss

    keys = np.asarray(ids, dtype=np.int64)
    if len(ids) <= FLAT_UP_TO:
        flat = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        if len(ids):
            flat.add_with_ids(values, keys)
        return flat
    lists = 2 * isqrt(len(ids))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimension), dimension, lists, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter, index.cp.max_points_per_centroid, index.cp.spherical = _ROUNDS, _A_LIST, True
    index.cp.seed, index.cp.min_points_per_centroid = 7, 1
    index.train(values)
    index.add_with_ids(values, keys)
    index.nprobe = _lists_needed(index, values)
    return index


def nearest(index: "faiss.Index", query: Vectors, limit: int, among: Sequence[int] | None = None) -> list[int]:
    """Ids of the vectors with the largest cosine to one query (dimension,), best first.

    among: only these, each of which is looked at.
    """
    import faiss

    faiss.omp_set_num_threads(1)  # waking threads costs more than a search
    if query.shape != (index.d,):
        raise ValueError(f"a query of dimension {query.shape} for an index of dimension {index.d}")
    chosen: dict[str, Any] = {}
    if among is not None:
        selector = faiss.IDSelectorBatch(np.asarray(among, dtype=np.int64))
        if isinstance(index, faiss.IndexIVF):
            chosen["params"] = faiss.SearchParametersIVF(sel=selector, nprobe=index.nlist)
        else:
            chosen["params"] = faiss.SearchParameters(sel=selector)
    _, ids = index.search(query.reshape(1, -1), max(1, min(limit, index.ntotal)), **chosen)
    return [int(found) for found in ids[0] if found >= 0]  # -1 fills up where there are fewer


def _lists_needed(index: "faiss.IndexIVFFlat", values: Vectors) -> int:
    """From a tenth of the lists on, in steps of a half: how many hold enough of the nearest; all, if it takes all."""
    queries = _like(values)
    index.nprobe = index.nlist
    exact = index.search(queries, _NEAREST)[1]
    lists: int = max(index.nlist // _AT_LEAST, 8)
    while lists < index.nlist:
        index.nprobe = lists
        found = index.search(queries, _NEAREST)[1]
        shares = [len(set(some) & set(all_)) for some, all_ in zip(found.tolist(), exact.tolist(), strict=True)]
        if sum(shares) >= RECALL * exact.size:
            return lists
        lists += lists // 2
    return int(index.nlist)


def _like(values: Vectors) -> Vectors:
    """What lies between two of these vectors each, as a question is no copy of a text."""
    generator = np.random.default_rng(7)
    one, other = (values[generator.choice(len(values), _TRIED, replace=False)] for _ in range(2))
    between = one + other
    unit: Vectors = (between / np.linalg.norm(between, axis=1, keepdims=True)).astype(np.float32)
    return unit
