"""The stand-in for Ollama in its real mood: a process of its own, in the environment of `make test-llm`."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import ROOT

PYTHON = ROOT / ".venv-llm" / "bin" / "python"


@contextmanager
def serving(model: str, threads: int | None = None) -> Iterator[str]:
    """Load a model of tests.llm.gguf and serve it in Ollama's protocol; yields the host URL."""
    command = [str(PYTHON), "-m", "tests.llm.serve", model, *([str(threads)] if threads else [])]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        host = process.stdout.readline().strip()
        assert host, f"the server of {model} ended with exit code {process.wait(timeout=30)} before it said its address"
        yield host
        process.communicate(timeout=30)  # closes its standard input, at which it ends
