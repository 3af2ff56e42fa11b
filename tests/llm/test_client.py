"""Asking a model: what is sent, what comes back, and the many ways in which it can fail."""

import socket
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from sprintlib.errors import LlmBadOutput, LlmError, LlmTimeout, LlmUnavailable
from sprintlib.llm import bounded, connect, exposure
from sprintlib.settings import LlmSettings
from tests.llm.ollama import DIGEST, OllamaStandIn, running


class Verdict(BaseModel):
    word: Literal["late", "on time"]
    why: str


GOOD = '{"word": "late", "why": "two items are blocked"}'


def ask(standin: OllamaStandIn, prompt: str = "Will it land?", **settings: Any) -> Any:
    with running(standin) as host, connect(LlmSettings(host=host, **settings)) as model:
        return model.ask("You are brief.", prompt, Verdict)


def test_a_good_answer_keeps_what_is_needed_to_repeat_it() -> None:
    standin = OllamaStandIn([GOOD])
    answer = ask(standin)
    assert answer.value == Verdict(word="late", why="two items are blocked")
    (call,) = answer.calls
    assert (call.model, call.digest) == ("llama3.2:3b", DIGEST)
    assert call.options == {"temperature": 0, "seed": 7, "num_ctx": 1024, "num_predict": 700}
    (sent,) = standin.requests
    assert sent["format"]["properties"]["word"]["enum"] == ["late", "on time"]
    assert sent["options"] == call.options
    assert ask(OllamaStandIn([GOOD])).calls[0].prompt_hash == call.prompt_hash


def test_a_wrong_shape_is_repaired_once() -> None:
    standin = OllamaStandIn(['{"word": "maybe", "why": ""}', GOOD])
    assert len(ask(standin).calls) == 2
    assert "word Input should be 'late' or 'on time'" in standin.requests[1]["messages"][-1]["content"]
    with pytest.raises(LlmBadOutput, match="did not answer in the requested format, twice"):
        ask(OllamaStandIn(["no json at all"]))


@pytest.mark.parametrize(
    ("mood", "error", "sentence"),
    [
        ("cut", LlmBadOutput, "stopped in the middle of its answer"),
        ("truncated", LlmBadOutput, "needed more than 700 tokens"),
        ("failing", LlmUnavailable, "llama runner process has terminated"),
        ("error-in-stream", LlmUnavailable, "out of memory"),
        ("garbage", LlmBadOutput, "does not speak Ollama's protocol"),
    ],
)
def test_faults_become_one_family(mood: str, error: type[LlmError], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        ask(OllamaStandIn([GOOD], mood=mood))


def test_slow() -> None:
    with pytest.raises(LlmTimeout, match="did not answer in time"):
        ask(OllamaStandIn([GOOD], mood="slow"), timeout_seconds=0.5)


def test_all_words_together_have_their_time() -> None:
    """The stand-in takes two seconds a piece, which is fine for each, and too long for all."""
    with (
        running(OllamaStandIn([GOOD], mood="slow")) as host,
        connect(LlmSettings(host=host), seconds=3) as model,
        pytest.raises(LlmTimeout, match="was not ready in time: choose a smaller model"),
    ):
        model.ask("You are brief.", "Will it land?", Verdict)


def test_a_silently_cut_prompt_is_noticed() -> None:
    with pytest.raises(LlmBadOutput, match="The server truncated the prompt"):
        ask(OllamaStandIn([GOOD], mood="short-sighted"), prompt="evidence " * 500)


def test_a_prompt_that_cannot_fit_is_not_sent() -> None:
    standin = OllamaStandIn([GOOD], context_length=2048)
    with pytest.raises(LlmBadOutput, match="reads 2,048"):
        ask(standin, prompt="evidence " * 5000)
    assert standin.requests == []


def test_down() -> None:
    with (
        pytest.raises(LlmUnavailable, match="start it, or go on without it"),
        connect(LlmSettings(host="http://127.0.0.1:9")),
    ):
        pass


def test_a_proxy_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert ask(OllamaStandIn([GOOD])).value.word == "late"


def test_a_server_that_takes_connections_and_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # the wait for words, left at this length, would outlast the test
        settings = LlmSettings(host=f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=3_000)
        with pytest.raises(LlmTimeout, match="did not answer in time"), connect(settings):
            pass


def test_warm_up_and_unload() -> None:
    standin = OllamaStandIn([GOOD])
    with running(standin) as host, connect(LlmSettings(host=host)) as model:
        model.warm_up()
        model.unload()
    assert [request["keep_alive"] for request in standin.requests] == ["10m", 0]


def test_an_answer_without_end_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MAX_ANSWER_BYTES", 1_000_000)
    for mood in ("endless", "endless-list"):
        with pytest.raises(LlmBadOutput, match="sent more than 32 MB for one answer"):
            ask(OllamaStandIn([GOOD], mood=mood))


def test_a_server_that_drips_is_not_waited_for() -> None:
    with pytest.raises(LlmTimeout, match="was not ready in time"):
        ask(OllamaStandIn([GOOD], mood="dripping"), words_seconds=1)


def test_compression_that_was_not_asked_for_is_not_unpacked() -> None:
    with pytest.raises(LlmUnavailable):
        ask(OllamaStandIn([GOOD], mood="compressed"))


def test_a_redirect_is_not_followed_and_takes_no_key_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "sesame")
    elsewhere = OllamaStandIn([GOOD])
    with running(elsewhere) as target:
        with pytest.raises(LlmUnavailable, match="points elsewhere: write the address it points to"):
            ask(OllamaStandIn([GOOD], mood=f"redirecting {target}"))
        assert (elsewhere.looks, elsewhere.requests) == (0, [])


def test_what_a_server_says_is_shown_without_what_a_terminal_obeys() -> None:
    with pytest.raises(LlmUnavailable) as failed:
        ask(OllamaStandIn([GOOD], mood="escaping"))
    assert str(failed.value) == "Ollama failed: ]8;;http://evil.example\\click."


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("http://127.0.0.1:11434", None),
        ("http://localhost:11434", None),
        ("https://models.example", None),
        (
            "http://models.example:11434",
            "llm.host is another machine without TLS (http://models.example:11434): prompts and OLLAMA_API_KEY can be "
            "read on the way; use https:// or a model on this machine.",
        ),
    ],
)
def test_a_foreign_host_without_tls_is_warned_of(host: str, said: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "sesame")
    assert exposure(host) == said
