"""Sentence encoders that are read without torch: BERT with mean pooling, in the folder layout of sentence-transformers.

Source: Devlin et al. 2019; sentence-transformers/all-MiniLM-L6-v2.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Array = npt.NDArray[np.float32]
_MODULES = ["Transformer", "Pooling", "Normalize"]


@dataclass(frozen=True)
class Architecture:
    """Sizes of an encoder. longest: tokens of a text that are read. epsilon: of the layer norms."""

    folder: Path
    dimension: int
    heads: int
    layers: int
    epsilon: float
    longest: int

    def weights(self) -> dict[str, Array]:
        """By name, as BERT's parts are called."""
        from safetensors.numpy import load_file

        found = load_file(self.folder / "model.safetensors")
        return {name.removeprefix("bert."): value.astype(np.float32, copy=False) for name, value in found.items()}

    def tokenizer(self) -> "Tokenizer":
        """Cuts after `longest` tokens and pads nothing."""
        from tokenizers import Tokenizer

        found = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        found.no_padding()
        found.enable_truncation(self.longest)
        return found


def read_architecture(folder: Path) -> Architecture | None:
    """Of a model's folder, or None for another kind, which sentence-transformers reads."""
    config, modules, pooling, limits = (
        _read(folder / name)
        for name in ("config.json", "modules.json", "1_Pooling/config.json", "sentence_bert_config.json")
    )
    kinds = [module["type"].rpartition(".")[2] for module in modules] if isinstance(modules, list) else []
    fits = (
        config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and pooling.get("pooling_mode_mean_tokens") is True
        and kinds in (_MODULES, _MODULES[:2])
        and (folder / "model.safetensors").is_file()
        and (folder / "tokenizer.json").is_file()
    )
    if not fits:
        return None
    return Architecture(
        folder=folder,
        dimension=config["hidden_size"],
        heads=config["num_attention_heads"],
        layers=config["num_hidden_layers"],
        epsilon=config["layer_norm_eps"],
        longest=limits.get("max_seq_length") or config["max_position_embeddings"],
    )


def folder_digest(folder: Path) -> str:
    """Of a model's files: vectors of models with the same digest can be compared."""
    found = hashlib.blake2b(digest_size=16)
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".safetensors", ".bin") or path.name in ("tokenizer.json", "config.json"):
            found.update(f"{path.relative_to(folder)}:{path.stat().st_size};".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
