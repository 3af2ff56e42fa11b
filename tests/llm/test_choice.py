"""Which model is taken, and which is suggested."""

import pytest
from ollama import ListResponse

from sprintlib.errors import LlmUnavailable
from sprintlib.llm.choice import choose, suggest

GB = 1024**3
INSTALLED = [
    ListResponse.Model(model="qwen2.5:14b", size=9 * GB),
    ListResponse.Model(model="llama3.2:latest", size=2 * GB),
    ListResponse.Model(model="nomic-embed-text:latest", size=1 * GB),
]


@pytest.mark.parametrize(("free", "model"), [(16, "qwen2.5:14b"), (8, "llama3.2:latest")])
def test_the_largest_that_fits(free: int, model: str) -> None:
    assert choose(INSTALLED, None, free * GB).model == model


def test_the_wanted_one_wins() -> None:
    assert choose(INSTALLED, "llama3.2", 1 * GB).model == "llama3.2:latest"


def test_what_is_missing_is_said() -> None:
    with pytest.raises(LlmUnavailable, match="run 'ollama pull phi4'"):
        choose(INSTALLED, "phi4")
    with pytest.raises(LlmUnavailable, match="needs more memory than is free"):
        choose(INSTALLED, None, 1 * GB)
    with pytest.raises(LlmUnavailable, match="Ollama has no model yet"):
        choose(INSTALLED[2:], None, 16 * GB)


@pytest.mark.parametrize(
    ("memory", "model"), [(32, "qwen2.5:14b"), (16, "qwen2.5:7b"), (8, "llama3.2:3b"), (4, "qwen2.5:1.5b")]
)
def test_suggestions(memory: int, model: str) -> None:
    assert suggest(memory * GB).model == model
