"""The embedding process: texts in, vectors out. It alone loads torch or onnxruntime; it never sees FAISS or the store.

`python -m sprintlib.embedding.worker MODEL`. Reads JSON lists of texts, a line each; answers a line of JSON about the
model first, then for each list two little-endian uint32 (rows, dimension) and the float32 values, each row of length 1.
"""

import hashlib
import json
import os
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sprintlib.embedding.architecture import Array, folder_digest
from sprintlib.embedding.onnx_bert import OnnxBert, open_onnx_bert
from sprintlib.embedding.process import model_folder
from sprintlib.errors import KnowledgeError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32


@dataclass(frozen=True)
class AnySentenceTransformer:
    """Whatever sentence-transformers can load."""

    model: str
    dimension: int
    loaded: "SentenceTransformer"

    def encode(self, texts: Sequence[str]) -> Array:
        """One row of length 1 for each text, float32."""
        found: Array = self.loaded.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        ).astype("<f4")
        return found


def open_encoder(name: str) -> OnnxBert | AnySentenceTransformer:
    """The model of a folder, or of a name in the local cache; nothing is downloaded.

    onnxruntime reads the kinds that it can; the vectors can be compared with torch's. Only of the default model is it
    known that int8 finds as much (benchmarks/embedding.py), so others are read exactly.
    """
    folder = Path(name)
    fast = open_onnx_bert(folder, exact=not is_default(name)) if folder.is_dir() else None
    return fast or open_sentence_transformer(name)


def is_default(name: str) -> bool:
    """Whether it is the model that a package carries."""
    try:
        return name == model_folder(None)
    except KnowledgeError:
        return False


def open_sentence_transformer(name: str) -> AnySentenceTransformer:
    """The same by sentence-transformers and torch."""
    from sentence_transformers import SentenceTransformer

    loaded = SentenceTransformer(name, device="cpu", local_files_only=True)
    digest = folder_digest(Path(name)) if Path(name).is_dir() else _weights_digest(loaded)
    return AnySentenceTransformer(digest, int(loaded.get_embedding_dimension() or 0), loaded)


def _weights_digest(model: "SentenceTransformer") -> str:
    """Of a model whose files lie in a cache."""
    state = model.state_dict()
    found = hashlib.blake2b(digest_size=16)
    for name in sorted(state):
        found.update(name.encode())
        found.update(state[name].contiguous().numpy().tobytes())
    return found.hexdigest()


def main() -> None:
    """Serve until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not mix with the vectors
    encoder = open_encoder(sys.argv[1])
    answers.write(json.dumps({"digest": encoder.model, "dimension": encoder.dimension}).encode() + b"\n")
    answers.flush()
    for line in sys.stdin:
        vectors = encoder.encode(json.loads(line))
        answers.write(struct.pack("<II", *vectors.shape))
        answers.write(vectors.astype("<f4").tobytes())
        answers.flush()


if __name__ == "__main__":
    main()
