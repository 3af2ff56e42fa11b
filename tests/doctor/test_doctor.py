"""What the doctor says of a healthy home, and of each thing that can be wrong with one."""

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from sprintlib import doctor, settings
from sprintlib.cli.main import sprint
from sprintlib.doctor import Check
from sprintlib.doctor.access import check_access
from sprintlib.github import sync
from sprintlib.settings import Settings
from sprintlib.store import open_store
from sprintsim.fake_github import running
from sprintsim.simulation import write_startup
from tests.llm.ollama import OllamaStandIn
from tests.llm.ollama import running as ollama_running
from tests.sprintsim.fake_github import sample

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _no_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sprintlib.schedule.status", lambda _settings: None)


@pytest.fixture
def github() -> Iterator[str]:
    with running([sample.dataset()]) as url:
        yield url


def home(folder: Path, api_url: str, *more: str, repositories: str = '["acme/shop"]') -> Settings:
    text = f'[project]\nname = "shop"\nrepositories = {repositories}\n[github]\napi_url = "{api_url}"\n'
    (folder / "sprint.toml").write_text(text + "\n".join(more or (f'[llm]\nhost = "{NOBODY}"',)))
    return settings.load(folder)


def examine(found: Settings) -> dict[str, Check]:
    return {check.name: check for check in doctor.examine(found)}


def test_a_healthy_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token")
    write_startup(tmp_path / "startup", seed=1, today=date(2026, 11, 23))
    with running([tmp_path / "startup"]) as url:
        found = home(tmp_path, url, repositories='["sprint-demo/mobile"]')
        sync(open_store(found.database_url), found, None)
        checks = examine(found)
    assert {name: check.state for name, check in checks.items()} == {
        "token": "ok",
        "rate budget": "ok",
        "clock": "ok",
        "sprint-demo/mobile": "ok",
        "disk": "ok",
        "store": "ok",
        "collection": "ok",
        "sprints": "info",
        "inbox": "info",
        "access": "ok",
        "git": "ok",
        "kernel": "ok",
        "Ollama": "info",
        "scheduler": "info",
        "backup": "info",
        "figures": "info",
    }
    assert checks["token"].message == "found in GITHUB_TOKEN"
    assert "secret-token" not in repr(checks)


def test_everything_that_is_missing_says_what_to_do(tmp_path: Path, github: str) -> None:
    checks = examine(home(tmp_path, github, repositories='["acme/shop", "acme/nope"]'))
    assert (checks["token"].state, checks["token"].todo) == ("warn", "set GITHUB_TOKEN")
    assert checks["acme/nope"].state == "fail"
    assert "GitHub does not show acme/nope (404)" in checks["acme/nope"].message
    assert (checks["store"].state, "run 'sprint sync' first" in checks["store"].message) == ("fail", True)
    assert "ollama pull" in str(checks["Ollama"].todo)


def test_a_refused_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "expired")
    with running([sample.dataset()], fault="401") as url:
        checks = examine(home(tmp_path, url))
    assert checks["GitHub"].state == "fail"
    assert "token" in checks["GitHub"].message
    assert checks["disk"].state == "ok"  # the rest is still looked at


def test_no_network(tmp_path: Path) -> None:
    checks = examine(home(tmp_path, NOBODY))
    assert checks["GitHub"].state == "fail"
    assert "\n" not in checks["GitHub"].message


def test_a_damaged_store(tmp_path: Path, github: str) -> None:
    found = home(tmp_path, github)
    found.data_dir.mkdir()
    (found.data_dir / "sprint.db").write_bytes(b"not a database" * 1000)
    assert "is damaged" in examine(found)["store"].message


def test_a_full_disk(tmp_path: Path, github: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 200 * 1024**2}))
    check = examine(home(tmp_path, github))["disk"]
    assert (check.state, check.todo) == ("fail", "free 1 GB")


def test_a_folder_that_cannot_be_written(tmp_path: Path, github: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = os.access  # root may write everywhere
    monkeypatch.setattr("os.access", lambda path, *mode, **more: path != tmp_path and known(path, *mode, **more))
    check = examine(home(tmp_path, github))["disk"]
    assert (check.state, check.message) == ("fail", f"{tmp_path} cannot be written")


def test_a_wrong_clock(tmp_path: Path, github: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sprintlib.github.client.Client._compare_clocks", lambda self, _there: setattr(self, "clock_skew", 900)
    )
    check = examine(home(tmp_path, github))["clock"]
    assert (check.state, check.message) == ("warn", "15 minutes ahead of GitHub")


def test_a_model(tmp_path: Path, github: str) -> None:
    with ollama_running(OllamaStandIn()) as host:
        check = examine(home(tmp_path, github, f'[llm]\nhost = "{host}"'))["Ollama"]
        missing = examine(home(tmp_path, github, f'[llm]\nhost = "{host}"\nmodel = "phi4"'))["Ollama"]
    assert check.message == "llama3.2:3b (2.0 GB, reads 32,768 tokens), the largest installed one that fits"
    assert "run 'ollama pull phi4'" in missing.message


def test_the_command(tmp_path: Path, github: str) -> None:
    home(tmp_path, github)
    result = CliRunner().invoke(sprint, ["--home", str(tmp_path), "doctor", "--json"])
    assert result.exit_code == 1  # nothing was collected yet
    assert {check["name"] for check in json.loads(result.output)} >= {"token", "store", "kernel", "scheduler"}
    text = CliRunner().invoke(sprint, ["--home", str(tmp_path), "doctor"]).output
    assert "✗ store: There is no store" in text


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_are_left_out_where_nobody_wants_them(
    tmp_path: Path, github: str, monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    home(tmp_path, github)
    said = CliRunner().invoke(sprint, ["--home", str(tmp_path), "doctor"], color=True).output
    assert ("\x1b[" in said) is coloured


@pytest.fixture
def _github_by_default(github: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test asks GitHub itself, not even one without settings."""
    known = doctor.checks.connect  # type: ignore[attr-defined]
    here = settings.GitHubSettings(api_url=github)
    monkeypatch.setattr(
        "sprintlib.doctor.checks.connect",
        lambda found, *more: known(found.model_copy(update={"github": here}), *more),
    )


@pytest.mark.usefixtures("_github_by_default")
def test_without_a_project_the_machine_is_checked(tmp_path: Path) -> None:
    result = CliRunner().invoke(sprint, ["--home", str(tmp_path), "doctor"])
    lines = result.output.splitlines()
    assert lines[:2] == [f"! project: none yet: there is no sprint.toml in {tmp_path}", "    → run 'sprint init'"]
    said = [line.split(": ")[0][2:] for line in lines if not line.startswith(" ")]
    assert said == ["project", "token", "rate budget", "clock", "disk", "git", "kernel", "Ollama"]
    assert result.exit_code == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("_github_by_default")
def test_with_a_mistake_in_the_settings_the_machine_is_checked(tmp_path: Path) -> None:
    (tmp_path / "sprint.toml").write_text("[projekt]\nname = 'x'\n")
    result = CliRunner().invoke(sprint, ["--home", str(tmp_path), "doctor", "--json"])
    checks = {check["name"]: check for check in json.loads(result.output)}
    assert checks["project"]["state"] == "fail"
    assert checks["project"]["message"].endswith("sprint.toml: projekt: there is no such setting.")
    assert checks["kernel"]["state"] == "ok"
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("auth", "state", "said"),
    [
        ('mode = "token"', "warn", "token: nobody can sign in"),
        ('mode = "password"', "fail", "password: nobody is on a list: name viewers, members or admins under [auth]"),
        ('mode = "github"\nmembers = ["ada"]', "fail", "github: client_id and public_url are missing under [auth]"),
        (
            'mode = "github"\nmembers = ["ada"]\nclient_id = "x"\npublic_url = "http://sprint.example"\n'
            'client_secret_file = "x"',
            "fail",
            "github: public_url is not https: whoever listens can take a session",
        ),
    ],
)
def test_who_can_sign_in(tmp_path: Path, auth: str, state: str, said: str) -> None:
    known = home(tmp_path, NOBODY, f"[auth]\n{auth}")
    open_store(known.database_url)
    found = check_access(known)
    assert (found.state, found.message) == (state, said)
