"""`sprint analyze` at the keyboard."""

import json
import re
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import func, select

from sprintlib.cli import main
from sprintlib.store import schema
from sprintlib.views.terminal import render
from tests import samples
from tests.world import World


@pytest.fixture
def home(team: World, tmp_path: Path) -> Path:
    """A home folder with both sprints in its store."""
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    team.flush()
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    return tmp_path


def run(home: Path, *arguments: str) -> int:
    try:
        main(["--home", str(home), "analyze", *arguments])
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_json_is_one_object_and_is_kept(home: Path, team: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "--as-of", "2026-03-20T12:00:00Z", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["as_of"], found["project"]) == ("2026-03-20T12:00:00Z", "acme")
    assert [one["title"] for one in found["milestones"]] == ["Sprint 2"]
    assert found["milestones"][0]["scope"]["open"] == 5
    with team.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.analysis)) == 1


def test_a_date_is_the_end_of_that_day(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(home, "--as-of", "2026-03-20", "--json")
    assert json.loads(capsys.readouterr().out)["as_of"] == "2026-03-20T23:59:59Z"


def test_one_milestone_by_title(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(home, "--as-of", "2026-03-20", "--milestone", "Sprint 1", "--json")
    assert [one["title"] for one in json.loads(capsys.readouterr().out)["milestones"]] == ["Sprint 1"]


def test_a_summary_for_the_terminal(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "--as-of", "2026-03-20T12:00:00Z") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert re.search(
        r"Sprint 2 has an? \d+% chance to be done by Fri 27 Mar 2026: 5 of 8 items are open; api#14 w", told
    )
    assert "8 committed + 0 added - 0 removed = 3 done + 0 dropped + 5 open" in told
    assert "Done by: 50% " in told
    assert re.search(r" How the score of \d+ came about: starting point \d+, own pace of closings [+-]\d+, ", told)
    assert "high acme/api#14" in told
    assert "PB-010" in told
    assert re.search(r"The first (action brings|\d actions together bring) it to \d+%", told)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--as-of", "someday"), 2, "'someday' is not a date or a time"),
        (("--milestone", "Sprint 9"), 1, "No milestone is called 'Sprint 9'"),
    ],
)
def test_mistakes_are_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    assert run(home, *arguments) == code
    told = capsys.readouterr().err
    assert told.startswith(f"sprint: {sentence}")
    assert told.count("\n") == 1


def test_an_empty_store_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api"]\n')
    assert run(folder) == 1
    assert "run 'sprint sync' first" in capsys.readouterr().err


def shown(analysis: object) -> str:
    console = Console(width=300, highlight=False)
    with console.capture() as capture:
        console.print(render(analysis))
    return capture.get()


def test_text_from_github_cannot_steer_the_terminal() -> None:
    told = shown(samples.analysis(samples.milestone(summary="\x1b[31mred\x1b[0m [bold]b[/bold] \u202eback\r\nline")))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "[bold]b[/bold]" in told
    assert shown(samples.analysis(samples.hostile()))


def test_only_the_first_three_are_shown() -> None:
    told = shown(samples.analysis())
    assert "Risks (the first 3 of 5)" in told
    assert "No CI facts" not in told
    assert "+11 points" in told
    assert "Note: 1 milestone title in sprint-demo/api fits no number" in told


def test_a_milestone_without_a_number_is_shown_too() -> None:
    assert "There is too little history for a forecast." in shown(samples.analysis(samples.without_number()))
