"""The chain with a model that really answers: `make test-llm`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel

from sprintlib.agents import AnalysisContext, open_workflow
from sprintlib.analysis import analyze
from sprintlib.errors import LlmBadOutput
from sprintlib.llm import connect
from sprintlib.settings import LlmSettings
from tests.agents.plain import plain
from tests.llm.real import PYTHON, serving
from tests.sprints import team_in
from tests.world import at

pytestmark = [
    pytest.mark.llm,
    pytest.mark.skipif(not PYTHON.exists(), reason="llama.cpp and a model are not installed: run 'make test-llm'"),
]
FRIDAY = at("03-20 12:00")


class Verdict(BaseModel):
    word: Literal["late", "on time"]
    days: int


@pytest.fixture(scope="module", params=["smollm2:135m", "gemma3:270m"])
def host(request: pytest.FixtureRequest) -> Iterator[str]:
    with serving(request.param) as host:
        yield host


def test_the_schema_is_a_grammar(host: str) -> None:
    with connect(LlmSettings(host=host, timeout_seconds=600)) as model:
        answer = model.ask("You are brief.", "It was due on Monday, and today is Wednesday.", Verdict, answer_tokens=80)
    assert answer.value.word in ("late", "on time")
    (call,) = answer.calls
    assert (call.digest, call.ending) == (model.digest, "stop")
    assert 10 < (call.prompt_tokens or 0) < 100
    assert 5 < (call.answer_tokens or 0) <= 80
    assert (call.prompt_seconds or 0) > 0
    assert (call.answer_seconds or 0) > 0


def test_an_answer_that_is_cut_is_noticed(host: str) -> None:
    with connect(LlmSettings(host=host, timeout_seconds=600)) as model:
        with pytest.raises(LlmBadOutput, match="needed more than 3 tokens"):
            model.ask("You are brief.", "It was due on Monday, and today is Wednesday.", Verdict, answer_tokens=3)
        assert [call.ending for call in model.calls] == ["length"]


@pytest.mark.timeout(1_800)
def test_the_numbers_stay_and_every_word_checks_out(tmp_path: Path, host: str) -> None:
    world = team_in(tmp_path)
    world.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    world.flush()
    settings = world.settings.model_copy(
        update={"llm": LlmSettings(host=host, timeout_seconds=1_200, words_seconds=1_500)}
    )
    with open_workflow(AnalysisContext(world.engine, settings)) as chain:
        run = chain.start(FRIDAY)
    assert run.state.get("faults", []) == []
    assert plain(run.analysis) == plain(analyze(world.engine, world.settings, FRIDAY, "Sprint 2"))
    for asked in (run.state["reasoning"], run.state["words"]):
        ids = {note["id"] for note in asked["pack"]}
        assert asked["calls"], asked["missing"]
        assert asked["answer"], f"a bounded grammar always comes to an end: {asked['missing']}"
        assert {one for claim in asked["kept"] for one in claim["evidence"]} <= ids
