"""Texts to vectors: many in a process of their own, a query here (docs/knowledge.md)."""

from sprintlib.embedding.process import MISSING, Embedder, Encoder, Vectors, embedder, installed, model_folder
from sprintlib.embedding.remote import encode_there

__all__ = ["MISSING", "Embedder", "Encoder", "Vectors", "embedder", "encode_there", "installed", "model_folder"]
