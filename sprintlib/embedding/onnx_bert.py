"""Many texts at once, without torch: BERT in onnxruntime, texts of like length together.

Matrices are multiplied as int8, which finds as much in half the time (benchmarks/embedding.py): cosines to the exact
vectors are above 0.97. As values are rounded by the batch, a text's vector depends a little on the texts beside it.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sprintlib.embedding.architecture import Array, folder_digest, read_architecture

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

TOKENS = 2048  # of a batch, padding included: enough to keep the processor busy, little memory


@dataclass(frozen=True)
class OnnxBert:
    """A sentence encoder: mean of the last layer over all tokens, of length 1. model: digest of its files."""

    model: str
    dimension: int
    tokenizer: "Tokenizer"
    session: "InferenceSession"

    def encode(self, texts: Sequence[str]) -> Array:
        """One row of length 1 for each text, float32."""
        ids = [found.ids for found in self.tokenizer.encode_batch(list(texts))]
        rows = np.zeros((len(ids), self.dimension), dtype=np.float32)
        for places in batches([len(one) for one in ids]):
            rows[places] = self._vectors([ids[place] for place in places])
        return rows

    def _vectors(self, ids: list[list[int]]) -> Array:
        padded = np.zeros((len(ids), max(map(len, ids))), dtype=np.int32)
        mask = np.zeros_like(padded)
        for row, tokens in enumerate(ids):
            padded[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        (state,) = self.session.run(["state"], {"ids": padded, "mask": mask})
        mean: Array = (state * mask[..., np.newaxis]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        found: Array = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return found


def batches(lengths: Sequence[int], tokens: int = TOKENS) -> Iterator[list[int]]:
    """Places of texts that are read together, shortest first: as many as `tokens` hold with their padding, or one."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda one: lengths[one]):
        if batch and lengths[place] * (len(batch) + 1) > tokens:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def open_onnx_bert(folder: Path, *, exact: bool = False) -> OnnxBert | None:
    """The encoder of a folder, or None for one of another kind or where onnx and onnxruntime are missing.

    exact: float32 throughout.
    """
    shape = read_architecture(folder)
    if shape is None or not all(find_spec(name) for name in ("onnx", "onnxruntime")):
        return None
    from onnxruntime import InferenceSession, SessionOptions

    from sprintlib.embedding.graph import bert_graph

    options = SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "0"))  # 0: one for each core
    options.add_session_config_entry(
        "session.intra_op.allow_spinning", "0"
    )  # waiting threads must not burn the battery
    graph = bert_graph(shape, shape.weights(), exact=exact)
    session = InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return OnnxBert(folder_digest(folder), shape.dimension, shape.tokenizer(), session)
