"""Texts to vectors: many in a process of their own, a query here (docs/knowledge.md)."""

from sprintlib.embedding.process import MISSING, Embedder, Encoder, Vectors, embedder, installed, model_folder

__all__ = ["MISSING", "Embedder", "Encoder", "Vectors", "embedder", "installed", "model_folder"]
