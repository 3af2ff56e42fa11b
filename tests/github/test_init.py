"""`sprint init`: a commented sprint.toml without a secret, and an honest estimate."""

import re
import stat
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sprintlib.cli.main import sprint
from sprintlib.errors import NotFoundError, SettingsError
from sprintlib.github import connect, estimate, find_token, guess_project_name, guess_time_zone, sync
from sprintlib.settings import Settings, SprintSettings, load, parse
from sprintlib.store import open_store
from sprintsim.fake_github import Dataset, running
from tests.github import shop
from tests.github.conftest import HASTE, MakeSettings


@pytest.fixture(autouse=True)
def _without_gh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sprintlib.github.token.shutil.which", lambda name: None)


def init(home: Path, *options: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(sprint, ["--home", str(home), "init", *options], input=typed)


def test_without_questions(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    result = init(tmp_path, "--repo", "Acme/shop", "--api-url", f"{url}/", "--yes")
    assert result.exit_code == 0, result.output
    settings = load(tmp_path)
    assert settings.project.name == "acme"
    assert settings.project.repositories == ("acme/shop",)
    assert settings.project.time_zone == "Europe/Berlin"
    assert settings.github.api_url == url
    text = (tmp_path / "sprint.toml").read_text(encoding="utf-8")
    assert "ghp_secret" not in text + result.output
    assert "# wait_for_reset_seconds = 120" in text
    assert "Token: GITHUB_TOKEN." in result.output
    assert re.search(r"takes about \d+ requests and less than a minute \(3 issues, 2 pull requests\)", result.output)
    assert "Next: 'sprint sync'" in result.output
    assert not (tmp_path / "data").exists()


def test_with_questions(tmp_path: Path, url: str):
    typed = "https://github.com/acme/shop\nghp_typed\n"
    result = init(tmp_path, "--api-url", url, "--project", "Shop", "--time-zone", "UTC", typed=typed)
    assert result.exit_code == 0, result.output
    settings = load(tmp_path)
    assert (settings.project.name, settings.project.repositories) == ("Shop", ("acme/shop",))
    kept = tmp_path / "data" / "github-token"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    found = find_token(settings)
    assert found is not None
    assert (found.value, found.origin) == ("ghp_typed", str(kept))
    assert "ghp_typed" not in result.output + (tmp_path / "sprint.toml").read_text(encoding="utf-8") + repr(found)


def test_no_token_is_fine_for_public_repositories(tmp_path: Path, url: str):
    result = init(tmp_path, "--api-url", url, typed="acme/shop\n\n")
    assert result.exit_code == 0, result.output
    assert "none, so public repositories only" in result.output
    assert find_token(load(tmp_path)) is None


@pytest.mark.parametrize(
    "pasted", ["acme/shop", "https://github.com/acme/shop/", "git@github.com:acme/shop.git", "github.com/acme/shop,"]
)
def test_repositories_as_people_paste_them(tmp_path: Path, url: str, pasted: str):
    assert init(tmp_path, "--repo", pasted, "--api-url", url, "--yes").exit_code == 0
    assert load(tmp_path).project.repositories == ("acme/shop",)


def test_nothing_is_overwritten_without_force(tmp_path: Path, url: str):
    (tmp_path / "sprint.toml").write_text("mine", encoding="utf-8")
    refused = init(tmp_path, "--repo", "acme/shop", "--api-url", url, "--yes")
    assert isinstance(refused.exception, SettingsError)
    assert "'sprint init --force'" in str(refused.exception)
    assert (tmp_path / "sprint.toml").read_text(encoding="utf-8") == "mine"
    assert init(tmp_path, "--repo", "acme/shop", "--api-url", url, "--yes", "--force").exit_code == 0
    assert load(tmp_path).project.repositories == ("acme/shop",)


def test_a_repository_that_cannot_be_seen_writes_nothing(tmp_path: Path, url: str):
    result = init(tmp_path, "--repo", "acme/shop", "--repo", "acme/nothing", "--api-url", url, "--yes")
    assert isinstance(result.exception, NotFoundError)
    assert "acme/nothing" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--yes",), "Name the repositories"),
        (("--repo", "shop", "--yes"), "'shop' is not of the form OWNER/NAME"),
        (("--repo", "a/b", "--time-zone", "Mars/Olympus", "--yes"), "'Mars/Olympus' is not a time zone"),
        (("--repo", "a/b", "--api-url", "github", "--yes"), "is not an address such as https://"),
    ],
)
def test_wrong_usage_is_one_sentence(tmp_path: Path, options: tuple[str, ...], sentence: str):
    result = init(tmp_path, *options)
    assert isinstance(result.exception, SettingsError)
    assert sentence in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_uncommented_defaults_are_valid_settings(tmp_path: Path, url: str):
    """What the comments show is what the settings accept."""
    init(tmp_path, "--repo", "acme/shop", "--api-url", url, "--yes")
    text = (tmp_path / "sprint.toml").read_text(encoding="utf-8")
    shown = re.sub(r'(?m)^# (?=[a-z_]+ = (?!""))|^# (?=\[milestones)', "", text)
    values = tomllib.loads(shown)
    bare = load(tmp_path)
    parsed = parse({**values, "home": tmp_path, "milestones": {}})
    assert parsed == bare


def test_time_zone_of_this_machine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    assert guess_time_zone() == "Asia/Tokyo"
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    assert parse({"home": ".", "project": {"name": "p", "repositories": ["a/b"], "time_zone": guess_time_zone()}})


def test_project_names(tmp_path: Path):
    assert guess_project_name(["acme/shop", "acme/web"], tmp_path) == "acme"
    assert guess_project_name(["acme/shop", "other/web"], tmp_path / "two") == "two"


# ------------------------------------------------------------------ what a sprint is


def proposed(home: Path, *due: str | None) -> tuple[Result, Settings]:
    """What `sprint init` proposes for a repository with milestones that are due then."""
    made = Dataset(shop.NAME)
    made.set_extra("repository", shop.REPOSITORY)
    made.set_extra("milestones", [shop.milestone(place, due_on=day) for place, day in enumerate(due, start=1)])
    with running([made]) as url:
        result = init(home, "--repo", "acme/shop", "--api-url", url, "--yes")
    return result, load(home)


def test_milestones_with_due_dates_are_the_sprints(tmp_path: Path):
    result, settings = proposed(tmp_path, None, "2099-04-01T07:00:00Z")
    assert "Sprints: milestones; acme/shop has some with due dates.\n" in result.output
    assert settings.sprints == SprintSettings()


@pytest.mark.parametrize("due", [(), (None,), ("2019-04-01T07:00:00Z",)])
def test_without_due_dates_sprints_follow_a_cadence(tmp_path: Path, due: tuple[str | None, ...]):
    result, settings = proposed(tmp_path, *due)
    start = settings.sprints.start
    assert start is not None
    assert f"Sprints: steps of 2 weeks since {start}, as no milestone has a due date;" in result.output
    assert (settings.sprints.source, settings.sprint_days, start.weekday()) == ("cadence", 14, 0)
    assert timedelta(weeks=26) <= datetime.now(UTC).date() - start < timedelta(weeks=27)


# ------------------------------------------------------------------ estimate


def first_collection(settings: Settings, home: Path) -> tuple[int, int]:
    """Requests estimated, and requests made."""
    expected = estimate(connect(settings, None, HASTE), settings, settings.project.repositories)
    engine = open_store(f"sqlite:///{home / 'estimate.db'}")
    made = sync(engine, settings, None, retry_policy=HASTE)
    engine.dispose()
    return expected.requests, made.requests


def many() -> Dataset:
    extra: list[dict[str, Any]] = []
    done = {"state": "closed", "closed_at": shop.at(9), "updated_at": shop.at(9)}
    extra += [shop.document(shop.issue(number, 5, **done)) for number in range(100, 205)]
    extra += [shop.document(shop.issue(number, 5)) for number in range(300, 305)]
    extra += [shop.document(shop.pull(number, 5, **done)) for number in range(400, 440)]
    extra += [shop.document(shop.pull(number, 5)) for number in range(500, 510)]
    return shop.dataset(extra)


@pytest.mark.parametrize("details_days", [30, 3650])
def test_the_estimate_is_close(make_settings: MakeSettings, tmp_path: Path, details_days: int):
    with running([many()]) as url:
        guessed, made = first_collection(make_settings(url, details_days=details_days), tmp_path)
    assert made == pytest.approx(guessed, rel=0.1)


def test_the_estimate_counts_what_there_is(settings: Settings):
    found = estimate(connect(settings, None, HASTE), settings, settings.project.repositories)
    assert (found.issues, found.pulls) == (3, 2)
    assert found.seconds < 60


def test_more_than_the_budget_is_said(tmp_path: Path):
    with running([many()], fault="rate-limit:budget=40,window=3000") as url:
        result = init(tmp_path, "--repo", "acme/shop", "--api-url", url, "--yes")
    assert result.exit_code == 0, result.output
    assert re.search(r"GitHub lets you make \d+ more this hour: 'sprint sync' will stop there", result.output)
