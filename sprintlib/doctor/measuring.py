"""How long the whole path takes here, with the user's own data and model: `sprint doctor --measure`.

Every step runs once, as in `sprint explain`, `sprint ask` and `sprint report`; nothing of it is kept.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sprintlib import llm, resources
from sprintlib.agents import AnalysisContext, WorkflowState
from sprintlib.agents.workflow import STEPS
from sprintlib.child_environment import STORE, child_environment
from sprintlib.errors import KnowledgeError, LlmError
from sprintlib.forecast import count
from sprintlib.knowledge import count_chunks, open_semantic_index, search
from sprintlib.settings import Settings
from sprintlib.store import open_store

_MEGABYTE = 1024**2
_REPORT = "sprint_analysis.ipynb"
# What a reader calls the work of an agent; the model's calls are told apart from it.
_NAMES = {
    "data_collector": "history",
    "feature_engineer": "features",
    "llm_reasoner": "evidence for the model",
    "sprint_analyzer": "forecast",
    "risk_assessor": "risks",
    "recommender": "actions",
    "explainer": "explanation",
}


@dataclass(frozen=True)
class Timing:
    """One step. seconds: wall-clock; null where it could not be done, and then `told` says what is missing."""

    name: str
    seconds: float | None
    told: str = ""


@dataclass(frozen=True)
class Measurement:
    """All steps, and what they take together.

    numbers_seconds: from the store to a complete analysis without a model. words_seconds: what the model's calls add.
    Tokens per second are of these calls, as the server counts them. peak_megabytes: the most that this process or one
    of the report's held; model_megabytes: what the server says the loaded model takes.
    """

    milestone: str
    as_of: datetime
    timings: tuple[Timing, ...]
    numbers_seconds: float
    words_seconds: float | None
    prompt_tokens_per_second: float | None
    answer_tokens_per_second: float | None
    peak_megabytes: int
    model_megabytes: int | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"as_of": self.as_of.isoformat()}


Tell = Callable[[str | Timing], None]


def measure(settings: Settings, as_of: datetime, milestone: str | None, tell: Tell) -> Measurement:
    """Run every step once. milestone: a title; None: the one due next.

    tell: gets the name of each step when it begins, and its timing when it is done.
    Raises AnalysisError when there is nothing to analyse.
    """
    watch = _Watch(tell)
    analysis_context = AnalysisContext(open_store(settings.database_url, read_only=True), settings)
    state = WorkflowState(request={"as_of": as_of.isoformat(), "milestone": milestone, "words": False})
    state = _merged(state, STEPS[0].run(state, analysis_context))
    loaded = watch.done(*_load(settings, watch))
    state["request"]["words"] = loaded.seconds is not None
    calls: list[dict[str, Any]] = []
    for step in STEPS[1:]:
        name = _NAMES[step.name]
        watch.begin(name)
        started = perf_counter()
        state = _merged(state, step.run(state, analysis_context))
        seconds = perf_counter() - started
        asked = _calls(state, step.name)
        watch.done(name, seconds - sum(call["seconds"] for call in asked), _told(step.name, state))
        for place, call in enumerate(asked, start=1):
            watch.done(f"model: {step.name.split('_')[-1]}{f', call {place}' if place > 1 else ''}", *_of_call(call))
        calls += asked
    numbers = sum(one.seconds or 0 for one in watch.timings if one.name in _NAMES.values())
    watch.done(*_search(analysis_context, state, watch))
    watch.done(*_report(settings, state, watch))
    return Measurement(
        milestone=state["facts"]["title"],
        as_of=as_of,
        timings=tuple(watch.timings),
        numbers_seconds=round(numbers, 3),
        words_seconds=round(sum(call["seconds"] for call in calls), 3) if calls else None,
        prompt_tokens_per_second=_rate(calls, "prompt"),
        answer_tokens_per_second=_rate(calls, "answer"),
        peak_megabytes=_peak(),
        model_megabytes=_model_memory(settings) if calls else None,
    )


class _Watch:
    """The timings so far; tells about each."""

    def __init__(self, tell: Tell) -> None:
        self.timings: list[Timing] = []
        self.begin = tell
        self._tell = tell

    def done(self, name: str, seconds: float | None, told: str = "") -> Timing:
        timing = Timing(name, None if seconds is None else round(seconds, 3), told)
        self.timings.append(timing)
        self._tell(timing)
        return timing


def _merged(state: WorkflowState, update: WorkflowState) -> WorkflowState:
    """The state after a step, as the graph would merge it."""
    merged = state | update
    merged["faults"] = [*state.get("faults", []), *update.get("faults", [])]
    merged["trace"] = [*state.get("trace", []), *update.get("trace", [])]
    merged["dropped"] = state.get("dropped", 0) + update.get("dropped", 0)
    return merged


def _load(settings: Settings, watch: _Watch) -> tuple[str, float | None, str]:
    name = "loading the model"
    watch.begin(name)
    started = perf_counter()
    try:
        with llm.connect(settings.llm) as model:
            model.warm_up()
            return name, perf_counter() - started, f"{model.name}, {model.size_bytes / 1024**3:.1f} GB of weights"
    except LlmError as error:
        suggestion = llm.suggest()
        return name, None, f"{error} '{suggestion.model}' would fit: {suggestion.reason}."


def _calls(state: WorkflowState, agent: str) -> list[dict[str, Any]]:
    asked = {"llm_reasoner": state.get("reasoning"), "explainer": state.get("words")}.get(agent)
    return list(asked.get("calls", [])) if asked else []


def _of_call(call: dict[str, Any]) -> tuple[float, str]:
    if call["prompt_tokens"] is None:
        return call["seconds"], "its answer broke off"
    told = f"{call['prompt_tokens']:,} tokens read, {call['answer_tokens'] or 0:,} written"
    rates = [_rate([call], part) for part in ("prompt", "answer")]
    if all(rates):
        told += f" ({rates[0]:.0f} and {rates[1]:.0f} a second)"
    return call["seconds"], told


def _told(agent: str, state: WorkflowState) -> str:
    """What a step had to do with, in a few words."""
    facts = state["facts"]
    if fault := next((one for one in state["faults"] if agent.replace("_", " ") in one), None):
        return fault
    if agent == "data_collector":
        return f"{count(facts['items'], 'item')} of '{facts['title']}' in {_repositories(len(facts['repos']))}"
    if agent == "llm_reasoner":
        return f"{len(state['reasoning']['pack'])} notes"
    if agent == "explainer":
        return (state["words"].get("missing") or "") if state["request"]["words"] else ""
    if agent == "feature_engineer":
        return f"{len(state['features'])} measures"
    if agent == "risk_assessor":
        return count(len(state["risks"]), "risk")
    if agent == "recommender":
        return count(len(state["recommendations"]), "action")
    return ""


def _repositories(number: int) -> str:
    return "1 repository" if number == 1 else f"{number} repositories"


def _search(analysis_context: AnalysisContext, state: WorkflowState, watch: _Watch) -> tuple[str, float | None, str]:
    name = "search"
    watch.begin(name)
    chunks = count_chunks(analysis_context.engine)
    if not chunks:
        return name, None, "Nothing has been indexed yet: run 'sprint index'."
    how = "by words and by meaning"
    with ExitStack() as stack:
        try:
            semantic_index = stack.enter_context(
                open_semantic_index(analysis_context.engine, analysis_context.settings)
            )
        except KnowledgeError as error:
            semantic_index, how = None, f"by words only. {error}"
        past, query = analysis_context.past(state), f"{state['facts']['title']} blocked waiting"
        started = perf_counter()
        search(
            analysis_context.engine,
            analysis_context.settings,
            query,
            past.as_of,
            past=past,
            semantic_index=semantic_index,
        )
        seconds = perf_counter() - started
    return name, seconds, f"one question to {chunks:,} chunks {how}"


def _report(settings: Settings, state: WorkflowState, watch: _Watch) -> tuple[str, float | None, str]:
    """The notebook of the dated report, run and frozen in a folder that is dropped."""
    name = "report"
    watch.begin(name)
    parameters = {"home": str(settings.home), "milestone": state["facts"]["title"], "as_of": state["request"]["as_of"]}
    with TemporaryDirectory(prefix="sprint-") as scratch:
        notebook, job = resources.folder("notebooks") / _REPORT, Path(scratch) / "job.json"
        written = {"notebook": str(notebook), "folder": scratch, "parameters": parameters}
        job.write_text(json.dumps(written), encoding="utf-8")
        started = perf_counter()
        command = [sys.executable, "-m", "sprintlib.reports.execute", str(job)]
        try:
            subprocess.run(
                command,
                cwd=scratch,
                env=child_environment(STORE),
                check=False,
                capture_output=True,
                timeout=settings.report.timeout_seconds,
            )
        except subprocess.TimeoutExpired:
            return name, None, f"It was not ready after {settings.report.timeout_seconds} seconds."
        seconds, outcome = perf_counter() - started, Path(scratch) / "outcome.json"
        ended = json.loads(outcome.read_text(encoding="utf-8")) if outcome.is_file() else {}
    if ended.get("state") != "ok":
        return name, None, ended.get("message") or "The process that ran the notebook died."
    return name, seconds, "notebook, page and Markdown, in processes of their own"


def _rate(calls: Sequence[dict[str, Any]], part: str) -> float | None:
    """Tokens a second over all calls whose tokens and time are known. part: prompt or answer."""
    known = [(call[f"{part}_tokens"], call[f"{part}_seconds"]) for call in calls]
    told = [(tokens, seconds) for tokens, seconds in known if tokens and seconds]
    spent = sum(seconds for _, seconds in told)
    return round(sum(tokens for tokens, _ in told) / spent, 1) if spent else None


def _peak() -> int:
    """MB: macOS counts bytes, Linux kilobytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(most * unit / _MEGABYTE)


def _model_memory(settings: Settings) -> int | None:
    try:
        with llm.connect(settings.llm) as model:
            held = model.memory_bytes()
    except LlmError:
        return None
    return round(held / _MEGABYTE) if held else None
