"""Which model fits this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from sprintlib.errors import LlmUnavailable

_GIGABYTE = 1024**3
_ROOM = 1.3  # weights, plus context and the server itself

# Memory in GB from which a model of that size answers a report without swapping; sizes are Q4 weights.
_SUGGESTIONS = ((24, "qwen2.5:14b"), (12, "qwen2.5:7b"), (6, "llama3.2:3b"), (0, "qwen2.5:1.5b"))


@dataclass(frozen=True)
class Suggestion:
    """A model to pull, and why this one."""

    model: str
    reason: str


def suggest(memory_bytes: int | None = None) -> Suggestion:
    """What to pull on a machine with that much memory (this one by default)."""
    memory = (memory_bytes or psutil.virtual_memory().total) / _GIGABYTE
    model = next(name for least, name in _SUGGESTIONS if memory >= least)
    return Suggestion(model, f"{memory:.0f} GB of memory hold it beside an editor and a browser")


def choose(installed: Sequence[Any], wanted: str | None, available_bytes: int | None = None) -> Any:
    """The wanted model among the installed ones, else the largest that fits into the available memory.

    Embedding models are passed over. Raises LlmUnavailable naming what to pull.
    """
    if wanted:
        named = [entry for entry in installed if entry.model in (wanted, f"{wanted}:latest")]
        if not named:
            raise LlmUnavailable(f"Ollama has no model {wanted}: run 'ollama pull {wanted}'.")
        return named[0]
    available = available_bytes or psutil.virtual_memory().available
    talking = [entry for entry in installed if "embed" not in (entry.model or "")]
    fitting = [entry for entry in talking if (entry.size or 0) * _ROOM < available]
    if fitting:
        return max(fitting, key=lambda entry: (entry.size or 0, entry.model))
    if talking:
        smallest = min(talking, key=lambda entry: entry.size or 0)
        raise LlmUnavailable(
            f"{smallest.model} needs more memory than is free: close something, or pull a smaller one."
        )
    raise LlmUnavailable(f"Ollama has no model yet: run 'ollama pull {suggest().model}'.")
