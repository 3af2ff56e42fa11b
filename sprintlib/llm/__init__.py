"""The optional local language model, over Ollama. It writes words; it never makes a number."""

from sprintlib.llm.choice import Suggestion, suggest
from sprintlib.llm.client import Call, Completion, Found, Model, connect, exposure, look

__all__ = ["Call", "Completion", "Found", "Model", "Suggestion", "connect", "exposure", "look", "suggest"]
