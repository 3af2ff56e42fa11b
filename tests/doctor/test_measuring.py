"""`sprint doctor --measure`: every step once, with the model's calls told apart; complete without a model."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from sprintlib.cli.main import sprint
from sprintlib.store import open_store, schema
from tests.agents import models
from tests.llm.ollama import OllamaStandIn, running
from tests.sprints import team_in

MOMENT = "2026-03-20T12:00:00Z"
STEPS = ["history", "features", "evidence for the model", "forecast", "risks", "actions", "explanation"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    world = team_in(tmp_path)
    world.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    world.flush()
    told = '[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n[llm]\nhost = "http://127.0.0.1:9"\n'
    (tmp_path / "sprint.toml").write_text(told)
    return tmp_path


def measured(home: Path, *arguments: str) -> str:
    result = CliRunner().invoke(
        sprint, ["--home", str(home), "doctor", "--measure", "--as-of", MOMENT, *arguments], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.slow
def test_the_whole_path_with_a_model(home: Path) -> None:
    with running(OllamaStandIn([models.truthful])) as host:
        text = (home / "sprint.toml").read_text().replace("http://127.0.0.1:9", host)
        (home / "sprint.toml").write_text(text)
        found = json.loads(measured(home, "--json"))
    timings = {one["name"]: one for one in found["timings"]}
    assert list(timings) == [
        "loading the model",
        *STEPS[:3],
        "model: reasoner",
        *STEPS[3:],
        "model: explainer",
        "search",
        "report",
    ]
    assert found["milestone"] == "Sprint 2"
    assert timings["loading the model"]["told"] == "llama3.2:3b, 2.0 GB of weights"
    assert timings["history"]["told"] == "8 items of 'Sprint 2' in 1 repository"
    assert timings["report"]["seconds"] > 0.5
    assert timings["search"]["seconds"] is None
    assert timings["search"]["told"] == "Nothing has been indexed yet: run 'sprint index'."
    assert found["numbers_seconds"] == pytest.approx(sum(timings[name]["seconds"] for name in STEPS), abs=0.01)
    assert found["words_seconds"] > 0
    assert found["prompt_tokens_per_second"] == pytest.approx(400)
    assert found["answer_tokens_per_second"] == pytest.approx(50)
    assert found["model_megabytes"] == 4096
    assert found["peak_megabytes"] > 50


def test_without_a_model_it_says_what_is_missing_and_nothing_is_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sprintlib.doctor.measuring._report", lambda *_: ("report", 1.234, "not run here"))
    lines = [line.strip() for line in measured(home).splitlines()]
    assert lines[0].startswith("loading the model                -   Ollama does not answer: start it")
    assert "would fit: " in lines[0]
    assert "report                      1.23 s   not run here" in lines
    assert not any(line.startswith("model:") or line.startswith("words by the model") for line in lines)
    assert any(line.startswith("numbers, complete") for line in lines)
    assert not (home / "data" / "traces.db").exists()
    with open_store(f"sqlite:///{home / 'data' / 'sprint.db'}").connect() as connection:
        for table in (schema.analysis, schema.run):
            assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_its_options_belong_together(home: Path) -> None:
    result = CliRunner().invoke(sprint, ["--home", str(home), "doctor", "--as-of", MOMENT])
    assert result.exit_code == 2
    assert "--milestone and --as-of belong to --measure." in result.output
