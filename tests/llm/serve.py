"""Serve a GGUF model in Ollama's protocol until standard input ends: `python -m tests.llm.serve [MODEL] [THREADS]`.

Prints its URL. Only in the environment of `make test-llm`; with the URL as `[llm] host`, `sprint explain` talks to it.
"""

import sys

from tests.llm.gguf import MODELS, Gguf
from tests.llm.ollama import OllamaStandIn, running

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else MODELS[0]
    engine = Gguf(name, int(sys.argv[2]) if len(sys.argv) > 2 else None)
    standin = OllamaStandIn(
        mood="real", models={name: engine.size}, context_length=engine.context_length, engine=engine
    )
    with running(standin) as host:
        sys.stdout.write(f"{host}\n")
        sys.stdout.flush()
        sys.stdin.read()
