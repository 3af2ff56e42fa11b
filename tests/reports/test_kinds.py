"""Weekly digests and retrospectives, from the command line to their files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sprintlib.cli.main import sprint
from sprintlib.reports.kinds import folder_parts
from sprintlib.results import runs
from sprintlib.store import open_store
from tests.samples import HOSTILE
from tests.sprints import team_in


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    world = team_in(folder)
    world.issue(15, created="03-16 09:00", milestone=2, title=f"[x](javascript:alert(1)) @everyone {HOSTILE}")
    world.flush()
    world.engine.dispose()
    (folder / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    return folder


def report(home: Path, *words: str):
    return CliRunner().invoke(sprint, ["--home", str(home), "report", "--no-explain", *words])


@pytest.mark.parametrize(
    ("kind", "folder", "heading", "says"),
    [
        ("weekly_digest", "acme-weekly-digest", "# acme: the week", "| Sprint 2 |"),
        ("retrospective", "acme-sprint-2-retrospective", "# Sprint 2: looking back", "3 of 8 planned items were done"),
    ],
)
def test_a_report_of_a_kind_has_the_same_four_files(home: Path, kind: str, folder: str, heading: str, says: str):
    done = report(home, "--kind", kind, "--as-of", "2026-04-02T12:00:00Z", "--json")
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.output)
    place = home / "papermill_runs" / "2026-04-02" / folder
    assert Path(told["folder"]) == place
    assert {file.name for file in place.iterdir()} == {"report.html", "report.md", "report.ipynb", "analysis.json"}
    markdown, html = (place / "report.md").read_text(), (place / "report.html").read_text()
    assert markdown.startswith(heading)
    assert says in markdown
    assert "@everyone" not in markdown
    assert "<script>window.pwned" not in html
    engine = open_store(f"sqlite:///{home / 'data' / 'sprint.db'}")
    last = runs(engine, "acme", 1)[0]
    engine.dispose()
    assert (last.kind, last.state, last.sprint) == (kind, "ok", None if kind == "weekly_digest" else "1-2")


def test_what_is_not_over_is_one_sentence(home: Path):
    done = report(home, "--kind", "retrospective", "--milestone", "Sprint 2", "--as-of", "2026-03-20")
    assert done.exit_code == 1
    assert "sprint: Sprint 2 is not over yet: it is due Fri 27 Mar 2026; a retrospective looks back on" in done.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--kind", "weekly_digest", "--all"), "A weekly digest is about all milestones"),
        (("--kind", "retrospective", "--since", "monday"), "A retrospective is about one sprint that is over"),
    ],
)
def test_options_that_do_not_go_together(home: Path, words: tuple[str, ...], sentence: str):
    done = report(home, *words)
    assert done.exit_code == 2
    assert sentence in done.output


def test_folders_of_kinds_are_apart():
    assert folder_parts("sprint_analysis", ("Sprint 9",)) == ("Sprint 9",)
    assert folder_parts("weekly_digest", ("Sprint 9", "Sprint 10")) == ("weekly digest",)
    assert folder_parts("retrospective", ("Sprint 9",)) == ("Sprint 9", "retrospective")
