"""`sprint explain`, `sprint trace` and `sprint feedback` at the keyboard."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sprintlib.analysis import analyze
from sprintlib.cli import main
from sprintlib.reports import open_page
from sprintlib.results import latest_analyses, with_words
from sprintlib.store import schema
from tests.agents import models
from tests.agents.plain import plain
from tests.llm.ollama import OllamaStandIn, running
from tests.world import World, at

MOMENT = "2026-03-20T12:00:00Z"
PROJECT = '[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n'


@pytest.fixture
def home(team: World, tmp_path: Path) -> Path:
    """A home folder without a model: nothing listens at that port."""
    (tmp_path / "sprint.toml").write_text(PROJECT + '[llm]\nhost = "http://127.0.0.1:9"\n')
    return tmp_path


def run(home: Path, *arguments: str) -> int:
    try:
        main(["--home", str(home), *arguments])
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def newest_run(home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(home, "trace", "list", "--json") == 0
    found: str = json.loads(capsys.readouterr().out)[0]["run"]
    return found


def test_explain_without_a_model(home: Path, team: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "explain", "--as-of", MOMENT) == 0
    out, err = capsys.readouterr()
    told = " ".join(out.split())
    assert told.startswith("Sprint 2 has a ")
    assert "What would change it most" in told
    assert "Confidence: medium" in told
    assert "No language model was used. Ollama does not answer: start it, or go on without it." in told
    assert "'sprint trace show " in err
    ((_, stored),) = latest_analyses(team.engine, "acme")
    assert stored.narrative
    assert not stored.llm.used


def test_words_become_a_revision_of_the_same_analysis(
    home: Path, team: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "analyze", "--as-of", MOMENT, "--json") == 0
    before = json.loads(capsys.readouterr().out)
    with running(OllamaStandIn([models.truthful])) as host:
        (home / "sprint.toml").write_text(PROJECT + f'[llm]\nhost = "{host}"\n')
        assert run(home, "explain", "--as-of", MOMENT, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["milestones"][0]["llm"]["used"]
    assert found["milestones"][0]["probability"] == before["milestones"][0]["probability"]
    with team.engine.connect() as connection:
        revisions = connection.execute(select(schema.analysis.c.revision).order_by(schema.analysis.c.id)).scalars()
        assert list(revisions) == [1, 2]
    page = open_page(str(home), None, MOMENT)
    assert page.milestone is not None
    assert page.milestone.llm.model == "llama3.2:3b"
    assert "written by llama3.2:3b" in page.first_screen().html


def test_words_of_another_moment_or_other_findings_are_not_taken_over(home: Path, team: World) -> None:
    run(home, "explain", "--as-of", MOMENT)
    same = analyze(team.engine, team.settings, at("03-20 12:00"))
    assert with_words(team.engine, same).milestones[0].narrative
    later = analyze(team.engine, team.settings, at("03-20 13:00"))
    assert with_words(team.engine, later).milestones[0].narrative == ()
    other = same.model_copy(update={"milestones": (same.milestones[0].model_copy(update={"risks": ()}),)})
    assert with_words(team.engine, other).milestones[0].narrative == ()


def test_analyze_stays_without_words(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(home, "analyze", "--as-of", MOMENT, "--json")
    (found,) = json.loads(capsys.readouterr().out)["milestones"]
    assert found["narrative"] == []
    assert found["llm"] == {"used": False, "model": None, "dropped_claims": 0, "missing": None, "citations": None}
    assert not (home / "data" / "traces.db").exists()


def test_a_run_is_listed_and_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "trace", "list") == 0
    assert capsys.readouterr().out == "No runs yet: 'sprint explain' makes one.\n"
    run(home, "explain", "--as-of", MOMENT, "--no-model")
    name = newest_run(home, capsys)
    assert run(home, "trace", "list") == 0
    assert f"{name}  2026-03-20 12:00 UTC  Sprint 2  finished" in capsys.readouterr().out
    assert run(home, "trace", "show", name) == 0
    told = capsys.readouterr().out
    assert "llm_reasoner" in told
    assert "evidence M1 I1 " in told
    assert "no words: It was turned off for this run." in told
    assert run(home, "trace", "show", name, "--after", "feature_engineer") == 0
    state = json.loads(capsys.readouterr().out)
    assert "work" in state
    assert "risks" not in state


def test_a_mistyped_milestone_leaves_no_run(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "explain", "--as-of", MOMENT, "--milestone", "Sprint 9") == 1
    capsys.readouterr()
    assert run(home, "trace", "list") == 0
    assert capsys.readouterr().out == "No runs yet: 'sprint explain' makes one.\n"


def test_a_fork_from_the_keyboard(home: Path, team: World, capsys: pytest.CaptureFixture[str]) -> None:
    run(home, "explain", "--as-of", MOMENT, "--no-model")
    name = newest_run(home, capsys)
    arguments = ("trace", "fork", name, "--after", "feature_engineer", "--set", "work.days_left=12")
    assert run(home, *arguments) == 0
    before, now = capsys.readouterr().out.splitlines()
    assert before.startswith(f"before  {name}  Sprint 2 has a ")
    assert now.startswith("now     ")
    assert run(home, *arguments, "--set", "work.blocked={}", "--json") == 0
    forked = json.loads(capsys.readouterr().out)
    direct = analyze(team.engine, team.settings, at("03-20 12:00"))
    assert forked["analysis"]["milestones"][0]["probability"] > (direct.milestones[0].probability or 1)
    with team.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.analysis)) == 1, "a fork is not an analysis"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("trace", "show", "nonsense"), 1, "There is no run nonsense"),
        (("trace", "fork", "RUN", "--after", "nobody"), 1, "There is no agent 'nobody'"),
        (("trace", "fork", "RUN", "--after", "recommender", "--set", "luck=1"), 1, "A state has no 'luck'"),
        (("trace", "fork", "RUN", "--after", "recommender", "--set", "luck.x=1"), 2, "'luck.x=1' does not name"),
        (("trace", "fork", "RUN", "--after", "recommender", "--set", "work"), 2, "'work' does not name a value"),
        (("trace", "fork", "RUN", "--after", "recommender", "--set", "work.luck=1"), 2, "'work.luck=1' names nothing"),
        (("explain", "--resume", "nonsense"), 1, "There is no run nonsense"),
        (("explain", "--milestone", "Sprint 9"), 1, "No milestone is called 'Sprint 9'"),
        (("feedback", "accept", "7"), 1, "There is no action 7: there is none yet, 'sprint feedback' lists them."),
        (("feedback", "accept", "pb-999"), 1, "No stored analysis recommends 'pb-999'"),
    ],
)
def test_mistakes_are_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    if "RUN" in arguments:
        run(home, "explain", "--as-of", MOMENT, "--no-model")
        name = newest_run(home, capsys)
        arguments = tuple(name if one == "RUN" else one for one in arguments)
    assert run(home, *arguments) == code
    told = capsys.readouterr().err
    assert told.splitlines()[-1].startswith(f"sprint: {sentence}")


def ask_for_no_target(home: Path) -> None:
    """So that the actions are those with a gain each, and no plan takes their items first."""
    settings = home / "sprint.toml"
    settings.write_text(settings.read_text() + "[actions]\ntarget = 0.05\n")


def test_feedback_from_the_keyboard(home: Path, team: World, capsys: pytest.CaptureFixture[str]) -> None:
    ask_for_no_target(home)
    assert run(home, "feedback") == 0
    assert "No recommendations yet" in capsys.readouterr().out
    run(home, "analyze", "--as-of", MOMENT)
    capsys.readouterr()
    assert run(home, "feedback", "list", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["number"] for one in found] == list(range(1, len(found) + 1))
    answered = [found[0], found[1], found[1]]
    assert run(home, "feedback", "accept", "1") == 0
    assert run(home, "feedback", "dismiss", found[1]["id"], "--reason", "not now") == 0
    assert run(home, "feedback", "snooze", "2", "--until", "2027-01-01") == 0
    told = capsys.readouterr().out
    for words, one in zip(("Accepted: ", "Dismissed: ", "Put off until 2027-01-01: "), answered, strict=True):
        assert words + one["action"] in told
    assert run(home, "feedback", "dismiss", "1") == 2
    with team.engine.connect() as connection:
        kept = connection.execute(select(schema.feedback.c.recommendation, schema.feedback.c.decision)).all()
    assert [tuple(one) for one in kept] == [
        (one["id"], said) for one, said in zip(answered, ("accept", "dismiss", "snooze"), strict=True)
    ]
    assert not {"who", "by", "author", "login"} & set(schema.feedback.c.keys())
    assert run(home, "feedback") == 0
    listed = capsys.readouterr().out
    assert listed.startswith(f"Sprint 2, as of 2026-03-20 12:00 UTC\n{found[0]['short']}  ")
    assert "accepted)" in listed.splitlines()[1]
    assert listed.splitlines()[-1].startswith(f"Answer with 'sprint feedback accept {found[0]['short']}'")


def test_what_another_version_recommended_is_named(home: Path, team: World, capsys: pytest.CaptureFixture[str]) -> None:
    run(home, "analyze", "--as-of", MOMENT)
    with team.engine.begin() as connection:
        body = connection.scalar(select(schema.analysis.c.body))
        for driver in body["drivers"]:
            del driver["log_odds"]
        connection.execute(schema.analysis.update().values(body=body))
    capsys.readouterr()
    assert run(home, "feedback") == 0
    said = "The stored recommendations are from another version of sprint: run 'sprint analyze' to renew them.\n"
    assert capsys.readouterr().out == said


def test_a_snooze_ends_after_today(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(home, "analyze", "--as-of", MOMENT)
    capsys.readouterr()
    assert run(home, "feedback", "snooze", "1", "--until", "2026-03-20") == 1
    assert capsys.readouterr().err.startswith("sprint: 2026-03-20 is not in the future: snooze until a day after ")


def test_an_answer_says_what_it_changes(home: Path, team: World, capsys: pytest.CaptureFixture[str]) -> None:
    ask_for_no_target(home)
    run(home, "analyze", "--as-of", MOMENT)
    capsys.readouterr()
    run(home, "feedback", "list", "--json")
    found = json.loads(capsys.readouterr().out)
    first, second = [one["action"] for one in found][:2]
    assert run(home, "feedback", "dismiss", "1", "--reason", "it cannot wait") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"Dismissed: {first}"
    assert told[1].endswith("are now weighted 33%, down from 50%.")
    assert told[2:4] == ["The order of the actions from now on:", f"{found[1]['short']}  {second} (was number 2)"]
    # the next analysis holds what was announced
    moved = analyze(team.engine, team.settings, datetime.now(UTC), "Sprint 2").milestones[0].recommendations
    assert first not in {one.action for one in moved}
    assert run(home, "feedback", "accept", "2", "--json") == 0
    changed = json.loads(capsys.readouterr().out)
    assert (changed["decision"], changed["weight"]) == ("accept", [0.5, 0.6666666666666666])


def test_a_stopped_run_goes_on_from_the_keyboard(home: Path, team: World, capsys: pytest.CaptureFixture[str]) -> None:
    run(home, "explain", "--as-of", MOMENT, "--no-model")
    name = newest_run(home, capsys)
    assert run(home, "explain", "--resume", name, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    direct = analyze(team.engine, team.settings, at("03-20 12:00"))
    assert found["milestones"][0]["probability"] == direct.milestones[0].probability
    assert plain(direct)["milestones"][0]["risks"] == found["milestones"][0]["risks"]
