"""Words in reports: a model's where one answers, within its time; complete, and saying so, where none does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sprintlib import settings as settings_module
from sprintlib.errors import ReportError
from sprintlib.reports import ReportFiles, explaining, run_due, write_report
from sprintlib.results.run_table import Trigger
from tests.agents import models
from tests.agents.plain import plain
from tests.llm.ollama import OllamaStandIn, running
from tests.sprints import team_in
from tests.world import at

THURSDAY = at("03-19 12:00")  # in the past of the store: Friday's facts may not show
MISSING = {
    "slow": "was not ready in time",
    "cut": "stopped in the middle of its answer",
    "truncated": "needed more than 900 tokens",
    "garbage": "does not speak Ollama",
    "failing": "llama runner process has terminated",
    "error-in-stream": "out of memory",
    "short-sighted": "The server truncated the prompt",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    world = team_in(tmp_path)
    world.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    world.pull(20, created="03-16 12:00", title="Cache the cart", body="Closes #16", author="ann")
    world.event(20, "review_requested", "03-17 12:00", subject="bob")
    world.flush()
    return tmp_path


def report(home: Path, host: str, trigger: Trigger = "due", words_seconds: int = 300, **how: bool) -> ReportFiles:
    text = f'[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n[llm]\nhost = "{host}"\n'
    (home / "sprint.toml").write_text(text + f"words_seconds = {words_seconds}\n")
    return write_report(settings_module.load(home), "Sprint 2", THURSDAY, trigger, **how)


@contextmanager
def asked(mood: str = "scripted") -> Iterator[tuple[str, OllamaStandIn]]:
    standin = OllamaStandIn([models.truthful], mood=mood)
    with running(standin) as host:
        yield host, standin


@pytest.mark.slow
def test_a_report_that_is_due_is_worded_by_the_model_and_its_numbers_stay(home: Path) -> None:
    with asked() as (host, standin):
        files = report(home, host)
        assert len(standin.requests) == 2
        plainly = report(home, host, explain=False)
        assert len(standin.requests) == 2
    (found,) = files.analysis.milestones
    assert found.llm.model == "llama3.2:3b"
    assert files.analysis.as_of == THURSDAY
    page = files.html.read_text()
    assert "written by llama3.2:3b" in page
    assert "written by llama3.2:3b" in files.markdown.read_text()
    assert plain(files.analysis) == plain(plainly.analysis)


@pytest.mark.slow
@pytest.mark.parametrize("trigger", ["hand", "due"])
def test_a_report_looks_for_its_model_once(home: Path, trigger: Trigger) -> None:
    with asked() as (host, standin):
        assert report(home, host, trigger).analysis.milestones[0].llm.used
    assert (standin.looks, len(standin.requests)) == (1, 2)


@pytest.mark.slow
def test_without_a_model_a_report_by_hand_does_not_wait_and_a_due_one_says_what_is_missing(home: Path) -> None:
    assert report(home, "http://127.0.0.1:9", "hand").analysis.milestones[0].narrative == ()
    (found,) = report(home, "http://127.0.0.1:9").analysis.milestones
    assert found.narrative[0].text == found.summary
    assert found.llm.missing == "Ollama does not answer: start it, or go on without it."


def test_by_hand_a_model_has_less_time_than_it_is_given_when_asked_for(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []
    monkeypatch.setattr(explaining, "explain", lambda *arguments: given.append(arguments[-1]))
    triggers: list[tuple[Trigger, bool | None]] = [("hand", None), ("hand", True), ("due", None)]
    with asked() as (host, _):
        (home / "sprint.toml").write_text(
            f'[project]\nname = "acme"\nrepositories = ["acme/api"]\n[llm]\nhost = "{host}"\n'
        )
        settings = settings_module.load(home)
        for trigger, explain in triggers:
            with pytest.raises(ReportError, match="No such file"):  # the words come first
                write_report(settings, "Sprint 2", THURSDAY, trigger, home / "none.ipynb", explain)
    assert given == [25, 300, 300]


def test_a_mistyped_milestone_is_told_before_a_kernel_starts_or_a_model_is_asked(home: Path) -> None:
    with asked() as (host, standin):
        (home / "sprint.toml").write_text(
            f'[project]\nname = "acme"\nrepositories = ["acme/api"]\n[llm]\nhost = "{host}"\n'
        )
        with pytest.raises(ReportError, match="No milestone is called 'Sprint Two': there are"):
            write_report(settings_module.load(home), "Sprint Two", THURSDAY)
    assert standin.looks == 0
    assert not (home / "papermill_runs").exists()


@pytest.mark.slow
def test_after_a_batch_the_memory_of_the_model_is_given_back(home: Path) -> None:
    with asked() as (host, standin):
        (home / "sprint.toml").write_text(
            f'[project]\nname = "acme"\nrepositories = ["acme/api"]\n[llm]\nhost = "{host}"\n'
        )
        assert "Nothing is due." not in due_lines(home)
        assert standin.requests[-1]["keep_alive"] == 0


def due_lines(home: Path) -> list[str]:
    lines: list[str] = []
    run_due(settings_module.load(home), lines.append, explain=True)
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("mood", MISSING)
def test_a_faulty_model_leaves_a_complete_report_in_time(home: Path, mood: str) -> None:
    with asked(mood) as (host, _):
        files = report(home, host, words_seconds=3 if mood == "slow" else 300)
    (found,) = files.analysis.milestones
    assert MISSING[mood] in (found.llm.missing or "")
    assert found.probability is not None
    assert found.risks
    assert found.recommendations
    assert "No language model was used" in files.html.read_text()
    assert MISSING[mood].split("'")[0] in files.markdown.read_text()
