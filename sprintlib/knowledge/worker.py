"""The embedding process: texts in, vectors out. It alone loads torch; it never sees FAISS, the store or a token.

Run by path, not as a module of the package, so that it imports nothing else of it. Reads JSON lists of texts, a line
each; answers a line of JSON about the model first, then for each list two little-endian uint32 (rows, dimension) and
the float32 values, each row of length 1.
"""

import hashlib
import json
import os
import struct
import sys
from pathlib import Path
from typing import Any

BATCH = 32


def load(folder: str) -> Any:
    """The model of a folder, or of a name in the local cache; nothing is downloaded."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(folder, device="cpu", local_files_only=True)


def folder_digest(folder: Path) -> str:
    """Of a model's files: two models with the same digest give the same vectors."""
    found = hashlib.blake2b(digest_size=16)
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".safetensors", ".bin") or path.name in ("tokenizer.json", "config.json"):
            found.update(f"{path.relative_to(folder)}:{path.stat().st_size};".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def weights_digest(model: Any) -> str:
    """The same for a model whose files lie in a cache."""
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
    model = load(sys.argv[1])
    folder = Path(sys.argv[1])
    digest = folder_digest(folder) if folder.is_dir() else weights_digest(model)
    told = {"digest": digest, "dimension": model.get_embedding_dimension()}
    answers.write(json.dumps(told).encode() + b"\n")
    answers.flush()
    for line in sys.stdin:
        texts = json.loads(line)
        vectors = model.encode(
            texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        ).astype("<f4")
        answers.write(struct.pack("<II", *vectors.shape))
        answers.write(vectors.tobytes())
        answers.flush()


if __name__ == "__main__":
    main()
