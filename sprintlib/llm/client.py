"""One question to a local model over Ollama's native API: bounded, checked, reproducible."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from time import perf_counter
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import httpx
import ollama
from pydantic import BaseModel, ValidationError

from sprintlib.errors import LlmBadOutput, LlmTimeout, LlmUnavailable
from sprintlib.llm.bounded import MAX_ANSWER_BYTES, Bounded, TooLargeError, TotalTimeout
from sprintlib.observe.log import LOGGER
from sprintlib.observe.measures import record
from sprintlib.settings import LlmSettings, is_loopback

_CONNECT_SECONDS = 3.0
_LOOK_SECONDS = 5.0  # to say which models there are; a server that needs longer will not word anything
_CHARACTERS_A_TOKEN = 3.2  # English and identifiers, on the safe side
_MOST_CHARACTERS_A_TOKEN = 8.0  # no tokenizer packs more; below this count the server has cut the prompt
_SEED = 7
_MOST_SAID = 200  # characters of a server's own error

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class Call:
    """What is kept of one call, so that it can be repeated: model, options, hash of the prompt, and its cost.

    seconds: until the last word. prompt_seconds, answer_seconds: of these, as the server counts them; null where it
    does not. ending: `stop`, `length` (the answer was cut), or null where the stream broke off.
    """

    model: str
    digest: str
    options: dict[str, Any]
    prompt_hash: str
    prompt_tokens: int | None
    answer_tokens: int | None
    seconds: float
    prompt_seconds: float | None = None
    answer_seconds: float | None = None
    ending: str | None = None


@dataclass(frozen=True)
class Completion(Generic[Shape]):
    """A validated answer, and the calls it took: one, or two when the first had to be repaired."""

    value: Shape
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Model:
    """A model that is there. Open it with `connect`. calls: all that it was asked, those that failed included."""

    client: ollama.Client = field(repr=False)
    name: str
    digest: str
    context_length: int
    size_bytes: int
    until: float | None = None  # perf_counter() after which an answer is no longer waited for
    calls: list[Call] = field(default_factory=list, repr=False)

    def ask(
        self, system: str, prompt: str, shape: type[Shape], answer_tokens: int = 700, repair: bool = True
    ) -> Completion[Shape]:
        """Ask for JSON of a shape. Temperature 0 and a fixed seed; one repair when the answer does not fit.

        Raises LlmBadOutput (prompt too long or cut, answer cut or still wrong), LlmTimeout, LlmUnavailable.
        """
        messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        text, first = self._chat(messages, shape, answer_tokens)
        try:
            return Completion(shape.model_validate_json(text), (first,))
        except ValidationError as error:
            if not repair:
                raise LlmBadOutput(f"{self.name} did not answer in the requested format.") from error
            fault = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in fault["loc"])
        plea = f"That did not fit: {where} {fault['msg']}. Answer again, with JSON of the asked shape only."
        messages += [{"role": "assistant", "content": text}, {"role": "user", "content": plea}]
        text, second = self._chat(messages, shape, answer_tokens)
        try:
            return Completion(shape.model_validate_json(text), (first, second))
        except ValidationError as error:
            raise LlmBadOutput(f"{self.name} did not answer in the requested format, twice.") from error

    def warm_up(self) -> None:
        """Load the model into memory, so that the first question does not wait for it."""
        with _in_words(self.name):
            self.client.generate(model=self.name, prompt="", keep_alive="10m")

    def unload(self) -> None:
        """Give its memory back; on a 16 GB laptop it is half of it."""
        with _in_words(self.name):
            self.client.generate(model=self.name, prompt="", keep_alive=0)

    def memory_bytes(self) -> int | None:
        """What the loaded model takes, in memory of the machine and of its graphics card; None while it is unloaded."""
        with _in_words(self.name):
            return next((int(one.size or 0) for one in self.client.ps().models if one.model == self.name), None)

    def _chat(self, messages: list[dict[str, str]], shape: type[BaseModel], answer_tokens: int) -> tuple[str, Call]:
        characters = sum(len(message["content"]) for message in messages)
        context = _context_for(characters, answer_tokens)
        if context > self.context_length:
            raise LlmBadOutput(f"The prompt needs {context:,} tokens, and {self.name} reads {self.context_length:,}.")
        options = {"temperature": 0, "seed": _SEED, "num_ctx": context, "num_predict": answer_tokens}
        started, parts, last = perf_counter(), [], None
        with _in_words(self.name):
            # streamed, so that the read timeout is per chunk and not for the whole answer
            for chunk in self.client.chat(
                model=self.name, messages=messages, format=shape.model_json_schema(), options=options, stream=True
            ):
                parts.append(chunk.message.content or "")
                last = chunk
                if self.until is not None and perf_counter() > self.until and not chunk.done:
                    break
        hashed = hashlib.sha256(json.dumps(messages).encode()).hexdigest()
        call = Call(self.name, self.digest, options, hashed, *_cost(last, perf_counter() - started))
        self.calls.append(call)
        if call.answer_tokens and call.answer_seconds:
            record("llm_tokens", call.answer_tokens)
            record("llm_seconds", call.answer_seconds)
        if last is not None and not last.done and self.until is not None and perf_counter() > self.until:
            raise _not_ready(self.name)
        if last is None or not last.done:
            raise LlmBadOutput(f"{self.name} stopped in the middle of its answer.")
        if call.ending == "length":
            raise LlmBadOutput(f"{self.name} needed more than {answer_tokens} tokens for its answer.")
        read = call.prompt_tokens
        if read is not None and read < characters / _MOST_CHARACTERS_A_TOKEN:
            raise LlmBadOutput(
                f"The server truncated the prompt: {self.name} read {read:,} tokens of {characters:,} characters."
            )
        return "".join(parts), call


@dataclass(frozen=True)
class Found:
    """The model that was chosen among those of a server. context_length: tokens."""

    name: str
    digest: str
    context_length: int
    size_bytes: int


def look(settings: LlmSettings, seconds: float | None = None) -> Found:
    """Choose the model named in the settings, or the largest installed one that fits into memory.

    seconds: that may be waited. Raises LlmUnavailable when Ollama does not answer or has no such model.
    """
    from sprintlib.llm.choice import choose

    patience = min(_patience(settings, seconds), _LOOK_SECONDS)
    with _client(settings, patience, 2 * _LOOK_SECONDS) as client, _in_words(settings.model or "the model"):
        chosen = choose(client.list().models, settings.model)
        shown = client.show(chosen.model)
    lengths = [int(value) for key, value in (shown.modelinfo or {}).items() if key.endswith(".context_length")]
    return Found(chosen.model, chosen.digest or "", min(lengths, default=4096), int(chosen.size or 0))


@contextmanager
def connect(settings: LlmSettings, seconds: float | None = None, found: Found | None = None) -> Iterator[Model]:
    """The model that `look` chose, or chooses now. It is never downloaded.

    seconds: for everything that is asked of it from now on, beside the wait for each word.
    Raises as `look` does.
    """
    until = None if seconds is None else perf_counter() + seconds
    found = found or look(settings, seconds)
    with _client(settings, _patience(settings, seconds), settings.words_seconds) as client:
        yield Model(client, found.name, found.digest, found.context_length, found.size_bytes, until)


def _patience(settings: LlmSettings, seconds: float | None) -> float:
    return settings.timeout_seconds if seconds is None else max(min(settings.timeout_seconds, seconds), 0.1)


def _client(settings: LlmSettings, patience: float, longest: float) -> Any:
    """Ollama's client; a context manager. It follows no redirect: what it sends goes to the configured host alone.

    patience, longest: seconds that it waits for each piece of an answer, and for a whole one.
    """
    _warn_of_a_foreign_host(settings.host)
    return ollama.Client(
        host=settings.host,
        timeout=httpx.Timeout(patience, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        transport=Bounded(longest),
        trust_env=False,  # a proxy of the environment would swallow even a loopback address
    )


@cache
def _warn_of_a_foreign_host(host: str) -> None:
    sentence = exposure(host)
    if sentence:
        LOGGER.warning(sentence)


def exposure(host: str) -> str | None:
    """What is wrong with asking a model at this address, or None: on another machine it is to be asked over TLS."""
    if is_loopback(host) or urlsplit(host).scheme == "https":
        return None
    key = " and OLLAMA_API_KEY" if os.environ.get("OLLAMA_API_KEY") else ""
    return (
        f"llm.host is another machine without TLS ({host}): prompts{key} can be read on the way; "
        "use https:// or a model on this machine."
    )


def _cost(
    last: ollama.ChatResponse | None, seconds: float
) -> tuple[int | None, int | None, float, float | None, float | None, str | None]:
    """The last six fields of a Call, from the last piece of its answer."""
    if last is None or not last.done:
        return None, None, seconds, None, None, None
    spent = [duration / 1e9 if duration else None for duration in (last.prompt_eval_duration, last.eval_duration)]
    return last.prompt_eval_count, last.eval_count, seconds, spent[0], spent[1], last.done_reason


def _context_for(characters: int, answer_tokens: int) -> int:
    """Tokens of context to ask for, in steps of 1,024: the server's own default is small and cuts silently."""
    needed = int(characters / _CHARACTERS_A_TOKEN) + answer_tokens + 128
    return -(-needed // 1024) * 1024


def _said(text: str) -> str:
    """A server's own words: in one line, not long, and without what a terminal obeys."""
    return "".join(filter(str.isprintable, " ".join(text.split())))[:_MOST_SAID]


def _not_ready(model: str) -> LlmTimeout:
    """All its words together took too long, which is another limit than the wait for the next ones."""
    return LlmTimeout(f"{model} was not ready in time: choose a smaller model, or let it have more.")


@contextmanager
def _in_words(model: str) -> Iterator[None]:
    """Ollama's and httpx's many errors as three."""
    try:
        yield
    except TooLargeError as error:
        raise LlmBadOutput(f"{model} sent more than {MAX_ANSWER_BYTES // 1_000_000} MB for one answer.") from error
    except ollama.ResponseError as error:
        if 300 <= error.status_code < 400:
            raise LlmUnavailable(
                "What answers at llm.host points elsewhere: write the address it points to."
            ) from error
        if error.status_code == 404:
            raise LlmUnavailable(f"Ollama has no model {model}: run 'ollama pull {model}'.") from error
        raise LlmUnavailable(f"Ollama failed: {_said(error.error)}.") from error
    except TotalTimeout as error:
        raise _not_ready(model) from error
    except httpx.TimeoutException as error:
        raise LlmTimeout(
            f"{model} did not answer in time: choose a smaller model, or raise llm.timeout_seconds."
        ) from error
    except (ConnectionError, httpx.HTTPError) as error:
        raise LlmUnavailable("Ollama does not answer: start it, or go on without it.") from error
    except (json.JSONDecodeError, ValidationError) as error:
        raise LlmBadOutput("What answered at llm.host does not speak Ollama's protocol.") from error
