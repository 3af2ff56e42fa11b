"""The chain: the numbers of `analyze`, resumed and forked without doing anything twice, degraded part by part."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from sprintlib.agents import AGENTS, AnalysisContext, Workflow, WorkflowState, open_workflow
from sprintlib.agents.steps import WorkflowStep
from sprintlib.agents.workflow import STEPS
from sprintlib.analysis import analyze
from sprintlib.errors import AnalysisError
from sprintlib.forecast import Change, day_name, what_if
from sprintlib.settings import LlmSettings
from tests.agents import models
from tests.agents.plain import plain
from tests.llm.ollama import OllamaStandIn, running
from tests.sprints import team_in
from tests.world import World, at

FRIDAY = at("03-20 12:00")


class Killed(BaseException):
    """The process is gone."""


def counting(done: list[str], broken: dict[str, Callable[[], None]] | None = None) -> Sequence[WorkflowStep]:
    """The agents, which write down that they ran; `broken` ones do something else first."""

    def watched(step: WorkflowStep) -> WorkflowStep:
        def agent(state: WorkflowState, analysis_context: AnalysisContext) -> WorkflowState:
            (broken or {}).get(step.name, lambda: None)()
            done.append(step.name)
            return step.agent(state, analysis_context)

        return replace(step, agent=agent)

    return [watched(step) for step in STEPS]


def raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("moment", "milestone"),
    [("03-20 12:00", None), ("03-20 12:00", "Sprint 2"), ("03-13 20:00", "Sprint 1"), ("03-30 12:00", "Sprint 2")],
)
def test_the_numbers_are_those_of_analyze(team: World, chain: Workflow, moment: str, milestone: str | None) -> None:
    run = chain.start(at(moment), milestone)
    assert run.waiting == ()
    assert [step["agent"] for step in run.state["trace"]][:4] == list(AGENTS[:4])
    assert {step["agent"] for step in run.state["trace"]} == set(AGENTS)
    assert plain(run.analysis) == plain(analyze(team.engine, team.settings, at(moment), milestone or "Sprint 2"))


def test_a_milestone_without_a_due_date_or_without_history(tmp_path: Path) -> None:
    world = team_in(tmp_path)
    world.milestone(2, "Sprint 2", created="03-13")
    world.milestone(3, "Sprint 3", created="03-13", due="04-10")
    world.flush()
    with open_workflow(AnalysisContext(world.engine, world.settings)) as chain:
        for title in ("Sprint 2", "Sprint 3"):
            run = chain.start(FRIDAY, title)
            assert plain(run.analysis) == plain(analyze(world.engine, world.settings, FRIDAY, title))


def test_the_milestone_due_next_is_the_default(team: World, chain: Workflow) -> None:
    team.milestone(3, "Sprint 0", created="03-01", due="03-18")
    team.flush()
    assert chain.start(FRIDAY).analysis.milestones[0].title == "Sprint 2"


def test_an_agent_is_a_plain_function_of_the_state(chain: Workflow) -> None:
    state = chain.start(FRIDAY).state
    found = chain.agents["risk_assessor"](state)
    assert found["risks"] == state["risks"]
    patient = state["request"] | {"thresholds": state["request"]["thresholds"] | {"blocked_days": 30.0}}
    edited = chain.agents["risk_assessor"]({**state, "request": patient})  # type: ignore[typeddict-item]
    assert "blocked_item" in {risk["kind"] for risk in found["risks"]}
    assert "blocked_item" not in {risk["kind"] for risk in edited["risks"]}


@pytest.mark.parametrize("victim", AGENTS)
def test_a_killed_run_goes_on_without_repeating_what_was_done(analysis_context: AnalysisContext, victim: str) -> None:
    done: list[str] = []
    with open_workflow(analysis_context, counting(done, {victim: raising(Killed())})) as chain, pytest.raises(Killed):
        chain.start(FRIDAY)
    before = list(done)
    with open_workflow(analysis_context, counting(done)) as chain:
        (stopped,) = chain.runs()
        assert victim in stopped.waiting or victim == AGENTS[0]
        run = chain.resume(stopped.id)
    assert run.waiting == ()
    assert sorted(done) == sorted(AGENTS), f"{before} were done before"
    assert plain(run.analysis) == plain(analyze(analysis_context.engine, analysis_context.settings, FRIDAY, "Sprint 2"))


DYING = """
import os, signal, sys
from dataclasses import replace
from datetime import datetime
from sprintlib.agents import AnalysisContext, open_workflow
from sprintlib.agents.workflow import STEPS
from sprintlib.settings import load
from sprintlib.store import open_store
settings, (victim, moment) = load(sys.argv[1]), sys.argv[2:]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
steps = [replace(step, agent=die) if step.name == victim else step for step in STEPS]
with open_workflow(AnalysisContext(open_store(settings.database_url), settings), steps) as chain:
    chain.start(datetime.fromisoformat(moment))
"""
BESIDE = ("sprint_analyzer", "risk_assessor")


@pytest.mark.parametrize(
    "victim", [pytest.param(name, marks=[] if name == "recommender" else pytest.mark.slow) for name in AGENTS[1:]]
)
def test_a_process_killed_after_any_agent_leaves_a_run_that_goes_on(
    analysis_context: AnalysisContext, victim: str
) -> None:
    """kill -9 as the next agent begins: what had finished is not done again. Two run side by side."""
    home = analysis_context.settings.home
    (home / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    ended = subprocess.run([sys.executable, "-c", DYING, str(home), victim, FRIDAY.isoformat()], check=False)
    assert ended.returncode == -signal.SIGKILL
    done: list[str] = []
    with open_workflow(analysis_context, counting(done)) as chain:
        (stopped,) = chain.runs()
        assert victim in stopped.waiting
        assert chain.resume(stopped.id).waiting == ()
    if victim in BESIDE:
        assert {victim, *AGENTS[6:]} <= set(done) <= {*BESIDE, *AGENTS[6:]}
    else:
        assert set(done) == set(AGENTS[AGENTS.index(victim) :])
    assert len(done) == len(set(done))


def test_a_fork_runs_only_what_is_downstream(analysis_context: AnalysisContext) -> None:
    done: list[str] = []
    with open_workflow(analysis_context, counting(done)) as chain:
        run = chain.start(FRIDAY)
        done.clear()
        fork = chain.fork(run.id, "risk_assessor", risks=[])
        assert done == ["recommender", "explainer"]
        assert fork.analysis.milestones[0].risks == ()
        assert fork.analysis.milestones[0].probability == run.analysis.milestones[0].probability
        assert chain.run(run.id).analysis == run.analysis
        assert [one.id for one in chain.runs()] == [fork.id, run.id]


def test_a_fork_with_another_feature_gives_another_verdict(analysis_context: AnalysisContext) -> None:
    done: list[str] = []
    with open_workflow(analysis_context, counting(done)) as chain:
        run = chain.start(FRIDAY)
        work = chain.after(run.id, "feature_engineer")["work"]
        assert work is not None
        assert work["days_left"] == pytest.approx(5.5, abs=0.5)
        done.clear()
        fork = chain.fork(run.id, "feature_engineer", work=work | {"days_left": 12.0})
    assert sorted(done) == sorted(AGENTS[3:])
    before, after = run.analysis.milestones[0], fork.analysis.milestones[0]
    assert before.due_on is not None
    assert after.due_on is not None
    assert after.due_on > before.due_on  # that of the days that were said, so that no sentence names the old one
    assert day_name(after.due_on) in after.summary
    gains = [(one.change, one.expected_gain) for one in after.recommendations if one.expected_gain is not None]
    forked = replace(analysis_context).inputs(fork.state)
    assert [gain for _, gain in gains] == [what_if(forked, change or Change()).gain for change, _ in gains]
    assert before.probability is not None
    assert after.probability is not None
    assert after.probability > before.probability + 0.2


def test_a_fork_can_change_the_request(chain: Workflow) -> None:
    run = chain.start(FRIDAY)
    request = run.state["request"]
    fork = chain.fork(
        run.id, "orchestrator", request=request | {"thresholds": request["thresholds"] | {"blocked_days": 30.0}}
    )
    kinds = [{risk.kind for risk in one.analysis.milestones[0].risks} for one in (run, fork)]
    assert "blocked_item" in kinds[0] - kinds[1]


@pytest.mark.parametrize(
    ("agent", "missing"),
    [
        ("feature_engineer", {}),
        ("llm_reasoner", {}),
        ("sprint_analyzer", {"probability": None}),
        ("risk_assessor", {"risks": ()}),
        ("recommender", {"recommendations": ()}),
        ("explainer", {}),
    ],
)
def test_a_failing_agent_loses_its_part_and_says_so(
    analysis_context: AnalysisContext, agent: str, missing: dict[str, Any]
) -> None:
    with open_workflow(analysis_context, counting([], {agent: raising(RuntimeError("boom"))})) as chain:
        run = chain.start(FRIDAY)
    (found,) = run.analysis.milestones
    sentence = f"The {agent.replace('_', ' ')} failed (RuntimeError: boom): its part is missing."
    assert run.analysis.notes[-1] == sentence
    for name, value in missing.items():
        assert getattr(found, name) == value
    (whole,) = analyze(analysis_context.engine, analysis_context.settings, FRIDAY, "Sprint 2").milestones
    kept = {"scope", "due_on", "probability", "risks", "recommendations", "burn_up", "drivers", "summary"}
    lost = {
        "sprint_analyzer": {"probability", "drivers", "recommendations", "burn_up", "summary"},
        "risk_assessor": {"risks", "recommendations", "summary"},
        "recommender": {"recommendations"},
        "explainer": {"summary"},
    }
    for name in kept - lost.get(agent, set()):
        assert getattr(found, name) == getattr(whole, name), name


@pytest.mark.parametrize("agent", ["orchestrator", "data_collector"])
def test_without_a_project_there_is_nothing_to_say(analysis_context: AnalysisContext, agent: str) -> None:
    steps = counting([], {agent: raising(AnalysisError("No."))})
    with open_workflow(analysis_context, steps) as chain, pytest.raises(AnalysisError, match="No"):
        chain.start(FRIDAY)


def test_only_a_busy_store_is_tried_again(analysis_context: AnalysisContext) -> None:
    tries: list[int] = []

    def busy() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("select", {}, Exception("database is locked"))

    with open_workflow(analysis_context, counting([], {"risk_assessor": busy})) as chain:
        run = chain.start(FRIDAY)
    assert len(tries) == 3
    assert run.state.get("faults", []) == []
    assert next(step["attempt"] for step in run.state["trace"] if step["agent"] == "risk_assessor") == 3


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda chain, run: chain.start(FRIDAY, "Sprint 9"), "No milestone is called 'Sprint 9'"),
        (lambda chain, run: chain.start(at("01-01"), None), "No milestone was open then"),
        (lambda chain, run: chain.run("nonsense"), "There is no run nonsense: 'sprint trace list' shows"),
        (lambda chain, run: chain.fork(run, "nobody"), "There is no agent 'nobody': there are orchestrator, "),
        (lambda chain, run: chain.fork(run, "risk_assessor", luck=1), "A state has no 'luck': it has request, "),
    ],
)
def test_mistakes_are_one_sentence(chain: Workflow, call: Callable[[Workflow, str], Any], sentence: str) -> None:
    run = chain.start(FRIDAY)
    with pytest.raises(AnalysisError) as caught:
        call(chain, run.id)
    assert str(caught.value).startswith(sentence)


def test_nothing_leaves_this_machine(team: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even with the environment of somebody who uses LangSmith for something else; a model is asked on loopback."""
    asked: list[str] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:
        asked.append(address[0])
        if address[0] != "127.0.0.1":
            raise OSError("no network")
        connect(self, address)

    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_pt_0123")
    with running(OllamaStandIn([models.truthful])) as host:
        monkeypatch.setattr(socket.socket, "connect", watched)
        settings = team.settings.model_copy(update={"llm": LlmSettings(host=host)})
        with open_workflow(AnalysisContext(team.engine, settings)) as chain:
            assert chain.start(FRIDAY).analysis.milestones[0].llm.used
    assert set(asked) == {"127.0.0.1"}


def test_only_the_newest_runs_are_kept(chain: Workflow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sprintlib.agents.workflow.KEPT_RUNS", 2)
    names = [chain.start(FRIDAY, words=False).id for _ in range(3)]
    assert [run.id for run in chain.runs()] == names[:0:-1]


def test_the_moment_may_be_in_any_zone(chain: Workflow) -> None:
    run = chain.start(datetime.fromisoformat("2026-03-20T13:00:00+01:00"))
    assert run.analysis.as_of == FRIDAY
