"""A stand-in for Ollama that speaks its HTTP protocol, well or badly."""

import asyncio
import gzip
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

DIGEST = "365c0bd3c000a25d28ddbf732fe1c6add414de7275464c4e4d1c3b5fcb5d8ad1"
GIGABYTE = 1024**3

# What is said to a chat request: text, or a function of the request's body.
Script = list[str | Callable[[dict[str, Any]], str]]


class Engine(Protocol):
    """A model that really answers: tests/llm/gguf.py."""

    digest: str

    def chat(self, body: dict[str, Any]) -> AsyncIterator[tuple[str, dict[str, Any] | None]]: ...


@dataclass
class OllamaStandIn:
    """What it answers, and what it was asked.

    mood: scripted | slow | cut (mid-stream) | garbage | truncated (done_reason length) | short-sighted (cuts the
    prompt silently) | failing (500) | error-in-stream | real (what `engine` says) | endless, dripping (words without
    end, fast or slowly) | endless-list (of models) | compressed | escaping (terminal codes) | redirecting URL.
    """

    script: Script = field(default_factory=list)
    mood: str = "scripted"
    models: dict[str, int] = field(default_factory=lambda: {"llama3.2:3b": 2 * GIGABYTE})
    context_length: int = 32_768
    requests: list[dict[str, Any]] = field(default_factory=list)
    engine: Engine | None = None
    looks: int = 0

    def app(self) -> Starlette:
        routes = [
            Route("/api/tags", self._tags),
            Route("/api/show", self._show, methods=["POST"]),
            Route("/api/chat", self._chat, methods=["POST"]),
            Route("/api/generate", self._generate, methods=["POST"]),
            Route("/api/ps", self._ps),
            Route("/api/pull", self._pull, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    async def _tags(self, request: Request) -> Response:
        self.looks += 1
        if self.mood.startswith("redirecting"):
            return RedirectResponse(self.mood.split()[1] + request.url.path)
        if self.mood == "endless-list":
            return StreamingResponse(_without_end('{"models": [', '"x",', 0), media_type="application/json")
        if self.mood == "compressed":
            return Response(gzip.compress(b" " * 10_000_000), headers={"content-encoding": "gzip"})
        if self.mood == "escaping":
            return JSONResponse({"error": "\x1b]8;;http://evil.example\x1b\\click"}, 500)
        if self.mood == "garbage":
            return Response("<html>not ollama</html>", media_type="text/html")
        models = [
            {"name": name, "model": name, "size": size, "digest": self._digest(), "modified_at": "2026-11-01T10:00:00Z"}
            for name, size in self.models.items()
        ]
        return JSONResponse({"models": models})

    async def _ps(self, request: Request) -> Response:
        loaded = [{"name": name, "model": name, "size": 2 * size, "size_vram": 0} for name, size in self.models.items()]
        return JSONResponse({"models": loaded[:1]})

    async def _show(self, request: Request) -> Response:
        if (await request.json())["model"] not in self.models:
            return JSONResponse({"error": "model not found"}, 404)
        details = {"family": "llama", "parameter_size": "3B", "quantization_level": "Q4_K_M"}
        info = {"general.architecture": "llama", "llama.context_length": self.context_length}
        return JSONResponse({"details": details, "model_info": info, "capabilities": ["completion"]})

    async def _generate(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        return JSONResponse({"model": body["model"], "created_at": _now(), "response": "", "done": True})

    async def _pull(self, request: Request) -> Response:
        self.models[(await request.json())["model"]] = GIGABYTE
        lines = ['{"status":"pulling manifest"}', '{"status":"success"}']
        return Response("\n".join(lines) + "\n", media_type="application/x-ndjson")

    async def _chat(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        if body["model"] not in self.models:
            return JSONResponse({"error": f"model '{body['model']}' not found"}, 404)
        if self.mood == "failing":
            return JSONResponse({"error": "llama runner process has terminated"}, 500)
        if self.mood in ("endless", "dripping"):
            message = {"role": "assistant", "content": "word " * 100}
            line = json.dumps({"model": body["model"], "created_at": _now(), "message": message, "done": False})
            pause = 0.2 if self.mood == "dripping" else 0
            return StreamingResponse(_without_end("", line + "\n", pause), media_type="application/x-ndjson")
        if self.engine is not None:
            return StreamingResponse(self._really(body, self.engine), media_type="application/x-ndjson")
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        text = said(body) if callable(said) else said
        return StreamingResponse(self._stream(body, text), media_type="application/x-ndjson")

    async def _really(self, body: dict[str, Any], engine: Engine) -> AsyncIterator[str]:
        async for text, end in engine.chat(body):
            line = {"model": body["model"], "created_at": _now(), "message": {"role": "assistant", "content": text}}
            yield json.dumps(line | {"done": False} if end is None else {**line, "done": True, **end}) + "\n"

    def _digest(self) -> str:
        return self.engine.digest if self.engine else DIGEST

    async def _stream(self, body: dict[str, Any], text: str) -> AsyncIterator[str]:
        model = body["model"]
        middle = len(text) // 2
        for place, piece in enumerate((text[:middle], text[middle:])):
            if self.mood == "slow":
                await asyncio.sleep(2)
            if place and self.mood == "cut":
                return
            if place and self.mood == "error-in-stream":
                yield json.dumps({"error": "out of memory"}) + "\n"
                return
            message = {"role": "assistant", "content": piece}
            yield json.dumps({"model": model, "created_at": _now(), "message": message, "done": False}) + "\n"
        characters = sum(len(message["content"]) for message in body["messages"])
        yield (
            json.dumps(
                {
                    "model": model,
                    "created_at": _now(),
                    "message": {"role": "assistant", "content": ""},
                    "done": True,
                    "done_reason": "length" if self.mood == "truncated" else "stop",
                    "prompt_eval_count": 12 if self.mood == "short-sighted" else characters // 4,
                    "eval_count": len(text) // 4,
                    "prompt_eval_duration": characters // 4 * 2_500_000,
                    "eval_duration": len(text) // 4 * 20_000_000,
                }
            )
            + "\n"
        )


@contextmanager
def running(standin: OllamaStandIn) -> Iterator[str]:
    """Serve it on a free loopback port; yields the host URL."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            standin.app(), log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)


async def _without_end(first: str, again: str, pause: float) -> AsyncIterator[str]:
    yield first
    while True:
        yield again if pause else again * 1000
        await asyncio.sleep(pause)


def _now() -> str:
    return "2026-11-23T12:00:00Z"
